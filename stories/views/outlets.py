"""The outlets and the page of one."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from stories.models import Outlet
from stories.selectors import following
from stories.selectors import outlets as selector
from stories.views.pages import page

PAGE = 60


@require_safe
def outlets(request: HttpRequest) -> HttpResponse:
    """Every outlet, by name; `q` looks in names and aliases, `kind` narrows, `show=quiet` to those that went quiet."""
    query, kind = _clean(request.GET.get("q", "")), request.GET.get("kind", "")
    kind = kind if kind in Outlet.Kind.values else ""
    quiet = request.GET.get("show") == "quiet"
    shown = Paginator(selector.matching(query, kind, quiet=quiet), PAGE).get_page(request.GET.get("page"))
    rows = selector.outlet_rows(list(shown), timezone.now())
    context: dict[str, Any] = {"rows": rows, "shown": shown, "query": query, "kind": kind}
    context |= {"kinds": Outlet.Kind.choices, "quiet": quiet, "quiet_count": selector.quiet_count()}
    return page(request, "stories/outlets.html", context)


@require_safe
def outlet(request: HttpRequest, slug: str) -> HttpResponse:
    """One outlet with its feeds and its latest articles; `before` is a cursor."""
    found = get_object_or_404(selector.with_logos(), slug=slug)
    shown = selector.outlet_page(found, request.GET.get("before", ""))
    standing = following.standing(request.user, outlet=found)
    return page(request, "stories/outlet.html", {"page": shown, "outlet": found, "following": standing})


def _clean(text: str) -> str:
    """A typed query without what PostgreSQL can't take."""
    return text.replace("\x00", "").strip()[:200]
