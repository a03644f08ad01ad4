"""How good the grouping is, and every edit that it or an editor made. Open to everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stories.selectors import corrections, grouping
from stories.selectors import quality as selector
from stories.views.pages import page


@require_safe
def quality(request: HttpRequest) -> HttpResponse:
    """The figures that were measured last, what they mean, and what the editors here made of the grouping."""
    return page(request, "stories/quality.html", {"published": selector.published(), "live": corrections.live()})


@require_safe
def edits(request: HttpRequest) -> HttpResponse:
    """What was done to stories, newest first; `which` narrows to one of selectors.grouping.WHICH, `before` a cursor."""
    which = request.GET.get("which", "all")
    which = which if which in grouping.WHICH else "all"
    shown = grouping.edits_page(which, request.GET.get("before", ""))
    return page(request, "stories/edits.html", {"page": shown, "which": which})
