"""A story as tables: each a header and rows of plain cells, for CSV; what they hold is in exports and framings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from stories.selectors.exports import AttributionRecord
from stories.selectors.framings import CellRecord, ClaimRecord
from stories.selectors.records import ArticleRecord

Sheet = tuple[Sequence[str], list[list[Any]]]

_MATRIX = (
    "claim", "key", "claim_words", "claim_article", "claim_page", "outlet", "article", "state", "place", "position",
    "passage", "passage_missing", "attributed_to", "source_kind", "by_way_of", "stance", "hedged", "differs_in",
    "words_here", "words_there", "conflicting", "page", "url",
)  # fmt: skip
_ATTRIBUTIONS = (
    "article", "outlet", "source", "source_kind", "source_words", "cue", "stance", "form", "by_way_of",
    "own_for_main_news", "passage", "passage_missing", "spans", "page", "kind_by_editor",
)  # fmt: skip
_ARTICLES = (
    "article", "outlet", "headline", "language", "byline", "reported_at", "reported_by", "claimed_at", "first_seen_at",
    "polled_before_at", "role", "footing", "credits", "wire", "copy_of", "text_state", "excerpt", "url", "page",
    "role_by_editor",
)  # fmt: skip


def matrix(claims: Iterable[ClaimRecord], urls: dict[int, str]) -> Sheet:
    """One row for each claim and article, "not found" among them; `urls` are the articles' addresses at the outlets."""
    rows = [_cell(n, claim, cell, urls) for n, claim in enumerate(claims, 1) for cell in claim.cells]
    return _MATRIX, rows


def attributions(found: Iterable[AttributionRecord]) -> Sheet:
    """One row for each attribution."""
    return _ATTRIBUTIONS, [
        [
            one.article, one.outlet.name, one.name, one.kind, one.source, one.cue, one.stance, one.form, one.via,
            _yes(one.own), one.passage.words, one.passage.missing,
            " ".join(f"{start}-{end}" for start, end in one.passage.spans), one.passage.page, _yes(one.kind_by_editor),
        ]
        for one in found
    ]  # fmt: skip


def articles(found: Iterable[ArticleRecord]) -> Sheet:
    """One row for each article."""
    return _ARTICLES, [
        [
            one.id, one.outlet.name, one.headline, one.language, one.byline, moment(one.reported_at), one.reported_by,
            moment(one.claimed_at), moment(one.first_seen_at), moment(one.polled_before_at), one.role,
            one.footing or "", "; ".join(_credits(one)), one.wire, one.copy_of or "", one.text_state.label,
            one.excerpt, one.url, one.page, _yes(one.role_by_editor),
        ]
        for one in found
    ]  # fmt: skip


def moment(at: datetime | None) -> str:
    """A time in ISO 8601, UTC, to the second; "" for None."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def _credits(article: ArticleRecord) -> Iterable[str]:
    for one in article.credits:
        yield f"{one.outlet.name}: {one.relation}{'' if one.main else ' (a side fact)'}{_set(one.by_editor)}"


def _cell(number: int, claim: ClaimRecord, cell: CellRecord, urls: dict[int, str]) -> list[Any]:
    said, shown = cell.said, cell.passage
    return [
        number, claim.key, claim.passage.words, claim.passage.article, claim.page, cell.outlet.name, cell.article,
        cell.state, cell.place or "", "" if cell.position is None else cell.position, shown.words if shown else "",
        shown.missing if shown else "", said.name if said else "", said.kind if said else "", said.via if said else "",
        said.stance if said else "", _yes(said.hedged) if said else "", cell.difference or "", cell.here, cell.there,
        _yes(claim.conflicting), shown.page if shown else "", urls.get(cell.article, ""),
    ]  # fmt: skip


def _set(by_editor: bool) -> str:
    return " (set by an editor)" if by_editor else ""


def _yes(value: bool) -> str:
    return "yes" if value else "no"
