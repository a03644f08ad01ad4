"""`manage.py take_bounce [FILE]`: what a mail server pipes a letter to that came back to BOUNCE_ADDRESS."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stories.services import bounces


class Command(BaseCommand):
    """Takes one letter: an address that is refused for good is switched off, and its person told."""

    help = (
        "Read a returned letter from a file or standard input ('-'). Let your mail server pipe whatever comes to "
        "BOUNCE_ADDRESS, with any +extension, to this command."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, and the envelope's recipient where the mail server can name it."""
        parser.add_argument("file", nargs="?", default="-")
        parser.add_argument("--recipient", default="", help="the address that it came to, if its headers don't say")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read and act. CommandError, and so exit status 1, for what can't be read."""
        name = options["file"]
        try:
            raw = sys.stdin.buffer.read(bounces.MAX_BYTES + 1) if name == "-" else Path(name).read_bytes()
            taken = bounces.take(raw, options["recipient"], timezone.now())
        except OSError as error:
            raise CommandError(f"{name}: {error.strerror}") from error
        except bounces.Unreadable as error:
            raise CommandError(f"Not taken: {error}.") from error
        state = "switched off" if taken.off else "left as it is"
        self.stdout.write(f"Channel {taken.channel} {state}: {taken.said}")
