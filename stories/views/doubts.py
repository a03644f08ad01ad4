"""The review queue: what grouping would do but is not sure of, for editors to decide. Services do what they decide."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.http import require_safe

from stories.models import Act, Doubt, User
from stories.selectors import columns
from stories.selectors import doubts as selector
from stories.services import doubts as service
from stories.services.curation import Refused
from stories.views.pages import back, editors_only, page

# A note says why in a few sentences.
NOTE = 2000
SAID = {
    (Act.MERGE, True): gettext_lazy("Merged: “%(other)s” is now part of “%(story)s”."),
    (Act.MERGE, False): gettext_lazy("“%(story)s” and “%(other)s” stay two stories."),
    (Act.SPLIT, True): gettext_lazy("Split off from “%(story)s”."),
    (Act.SPLIT, False): gettext_lazy("The reports stay together in “%(story)s”."),
    (Act.MOVE, True): gettext_lazy("Moved from “%(story)s” to “%(other)s”."),
    (Act.MOVE, False): gettext_lazy("It stays in “%(story)s”."),
}


@require_safe
@login_required
def doubts(request: HttpRequest) -> HttpResponse:
    """The open questions, the surest first; `show=decided` what was decided; `before` is a cursor.

    `at`: the question at which the outcome of the last decision is told.
    """
    if not request.user.is_staff:
        raise PermissionDenied("This is for editors.")
    before = request.GET.get("before", "")
    if request.GET.get("show") == "decided":
        shown = {"decided": selector.decided(before), "open": selector.open_count()}
        return page(request, "stories/doubts_decided.html", shown)
    queue = selector.queue(before)
    at = request.GET.get("at", "")
    told_at = next((one.doubt.pk for one in queue.questions if str(one.doubt.pk) == at), None)
    return page(request, "stories/doubts.html", {"queue": queue, "told_at": told_at, "note_length": NOTE})


@editors_only
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what a doubt asks (`decision=yes`) or keep things as they are (`no`), and go back to the queue."""
    # The stories come along because services lock them; their vectors stay where they are.
    heavy = [*columns.of_story("story__"), *columns.of_story("other__")]
    doubt = get_object_or_404(Doubt.objects.select_related("story", "other").defer(*heavy), pk=pk)
    decision = request.POST.get("decision")
    if decision not in ("yes", "no"):
        messages.error(request, gettext("Nothing was decided: the form did not say what."))
        return back(request, "doubts")
    note = request.POST.get("note", "").replace("\x00", "").strip()[:NOTE]
    act = service.accept if decision == "yes" else service.dismiss
    assert isinstance(request.user, User)  # noqa: S101 - editors_only lets nobody else in
    try:
        act(doubt, request.user, note, timezone.now())
    except Refused as refusal:
        messages.error(request, refusal.reason)
    else:
        said = SAID[Act(doubt.act), decision == "yes"]
        messages.success(request, said % {"story": doubt.story, "other": doubt.other})
    return back(request, "doubts")
