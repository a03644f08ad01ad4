"""What a feed's entry changes of an article that is known: its wording, its address, and whether its page is looked at.

It never decides which article an entry is (finding and identity do), and lets no feed reword another outlet's article.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from stories.ingest import changes, links
from stories.ingest.feeds import Entry
from stories.models import Article, Feed, FeedEntry, Stage, TextState
from stories.services import identity

# Feeds whose summaries change with every poll must not have the page fetched as often: an hour apart at first, then
# ever less, with a quarter of the article's age; some twenty times in a long week. A new headline goes round at once.
LOOK_AGAIN = timedelta(hours=1)
LOOK_AGAIN_SHARE = 0.25

# The four digests in FeedEntry.content_hash, of 16 characters each: what of an entry may change.
ADDRESS, TITLE, SUMMARY, CONTENT = range(4)
DIGEST = 16

# The columns that a changed entry may change.
RENEWED = (
    *("title", "summary", "feed_text", "url", "recheck_at"),
    *("stage", "attempts", "retry_at", "lease_until", "lease_token"),
)


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry with its two keys, the one inside its feed and the one among all articles, and its digests."""

    entry: Entry
    guid: str
    url_key: str
    marks: str


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry and the article that it is; the row that stands for it in this feed and what it looked like, if any."""

    item: Identified
    article: int
    row: FeedEntry | None = None
    before: str = ""

    def differs(self, part: int) -> bool:
        """Whether a part of the entry is another than when the feed last showed it."""
        at = slice(part * DIGEST, (part + 1) * DIGEST)
        return bool(self.before) and self.item.marks[at] != self.before[at]


def marks(entry: Entry, url_key: str) -> str:
    """The digests of an entry. Counters and white space in headline and summary leave theirs alone."""
    key, content = (hashlib.blake2b(text.encode(), digest_size=8).hexdigest() for text in (url_key, entry.content))
    return key + changes.fingerprint(entry.title) + changes.fingerprint(entry.summary) + content


def renew(feed: Feed, placed: Sequence[Placed], keys: Collection[tuple[str, int]], now: datetime) -> set[int]:
    """Bring articles up to their entries; returns the articles that are there. `keys`: new ones, with their articles.

    Locks their rows in the order of their numbers, whatever the order of the entries.
    """
    if not placed:
        return set()
    rows = Article.objects.filter(pk__in={each.article for each in placed}).order_by("pk")
    articles = {article.pk: article for article in rows.select_for_update(no_key=True)}
    moved = identity.add_keys([(key, pk) for key, pk in keys if pk in articles])
    changed = {
        article.pk: article
        for each in placed
        if (article := articles.get(each.article)) and _renew(feed, each, article, now, moved=each.article in moved)
    }
    if changed:
        Article.objects.bulk_update(changed.values(), RENEWED)
    return set(articles)


def _renew(feed: Feed, each: Placed, article: Article, now: datetime, *, moved: bool) -> bool:
    """Bring an article up to its entry; True if its row changed.

    Only feeds of its own outlet, or the one that brought it, may change an article: others word it for themselves.
    A feed that shows it for the first time, perhaps under a shorter headline, says nothing new of it either.
    """
    if feed.outlet_id != article.outlet_id and feed.pk != article.feed_id:
        return False
    entry, address = each.item.entry, article.url
    if moved:
        # The newest address is the one that works.
        article.url = links.canonical(entry.url, feed.url)
    title = each.differs(TITLE) and changes.wording_changed(article.title, entry.title)
    summary = each.differs(SUMMARY) and changes.wording_changed(article.summary, entry.summary)
    content = each.differs(CONTENT) and entry.content and changes.real_change(article.feed_text, entry.content)
    if title:
        article.title = entry.title[:500]
    if summary:
        article.summary = entry.summary
    if content:
        article.feed_text = entry.content
    if title or ((summary or content) and _may_look(feed, article, now)):
        _send_round(article)
    return bool(title or summary or content or article.url != address)


def _may_look(feed: Feed, article: Article, now: datetime) -> bool:
    """Whether the page may be fetched for a new summary now; else it is looked at when its time comes."""
    if article.text_state != TextState.PAGE or feed.outlet.demo:
        return True
    wait = max(LOOK_AGAIN, (now - article.first_seen_at) * LOOK_AGAIN_SHARE)
    at = (article.rechecked_at or article.first_seen_at) + wait
    if at > now:
        article.recheck_at = min(at, article.recheck_at or at)
    return at <= now


def _send_round(article: Article) -> None:
    """Through the pipeline again. Without its lease, a worker that is busy with the old wording drops its result."""
    if article.stage != Stage.FOUND:
        article.stage, article.attempts = Stage.FOUND, 0
    article.retry_at = article.lease_until = article.lease_token = None
