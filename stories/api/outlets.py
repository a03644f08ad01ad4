"""Outlets and single articles by the API."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Query, Router

from stories.api.problems import NotFound
from stories.api.reading import ArticleId, Most, Pages, Slug, Start, Words, paged, read
from stories.selectors import catalogue
from stories.selectors.catalogue import OutletRecord
from stories.selectors.records import ArticleRecord

router = Router()

Kind = Annotated[
    Literal["", "newspaper", "agency", "broadcaster", "aggregator"], Query(description="Only outlets of this kind.")
]


@read(router, "/articles/{article_id}", ArticleRecord, name="article", summary="One article", tags=["articles"])
def article(request: HttpRequest, article_id: ArticleId) -> ArticleRecord:
    """A report by an outlet with its three times, its role, its credits and an excerpt; never its whole text."""
    found = catalogue.article(article_id)
    if found is None:
        raise NotFound("There is no such article.")
    return found


@read(router, "/outlets", Pages[OutletRecord], errors=(), name="outlets", summary="List outlets", tags=["outlets"])
def outlets(request: HttpRequest, q: Words = "", kind: Kind = "", start: Start = 0, limit: Most = 30) -> dict[str, Any]:
    """Outlets by name; `q` looks in names and aliases."""
    found, total = catalogue.outlets(q, kind, start, limit)
    return paged(request, found, start, total)


@read(router, "/outlets/{slug}", OutletRecord, name="outlet", summary="One outlet", tags=["outlets"])
def outlet(request: HttpRequest, slug: Slug) -> OutletRecord:
    """An outlet, polled by us or only credited by others."""
    found = catalogue.outlet(slug)
    if found is None:
        raise NotFound("There is no such outlet.")
    return found
