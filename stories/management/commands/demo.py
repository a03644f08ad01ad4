"""`manage.py demo`: let an invented news world run through the product, with no internet needed."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stories.ingest.errors import Failure
from stories.services import demo


class Command(BaseCommand):
    """Starts the demo world, or takes it out again."""

    help = "Start the demo world: invented outlets, served by this server and polled like any other."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--remove", action="store_true", help="take the demo world and its stories out again")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start or remove, and say what comes next."""
        if options["remove"]:
            removed = demo.remove()
            self.stdout.write(f"Demo world removed ({removed} rows).")
            return
        try:
            feeds = demo.start(timezone.now())
        except Failure as failure:
            raise CommandError(failure.reason) from failure
        self.stdout.write(
            f"{len(feeds)} invented outlets are polled from now on; first stories within a minute, the last reports "
            "come in during the next two. Take them out again: manage.py demo --remove"
        )
