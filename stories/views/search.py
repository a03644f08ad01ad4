"""Search over headlines, texts, and what was found in them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from stories.searchform import SearchForm
from stories.selectors import following
from stories.selectors import search as selector
from stories.selectors.queries import LONGEST
from stories.views.pages import page

# The last page that ranking reaches.
LAST = selector.RANKED // selector.PAGE


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Articles that match `q`, from `outlet`, of the last `since` days; an empty query explains the syntax."""
    form = SearchForm(request.GET)
    text = request.GET.get("page", "")
    number = min(int(text), LAST) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    results = None
    if form.is_valid() and form.query:
        outlet = form.cleaned_data["outlet"]
        since = _since(form.cleaned_data["since"], timezone.now())
        results = selector.search_page(
            form.query, outlet=outlet.pk if outlet else None, since=since, page=max(number, 1)
        )
    context: dict[str, Any] = {
        "form": form,
        "results": results,
        "query": request.GET.get("q", "")[:LONGEST],
        "number": max(number, 1),
    }
    asked = _asked(form)
    context |= {"asked": asked, "following": following.standing(request.user, query=asked)}
    return page(request, "stories/search.html", context, status=200 if form.is_valid() else 422)


def _asked(form: SearchForm) -> str:
    """The search as it can be followed: as typed, with its outlet as a field; the days are about what was."""
    if not form.is_valid() or not form.cleaned_data["q"]:
        return ""
    typed, outlet = str(form.cleaned_data["q"]), form.cleaned_data["outlet"]
    if not outlet:
        return typed
    # A quotation mark that nobody closed must not run over the outlet.
    closed = f'{typed}"' if typed.count('"') % 2 else typed
    return f"({closed}) outlet:{outlet.slug}"


def _since(days: str, now: datetime) -> datetime | None:
    """The earliest time of the filter."""
    return now - timedelta(days=int(days)) if days else None
