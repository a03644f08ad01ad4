"""The story page; a story's address never dies."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from stories.selectors import drawing, graph, timeline
from stories.selectors import story as selector
from stories.views.pages import page


@require_safe
def story(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """One story: where it comes from, who had it when. A wrong slug or a merged story redirects for good."""
    found = selector.find(pk)
    if found is None:
        raise Http404("There is no story at this address.")
    if found.pk != pk or found.slug != slug:
        return redirect(found, permanent=True)
    number = _number(request.GET.get("page", ""))
    shown = selector.story_page(found, number)
    if number > 1 and not shown.reports:
        raise Http404("The story has no more reports.")
    whence = shown.whence if number == 1 else None
    return page(
        request,
        "stories/story.html",
        {
            "page": shown,
            "story": found,
            "wide": timeline.timeline(shown.drawn, timeline.WIDE),
            "narrow": timeline.timeline(shown.drawn, timeline.NARROW),
            "graph": drawing.drawing(whence, graph.WIDE) if whence else None,
            "narrow_graph": drawing.drawing(whence, graph.NARROW) if whence else None,
        },
    )


def _number(text: str) -> int:
    """A page's number; what is none, or beyond any story, counts as the first."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1
