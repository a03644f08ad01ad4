"""The read-only API under /api/v1/: what the pages show, for programs. It writes nothing but a token's day of use."""
