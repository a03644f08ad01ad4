"""`manage.py seed`: load the list of well-known outlets and their feeds."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from stories.services import seeding


class Command(BaseCommand):
    """Loads the seed; run twice, it adds nothing."""

    help = "Load the well-known outlets of stories/seed/outlets.toml; leaves what you have as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and count."""
        loaded = seeding.load_known(timezone.now())
        self.stdout.write(f"{loaded.outlets} outlets and {loaded.feeds} feeds added; polling begins at once.")
