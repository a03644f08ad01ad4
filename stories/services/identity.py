"""Which entries and addresses are one article: keys, and entries that look alike.

Precision first: two articles taken for one make a newsroom corroborate itself, so where the signs don't agree two rows
stay two. It judges within one outlet only; whether outlets copy each other is not its question.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from stories.ingest import changes, links
from stories.ingest.entries import Entry
from stories.models import Article, ArticleKey, Feed, FeedEntry, Outlet

# An entry that comes back under another guid and address does so within days, or its outlet means a new article.
NEAR = timedelta(days=2)
# Corrected dates of publication differ by minutes; bulletins of the same name come hourly.
REDATED = timedelta(minutes=30)
# So many identical words are no coincidence. "Morning briefing" and "Weather" are shorter.
EVIDENCE_WORDS = 8
# A feed whose addresses change with every poll (session numbers) must not fill the table.
MAX_KEYS = 10

_LONG_WORD = re.compile(r"\w{4,}")
_NUMBER = re.compile(r"\d+")
_ADDRESS = re.compile(r"https?://([^/]+)(/.*)?", re.IGNORECASE | re.DOTALL)


def address_key(url: str, *, demo: bool, base: str = "") -> str:
    """An address as an identity among all articles; "" for none. Invented news can't stand in for a newsroom's page."""
    key = links.url_key(url, base) if url else ""
    return f"demo:{key}"[: links.MAX_KEY] if key and demo else key


def owners(keys: Iterable[str]) -> dict[str, int]:
    """The articles, by the keys that lead to them."""
    wanted = set(keys)
    if not wanted:
        return {}
    others = ArticleKey.objects.filter(key__in=wanted).values_list("key", "article_id")
    return dict(others) | dict(Article.objects.filter(url_key__in=wanted).values_list("url_key", "pk"))


def add_keys(pairs: Collection[tuple[str, int]]) -> set[int]:
    """Let more keys lead to articles; returns the articles that took one. One that has MAX_KEYS takes no more."""
    if not pairs:
        return set()
    counts = Counter(
        ArticleKey.objects.filter(article__in={pk for _, pk in pairs}).values_list("article_id", flat=True)
    )
    taken = [ArticleKey(key=key, article_id=pk) for key, pk in sorted(pairs) if counts[pk] < MAX_KEYS]
    # In the order of keys everywhere, so that two workers never wait for each other.
    ArticleKey.objects.bulk_create(taken, ignore_conflicts=True)
    return {row.article_id for row in taken}


def is_recycled(entry: Entry, known: Article) -> bool:
    """Whether a guid that stood for `known` at another address now names another article (some feeds number places)."""
    if not (entry.claimed_at and known.claimed_at) or abs(entry.claimed_at - known.claimed_at) <= REDATED:
        return False
    return not _share_a_word(entry.title, known.title)


@dataclass(frozen=True, slots=True)
class Candidates:
    """What entries of unknown guid and address may be: by feed, the guids that it showed with their articles' numbers,
    headlines and times; by outlet, its articles that agree in time or headline."""

    shown: Mapping[int, Sequence[tuple[str, int, str, datetime | None]]]
    articles: Mapping[int, Sequence[Article]]


def candidates(unknown: Sequence[tuple[Feed, Sequence[tuple[str, Entry]]]], now: datetime) -> Candidates:
    """The candidates for the entries of several feeds, guids with entries for each, in two queries at most."""
    shown: dict[int, list[tuple[str, int, str, datetime | None]]] = defaultdict(list)
    olds = {guid for feed, entries in unknown for guid in _before_moving(feed, entries)}
    if olds:
        rows = FeedEntry.objects.filter(feed__in=[feed for feed, _ in unknown], guid__in=olds)
        values = rows.values_list("feed_id", "guid", "article_id", "article__title", "article__claimed_at")
        for feed_pk, guid, article_pk, title, claimed_at in values:
            shown[feed_pk].append((guid, article_pk, title, claimed_at))
    articles: dict[int, list[Article]] = defaultdict(list)
    every = [entry for _, entries in unknown for _, entry in entries]
    if every:
        times = [entry.claimed_at for entry in every if entry.claimed_at]
        alike = Q(reported_at__in=times) | Q(reported_at__gte=now - NEAR, title__in=[entry.title for entry in every])
        near = Article.objects.filter(alike, outlet_id__in={feed.outlet_id for feed, _ in unknown})
        for article in near.only("outlet_id", "title", "summary", "url", "claimed_at", "first_seen_at"):
            articles[article.outlet_id].append(article)
    return Candidates(shown, articles)


def lookalikes(
    feed: Feed,
    unknown: Sequence[tuple[str, Entry]],
    taken: Collection[int],
    near: Candidates,
    now: datetime,
) -> dict[str, int]:
    """Articles of the feed's outlet that entries of unknown guid and address are all the same, by the guid.

    `unknown`: guids with their entries. `taken`: articles that the same answer shows otherwise; an entry beside them is
    another one. Where two articles fit an entry or two entries an article, nothing is claimed.
    """
    alike = {
        (guid, article.pk)
        for article in near.articles.get(feed.outlet_id, ())
        for guid, entry in unknown
        if _alike(entry, article, now)
    }
    pairs = {*_moved(feed, unknown, near), *alike}
    guids, articles = Counter(guid for guid, _ in pairs), Counter(pk for _, pk in pairs)
    return {guid: pk for guid, pk in pairs if guids[guid] == articles[pk] == 1 and pk not in taken}


def _before_moving(feed: Feed, unknown: Sequence[tuple[str, Entry]]) -> dict[str, list[tuple[str, Entry]]]:
    """The guids that entries would have had under another scheme, or another host of the outlet's own."""
    hosts = {links.host(feed.url), links.host(feed.moved_from), *feed.outlet.domains} - {""}
    hosts |= {f"www.{name}" for name in hosts} | {name.removeprefix("www.") for name in hosts}
    olds: dict[str, list[tuple[str, Entry]]] = {}
    for guid, entry in unknown:
        if match := _ADDRESS.fullmatch(guid):
            for name in {*hosts, match[1].lower()}:
                for scheme in ("http", "https"):
                    olds.setdefault(f"{scheme}://{name}{match[2] or ''}", []).append((guid, entry))
    return olds


def _moved(feed: Feed, unknown: Sequence[tuple[str, Entry]], near: Candidates) -> list[tuple[str, int]]:
    """Entries whose guid is an address that the feed showed under another scheme or host: the site has moved.

    Only where headline or time agree: planets of blogs have equal paths, too.
    """
    rows = near.shown.get(feed.pk, ())
    olds = _before_moving(feed, unknown) if rows else {}
    return [
        (guid, pk)
        for old, pk, title, claimed_at in rows
        for guid, entry in olds.get(old, ())
        if (entry.claimed_at and entry.claimed_at == claimed_at) or not changes.wording_changed(title, entry.title)
    ]


def _alike(entry: Entry, article: Article, now: datetime) -> bool:
    """Whether an entry is this article under another guid and address.

    Published at the same time: the same headline and no other summary, or the same summary under a new headline.
    Else: headline and summary the same, within days, and neither times nor numbers in the addresses against it.
    """
    title = not changes.wording_changed(article.title, entry.title)
    summary = changes.fingerprint(article.summary) == changes.fingerprint(entry.summary)
    telling = summary and len(entry.summary.split()) >= EVIDENCE_WORDS
    if entry.claimed_at and entry.claimed_at == article.claimed_at:
        if title:
            both = len(f"{entry.title} {entry.summary if summary else ''}".split())
            return both >= EVIDENCE_WORDS and (summary or not entry.summary or not article.summary)
        # Series are published on the hour, with one summary for all.
        on_the_hour = not entry.claimed_at.minute and not entry.claimed_at.second
        same_numbers = not _contradict(entry.title, article.title) and not _contradict(entry.url, article.url)
        return telling and not on_the_hour and same_numbers and _share_a_word(entry.title, article.title)
    if entry.claimed_at and article.claimed_at:
        in_time = abs(entry.claimed_at - article.claimed_at) <= REDATED
    else:
        in_time = now - article.first_seen_at <= NEAR
    return title and telling and in_time and not _contradict(entry.url, article.url)


def _contradict(one: str, other: str) -> bool:
    """Whether each has a number that the other lacks: days, or articles' numbers, of two articles."""
    here, there = set(_NUMBER.findall(one)), set(_NUMBER.findall(other))
    return bool(here - there and there - here)


def _share_a_word(one: str, other: str) -> bool:
    return bool(long_words(one) & long_words(other))


def long_words(text: str) -> set[str]:
    """The words of four letters or more: shorter ones are in every text."""
    return set(_LONG_WORD.findall(text.casefold()))


def outlets_of(feed: Feed, urls: Collection[str]) -> dict[str, Outlet]:
    """Whose articles these addresses are, by the address: an aggregator's links to outlets that we know are theirs."""
    if feed.outlet.kind != Outlet.Kind.AGGREGATOR:
        return {}
    hosts = {url: links.host(url).split(".") for url in urls if url}
    above = {url: [".".join(parts[n:]) for n in range(len(parts) - 1)] for url, parts in hosts.items()}
    every = {domain for domains in above.values() for domain in domains}
    by_domain = {
        domain: outlet
        for outlet in (Outlet.objects.filter(domains__overlap=list(every), demo=feed.outlet.demo) if every else ())
        for domain in outlet.domains
    }
    found = ((url, next((by_domain[d] for d in domains if d in by_domain), None)) for url, domains in above.items())
    return {url: outlet for url, outlet in found if outlet}
