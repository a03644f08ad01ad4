"""`manage.py evaluate SUBJECT FILE...`: quality on a labelled file, by the code and settings of production.

A subject is one row of SUBJECTS and one module of stories.management.evaluation. Progress goes to stderr, the last line
of stdout is one JSON object; whatever is wrong with the input is one line on stderr and exit status 2.
It needs no database and no network, and it scores nothing itself.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from stories.management.evaluation import figures


@dataclass(frozen=True, slots=True)
class Subject:
    """What can be evaluated: its module takes one file, or, with `several`, a list of them.

    `published`: the figures can be written to where the app shows them from.
    """

    name: str
    file: str
    help: str
    several: bool = False
    published: bool = False


SUBJECTS = (
    Subject(
        "clustering", "FILE", "grouping articles into stories; labelled articles, .jsonl", several=True, published=True
    ),
    Subject("attribution", "FILE", "who said what; labelled articles in PolNeAR's form, .jsonl or .jsonl.gz"),
    Subject("provenance", "FILE", "where articles' news comes from: role, credits, kinds of source; labelled, .jsonl"),
    Subject("alignment", "FILE", "whether sentences of two reports say the same; labelled pairs of sentences, .jsonl"),
    Subject("extraction", "TAR", "article text from web pages; pages with their gold text, .tar"),
)


class Command(BaseCommand):
    """Parse, hand over, print."""

    help = "Measures quality on a labelled file and prints it as one line of JSON."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One sub-command per subject."""
        subjects = parser.add_subparsers(dest="subject", required=True, metavar="SUBJECT")
        for subject in SUBJECTS:
            one = subjects.add_parser(subject.name, help=subject.help, description=subject.help)
            one.add_argument("files", type=Path, nargs="+" if subject.several else 1, metavar=subject.file)
            one.add_argument("--out", type=Path, metavar="DIR", help="write the predictions there")
            if subject.published:
                one.add_argument("--publish", action="store_true", help="show these figures in the app from now on")

    def handle(self, *, subject: str, files: list[Path], out: Path | None, **options: Any) -> None:
        """Run the subject's module. CommandError with status 2 for input that can't be evaluated."""
        row = next(row for row in SUBJECTS if row.name == subject)
        module = import_module(f"stories.management.evaluation.{row.name}")
        try:
            report = module.evaluate(files if row.several else files[0], self._progress, out)
            if options.get("publish"):
                figures.publish(figures.shown(report), timezone.now().date())
        except (ValueError, OSError) as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(json.dumps(report))

    def _progress(self, done: int, total: int) -> None:
        """On a terminal one line that counts up and that an error overwrites, elsewhere a line for every tenth."""
        if self.stderr.isatty():
            self.stderr.write(f"{done} of {total}", str, ending="\n" if done == total else "\r")
        elif done * 10 // total > (done - 1) * 10 // total:
            self.stderr.write(f"{done} of {total}", str)
