"""`manage.py export_decisions DIR`: what editors decided, as labelled files that `manage.py evaluate` reads."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from stories.services import decisions


class Command(BaseCommand):
    """Writes two files and says what is in them; changes nothing else."""

    help = (
        "Write what editors decided as labelled data: clustering.jsonl (which articles belong together) and "
        "provenance.jsonl (roles, credits and sources as corrected). The files hold article texts, which belong to "
        "their publishers."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and which decisions."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="where the files go; made if need be")
        parser.add_argument("--since", metavar="TIME", default="", help="only what was decided since, ISO 8601 (UTC)")
        parser.add_argument("--demo", action="store_true", help="the invented news of the demo world as well")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write and say what was written. CommandError for a time or a folder that won't do."""
        try:
            done = decisions.export(options["folder"], since=_time(options["since"]), demo=options["demo"])
        except OSError as error:
            raise CommandError(f"{options['folder']}: {error.strerror}") from error
        self.stdout.write(f"{decisions.CLUSTERING}: {done.articles} articles of {done.stories} stories")
        left = f" ({done.unread} more were not read in their present wording)" if done.unread else ""
        self.stdout.write(f"{decisions.PROVENANCE}: {done.provenance} articles{left}")


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--since {text}: not an ISO 8601 time") from error
    return at if at.tzinfo else at.replace(tzinfo=UTC)
