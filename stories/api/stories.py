"""Stories by the API: the list, one of them, and what there is to say of it, part by part."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.errors import HttpError

from stories.api.problems import NotFound
from stories.api.reading import Few, Moment, Most, Pages, Search, Start, StoryId, following, paged, read, story
from stories.selectors import catalogue, exports, framings, lineages, queries
from stories.selectors.catalogue import StoryRecord, Wanted
from stories.selectors.exports import AttributionRecord
from stories.selectors.framings import ClaimRecord, ConflictRecord, QuoteRecord
from stories.selectors.lineages import HappeningRecord, ProvenanceRecord
from stories.selectors.records import ArticleRecord

router = Router(tags=["stories"])


class Stories(Schema):
    """A page of stories, the one with the latest report first."""

    next: str | None
    items: list[StoryRecord]


class Claims(Pages[ClaimRecord]):
    """A page of claims, those first that matter most, and the conflicts over them. Empty where nothing was compared."""

    compared_at: datetime | None
    stale: bool
    conflicts: list[ConflictRecord]


class Quotes(Pages[QuoteRecord]):
    """A page of quotes, those first that matter most. Empty where nothing was compared."""

    compared_at: datetime | None
    stale: bool


Cursor = Annotated[
    str,
    Query(
        pattern=r"^([0-9]{1,18}\.[0-9]{1,18})?$", description="Where a page begins; take `next` rather than make one."
    ),
]
OutletSlug = Annotated[
    str,
    Query(max_length=80, pattern=r"^[-a-zA-Z0-9_]*$", description="Only stories with a report of this outlet."),
]
Language = Annotated[str, Query(pattern=r"^([a-z]{2})?$", description="Two letters, such as en.", examples=["en"])]
Since = Annotated[Moment | None, Query(description="Only stories with a report from this time on.")]
Until = Annotated[Moment | None, Query(description="Only stories that began by this time.")]


@read(router, "/stories", Stories, name="stories", summary="List stories")
def list_stories(  # noqa: PLR0913, PLR0917 - each is a parameter of the address
    request: HttpRequest,
    q: Search = "",
    outlet: OutletSlug = "",
    since: Since = None,
    until: Until = None,
    language: Language = "",
    limit: Most = 30,
    cursor: Cursor = "",
) -> dict[str, Any]:
    """Stories by their latest report. A story that gets a new report while you page moves to the front."""
    known = catalogue.outlet_id(outlet) if outlet else None
    if outlet and known is None:
        raise NotFound("There is no such outlet.")
    try:
        sought = queries.parse(q) if q else None
    except queries.Unclear as unclear:
        raise HttpError(422, unclear.reason) from unclear
    found, further = catalogue.stories(Wanted(sought, known, since, until, language), cursor, limit)
    return {"next": following(request, cursor=further) if further else None, "items": found}


@read(router, "/stories/{story_id}", StoryRecord, name="story", summary="One story")
def one_story(request: HttpRequest, story_id: StoryId) -> StoryRecord:
    """A story with its counts. The number stays the story's for good: after a merge it leads to the other story."""
    return catalogue.story_record(story(story_id))


@read(router, "/stories/{story_id}/articles", Pages[ArticleRecord], name="articles", summary="Its articles")
def articles(request: HttpRequest, story_id: StoryId, start: Start = 0, limit: Most = 30) -> dict[str, Any]:
    """The story's reports, oldest first, each with its three times, its role, its credits and an excerpt."""
    found = story(story_id)
    return paged(request, exports.articles(found, start, limit), start, found.articles.count())


@read(
    router,
    "/stories/{story_id}/attributions",
    Pages[AttributionRecord],
    name="attributions",
    summary="Who is cited",
)
def attributions(request: HttpRequest, story_id: StoryId, start: Start = 0, limit: Most = 30) -> dict[str, Any]:
    """Who is cited in the story's reports for what, report by report, in the order in which it stands there."""
    found = story(story_id)
    return paged(request, exports.attributions(found, start, limit), start, exports.attribution_count(found))


@read(router, "/stories/{story_id}/claims", Claims, name="claims", summary="Claims by outlet")
def claims(request: HttpRequest, story_id: StoryId, start: Start = 0, limit: Few = 10) -> dict[str, Any]:
    """What the reports share, with a cell for each report: same, partly, conflicting, not found, text not available."""
    found = framings.Framing(story(story_id))
    items = found.claims(start, limit)
    rest = {"compared_at": found.at, "stale": found.stale, "conflicts": found.conflicts({one.key for one in items})}
    return paged(request, items, start, len(found.told.claims)) | rest


@read(router, "/stories/{story_id}/quotes", Quotes, name="quotes", summary="Quotes by outlet")
def quotes(request: HttpRequest, story_id: StoryId, start: Start = 0, limit: Few = 10) -> dict[str, Any]:
    """Each utterance once, with how each report gives it: full, trimmed or paraphrased, or not at all."""
    found = framings.Framing(story(story_id))
    items = found.quotes(start, limit)
    return paged(request, items, start, len(found.told.quotes)) | {"compared_at": found.at, "stale": found.stale}


@read(
    router,
    "/stories/{story_id}/happenings",
    Pages[HappeningRecord],
    name="happenings",
    summary="What happened to it",
)
def happenings(request: HttpRequest, story_id: StoryId, start: Start = 0, limit: Most = 30) -> dict[str, Any]:
    """Confirmations, denials, corrections, new origins, changed headlines: what still stands of them, latest first."""
    found = story(story_id)
    return paged(request, lineages.happenings(found, start, limit), start, lineages.standing(found).count())


@read(
    router,
    "/stories/{story_id}/provenance",
    ProvenanceRecord,
    name="provenance",
    summary="Where its news comes from",
)
def provenance(request: HttpRequest, story_id: StoryId) -> ProvenanceRecord:
    """How many independent origins the news has, as a range with its reasons, and who repeats whom."""
    told = lineages.provenance(story(story_id))
    if told is None:
        raise NotFound("This story was not traced yet; that follows when its reports have been read.")
    return told
