"""What every operation of the API shares: its errors, its parameters, its pages, and what a merged story answers.

An operation says what it gives; that it answers GET and HEAD alone, and in which ways it fails, is said here once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from ninja import NinjaAPI, Path, Query, Router, Schema
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from stories.api.problems import NotFound, Problem
from stories.models import Story
from stories.selectors import catalogue
from stories.selectors import story as stories
from stories.selectors.extracts import absolute
from stories.selectors.queries import LONGEST

Item = TypeVar("Item")
# The largest number that a row can have.
_LARGEST = 2**63 - 1
# Far beyond any list here, and within what the database counts to.
_FARTHEST = 1_000_000
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Pages(Schema, Generic[Item]):
    """A page of a list."""

    total: int
    next: str | None
    items: list[Item]


class Merged(Schema):
    """Where a merged story's reports are now."""

    detail: str = Field(description="That it was merged.", examples=["This story was merged into another."])
    merged_into: int = Field(description="The number of the other story.", examples=[12])


class Moved(Exception):
    """The story that was asked for is part of another by now."""

    def __init__(self, into: int) -> None:
        super().__init__(into)
        self.into = into


def _moment(given: Any) -> Any:
    """A day or a time as written in ISO 8601; numbers, which pydantic would take for seconds, are none."""
    # A plus sign that was not escaped reaches us as a space.
    text = re.sub(r" (?=\d\d:\d\d$)", "+", given.strip()) if isinstance(given, str) else ""
    if _DAY.fullmatch(text):
        text += "T00:00:00Z"
    if not _MOMENT.fullmatch(text):
        raise ValueError("write a day (2026-03-04) or a time with its zone (2026-03-04T09:00:00Z)")
    return text


def _searchable(text: str) -> str:
    """A typed query without what PostgreSQL can't take."""
    return text.replace("\x00", " ").encode("utf-8", "ignore").decode().strip()


def _utc(at: datetime) -> datetime:
    """A time in UTC; one outside the calendar's years is kept at its edge."""
    try:
        return at.astimezone(UTC)
    except OverflowError:
        return at.replace(tzinfo=UTC)


StoryId = Annotated[int, Path(ge=1, le=_LARGEST, description="The story's number, as in its address.", examples=[12])]
ArticleId = Annotated[int, Path(ge=1, le=_LARGEST, description="The article's number.", examples=[345])]
Slug = Annotated[str, Path(max_length=80, pattern=r"^[-a-zA-Z0-9_]+$", description="The outlet's name in addresses.")]
Words = Annotated[
    str,
    AfterValidator(_searchable),
    # The default stands here too: one that only the function has gets lost behind a validator.
    Query("", max_length=200, description="Words to search for.", examples=["ferry"]),
]
Search = Annotated[
    str,
    AfterValidator(_searchable),
    Query(
        "",
        max_length=LONGEST,
        description="What to search for, with the operators of the search page.",
        examples=["ferry", "harbour source:anonymous after:2026-11-01"],
    ),
]
Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    AfterValidator(_utc),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]}),
]
Start = Annotated[int, Query(ge=0, le=_FARTHEST, description="How many to pass over.", examples=[0])]
Most = Annotated[int, Query(ge=1, le=100, description="How many at most.", examples=[30])]
Few = Annotated[int, Query(ge=1, le=50, description="How many at most; each is long.", examples=[10])]


def read(
    router: Router, path: str, response: Any, *, name: str, errors: tuple[int, ...] = (404,), **kw: Any
) -> Callable[..., Any]:
    """Declare an operation that reads; `name` is its own in the description and among the addresses of this server.

    `errors` are those besides wrong parameters, wrong tokens and the limit.
    """
    shapes = dict.fromkeys((401, *errors, 422, 429), Problem)
    moved = {302: Merged} if "story_id" in path else {}
    return router.api_operation(
        ["GET", "HEAD"],
        path,
        response={200: response, **moved, **shapes},
        # A token is optional: the empty requirement says so.
        openapi_extra={"security": [{}]},
        operation_id=name,
        url_name=name,
        **kw,
    )


def story(pk: int) -> Story:
    """The story of a number; Moved where it was merged, NotFound where there is none or an editor has hidden it."""
    found = catalogue.find(pk)
    if found is None:
        raise NotFound("There is no such story.")
    if found.merged_into_id is not None:
        target = stories.find(found.merged_into_id)
        raise Moved(target.pk if target else found.merged_into_id)
    if found.hidden:
        raise NotFound("An editor has hidden this story.")
    return found


def paged(request: HttpRequest, items: list[Any], start: int, total: int) -> dict[str, Any]:
    """A page of a list as Pages has it."""
    further = start + len(items)
    return {
        "total": total,
        "next": following(request, start=further) if items and further < total else None,
        "items": items,
    }


def following(request: HttpRequest, **changes: Any) -> str:
    """The address of the next page: this one's, with some parameters changed."""
    query = {**request.GET.dict(), **changes}
    return absolute(f"{request.path}?{urlencode(query)}")


def install(api: NinjaAPI) -> None:
    """Have the API lead from a merged story to the one that it is part of."""

    @api.exception_handler(Moved)
    def moved(request: HttpRequest, error: Moved) -> HttpResponse:
        match = request.resolver_match
        kept = {**match.kwargs, "story_id": error.into} if match else {}
        path = reverse(match.view_name, kwargs=kept) if match else ""
        query = request.META.get("QUERY_STRING", "")
        said = Merged(detail="This story was merged into another.", merged_into=error.into)
        response = JsonResponse(said.model_dump(), status=302)
        response["Location"] = absolute(f"{path}?{query}" if query else path)
        return response
