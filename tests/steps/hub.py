"""A hub and its feed, as the tests of subscriptions and of pushes play them."""

from __future__ import annotations

import hashlib
import hmac

from django.db import transaction

from stories.ingest.websub import Answer
from stories.models import Subscription
from stories.services import hubs, pushes, websub

State = Subscription.State
HUB, TOPIC = "https://hub.example.net/", "https://courier.example.org/world.xml"
ITEM = {"title": "Ferry runs aground off Skarv", "link": "https://courier.example.org/1", "guid": "1"}
OTHER = {"title": "Lock keeper denies it", "link": "https://courier.example.org/2", "guid": "2"}


def want(feed, now, hub=HUB, topic=TOPIC):
    with transaction.atomic():
        websub.want(feed, hub, topic, now)
        feed.save()
    return Subscription.objects.filter(feed=feed).first()


def ask(now):
    return websub.subscribe_due(lambda: now)


def confirm(row, now, mode="subscribe", topic=TOPIC, lease="864000"):
    said = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": "wader", "hub.lease_seconds": lease}
    return websub.answer_hub(row.token, said, now).answer


def active(feed, now, web):
    """A subscription that was asked for and confirmed at `now`."""
    row = want(feed, now)
    web.put(HUB, "")
    assert ask(now) == 1
    assert confirm(row, now) == Answer.CONFIRM
    row.refresh_from_db()
    return row


def push(row, body, now, signature=None, content_type="application/rss+xml"):
    body = body.encode() if isinstance(body, str) else body
    signature = signature or f"sha256={hmac.new(row.secret.encode(), body, hashlib.sha256).hexdigest()}"
    return pushes.receive(row.token, lambda: body, signature=signature, content_type=content_type, now=now)


def keep(now):
    return pushes.keep_pushes(lambda: now)


def told(row, now):
    return hubs.told(Subscription.objects.select_related("feed").get(pk=row.pk), now)
