"""`manage.py import_opml FILE`: subscribe to the feeds of an OPML file, or of standard input."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stories.ingest.errors import Failure
from stories.services import subscribing


class Command(BaseCommand):
    """Imports feeds; what can't be taken is named with its reason, the rest comes in."""

    help = "Subscribe to the feeds of an OPML file ('-' reads standard input)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file."""
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import and report. CommandError for a file that can't be read or is no OPML."""
        name = options["file"]
        try:
            body = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
            imported = subscribing.import_opml(body, now=timezone.now())
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from error
        except Failure as failure:
            raise CommandError(f"{name}: {failure.reason}") from failure
        for address, reason in imported.refused:
            self.stderr.write(f"refused {address}: {reason}")
        self.stdout.write(f"{imported.added} feeds added, {imported.known} known, {len(imported.refused)} refused.")
