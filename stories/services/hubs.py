"""A subscription to a hub in words, for the feeds page. It reads one row and decides nothing."""

from __future__ import annotations

from datetime import datetime, timedelta

from stories.ingest import links
from stories.ingest.schedule import spoken
from stories.models import Subscription

State = Subscription.State


def told(row: Subscription, now: datetime) -> str:
    """What a person should know of a feed's hub, as one sentence of parts joined by semicolons."""
    host = links.host(row.hub)
    if not row.feed.active:
        parts = [f"its hub {host} is not asked while the feed is paused"]
    elif row.state == State.WANTED:
        parts = [f"its hub {host} is about to be asked to announce what is new"]
    elif row.state in (State.DENIED, State.UNRELIABLE):
        parts = [row.error, "polled as if it had no hub", _again(row, now)]
    elif row.state == State.FAILED:
        parts = [f"its hub could not be asked to announce what is new: {row.error}", _again(row, now)]
    elif row.state == State.ASKED:
        times = "" if row.attempts <= 1 else f" {row.attempts} times"
        parts = [f"its hub {host} was asked{times} to announce what is new and has not confirmed it", _again(row, now)]
    elif row.expires_at is None or row.expires_at <= now:
        parts = [f"its subscription at {host} ran out before it could be renewed", row.error, _again(row, now)]
    else:
        parts = [f"its hub {host} announces what is new", *_holding(row, now)]
    return "; ".join(part for part in parts if part)


def _holding(row: Subscription, now: datetime) -> list[str]:
    """A subscription in force: when confirmed and renewed, and what has come of it."""
    confirmed = f"confirmed {_ago(row.confirmed_at, now)}"
    if row.attempts:
        confirmed = f"{confirmed}, being renewed, ends in {_ahead(row.expires_at, now)}"
    elif row.next_try_at:
        confirmed = f"{confirmed}, renewed in {_ahead(row.next_try_at, now)}"
    parts = [confirmed, "no push yet"]
    if row.pushes:
        parts[1] = "1 push" if row.pushes == 1 else f"{row.pushes} pushes"
        parts[1] += f", the last {_ago(row.last_push_at, now)}"
    if row.refused:
        parts.append(f"{row.refused} refused because of a wrong signature")
    if row.missed:
        parts.append("a poll found articles that it did not announce")
    return [*parts, row.error]


def _again(row: Subscription, now: datetime) -> str:
    return f"asked again in {_ahead(row.next_try_at, now)}" if row.next_try_at else ""


def _ago(then: datetime | None, now: datetime) -> str:
    return f"{spoken(max(0.0, (now - then).total_seconds()))} ago" if then else "at no known time"


def _ahead(then: datetime | None, now: datetime) -> str:
    """A due moment is at most a minute away: that is how often the hubs are asked."""
    return spoken(max(timedelta(minutes=1), (then or now) - now).total_seconds())
