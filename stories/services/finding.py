"""From a feed's entries to articles: which are new, which are known, which have changed.

Identity is tried in this order: the feed's guid, the address (all that lead to an article), and for entries that have
neither known, what services.identity makes of them. A guid that one answer uses for two addresses identifies nothing
and is passed over.

A feed is kept in a fixed number of statements however many entries it has. All that write take locks in one order:
articles inserted by key, articles changed by number, other keys by key, entries of the feed; so no two ever wait for
each other, and two feeds that show an article at the same moment find one row by its unique key.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.utils.text import slugify

from stories.ingest import links
from stories.ingest.feeds import Entry, ParsedFeed
from stories.models import Article, Feed, FeedEntry, Stage
from stories.services import identity
from stories.services.renewing import ADDRESS, Identified, Placed, marks, renew

KEY_LENGTH = 500


def keep(feed: Feed, parsed: ParsedFeed, now: datetime) -> int:
    """Keep a parsed answer of a feed; returns how many articles are new.

    Must run in a transaction that holds the feed's row.
    """
    items = {item.guid: item for item in identify(feed, parsed.entries)}
    rows = {row.guid: row for row in feed.entries.filter(guid__in=items)}
    shown = [Placed(items[guid], row.article_id, row, row.content_hash) for guid, row in rows.items()]
    differing = [each for each in shown if each.before != each.item.marks]
    unknown = [item for guid, item in items.items() if guid not in rows]
    if not unknown and not differing:
        return 0
    owners = identity.owners([*(item.url_key for item in unknown), *(each.item.url_key for each in differing)])
    recycled = _recycled(differing, owners)
    unknown += [items[guid] for guid in recycled]
    taken = {each.article for each in shown if each.item.guid not in recycled}
    found = _found(feed, unknown, owners, taken, now)
    created = _create(feed, [item for item in unknown if item.guid not in found], now)
    ours = {pk for pk, by in created.values() if by == feed.pk}
    spare = _spare_rows(feed, set(found.values()), items)
    placed = [each for each in differing if each.item.guid not in recycled]
    for item in unknown:
        pk = found.get(item.guid) or created.get(item.url_key, (0, None))[0]
        row = rows.get(item.guid) or spare.pop(pk, None)
        if pk:  # else another worker made it and merged it away in this very moment
            placed.append(Placed(item, pk, row, row.content_hash if row and item.guid not in recycled else ""))
    _write(feed, placed, owners, ours, now)
    return len(ours)


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
            found[guid] = Identified(entry, guid, url_key, marks(entry, url_key))
    return list(found.values())


def _url_key(feed: Feed, entry: Entry) -> str:
    """The article's identity among all articles, see the module's docstring."""
    if entry.url:
        return identity.address_key(entry.url, demo=feed.outlet.demo, base=feed.url)
    if entry.guid:
        return _bounded(f"guid:{feed.pk}:{entry.guid}")
    day = f"{entry.claimed_at:%Y-%m-%d}" if entry.claimed_at else ""
    return _bounded(f"title:{feed.outlet_id}:{day}:{slugify(entry.title, allow_unicode=True)}")


def _bounded(key: str) -> str:
    """A key that fits its column; a longer one keeps its beginning and is told apart by a hash."""
    if len(key) <= KEY_LENGTH:
        return key
    return f"{key[: KEY_LENGTH - 65]}#{hashlib.sha256(key.encode()).hexdigest()}"


def _recycled(differing: Sequence[Placed], owners: Mapping[str, int]) -> set[str]:
    """The guids that now stand for another article, by address, headline and time."""
    moved = [
        each
        for each in differing
        if each.item.entry.url and each.differs(ADDRESS) and owners.get(each.item.url_key) != each.article
    ]
    articles = Article.objects.only("title", "claimed_at").in_bulk({each.article for each in moved})
    return {
        each.item.guid
        for each in moved
        if each.article in articles and identity.is_recycled(each.item.entry, articles[each.article])
    }


def _found(
    feed: Feed, items: Sequence[Identified], owners: Mapping[str, int], shown: Collection[int], now: datetime
) -> dict[str, int]:
    """The articles that these entries are, by guid, as far as they are known."""
    found = {item.guid: owners[item.url_key] for item in items if item.url_key in owners}
    unknown = [(item.guid, item.entry) for item in items if item.guid not in found]
    return found | identity.lookalikes(feed, unknown, {*shown, *found.values()}, now)


def _create(feed: Feed, items: Sequence[Identified], now: datetime) -> dict[str, tuple[int, int | None]]:
    """Make the articles of new entries; by key, each one's number and the feed that made it, perhaps another one."""
    if not items:
        return {}
    outlets = identity.outlets_of(feed, {item.entry.url for item in items})
    new = {item.url_key: item for item in reversed(items)}
    rows = []
    for key, item in sorted(new.items()):
        entry = item.entry
        rows.append(
            Article(
                url_key=key,
                outlet=outlets.get(entry.url, feed.outlet),
                feed=feed,
                url=links.canonical(entry.url, feed.url) if entry.url else "",
                title=entry.title[:500],
                byline=entry.byline[:300],
                source_name=entry.source_name[:200],
                source_url=entry.source_url[:2000],
                lang=(entry.lang or feed.lang or feed.outlet.lang)[:8],
                summary=entry.summary,
                feed_text=entry.content,
                claimed_at=entry.claimed_at,
                first_seen_at=now,
                # Before our first poll of a feed we saw nothing: then there is no bound, and we say so.
                polled_before_at=feed.last_good_at,
                reported_at=Article.reported(entry.claimed_at, now),
                stage=Stage.FOUND,
            )
        )
    Article.objects.bulk_create(rows, ignore_conflicts=True)
    made = Article.objects.filter(url_key__in=new).values_list("url_key", "pk", "feed_id")
    return {key: (pk, by) for key, pk, by in made}


def _spare_rows(feed: Feed, articles: Collection[int], guids: Collection[str]) -> dict[int, FeedEntry]:
    """Rows of these articles under guids that the feed no longer shows: some feeds change all guids at every poll."""
    if not articles:
        return {}
    return {row.article_id: row for row in feed.entries.filter(article__in=articles).exclude(guid__in=guids)}


def _write(feed: Feed, placed: Sequence[Placed], owners: Mapping[str, int], ours: set[int], now: datetime) -> None:
    """Write what the entries changed: keys, articles, then the feed's own rows."""
    others = {each.article for each in placed} - ours
    addresses = {
        (each.item.url_key, each.article)
        for each in placed
        if each.article in others and each.item.entry.url and each.item.url_key not in owners
    }
    held = renew(feed, [each for each in placed if each.article in others], addresses, now)
    # An article that has just been merged into another is found again, by its key, when the feed next changes.
    _write_rows(feed, [each for each in placed if each.article in ours or each.article in held], now)


def _write_rows(feed: Feed, placed: Sequence[Placed], now: datetime) -> None:
    """The feed's memory of its entries; one whose guid has changed keeps its row."""
    renewed: list[FeedEntry] = []
    added: list[FeedEntry] = []
    for each in placed:
        row = each.row or FeedEntry(feed=feed, first_seen_at=now)
        row.guid, row.article_id, row.content_hash = each.item.guid, each.article, each.item.marks
        (renewed if row.pk else added).append(row)
    if renewed:
        FeedEntry.objects.bulk_update(renewed, ["guid", "article", "content_hash"])
    if added:
        FeedEntry.objects.bulk_create(added, ignore_conflicts=True)
