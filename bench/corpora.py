"""Other readers' test feeds through ours: python -m bench.corpora corpora.tar.gz.

Every file of the archive is read in the child process, as polling does, and by feedparser alone; files count to the
folder that they lie in. Three tables: what was found and how fast, why files were refused, and where the two ways
differ. Nothing is fetched. Exit status 1 where an exception other than a Failure escapes, or a file takes too long.
"""

from __future__ import annotations

import argparse
import io
import tarfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath

import feedparser

from stories.ingest import isolated
from stories.ingest.errors import Failure

# An entry with none of these is none that a reader could be shown.
SAYING = ("id", "link", "title", "summary", "content")
URL = "https://corpora.example/feed"


@dataclass(slots=True)
class Figures:
    """What one folder came to."""

    files: int = 0
    feeds: int = 0
    entries: int = 0
    theirs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    refused: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    escaped: list[str] = field(default_factory=list)


def bodies(path: str) -> Iterator[tuple[str, str, bytes]]:
    """Folder, name and content of each file of an archive."""
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                parts = PurePosixPath(member.name).parts
                yield parts[0], "/".join(parts[1:]), file.read()


def ours(body: bytes, now: datetime, figures: Figures) -> tuple[int, str, float]:
    """The entries that our reader finds, why it refuses the file if it does, and the seconds that it took."""
    started = time.perf_counter()
    try:
        found = len(isolated.feed(body, url=URL, headers={}, now=now).entries)
        figures.feeds += 1
        return found, "", time.perf_counter() - started
    except Failure as failure:
        return 0, failure.reason, time.perf_counter() - started
    except Exception as error:
        figures.escaped.append(repr(error))
        return 0, "escaped", time.perf_counter() - started


def theirs(body: bytes) -> tuple[int, int]:
    """The entries that feedparser finds, and those of them that say anything; -1 and -1 where it fails.

    It is feedparser as it is: the changes that stories.ingest.parser makes are made in the child alone.
    """
    try:
        entries = feedparser.parse(io.BytesIO(body))["entries"]
    except Exception:
        return -1, -1
    return len(entries), sum(any(dict.get(entry, key) for key in SAYING) for entry in entries)


def difference(body: bytes, found: int, reason: str, other: tuple[int, int]) -> str:
    """Why the two numbers differ, or ""."""
    everything, saying = other
    if found == everything:
        return ""
    if everything < 0:
        return "feedparser fails"
    if reason:
        return f"refused: {reason}"
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return "JSON Feed, which feedparser does not read"
    if found == saying:
        return "entries without title, text, address and identifier are left out"
    return (
        "entries of a picture, a file or an address outside the web alone are left out"
        if found < saying
        else "more entries are found"
    )


def measure(path: str, now: datetime) -> dict[str, Figures]:
    """The figures of each folder of an archive."""
    table: dict[str, Figures] = defaultdict(Figures)
    for folder, name, body in bodies(path):
        figures = table[folder]
        found, reason, seconds = ours(body, now, figures)
        other = theirs(body)
        figures.files += 1
        figures.entries += found
        figures.theirs += max(other[0], 0)
        figures.seconds += seconds
        figures.slowest = max(figures.slowest, seconds)
        if reason:
            figures.refused[reason] += 1
        if why := difference(body, found, reason, other):
            figures.differing[why] += 1
            figures.examples.setdefault(why, f"{folder}/{name}: {found} by us, {other[0]} by feedparser")
    return table


def show(table: dict[str, Figures]) -> None:
    """Print the three tables."""
    print(f"{'folder':<24}{'files':>7}{'feeds':>7}{'entries':>9}{'feedparser':>11}{'ms each':>9}{'slowest, ms':>13}")
    for folder, row in sorted(table.items()):
        each, slowest = row.seconds / row.files * 1000, row.slowest * 1000
        print(f"{folder:<24}{row.files:>7}{row.feeds:>7}{row.entries:>9}{row.theirs:>11}{each:>9.2f}{slowest:>13.0f}")
    for title, counters in (
        ("refused because", [row.refused for row in table.values()]),
        ("differs from feedparser", [row.differing for row in table.values()]),
    ):
        print(f"\n{title}")
        for reason, count in sum(counters, Counter[str]()).most_common():
            print(f"{count:>7}  {reason}")
            example = next((row.examples[reason] for row in table.values() if reason in row.examples), "")
            if example:
                print(f"{'':9}e.g. {example}")


def main() -> None:
    """Read the archive named on the command line and print what came of it."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("archive", help="a tar archive with one folder for each collection")
    table = measure(arguments.parse_args().archive, datetime.now(UTC))
    show(table)
    escaped = [error for row in table.values() for error in row.escaped]
    slowest = max((row.slowest for row in table.values()), default=0.0)
    print(f"\nescaped exceptions: {len(escaped)} {escaped[:3]}; slowest {slowest:.2f} s of {isolated.FEED_SECONDS:g} s")
    raise SystemExit(bool(escaped) or slowest > isolated.FEED_SECONDS)


if __name__ == "__main__":
    main()
