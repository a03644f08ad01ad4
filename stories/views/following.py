"""All that a person follows, on one page, and the settings of each follow."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from stories.followforms import FollowForm, SnoozeForm, WakesForm
from stories.models import Follow, FollowKind
from stories.selectors import followed, privatefeeds
from stories.selectors import following as selector
from stories.services import following as service
from stories.services.targets import Refused
from stories.views.pages import page, person


@never_cache
@login_required
@require_safe
def following(request: HttpRequest) -> HttpResponse:
    """Every follow of the person and their teams, by kind; `kind` and `q` narrow it."""
    return following_page(request)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """What wakes the person by one follow and by which ways; a POST changes it."""
    found, user = own_follow(request, pk), person(request)
    if request.method != "POST":
        return edit_page(request, found)
    form = WakesForm(request.POST, follow=found, ways=followed.ways(user))
    if form.is_valid():
        try:
            service.change(found, user, form.settings())
        except Refused as refusal:
            form.add_error("query" if found.kind == FollowKind.SEARCH else None, refusal.reason)
        else:
            messages.success(
                request, gettext("What wakes you by %(what)s is changed.") % {"what": selector.called(found)}
            )
            return redirect("following")
    return edit_page(request, found, form=form, status=422)


def following_page(
    request: HttpRequest, form: FollowForm | None = None, errors: Any = None, *, status: int = 200
) -> HttpResponse:
    """The list with its forms; `form` is one that was refused, `errors` what was wrong where no field shows it."""
    user, now = person(request), timezone.now()
    asked = request.GET if request.method != "POST" else {}
    kind = asked.get("kind", "") if asked.get("kind", "") in FollowKind.values else ""
    query = str(asked.get("q", "")).replace("\x00", "").strip()[:200]
    follows = followed.with_ways(followed.matching(user, kind=kind, words=query), user)
    shown = Paginator(follows, followed.PAGE).get_page(asked.get("page"))
    counts = followed.kind_counts(user)
    teams = selector.teams(user)
    add = form if form is not None and request.POST.get("add") else FollowForm(teams=teams)
    context: dict[str, Any] = {
        "shown": shown,
        "rows": followed.rows(user, list(shown), now),
        "kind": kind,
        "query": query,
        "kinds": [(one.value, counts[one]) for one in followed.KINDS if one in counts],
        "total": sum(counts.values()),
        "ended": followed.ended(user),
        "muted": followed.muted(user, now),
        "teams": teams,
        "form": add,
        "added": request.POST.get("kind", "") if add is form else "",
        "errors": [] if add is form else [said for some in (errors or {}).values() for said in some],
        "ways_on": any(way.off_at is None and way.verified_at for way in followed.ways(user)),
    }
    return page(request, "stories/following.html", context, status=status)


def edit_page(
    request: HttpRequest,
    found: Follow,
    *,
    form: WakesForm | None = None,
    snoozing: SnoozeForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The settings of one follow, with what was refused."""
    user, now = person(request), timezone.now()
    ways = followed.ways(user)
    context: dict[str, Any] = {
        "row": followed.rows(user, [found], now)[0],
        "follow": found,
        "form": form or WakesForm(follow=found, ways=ways),
        "snoozing": snoozing or SnoozeForm(),
        "ways": ways,
        "feed_url": privatefeeds.follow_address(user, found),
    }
    return page(request, "stories/follow_edit.html", context, status=status)


def own_follow(request: HttpRequest, pk: int) -> Follow:
    """The follow of this number, if it is the person's or their team's; raises Http404."""
    found = followed.find(person(request), pk)
    if found is None:
        raise Http404("You follow nothing under this address.")
    return found
