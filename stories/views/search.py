"""Search over headlines and texts."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from stories.forms import SearchForm
from stories.selectors import search as selector
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
    if form.is_valid() and form.cleaned_data["q"]:
        outlet = form.cleaned_data["outlet"]
        since = _since(form.cleaned_data["since"], timezone.now())
        results = selector.search_page(
            form.cleaned_data["q"], outlet=outlet.pk if outlet else None, since=since, page=max(number, 1)
        )
    context = {"form": form, "results": results, "query": request.GET.get("q", "")[:200], "number": max(number, 1)}
    return page(request, "stories/search.html", context, status=200 if form.is_valid() else 422)


def _since(days: str, now: datetime) -> datetime | None:
    """The earliest time of the filter."""
    return now - timedelta(days=int(days)) if days else None
