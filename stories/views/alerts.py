"""What a person was told: their log, newest first, and each alert by itself, with why and by which way it went."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from stories.models import Alert, Story
from stories.selectors import alerts as selector
from stories.selectors import columns, followed, following, paging
from stories.views.pages import page, person

PAGE = 30
_ORDER = ("at", "pk")
_DIGITS = 18


@never_cache
@login_required
@require_safe
def alerts(request: HttpRequest) -> HttpResponse:
    """The log; `story` and `follow` narrow it, `before` is a cursor."""
    user = person(request)
    story = _story(request.GET.get("story", ""))
    number = _number(request.GET.get("follow", ""))
    follow = followed.find(user, number) if number else None
    rows = selector.of_user(user)
    if story is not None:
        rows = rows.filter(following.of_story(story.pk))
    if follow is not None:
        rows = rows.filter(pk__in=follow.parts.filter(user=user).values("alert"))
    key = paging.decode(request.GET.get("before", ""), len(_ORDER) - 1)
    if key:
        rows = rows.filter(paging.older(_ORDER, key))
    found = list(rows.order_by("-at", "-pk")[: PAGE + 1])
    older = paging.encode(found[PAGE - 1].at, found[PAGE - 1].pk) if len(found) > PAGE else ""
    context: dict[str, Any] = {
        "alerts": selector.records(found[:PAGE]),
        "older": older,
        "story": story,
        "follow": follow,
        "followed": followed.rows(user, [follow], timezone.now())[0] if follow is not None else None,
    }
    return page(request, "stories/alerts.html", context)


@never_cache
@login_required
@require_safe
def alert(request: HttpRequest, pk: int) -> HttpResponse:
    """One alert, for who was told."""
    found = Alert.objects.filter(user=person(request), pk=pk).first()
    if found is None:
        raise Http404("You were told nothing under this address.")
    record = selector.records([found])[0]
    context = {"alert": record, "following": following.standing(request.user, story=record.story)}
    return page(request, "stories/alert.html", context)


def _number(text: str) -> int:
    """A row's number; 0, which no row has, of what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


def _story(text: str) -> Story | None:
    """The story of a filter, as the one that it leads to by now."""
    number = _number(text)
    if not number:
        return None
    light = Story.objects.select_related("merged_into")
    light = light.defer(*columns.of_story(), *columns.of_story("merged_into__"))
    found = light.filter(pk=number).first()
    return following.leading(found) if found is not None else None
