"""Subscriptions to hubs (WebSub): wanted, asked for, confirmed, renewed, and believed or not.

A subscription only ever adds: what a hub announces comes sooner, and what it forgets is found by polling. Polling slows
down for a hub that has shown that it announces, and for no other. It never looks into a push: see pushes.

The address of our callback and the secret stay the same as long as hub and topic do. A renewal with another secret
would leave it to chance which of the two a push is signed with, and one with another address would leave two
subscriptions side by side until the older one ends.
"""

from __future__ import annotations

import logging
import random
import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from stories.ingest import fetch, links, websub
from stories.ingest.errors import Failure, Temporary
from stories.ingest.websub import Answer, Verdict
from stories.models import Article, Feed, Subscription
from stories.services.outside import policy

log = logging.getLogger(__name__)

State = Subscription.State
# Many feeds share a hub. It gets two requests at once; with so few a batch ends in time even if all of them run out
# of it, and a dead hub doesn't keep the others from being asked.
PER_HUB, LOOKED_AT = 10, 200
# Hubs confirm within seconds or minutes; one that has not by then is asked again.
CONFIRM_WITHIN = timedelta(hours=1)
# An unsubscription is agreed to for so long after we asked for it.
LEAVE_WITHIN = timedelta(days=1)
# A feed that names another hub or topic at every poll must not make us ask somebody at every poll.
SETTLED = timedelta(hours=6)
DENIED_FOR = timedelta(days=30)

# Large hubs fetch the feed themselves before they push; half an hour is several times what they take.
HUB_TIME = timedelta(minutes=30)
# One poll may cross a push on its way, three in a row with late articles do not.
MAX_MISSED = 3
UNRELIABLE_FOR = timedelta(days=7)
# A hub that has announced nothing for so long may have forgotten us: then the feed is polled as if it had none.
TRUSTED_FOR = timedelta(days=30)


def public() -> bool:
    """Whether a hub could reach this server: PUBLIC_URL is not an address of this machine or of an inner network."""
    return websub.public_address(settings.PUBLIC_URL)


def want(feed: Feed, hub: str, topic: str, now: datetime) -> None:
    """Note the hub and topic that a feed names (see ingest.websub.discovered), "" for none, and want what follows.

    Sets `feed.hub` and `feed.topic`; the caller holds the feed's row locked and saves it.
    """
    if not hub and not feed.hub:
        return
    row = Subscription.objects.select_for_update(no_key=True).filter(feed=feed).first()
    if row is None or not (row.hub == hub and websub.same_address(row.topic, topic)):
        if row is not None and row.asked_at and now - row.asked_at < SETTLED:
            return
        if row is not None:
            # The other hub's pushes find no callback any more; that subscription runs out.
            row.delete()
        if hub and public():
            Subscription.objects.create(
                feed=feed,
                hub=hub,
                topic=topic,
                token=secrets.token_urlsafe(32),
                secret=secrets.token_urlsafe(48),
                next_try_at=now,
            )
    feed.hub, feed.topic = hub, topic


def subscribe_due(clock: Callable[[], datetime]) -> int:
    """Ask the hubs whose time has come: for a subscription, a renewal, or its end where a feed is paused.

    Returns how many were asked. A killed worker's requests are made again when their confirmation is overdue.
    """
    if not public():
        return 0
    asked = _claim(clock())
    requests = [_request(row) for row in asked]
    for row, answer in zip(asked, fetch.fetch_many_blocking(requests, policy()) if asked else (), strict=True):
        said = answer.reason if isinstance(answer, Failure) else "request taken"
        log.info("websub: feed %d at %s: %s", row.feed_id, links.host(row.hub), said)
        _note_answer(row, answer, clock())
    return len(asked)


def _claim(now: datetime) -> list[Subscription]:
    """The subscriptions to ask about, noted as asked before anything is sent: a hub may confirm before it answers."""
    due = Q(feed__active=True, next_try_at__lte=now)
    leaving = Q(feed__active=False, expires_at__gt=now) & ~Q(state__in=[State.WANTED, State.DENIED])
    with transaction.atomic():
        rows = Subscription.objects.filter(due | leaving).order_by("next_try_at").select_related("feed")
        claimed = _few_of_each_hub(rows.select_for_update(skip_locked=True, no_key=True, of=("self",))[:LOOKED_AT])
        for row in claimed:
            if row.feed.active:
                _note_asked(row, now)
            else:
                # Asked to end it once: if the hub doesn't, its pushes are refused until the lease is over.
                row.state, row.expires_at, row.asked_at, row.attempts, row.error = State.WANTED, None, now, 0, ""
                row.next_try_at = now
            row.save()
    return claimed


def _few_of_each_hub(rows: Iterable[Subscription]) -> list[Subscription]:
    hubs: Counter[str] = Counter()
    few = []
    for row in rows:
        host = links.host(row.hub)
        hubs[host] += 1
        if hubs[host] <= PER_HUB:
            few.append(row)
    return few


def _note_asked(row: Subscription, now: datetime) -> None:
    if not _holds(row, now):
        row.state = State.ASKED
    row.attempts = min(row.attempts + 1, 1000)
    row.asked_at = now
    row.next_try_at = max(now + CONFIRM_WITHIN, websub.next_try(row.attempts, now, _jitter()))


def _request(row: Subscription) -> fetch.Request:
    callback = settings.PUBLIC_URL + reverse("websub", args=[row.token])
    mode = "subscribe" if row.feed.active else "unsubscribe"
    form = websub.subscribe_form(mode, callback=callback, topic=row.topic, secret=row.secret)
    return fetch.Request(url=websub.address_to_ask(row.hub, row.attempts), form=form)


def _note_answer(row: Subscription, answer: fetch.Response | Failure, now: datetime) -> None:
    """A failure backs off, unless the hub has confirmed or denied all the same, or another worker has asked since."""
    same = Subscription.objects.filter(pk=row.pk, asked_at=row.asked_at, state=row.state)
    if not row.feed.active:
        return
    if not isinstance(answer, Failure):
        same.update(error="")
        return
    asked_s = answer.retry_after_s if isinstance(answer, Temporary) else None
    same.exclude(confirmed_at__gte=row.asked_at).update(
        state=row.state if _holds(row, now) else State.FAILED,
        error=answer.reason[:500],
        next_try_at=websub.next_try(row.attempts, now, _jitter(), asked_s=asked_s or 0),
    )


def answer_hub(token: str, params: Mapping[str, str], now: datetime) -> Verdict:
    """Judge what a hub asks or tells at our callback, and note it. REFUSE too for a token that we don't know."""
    with transaction.atomic():
        rows = Subscription.objects.select_for_update(no_key=True, of=("self",)).select_related("feed")
        row = rows.filter(token=token).first() if websub.token_ok(token) else None
        if row is None:
            return Verdict(Answer.REFUSE)
        verdict = websub.verification(params, topic=row.topic, mode=_agreed(row, now))
        # Of a paused feed there is nothing to note: its subscription has ended with our asking.
        if verdict.answer != Answer.REFUSE and row.feed.active:
            _note_verdict(row, verdict, now)
    return verdict


def _agreed(row: Subscription, now: datetime) -> str:
    """What we would confirm at this moment: "subscribe", "unsubscribe" or nothing."""
    if row.feed.active:
        # A request that seemed to fail may have reached the hub; an active one may be confirmed anew at any time.
        return "subscribe" if row.state in (State.ASKED, State.ACTIVE, State.FAILED) and row.asked_at else ""
    left = row.state == State.WANTED and row.asked_at is not None and now - row.asked_at < LEAVE_WITHIN
    return "unsubscribe" if left else ""


def _note_verdict(row: Subscription, verdict: Verdict, now: datetime) -> None:
    row.attempts, row.error = 0, ""
    if verdict.answer == Answer.DENIED:
        row.state, row.expires_at, row.next_try_at = State.DENIED, None, now + DENIED_FOR
        row.error = f"{links.host(row.hub)} denied it{f': {verdict.reason}' if verdict.reason else ''}"
    else:
        lease = websub.lease(verdict.lease_s, now, _jitter())
        row.missed = row.missed if _holds(row, now) else 0
        row.state, row.confirmed_at = State.ACTIVE, now
        row.expires_at, row.next_try_at = lease.until, lease.renew_at
    row.save()


def pushed(feed: Feed, now: datetime) -> bool:
    """Whether polls of this feed may be slow because its hub announces what is new.

    That takes more than a confirmed lease: the hub has pushed, not long ago, and missed nothing since.
    """
    if not feed.hub:
        return False
    holding = Subscription.objects.filter(feed_id=feed.pk, state=State.ACTIVE, expires_at__gt=now)
    return holding.filter(missed=0, last_push_at__gte=now - TRUSTED_FOR).exists()


def noticed(feed: Feed, new: int, now: datetime) -> None:
    """Weigh what a good poll found against what the hub announced; gives up a hub that keeps missing articles.

    Call it in the transaction of the poll, after its `new` articles were kept with first_seen_at = `now`, and while
    `feed.last_good_at` is still the good poll before this one.
    """
    if not feed.hub:
        return
    rows = Subscription.objects.select_for_update(no_key=True)
    row = rows.filter(feed_id=feed.pk, state=State.ACTIVE, expires_at__gt=now, confirmed_at__lt=now).first()
    if row is None or feed.last_good_at is None:
        return
    if new and _late(feed, row, now):
        row.missed += 1
    elif row.missed and row.last_push_at and row.last_push_at > feed.last_good_at:
        row.missed = 0
    else:
        return
    if row.missed >= MAX_MISSED:
        row.state, row.next_try_at = State.UNRELIABLE, now + UNRELIABLE_FOR
        row.error = f"{links.host(row.hub)} did not announce articles that {MAX_MISSED} polls found"
    row.save(update_fields=["missed", "state", "next_try_at", "error"])


def _late(feed: Feed, row: Subscription, now: datetime) -> bool:
    """Whether this poll found an article that appeared after the poll before, early enough for the hub to push it."""
    times = [time for time in (row.confirmed_at, feed.last_good_at) if time is not None]
    found = Article.objects.filter(feed_id=feed.pk, first_seen_at=now)
    return found.filter(claimed_at__gt=max(times), claimed_at__lte=now - HUB_TIME).exists()


def _holds(row: Subscription, now: datetime) -> bool:
    return row.state == State.ACTIVE and row.expires_at is not None and row.expires_at > now


def _jitter() -> float:
    """Chance only spreads load here; nothing secret hangs on it."""
    return random.uniform(-1, 1)  # noqa: S311
