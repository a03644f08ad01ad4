"""The app's entry for Django."""

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    """Firsthand's one app."""

    name = "stories"
    verbose_name = "Firsthand"

    def ready(self) -> None:
        """Have what happens to accounts written down and acted on; Django and allauth tell of it by signals alone."""
        from stories.views import addresses, signinlog  # noqa: PLC0415 - models are there only now

        signinlog.connect()
        addresses.connect()
