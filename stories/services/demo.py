"""The demo world comes in and goes out: invented outlets, served by this very server, polled like any other."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from stories.demo import world
from stories.ingest.errors import Permanent
from stories.ingest.opml import Outline
from stories.models import Article, Edit, Feed, Outlet, Override, Story
from stories.services.subscribing import free_slug, subscribe

# Its last articles appear while a newcomer watches; real feeds are never polled this often.
INTERVAL_S = 15


def base_url(start: datetime) -> str:
    """Where a world that began at `start` is served: the address holds its state, so nothing else need."""
    return f"{settings.PUBLIC_URL}/demo-world/{int(start.timestamp())}"


@transaction.atomic
def start(now: datetime) -> list[Feed]:
    """Begin the demo world anew, now; an earlier one is removed. Raises Permanent where it is switched off."""
    if not settings.DEMO_WORLD:
        raise Permanent("The demo world is switched off on this server (DEMO_WORLD).")
    remove()
    return [_subscribe(row, base_url(now), now) for row in world.outlets()]


def _subscribe(row: world.DemoOutlet, base: str, now: datetime) -> Feed:
    """One invented outlet with its feed."""
    outlet = Outlet.objects.create(
        name=row.name,
        slug=free_slug(row.slug),
        aliases=list(row.aliases),
        kind=row.kind,
        owner_group=row.owner_group,
        homepage=f"{base}/{row.slug}/",
        lang=row.lang,
        demo=True,
    )
    outline = Outline(title=row.name, feed_url=f"{base}/{row.slug}/feed.xml", home_url=outlet.homepage, categories=())
    feed, _ = subscribe(outline, now=now, outlet=outlet)
    feed.fixed_interval_s = INTERVAL_S
    feed.save(update_fields=["fixed_interval_s"])
    return feed


@transaction.atomic
def remove() -> int:
    """Take the demo world out again, with its articles and stories, and what was decided about them."""
    stories = Story.objects.filter(demo=True)
    edits = Edit.objects.filter(story__in=stories)
    # Edits and merges hold on to their stories, so that none is lost by mistake: here all go at once.
    edits.update(undoes=None)
    Override.objects.filter(article__outlet__demo=True).delete()
    edits.delete()
    removed, _ = Article.objects.filter(outlet__demo=True).delete()
    stories.update(merged_into=None)
    stories.delete()
    Outlet.objects.filter(demo=True).delete()
    return removed
