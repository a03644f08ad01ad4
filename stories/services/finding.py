"""From a feed's entries to articles: which are new, which are known, which have changed.

Identity is tried in this order: the feed's guid, the canonical address, then title and date. A guid that one answer
uses for two addresses identifies nothing and is passed over.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import slugify

from stories.ingest import links
from stories.ingest.feeds import Entry, ParsedFeed
from stories.models import Article, Feed, FeedEntry, Outlet, Stage

KEY_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Identified:
    """An entry with its two keys: the one inside its feed, the one among all articles."""

    entry: Entry
    guid: str
    url_key: str
    content_hash: str


def keep(feed: Feed, parsed: ParsedFeed, now: datetime) -> int:
    """Keep a parsed answer of a feed; returns how many articles are new. Must run in a transaction."""
    identified = identify(feed, parsed.entries)
    known = {e.guid: e for e in feed.entries.filter(guid__in=[i.guid for i in identified])}
    by_url = {a.url_key: a for a in Article.objects.filter(url_key__in=[i.url_key for i in identified])}
    new = 0
    changed: list[tuple[FeedEntry, Identified]] = []
    for item in identified:
        entry = known.get(item.guid)
        if entry is None:
            article = by_url.get(item.url_key)
            if article is None:
                article, created = _create(feed, item, now)
                by_url[item.url_key] = article
                new += created
            FeedEntry.objects.create(
                feed=feed, guid=item.guid, article=article, content_hash=item.content_hash, first_seen_at=now
            )
        elif entry.content_hash != item.content_hash:
            changed.append((entry, item))
    # In one order everywhere, so that two feeds that show the same articles never wait for each other.
    for entry, item in sorted(changed, key=lambda pair: pair[0].article_id):
        _renew(entry, item)
    return new


def identify(feed: Feed, entries: Sequence[Entry]) -> list[Identified]:
    """Give each entry its keys; of entries with the same key, the first one counts."""
    addresses = defaultdict(set)
    for entry in entries:
        addresses[entry.guid].add(entry.url)
    found: dict[str, Identified] = {}
    for entry in entries:
        url_key = _url_key(feed, entry)
        unique_guid = entry.guid and len(addresses[entry.guid]) == 1
        guid = _bounded(entry.guid) if unique_guid else url_key
        if guid not in found and entry.title:
            found[guid] = Identified(entry, guid, url_key, _content_hash(entry))
    return list(found.values())


def _url_key(feed: Feed, entry: Entry) -> str:
    """The article's identity among all articles, see the module's docstring."""
    if entry.url:
        return _bounded(links.url_key(links.canonical(entry.url)))
    if entry.guid:
        return _bounded(f"guid:{feed.pk}:{entry.guid}")
    day = f"{entry.claimed_at:%Y-%m-%d}" if entry.claimed_at else ""
    return _bounded(f"title:{feed.outlet_id}:{day}:{slugify(entry.title, allow_unicode=True)}")


def _bounded(key: str) -> str:
    """A key that fits its column; a longer one keeps its beginning and is told apart by a hash."""
    if len(key) <= KEY_LENGTH:
        return key
    return f"{key[: KEY_LENGTH - 65]}#{hashlib.sha256(key.encode()).hexdigest()}"


def _content_hash(entry: Entry) -> str:
    """What of an entry makes us look at its article again when it changes."""
    return hashlib.sha256("\0".join((entry.title, entry.summary, entry.content)).encode()).hexdigest()


def _create(feed: Feed, item: Identified, now: datetime) -> tuple[Article, bool]:
    """The article of a new entry; another feed may have made it a moment ago."""
    entry = item.entry
    return Article.objects.get_or_create(
        url_key=item.url_key,
        defaults={
            "outlet": _outlet(feed, entry),
            "feed": feed,
            "url": links.canonical(entry.url) if entry.url else "",
            "title": entry.title[:500],
            "byline": entry.byline[:300],
            "source_name": entry.source_name[:200],
            "source_url": entry.source_url[:2000],
            "lang": (entry.lang or feed.lang or feed.outlet.lang)[:8],
            "summary": entry.summary,
            "feed_text": entry.content,
            "claimed_at": entry.claimed_at,
            "first_seen_at": now,
            # Before our first poll of a feed we saw nothing: then there is no bound, and we say so.
            "polled_before_at": feed.last_good_at,
            "reported_at": Article.reported(entry.claimed_at, now),
            "stage": Stage.FOUND,
        },
    )


def _outlet(feed: Feed, entry: Entry) -> Outlet:
    """An aggregator's link to an outlet that we know is that outlet's article; everything else is the feed's own."""
    if feed.outlet.kind == Outlet.Kind.AGGREGATOR and entry.url:
        return Outlet.objects.publishing_at(links.host(entry.url)) or feed.outlet
    return feed.outlet


def _renew(known: FeedEntry, item: Identified) -> None:
    """A known entry reads differently now: keep the new wording and send its article through the pipeline again.

    Clearing the lease makes a worker that is busy with the old wording drop its result.
    """
    article = Article.objects.select_for_update(no_key=True).get(pk=known.article_id)
    article.title, article.summary = item.entry.title[:500], item.entry.summary
    article.feed_text = item.entry.content or article.feed_text
    article.stage, article.attempts, article.retry_at = Stage.FOUND, 0, None
    article.lease_until = article.lease_token = None
    article.save(
        update_fields=["title", "summary", "feed_text", "stage", "attempts", "retry_at", "lease_until", "lease_token"]
    )
    known.content_hash = item.content_hash
    known.save(update_fields=["content_hash"])
