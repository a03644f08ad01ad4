"""The front page: what editors pinned, then stories by activity, those that two or more outlets report before those
that one does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Min, QuerySet
from django.utils.translation import ngettext

from stories.models import Article, Story, StoryProvenance
from stories.selectors import columns, excerpts, grouping, paging
from stories.selectors.voices import voices

PAGE = 20
# Beside the main list: enough to see what is coming in, short enough not to compete with it.
SINGLES = 12
NAMES = 4
# Pinned stories above the others, the one pinned last first; what was pinned before goes the way of the others.
PINNED = 5
_ORDER = ("last_at", "outlet_count", "pk")


@dataclass(frozen=True, slots=True)
class Name:
    """An outlet as a list of stories names it."""

    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class StoryRow:
    """A story in a list: `outlets` in the order of their first reports, `more` for those not named.

    `voices` is 0 where there is nothing to say of them; `before` is the chapter that this story continues; `origins`
    are "1 to 2 origins", or "" where that was not traced or can't be told; `pinned`: an editor put it here.
    """

    story: Story
    outlets: Sequence[Name]
    more: int
    excerpt: str
    voices: int = 0
    before: Story | None = None
    origins: str = ""
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class FrontPage:
    """One page of stories; `older` is the cursor of the next, empty on the last one."""

    rows: Sequence[StoryRow]
    older: str
    show_all: bool
    singles: Sequence[StoryRow] = field(default=())


def front_page(*, show_all: bool, before: str = "") -> FrontPage:
    """Stories by their latest report; with `show_all` also those of a single outlet. At most nine queries.

    While no story has two outlets, all are shown: an empty list would hide that there is news. What is pinned stands on
    the first page, and there alone.
    """
    pinned = list(_pinned())
    others = Story.objects.shown().exclude(pk__in=[story.pk for story in pinned])
    shared = others.filter(outlet_count__gte=2)
    show_all = show_all or not (any(story.outlet_count > 1 for story in pinned) or shared.exists())
    stories = others if show_all else shared
    key = paging.decode(before, len(_ORDER) - 1)
    if key:
        stories = stories.filter(paging.older(_ORDER, key))
    page = list(stories.defer(*columns.of_story()).order_by(*(f"-{name}" for name in _ORDER))[: PAGE + 1])
    older = ""
    if len(page) > PAGE:
        page = page[:PAGE]
        older = paging.encode(page[-1].last_at, page[-1].outlet_count, page[-1].pk)
    singles: list[Story] = []
    if not show_all and not key:
        alone = others.filter(outlet_count=1).defer(*columns.of_story())
        singles = list(alone.order_by("-last_at", "-pk")[:SINGLES])
    above = 0 if key else len(pinned)
    page = [*pinned[:above], *page]
    names = outlets_of([story.pk for story in [*page, *singles]])
    texts = excerpts.of_articles([story.headline_of_id for story in page if story.headline_of_id])
    before_these = grouping.chapters_before([story.pk for story in page])
    origins = origins_of([story.pk for story in page if story.article_count > 1])
    return FrontPage(
        rows=[
            _row(story, names, texts, before_these.get(story.pk), origins.get(story.pk, ""), pinned=place < above)
            for place, story in enumerate(page)
        ],
        older=older,
        show_all=show_all,
        singles=[_row(story, names, {}) for story in singles],
    )


def _pinned() -> QuerySet[Story]:
    pinned = Story.objects.shown().filter(pinned_at__isnull=False).defer(*columns.of_story())
    return pinned.order_by("-pinned_at", "-pk")[:PINNED]


def outlets_of(ids: Sequence[int]) -> dict[int, list[Name]]:
    """The outlets of each story by their first report. One query."""
    rows = (
        Article.objects.filter(story__in=ids)
        .values_list("story_id", "outlet__name", "outlet__slug")
        .annotate(first=Min("reported_at"))
        .order_by("story_id", "first", "outlet__name")
    )
    names: dict[int, list[Name]] = {}
    for story, name, slug, _first in rows:
        names.setdefault(story, []).append(Name(name, slug))
    return names


def origins_of(ids: Sequence[int]) -> dict[int, str]:
    """How many independent origins each story has, in words; nothing of one of which none can be told. One query."""
    rows = StoryProvenance.objects.filter(story__in=ids, most__gt=0).values_list("story_id", "least", "most")
    return {story: _origins(least, most) for story, least, most in rows}


def _origins(least: int, most: int) -> str:
    """A range as it is read: "1 origin", "1 to 2 origins", "up to 3 origins"."""
    if least == most:
        said = ngettext("%(most)s origin", "%(most)s origins", most)
    elif least:
        said = ngettext("%(least)s to %(most)s origin", "%(least)s to %(most)s origins", most)
    else:
        said = ngettext("up to %(most)s origin", "up to %(most)s origins", most)
    return said % {"least": least, "most": most}


def _row(
    story: Story,
    names: dict[int, list[Name]],
    texts: dict[int, str],
    before: Story | None = None,
    origins: str = "",
    *,
    pinned: bool = False,
) -> StoryRow:
    """A row; the one outlet too many is named rather than counted."""
    outlets = names.get(story.pk, [])
    shown = NAMES if len(outlets) > NAMES + 1 else NAMES + 1
    return StoryRow(
        story=story,
        outlets=outlets[:shown],
        more=max(0, len(outlets) - shown),
        excerpt=texts.get(story.headline_of_id or 0, ""),
        voices=voices(story),
        before=before,
        origins=origins,
        pinned=pinned,
    )
