"""The story page; a story's address never dies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from stories.forms import MomentForm
from stories.models import Story, User
from stories.selectors import (
    comparison,
    conflicts,
    drawing,
    following,
    graph,
    headlines,
    matrix,
    moments,
    timeline,
    utterances,
    wordings,
)
from stories.selectors import story as selector
from stories.services import returning
from stories.views.hidden import hidden, is_hidden
from stories.views.pages import kept_for_readers, page

# What is folded on the page, and until how many reports it is there all the same; of a longer story it comes when asked
# for. With 60 reports it is a third of the page.
DOORS = frozenset({"drift", "links", "loaded", "verb", "name", "behind"})
UNFOLDED = 24


@require_safe
def story(request: HttpRequest, pk: int, slug: str = "") -> HttpResponse:
    """One story: where it comes from, who had it when, how outlets differ; `at` shows it as it was at a moment.

    A wrong slug redirects for good, a merged story as long as it is one.
    """
    found = selector.find(pk)
    if found is None:
        raise Http404("There is no story at this address.")
    if found.pk != pk or found.slug != slug:
        asked = request.META.get("QUERY_STRING", "")
        # A merge may be undone: a browser that kept its redirect for good would never find the story again.
        return redirect(found.get_absolute_url() + (f"?{asked}" if asked else ""), permanent=found.pk == pk)
    if is_hidden(request, found):
        return hidden(request, found)
    return kept_for_readers(request, _state(found), lambda: _page(request, found))


def _state(found: Story) -> tuple[object, ...]:
    """What tells one state of a story from the next, as far as its page shows it: whatever the program or an editor
    changes, and the latest edit, as edits are told there.
    """
    traced, compared = getattr(found, "provenance", None), getattr(found, "comparison", None)
    counts = found.revision, found.traced_revision, found.closed_at, found.reopened_at, found.locked
    said = found.title, found.named, found.lead_id, found.headline_of_id, found.closing, found.pinned_at, found.hidden
    return (found.pk, *counts, *said, getattr(found, "edited", 0), traced and traced.at, compared and compared.at)


def _page(request: HttpRequest, found: Story) -> HttpResponse:
    form = MomentForm(request.GET if request.GET.get("at") else None)
    if form.is_valid() and form.cleaned_data["at"] < timezone.now():
        return _past(request, found, form)
    number = _number(request.GET.get("page", ""))
    shown = selector.story_page(found, number)
    if number > 1 and not shown.reports:
        raise Http404("The story has no more reports.")
    before = _visit(request, found) if number == 1 else None
    told = {
        "moment_form": form,
        "since": selector.news(shown, before),
        "following": following.standing(request.user, story=found),
    }
    return page(request, "stories/story.html", _told(request, shown) | told)


def _past(request: HttpRequest, found: Story, form: MomentForm) -> HttpResponse:
    """The story as it was; before its first report there is nothing to show, which the page of now says."""
    moment = moments.moment(found, form.cleaned_data["at"])
    if moment is None:
        form.add_error("at", gettext("No report was out by then."))
        refused = {"moment_form": form, "following": following.standing(request.user, story=found)}
        return page(request, "stories/story.html", _told(request, selector.story_page(found)) | refused)
    told = {"moment": moment, "moment_form": form, "current": found}
    return page(request, "stories/story.html", _told(request, moment.page) | told)


def _visit(request: HttpRequest, found: Story) -> datetime | None:
    """When a person who is signed in was here last; looking ahead, as browsers do, is no visit."""
    ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    if ahead or request.method != "GET" or not isinstance(request.user, User):
        return None
    return returning.note(request.user, found, timezone.now())


def _told(request: HttpRequest, shown: selector.StoryPage) -> dict[str, Any]:
    """What the page tells of a story, as it is or was."""
    whence = shown.whence if shown.page == 1 else None
    compared = shown.compared if shown.page == 1 else None
    happened = [one.row for one in whence.happened if one.row.stands] if whence else []
    doors = DOORS if shown.story.article_count <= UNFOLDED else frozenset(request.GET.getlist("open"))
    origins = {origin.article for origin in whence.traced.origins if origin.article} if whence else set()
    return {
        "page": shown,
        "story": shown.story,
        "wide": timeline.timeline(shown.drawn, timeline.WIDE, happened, origins),
        "narrow": timeline.timeline(shown.drawn, timeline.NARROW, happened, origins),
        "graph": drawing.drawing(whence, graph.WIDE) if whence else None,
        "narrow_graph": drawing.drawing(whence, graph.NARROW) if whence else None,
        "doors": doors,
        "opened": request.GET.getlist("open"),
        **(_comparison(compared, request, doors) if compared else {}),
    }


def _comparison(compared: comparison.Compared, request: HttpRequest, doors: frozenset[str]) -> dict[str, Any]:
    """How the outlets differ; `claims=all`, `outlets=all` and `quotes=all` unfold what is folded at first."""
    everything = {name for name in ("claims", "outlets", "quotes") if request.GET.get(name) == "all"}
    return {
        "compared": compared,
        "matrix": matrix.matrix(compared, all_claims="claims" in everything, all_outlets="outlets" in everything),
        "clashes": conflicts.clashes(compared),
        "quotes": utterances.quotes(compared, everything="quotes" in everything),
        "only": wordings.only_in(compared),
        "wording": wordings.wording(compared, doors),
        "ways": headlines.ways(compared),
    }


def _number(text: str) -> int:
    """A page's number; what is none, or beyond any story, counts as the first."""
    return int(text) if text.isascii() and text.isdigit() and 0 < len(text) < 6 and int(text) else 1
