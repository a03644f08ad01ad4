"""Feeds as they are published, and the test files of other parsers, where they are at hand."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stories.ingest.errors import Permanent
from stories.ingest.feeds import Entry, parse


def test_the_real_feeds_give_all_their_entries(shared: Path) -> None:
    folder = shared / "feeds" / "news-2026-02-17"
    captured = datetime(2026, 2, 18, 4, tzinfo=UTC)
    entries: list[Entry] = []
    for expected in json.loads((folder / "manifest.json").read_text()):
        feed = parse((folder / f"{expected['file']}.xml").read_bytes(), url="https://feeds.example/", now=captured)
        assert len(feed.entries) == expected["entries"], feed.title
        entries += feed.entries
    assert len(entries) == 748
    assert all(entry.title and entry.url and entry.guid for entry in entries)
    assert all(entry.claimed_at for entry in entries)
    assert not any("<" in entry.title or "&amp;" in entry.title or "&#" in entry.title for entry in entries)
    assert sum(bool(entry.summary) for entry in entries) == 746


@pytest.mark.slow
def test_the_parsers_own_test_feeds_neither_crash_nor_hang(shared: Path, now: datetime) -> None:
    seen = parsed = 0
    with tarfile.open(shared / "feeds" / "corpora.tar.gz") as corpora:
        for number, member in enumerate(corpora):
            file = corpora.extractfile(member) if number % 5 == 0 and member.isfile() else None
            if file is None:
                continue
            seen += 1
            try:
                feed = parse(file.read(), url="https://herald.example/feed.xml", now=now)
            except Permanent as refused:
                assert refused.reason
                continue
            parsed += 1
            for entry in feed.entries:
                assert "\0" not in "".join((entry.guid, entry.title, entry.summary, entry.content))
                assert entry.url == "" or entry.url.lower().startswith(("http://", "https://"))
    assert seen > 1000
    assert parsed > seen * 0.75
