"""What editors do with feeds and servers that we know: poll now, pause, edit, remove, end a rest, ask for robots.txt.

An editor's word is written to the row, and polling takes it from there; the politeness towards a host stays as it is,
whoever asks: a host at rest is asked again when its rest ends, unless an editor ends the rest itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from stories.ingest import fetch, isolated
from stories.ingest.errors import Failure, Permanent
from stories.models import Feed, Host, Outlet
from stories.services import hosts, subscribing
from stories.services.asking import ask

BY_EDITOR = "asked for by an editor"


class KnownAlready(Permanent):
    """Another feed has the address already."""

    def __init__(self, feed: Feed) -> None:
        super().__init__(f"{feed.outlet} has a feed at this address already:")
        self.feed = feed


@dataclass(frozen=True, slots=True)
class Wanted:
    """A feed as an editor wants it; `fixed_interval_s` is None where the interval is to follow the news."""

    title: str
    lang: str
    fixed_interval_s: int | None
    outlet: Outlet
    url: str


def poll_now(feed: Feed, *, now: datetime) -> Host | None:
    """Make a feed due at once; a paused or stopped one is taken up again. Returns its host where that rests now."""
    _due(Feed.objects.filter(pk=feed.pk), now, BY_EDITOR, active=True)
    return None if feed.outlet.demo else hosts.resting([feed.host], now).get(feed.host)


def poll_all(feeds: QuerySet[Feed], *, take_up: bool, now: datetime) -> int:
    """Make all these feeds due at once, in one statement; paused and stopped ones only if they are to be taken up."""
    chosen = Feed.objects.filter(pk__in=feeds.order_by().values("pk"))
    if take_up:
        return _due(chosen, now, BY_EDITOR, active=True)
    return chosen.filter(active=True).update(next_poll_at=now, next_poll_reason=BY_EDITOR, turn_at=None)


def set_active(feed: Feed, active: bool, *, now: datetime) -> None:
    """Pause a feed or take it up again; taken up, it is due at once and what stopped it is forgotten."""
    reason = "taken up again by an editor" if active else "paused by an editor"
    _due(Feed.objects.filter(pk=feed.pk), now, reason, active=active)


def _due(feeds: QuerySet[Feed], now: datetime, reason: str, *, active: bool) -> int:
    return feeds.update(
        next_poll_at=now,
        next_poll_reason=reason,
        turn_at=None,
        active=active,
        stopped_reason="",
        gone_since=None,
    )


def edit(feed: Feed, wanted: Wanted, *, now: datetime) -> bool:
    """Change a feed; True if its address changed. A new address is fetched first and must hold a feed.

    Raises KnownAlready, Permanent or Temporary, with a reason for the field; then nothing is changed.
    """
    url = feed.url if wanted.url == feed.url else _checked(feed, wanted.url)
    with transaction.atomic():
        row = Feed.objects.select_for_update(no_key=True).get(pk=feed.pk)
        row.title, row.lang, row.outlet = wanted.title, wanted.lang, wanted.outlet
        repaced = row.fixed_interval_s != wanted.fixed_interval_s
        row.fixed_interval_s = wanted.fixed_interval_s
        moved = url != row.url
        if moved:
            _move(row, url)
        if moved or repaced:
            row.next_poll_at, row.turn_at = now, None
            row.next_poll_reason = f"its {'address' if moved else 'interval'} was changed by an editor"
        row.save()
    return moved


def _checked(feed: Feed, url: str) -> str:
    """The address to keep after it has answered with a feed."""
    clean = _free(feed, url)
    [answer] = ask([fetch.Request(clean, accept=fetch.ACCEPT_FEED)])
    if isinstance(answer, Failure):
        raise answer
    isolated.feed(answer.body, url=answer.final_url, headers=answer.headers, now=timezone.now())
    return _free(feed, answer.permanent_url) if answer.permanent_url else clean


def _free(feed: Feed, url: str) -> str:
    clean = subscribing.feed_address(url)
    other = subscribing.known_feeds([clean]).get(clean)
    if other and other.pk != feed.pk:
        raise KnownAlready(other)
    return clean


def _move(row: Feed, url: str) -> None:
    """All that was remembered of the old address goes; a poll of it that is under way finds its lease gone."""
    row.url = url
    row.etag = row.last_modified = row.body_hash = ""
    row.validators_lie = False
    row.moved_to, row.moved_since, row.moved_polls, row.moved_from = "", None, 0, ""
    row.hub = row.topic = ""
    row.gone_since = None
    row.failures = 0
    row.lease_until = row.lease_token = None
    if row.stopped_reason:
        row.stopped_reason, row.active = "", True


def remove(feed: Feed) -> None:
    """Forget a feed and its history. Its articles stay: they were reported."""
    Feed.objects.filter(pk=feed.pk).delete()


def end_rest(rows: QuerySet[Host], *, now: datetime) -> int:
    """Let hosts be asked again at once, though still one request at a time; returns how many rested."""
    with transaction.atomic():
        names = list(rows.filter(rest_until__gt=now).values_list("name", flat=True))
        rested = Host.objects.filter(name__in=names).update(rest_until=None, rest_reason="", failures=0, slowed=0)
        Feed.objects.filter(Q(turn_at__gt=now), host__in=names).update(turn_at=None)
    return rested


def read_robots_again(rows: QuerySet[Host]) -> int:
    """Have robots.txt fetched before the next article page of each host; returns how many."""
    return rows.update(robots_at=None)
