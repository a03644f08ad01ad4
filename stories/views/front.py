"""The front page."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from stories.selectors import front as selector
from stories.selectors.state import running_state
from stories.views.pages import page


@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """Stories by activity, and what the system is doing; `show=all` with those of one outlet, `before` a cursor."""
    show_all = request.GET.get("show") == "all"
    stories = selector.front_page(show_all=show_all, before=request.GET.get("before", ""))
    return page(
        request,
        "stories/front.html",
        {
            "state": running_state(timezone.now()),
            "page": stories,
            "asked_for_all": show_all,
            "demo_world": settings.DEMO_WORLD,
            "setup_token": bool(settings.SETUP_TOKEN),
        },
    )
