"""Lists of stories and outlets, and single rows of both, as the API tells of them. Plain values, addresses absolute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse

from stories.models import Article, Closing, Feed, Outlet, Story
from stories.selectors import columns, hiding, paging, records
from stories.selectors.extracts import absolute
from stories.selectors.outlets import matching
from stories.selectors.queries import Query
from stories.selectors.records import ArticleRecord
from stories.selectors.search import RANKED

_ORDER = ("last_at", "pk")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which stories to list; None or "" leaves a filter out. `query`, `since` and `until` are about their reports."""

    query: Query | None = None
    outlet: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    language: str = ""


@dataclass(frozen=True, slots=True)
class StoryRecord:
    """A story with its counts, as its page begins; and what an editor said of it as a whole."""

    id: int
    title: str
    language: str
    page: str
    articles: int
    outlets: int
    voices: int
    first_at: datetime
    last_at: datetime
    closed_at: datetime | None
    origins_at_least: int | None
    origins_at_most: int | None
    invented: bool
    title_by_editor: bool
    lead_by_editor: int | None
    pinned: bool
    closing: Closing


@dataclass(frozen=True, slots=True)
class OutletRecord:
    """An outlet, polled by us or only credited by others."""

    slug: str
    name: str
    aliases: Sequence[str]
    kind: str
    country: str
    owner_group: str
    homepage: str
    page: str
    polled: bool
    articles: int
    latest_at: datetime | None
    invented: bool


def find(pk: int) -> Story | None:
    """The story of a number as it is, merged or not, with its provenance and its comparison."""
    related = Story.objects.select_related("provenance", "comparison", "merged_into")
    return related.defer(*columns.of_story(), *columns.of_story("merged_into__")).filter(pk=pk).first()


def story_record(story: Story) -> StoryRecord:
    """A story. Needs `provenance`."""
    traced = getattr(story, "provenance", None)
    return StoryRecord(
        id=story.pk,
        title=story.title,
        language=story.lang,
        page=absolute(story.get_absolute_url()),
        articles=story.article_count,
        outlets=story.outlet_count,
        voices=story.voice_count,
        first_at=story.first_at,
        last_at=story.last_at,
        closed_at=story.closed_at,
        origins_at_least=traced.least if traced else None,
        origins_at_most=traced.most if traced else None,
        invented=story.demo,
        title_by_editor=bool(story.named),
        # What an editor chose is heeded while it is in the story.
        lead_by_editor=story.lead_id if story.lead_id == story.headline_of_id else None,
        pinned=story.pinned_at is not None,
        closing=Closing(story.closing),
    )


def stories(wanted: Wanted, cursor: str, most: int) -> tuple[list[StoryRecord], str]:
    """At most so many stories, the latest first, and the cursor of the next page ("" on the last). One query."""
    rows = Story.objects.shown().select_related("provenance")
    if wanted.query:
        found_in = Article.objects.filter(wanted.query.condition())
        latest = found_in.exclude(story=None).order_by("-reported_at", "-pk")
        rows = rows.filter(pk__in=latest.values("story")[:RANKED])
    if wanted.outlet is not None:
        rows = rows.filter(Exists(Article.objects.filter(story=OuterRef("pk"), outlet=wanted.outlet)))
    if wanted.since is not None:
        rows = rows.filter(last_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(first_at__lte=wanted.until)
    if wanted.language:
        rows = rows.filter(lang=wanted.language)
    if key := paging.decode(cursor, len(_ORDER) - 1):
        rows = rows.filter(paging.older(_ORDER, key))
    found = list(rows.defer(*columns.of_story(), "provenance__traced").order_by("-last_at", "-pk")[: most + 1])
    further = found[most - 1] if len(found) > most else None
    return [story_record(row) for row in found[:most]], paging.encode(further.last_at, further.pk) if further else ""


def article(pk: int) -> ArticleRecord | None:
    """An article; None where there is none. At most seven queries."""
    related = Article.objects.select_related("outlet", "examined", "story__provenance")
    row = related.defer(*records.fields(), *columns.of_story("story__")).filter(pk=pk).first()
    if row is None:
        return None
    story = hiding.shown(row.story)
    record = records.records([row], records.standings(story) if story else {})[0]
    return record if story else replace(record, story=None)


def outlet_id(slug: str) -> int | None:
    """The number of the outlet with this slug."""
    return Outlet.objects.filter(slug=slug).values_list("pk", flat=True).first()


def outlets(text: str, kind: str, start: int, most: int) -> tuple[list[OutletRecord], int]:
    """At most so many outlets by name, from the `start`th, and how many there are in all. Four queries."""
    found = matching(text, kind)
    return _outlets(list(found[start : start + most])), found.count()


def outlet(slug: str) -> OutletRecord | None:
    """An outlet; None where there is none. Three queries."""
    row = Outlet.objects.filter(slug=slug).first()
    return _outlets([row])[0] if row else None


def _outlets(rows: Sequence[Outlet]) -> list[OutletRecord]:
    ids = [row.pk for row in rows]
    polled = set(Feed.objects.filter(outlet__in=ids, active=True).values_list("outlet", flat=True))
    counted = (
        Outlet.objects.filter(pk__in=ids)
        .order_by()
        .annotate(many=Count("articles"), latest=Max("articles__reported_at", filter=~Q(articles=None)))
    )
    counts = {pk: (many, latest) for pk, many, latest in counted.values_list("pk", "many", "latest")}
    return [
        OutletRecord(
            slug=row.slug,
            name=row.name,
            aliases=tuple(row.aliases),
            kind=row.kind,
            country=row.country,
            owner_group=row.owner_group,
            homepage=row.homepage,
            page=absolute(reverse("outlet", args=[row.slug])),
            polled=row.pk in polled,
            articles=counts[row.pk][0],
            latest_at=counts[row.pk][1],
            invented=row.demo,
        )
        for row in rows
    ]
