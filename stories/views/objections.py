"""“Wrong story?”: one click by a reader, signed in or not, with script or without. Says thank you in its place.

The button stands on pages that are kept for everybody, so there is no token in it (views.sameorigin), and nothing that
it answers gives a reader a cookie.
"""

from __future__ import annotations

from dataclasses import dataclass

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from redis.exceptions import RedisError

from stories.models import Story, User
from stories.selectors import columns
from stories.services import objections
from stories.services.objections import Reader, Refused
from stories.views.pages import is_fragment, page
from stories.views.sameorigin import same_origin_only

# Against a burst; the day's bounds are in services.objections. A network may be a newsroom's.
_RATES = {"objection": "20/10m/ip", "objection_person": "20/10m/key"}
_TEMPLATE = "stories/objection.html"


@dataclass(frozen=True, slots=True)
class Said:
    """What the reader is told: thanks, or why it was not taken and which story theirs is part of by now."""

    story: Story
    article: int | None = None
    done: bool = True
    answered: bool = False
    reason: str = ""
    leads_to: Story | None = None


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_only
def objection(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that a report of a story (`article`), or all of it (without one), is wrong as it is grouped.

    Whoever comes back to the address, as after changing the page's language, is led to the story.
    """
    if request.method != "POST":
        return redirect("story_short", pk)
    story = get_object_or_404(Story.objects.select_related("merged_into").defer(*columns.of_story()), pk=pk)
    article = _number(request.POST.get("article", ""))
    if not _within_limits(request):
        # htmx swaps nothing in that is no success.
        if not is_fragment(request):
            return render(request, "429.html", status=429)
        return page(request, _TEMPLATE, {"said": Said(story, article, done=False), "many": True})
    user = request.user if isinstance(request.user, User) else None
    reader = Reader(ratelimit.get_ip(request), user)
    try:
        taken = objections.take(story, article, reader, timezone.now())
    except Refused as refusal:
        said = Said(story, article, done=False, reason=refusal.reason, leads_to=refusal.leads_to)
        return page(request, _TEMPLATE, {"said": said}, status=200 if is_fragment(request) else 409)
    return page(request, _TEMPLATE, {"said": Said(story, article, answered=taken.answered)})


def _within_limits(request: HttpRequest) -> bool:
    """Whether network and person have not come too often; without the cache the day's bounds must do."""
    try:
        by_network = ratelimit.consume(request, app="stories", action="objection", config=_RATES)
        if by_network is None or not request.user.is_authenticated:
            return by_network is not None
        key = str(request.user.pk)
        return ratelimit.consume(request, app="stories", action="objection_person", key=key, config=_RATES) is not None
    except RedisError:
        return True


def _number(text: str) -> int | None:
    """An article's number; None where there is none. What is no number is one that nothing has."""
    if not text:
        return None
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
