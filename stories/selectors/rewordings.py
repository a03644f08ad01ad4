"""What outlets changed of their reports between two times: headlines, and texts in stretches around what changed."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from stories.models import Article, Version
from stories.selectors import headlines
from stories.selectors.edits import in_bulk
from stories.selectors.passages import Piece

# So many reworded reports are shown, the latest first; the rest is counted.
SHOWN = 40
# Texts weigh, and so does holding them against each other: of so many reports that is done, of so many words each.
TEXTS, WORDS = 10, 3000
# A changed stretch stands between so many words that stayed; of a text so many stretches are shown.
AROUND, STRETCHES = 8, 12


@dataclass(frozen=True, slots=True)
class Reworded:
    """What an outlet changed of a report: its headline in pieces, () where it stayed; its text in stretches.

    `words` before and after; `unread` where its texts were not held against each other here.
    """

    article: Article
    at: datetime
    title: Sequence[Piece]
    text_changed: bool
    words: tuple[int, int]
    stretches: Sequence[Sequence[Piece]]
    unread: bool


def between(articles: Collection[int], start: datetime, end: datetime) -> tuple[list[Reworded], int]:
    """What outlets changed of these reports, the latest first, and how many more there are. Four queries at most."""
    fresh = Version.objects.filter(article__in=articles, seen_at__gt=start, seen_at__lte=end)
    changed = set(fresh.order_by().values_list("article", flat=True).distinct()) if articles else set()
    if not changed:
        return [], 0
    versions = Version.objects.filter(article__in=changed, seen_at__lte=end).order_by("seen_at", "pk")
    pairs: dict[int, tuple[Version | None, Version]] = {}
    for version in versions.only("pk", "article", "title", "seen_at"):
        old, _new = pairs.get(version.article_id, (None, version))
        pairs[version.article_id] = (version if version.seen_at <= start else old, version)
    held = [(old, new) for old, new in pairs.values() if old is not None and old.pk != new.pk]
    held.sort(key=lambda pair: (pair[1].seen_at, pair[1].pk), reverse=True)
    texts = dict(
        Version.objects.filter(pk__in=[one.pk for pair in held[:TEXTS] for one in pair]).values_list("pk", "text")
    )
    named = in_bulk(old.article_id for old, _new in held[:SHOWN])
    made = [_reworded(named[old.article_id], old, new, texts) for old, new in held[:SHOWN] if old.article_id in named]
    return [one for one in made if one.title or one.text_changed or one.unread], max(0, len(held) - SHOWN)


def _reworded(article: Article, old: Version, new: Version, texts: dict[int, str]) -> Reworded:
    before, after = texts.get(old.pk, "").split(), texts.get(new.pk, "").split()
    return Reworded(
        article=article,
        at=new.seen_at,
        title=headlines.changed(old.title, new.title) if old.title != new.title else (),
        text_changed=before != after,
        words=(len(before), len(after)),
        stretches=stretches(before[:WORDS], after[:WORDS]),
        unread=new.pk not in texts,
    )


def stretches(before: Sequence[str], after: Sequence[str]) -> list[list[Piece]]:
    """Where two texts differ, each place with a few words around it; pieces are kept (no mark), "removed", "added"."""
    # What is frequent in a long text begins no match: without that a page that says one word often takes minutes.
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=True)
    made: list[list[Piece]] = []
    for group in matcher.get_grouped_opcodes(AROUND):
        pieces: list[Piece] = []
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                pieces.append(Piece(" ".join(before[i1:i2])))
                continue
            pieces += [Piece(" ".join(before[i1:i2]), "removed")] if i2 > i1 else []
            pieces += [Piece(" ".join(after[j1:j2]), "added")] if j2 > j1 else []
        made.append(pieces)
    return made[:STRETCHES]
