"""A story as files to take along: the claims by outlet, who is cited, the articles, and citations. No script needed.

Excerpts only; whole texts stay with their outlets.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import conditional_page, require_safe

from stories.models import Story
from stories.selectors import catalogue, citations, exports, sheets
from stories.selectors import story as stories
from stories.selectors.framings import Framing
from stories.views.hidden import SAID, hidden, is_hidden
from stories.views.pages import page

_CSV, _JSON = "text/csv; charset=utf-8", "application/json; charset=utf-8"
# How a spreadsheet knows a formula by its first sign. Full-width ones are read as formulas too where input is Japanese.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Export:
    """A file of a story: `name` ends its address, `write` makes it."""

    name: str
    type: str
    title: str | Promise
    write: Callable[[Story], str]


@require_safe
def listing(request: HttpRequest, pk: int, slug: str) -> HttpResponse:
    """All that can be taken along of a story."""
    found = _found(pk)
    if (found.pk, found.slug) != (pk, slug):
        return redirect("story_exports", pk=found.pk, slug=found.slug, permanent=found.pk == pk)
    if is_hidden(request, found):
        return hidden(request, found)
    framing = Framing(found)
    context = {"story": found, "exports": GROUPS, "claims": len(framing.told.claims), "compared_at": framing.at}
    return page(request, "stories/exports.html", context)


@require_safe
@conditional_page
def export(request: HttpRequest, pk: int, slug: str, name: str) -> HttpResponse:
    """One file."""
    chosen = EXPORTS.get(name)
    if chosen is None:
        raise Http404("There is no such export.")
    found = _found(pk)
    if (found.pk, found.slug) != (pk, slug):
        return redirect("story_export", pk=found.pk, slug=found.slug, name=name, permanent=found.pk == pk)
    if is_hidden(request, found):
        raise Http404(SAID)
    response = HttpResponse(chosen.write(found), content_type=chosen.type)
    response["Content-Disposition"] = f'attachment; filename="story-{found.pk}-{found.slug}-{name}"'
    return response


def _found(pk: int) -> Story:
    """The story at an address, or the one that it was merged into, with what is written from it."""
    story = catalogue.find(pk)
    if story is not None and story.merged_into_id is not None:
        target = stories.find(pk)
        story = catalogue.find(target.pk) if target else None
    if story is None:
        raise Http404("There is no story at this address.")
    return story


def _csv(sheet: sheets.Sheet) -> str:
    header, rows = sheet
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(header)
    writer.writerows([safe(value) for value in row] for row in rows)
    return out.getvalue()


def safe(value: object) -> object:
    """A cell that no spreadsheet takes for a formula: an apostrophe goes before what begins like one."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _json(story: Story, **parts: Any) -> str:
    told = {"story": asdict(catalogue.story_record(story)), **parts}
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def _matrix_csv(story: Story) -> str:
    urls = dict(story.articles.values_list("pk", "url"))
    return _csv(sheets.matrix(Framing(story).claims(), urls))


def _matrix_json(story: Story) -> str:
    framing = Framing(story)
    claims = [asdict(claim) for claim in framing.claims()]
    conflicts = [asdict(one) for one in framing.conflicts()]
    return _json(story, compared_at=framing.at, stale=framing.stale, claims=claims, conflicts=conflicts)


def _attributions_csv(story: Story) -> str:
    return _csv(sheets.attributions(exports.attributions(story)))


def _attributions_json(story: Story) -> str:
    return _json(story, attributions=[asdict(one) for one in exports.attributions(story)])


def _articles_csv(story: Story) -> str:
    return _csv(sheets.articles(exports.articles(story)))


def _articles_json(story: Story) -> str:
    return _json(story, articles=[asdict(one) for one in exports.articles(story)])


def _csl(story: Story) -> str:
    return json.dumps(citations.csl(exports.articles(story)), ensure_ascii=False, indent=1)


def _bib(story: Story) -> str:
    return citations.bibtex(exports.articles(story))


GROUPS: tuple[tuple[str | Promise, str | Promise, tuple[Export, ...]], ...] = (
    (
        _("Claims by outlet"),
        _("Each claim with what every report has of it: same, partly, conflicting, not found, text not available."),
        (
            Export("matrix.csv", _CSV, _("CSV, a row for each claim and report"), _matrix_csv),
            Export("matrix.json", _JSON, _("JSON, with the conflicts"), _matrix_json),
        ),
    ),
    (
        _("Who is cited"),
        _("Every source with its words, the passage, and the outlet by way of which it came."),
        (
            Export("attributions.csv", _CSV, _("CSV, a row for each attribution"), _attributions_csv),
            Export("attributions.json", _JSON, _("JSON"), _attributions_json),
        ),
    ),
    (
        _("The reports"),
        _("Every report with its three times, its role, the outlets that it credits, and its address."),
        (
            Export("articles.csv", _CSV, _("CSV, a row for each report"), _articles_csv),
            Export("articles.json", _JSON, _("JSON"), _articles_json),
        ),
    ),
    (
        _("Citations"),
        _("Every report as an entry of a bibliography."),
        (
            Export(
                "csl.json",
                "application/vnd.citationstyles.csl+json; charset=utf-8",
                _("CSL-JSON, for Zotero and Pandoc"),
                _csl,
            ),
            Export("citations.bib", "application/x-bibtex; charset=utf-8", _("BibTeX, for LaTeX"), _bib),
        ),
    ),
)
EXPORTS = {one.name: one for _title, _about, group in GROUPS for one in group}
