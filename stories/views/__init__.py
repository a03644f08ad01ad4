"""The pages: a view reads the request, asks one selector or one service, and renders one template."""
