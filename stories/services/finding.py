"""From a feed's entries to articles: which are new, which are known, which have changed.

Identity is tried in this order: the feed's guid, the address (all that lead to an article), and for entries that have
neither known, what services.identity makes of them. A guid that one answer uses for two addresses identifies nothing
and is passed over.

Feeds are kept in a fixed number of statements however many entries they have. All that write take locks in one order:
articles inserted by key, articles changed by number, other keys by key, entries of the feed; so no two ever wait for
each other, and two feeds that show an article at the same moment find one row by its unique key. Only where several
feeds are kept together, which is cheaper, can two workers meet; the caller then keeps them one by one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.text import slugify

from stories.ingest import links
from stories.ingest.feeds import Entry, ParsedFeed
from stories.models import Article, Feed, FeedEntry, Outlet, Stage
from stories.services import identity
from stories.services.renewing import ADDRESS, Identified, Placed, marks, renew

KEY_LENGTH = 500


@dataclass(slots=True)
class _Answer:
    """One feed's answer on its way: entries by guid, the feed's rows for them, what is unknown and what differs."""

    feed: Feed
    items: dict[str, Identified]
    rows: dict[str, FeedEntry] = field(default_factory=dict)
    shown: list[Placed] = field(default_factory=list)
    differing: list[Placed] = field(default_factory=list)
    unknown: list[Identified] = field(default_factory=list)
    recycled: set[str] = field(default_factory=set)
    found: dict[str, int] = field(default_factory=dict)

    def taken(self) -> set[int]:
        """The articles that this answer shows under guids that we know."""
        return {each.article for each in self.shown if each.item.guid not in self.recycled}

    def nameless(self, owners: Mapping[str, int]) -> list[tuple[str, Entry]]:
        """Entries whose address is unknown, too."""
        return [(item.guid, item.entry) for item in self.unknown if item.url_key not in owners]


def keep(feed: Feed, parsed: ParsedFeed, now: datetime) -> int:
    """Keep a parsed answer of a feed; returns how many articles are new.

    Must run in a transaction that holds the feed's row.
    """
    return keep_all([(feed, parsed)], now)[0]


def keep_all(parsed: Sequence[tuple[Feed, ParsedFeed]], now: datetime) -> list[int]:
    """Keep parsed answers of feeds of different outlets; returns how many articles of each are new.

    Must run in a transaction that holds the feeds' rows. Of different outlets, because two feeds of one may show an
    article under two addresses: the second must find what the first has brought.
    """
    answers = [_Answer(feed, {item.guid: item for item in identify(feed, each.entries)}) for feed, each in parsed]
    _recall(answers)
    busy = [answer for answer in answers if answer.unknown or answer.differing]
    ours: dict[int, set[int]] = {}
    if busy:
        keys = [i.url_key for a in busy for i in (*a.unknown, *(placed.item for placed in a.differing))]
        owners = identity.owners(keys)
        for answer in busy:
            answer.recycled = _recycled(answer.differing, owners)
            answer.unknown += [answer.items[guid] for guid in answer.recycled]
        near = identity.candidates([(answer.feed, answer.nameless(owners)) for answer in busy], now)
        for answer in busy:
            answer.found = _found(answer, owners, near, now)
        created = _create(busy, now)
        rows: list[FeedEntry] = []
        for answer in busy:
            ours[answer.feed.pk] = {
                pk for key, (pk, by) in created.items() if by == answer.feed.pk and key in _new_keys(answer)
            }
            rows += _write(answer, created, owners, ours[answer.feed.pk], now)
        _write_rows(rows)
    return [len(ours.get(answer.feed.pk, ())) for answer in answers]


def _recall(answers: Sequence[_Answer]) -> None:
    """What the feeds have shown before, and what of their answers is new or reads differently."""
    guids = {guid for answer in answers for guid in answer.items}
    rows = FeedEntry.objects.filter(feed__in=[answer.feed for answer in answers], guid__in=guids)
    known = {(row.feed_id, row.guid): row for row in rows}
    for answer in answers:
        pk = answer.feed.pk
        answer.rows = {guid: known[pk, guid] for guid in answer.items if (pk, guid) in known}
        answer.shown = [
            Placed(answer.items[guid], row.article_id, row, row.content_hash) for guid, row in answer.rows.items()
        ]
        answer.differing = [each for each in answer.shown if each.before != each.item.marks]
        answer.unknown = [item for guid, item in answer.items.items() if guid not in answer.rows]


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


def _found(answer: _Answer, owners: Mapping[str, int], near: identity.Candidates, now: datetime) -> dict[str, int]:
    """The articles that these entries are, by guid, as far as they are known."""
    found = {item.guid: owners[item.url_key] for item in answer.unknown if item.url_key in owners}
    taken = {*answer.taken(), *found.values()}
    return found | identity.lookalikes(answer.feed, answer.nameless(owners), taken, near, now)


def _new_keys(answer: _Answer) -> set[str]:
    return {item.url_key for item in answer.unknown if item.guid not in answer.found}


def _create(answers: Sequence[_Answer], now: datetime) -> dict[str, tuple[int, int | None]]:
    """Make the articles of new entries; by key, each one's number and the feed that made it, perhaps another one."""
    rows: dict[str, Article] = {}
    for answer in answers:
        new = [item for item in answer.unknown if item.guid not in answer.found]
        outlets = identity.outlets_of(answer.feed, {item.entry.url for item in new}) if new else {}
        for item in new:
            outlet = outlets.get(item.entry.url, answer.feed.outlet)
            rows.setdefault(item.url_key, _article(answer.feed, item, outlet, now))
    if not rows:
        return {}
    Article.objects.bulk_create([rows[key] for key in sorted(rows)], ignore_conflicts=True)
    made = Article.objects.filter(url_key__in=rows).values_list("url_key", "pk", "feed_id")
    return {key: (pk, by) for key, pk, by in made}


def _article(feed: Feed, item: Identified, outlet: Outlet, now: datetime) -> Article:
    entry = item.entry
    return Article(
        url_key=item.url_key,
        outlet=outlet,
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


def _spare_rows(feed: Feed, articles: Collection[int], guids: Collection[str]) -> dict[int, FeedEntry]:
    """Rows of these articles under guids that the feed no longer shows: some feeds change all guids at every poll."""
    if not articles:
        return {}
    return {row.article_id: row for row in feed.entries.filter(article__in=articles).exclude(guid__in=guids)}


def _write(
    answer: _Answer,
    created: Mapping[str, tuple[int, int | None]],
    owners: Mapping[str, int],
    ours: set[int],
    now: datetime,
) -> list[FeedEntry]:
    """Write what the entries changed of articles and keys; returns the feed's own rows, as they are to be written."""
    placed = [each for each in answer.differing if each.item.guid not in answer.recycled]
    spare = _spare_rows(answer.feed, set(answer.found.values()), answer.items)
    for item in answer.unknown:
        pk = answer.found.get(item.guid) or created.get(item.url_key, (0, None))[0]
        row = answer.rows.get(item.guid) or spare.pop(pk, None)
        if pk:  # else another worker made it and merged it away in this very moment
            placed.append(Placed(item, pk, row, row.content_hash if row and item.guid not in answer.recycled else ""))
    others = {each.article for each in placed} - ours
    addresses = {
        (each.item.url_key, each.article)
        for each in placed
        if each.article in others and each.item.entry.url and each.item.url_key not in owners
    }
    held = renew(answer.feed, [each for each in placed if each.article in others], addresses, now)
    # An article that has just been merged into another is found again, by its key, when the feed next changes.
    return [_row(answer.feed, each, now) for each in placed if each.article in ours or each.article in held]


def _row(feed: Feed, each: Placed, now: datetime) -> FeedEntry:
    """The feed's memory of an entry; one whose guid has changed keeps its row."""
    row = each.row or FeedEntry(feed=feed, first_seen_at=now)
    row.guid, row.article_id, row.content_hash = each.item.guid, each.article, each.item.marks
    return row


def _write_rows(rows: Sequence[FeedEntry]) -> None:
    renewed, added = [row for row in rows if row.pk], [row for row in rows if not row.pk]
    if renewed:
        FeedEntry.objects.bulk_update(renewed, ["guid", "article", "content_hash"])
    if added:
        FeedEntry.objects.bulk_create(added, ignore_conflicts=True)
