"""The app's entry for Django."""

from django.apps import AppConfig


class StoriesConfig(AppConfig):
    """Firsthand's one app."""

    name = "stories"
    verbose_name = "Firsthand"
