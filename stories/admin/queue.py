"""The review queue at the desk: one question after another, answered by key or by click. Services do what is said.

Whoever works through it goes on behind the question that they have answered. What they skip does not come up again
while they stay signed in; what they answered last they can take back. Two editors may work at once: a question that
another has answered in the meantime says so, and the queue goes on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST, require_safe

from stories.admin import queuewords
from stories.models import Article, Ask, Doubt, DoubtState, User
from stories.selectors import review
from stories.selectors.doubts import open_count, question
from stories.selectors.review import Place
from stories.services import doubts, reconsidering
from stories.services.acts import Refused
from stories.services.seen import Seen

# A note says why in a few sentences.
NOTE = 2000
# What is remembered with the sign-in: the latest so many questions that were skipped, and that were answered.
SKIPPED, MOST_SKIPPED = "queue_skipped", 500
ANSWERED, MOST_ANSWERED = "queue_answered", 50
# Origins are asked of in pairs.
MOST_SEEN = 4
_ANSWERS = {"accept": True, "reject": False}


@dataclass(frozen=True, slots=True)
class Typed:
    """A note that was not taken, why, and what was in the way of the answer: all of it is shown again."""

    note: str = ""
    fault: str = ""
    refusal: Refused | None = None


class DoubtQueue(admin.ModelAdmin[Doubt]):
    """The queue's own pages, beside the list of doubts."""

    def queue_urls(self) -> list[URLPattern]:
        """The addresses of the queue."""
        inside = self.admin_site.admin_view
        return [
            path("queue/", inside(require_safe(self.queue)), name="stories_doubt_queue"),
            path("queue/decided/", inside(require_safe(self.decided)), name="stories_doubt_decided"),
            path("queue/again/", inside(require_POST(self.start_over)), name="stories_doubt_again"),
            path("queue/undo/", inside(require_POST(self.take_back)), name="stories_doubt_take_back"),
            path("queue/<int:pk>/", inside(self.decide), name="stories_doubt_decide"),
        ]

    def queue(self, request: HttpRequest) -> HttpResponse:
        """The question at a place: `at` one, `after` or `before` one, of a `kind`; without any the first."""
        given = request.GET
        place = Place(
            kind=given.get("kind", "") if given.get("kind") in Ask.values else "",
            at=_number(given.get("at", "")),
            after=_number(given.get("after", "")),
            before=_number(given.get("before", "")),
            skipped=request.session.get(SKIPPED, ()),
        )
        return self._page(request, place)

    def decided(self, request: HttpRequest) -> HttpResponse:
        """What was decided, the latest first; `before` is a cursor."""
        page = review.decided(request.GET.get("before", ""))
        rows = [
            {
                "doubt": doubt,
                "said": queuewords.said(doubt, doubt.state == DoubtState.DONE),
                "who": review.by_whom(doubt),
                "label": queuewords.KINDS[Ask(doubt.act)],
                "undone": getattr(doubt.edit, "undone_by", None),
            }
            for doubt in page.doubts
        ]
        shown = {"rows": rows, "older": page.older, "open": open_count(), "now": timezone.now()}
        return render(request, "admin/stories/doubt/decided.html", self._context(request, shown))

    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Answer a question (`decision` is accept or reject), or skip it, and go on behind it. Asked for, shows it."""
        doubt = review.get(pk)
        if doubt is None:
            raise Http404
        if request.method != "POST":
            return redirect(_address(Place(at=pk)))
        decision, typed = request.POST.get("decision"), Typed()
        if decision == "skip":
            self._skip(request, doubt)
        elif decision in _ANSWERS:
            typed = self._answer(request, doubt, _ANSWERS[decision])
        else:
            messages.error(request, gettext("Nothing was decided: the form did not say what."))
            typed = Typed(_note(request))
        kind = request.POST.get("kind", "") if request.POST.get("kind") in Ask.values else ""
        skipped = request.session.get(SKIPPED, ())
        if typed != Typed():
            return self._page(request, Place(kind, at=pk, skipped=skipped), typed)
        return self._go(request, Place(kind, after=pk, skipped=skipped))

    def start_over(self, request: HttpRequest) -> HttpResponse:
        """Have what was skipped come up again, from the first question on."""
        request.session.pop(SKIPPED, None)
        return self._go(request, Place())

    def take_back(self, request: HttpRequest) -> HttpResponse:
        """Take back what one has answered last, and ask it again."""
        answered = request.session.get(ANSWERED, [])
        skipped = request.session.get(SKIPPED, ())
        doubt = review.get(answered[-1]) if answered else None
        if doubt is None:
            messages.info(request, gettext("There is no answer of yours to take back."))
            return self._go(request, Place(skipped=skipped))
        place = Place(at=doubt.pk, skipped=skipped)
        try:
            reconsidering.reconsider(doubt, _editor(request), timezone.now())
        except Refused as refusal:
            return self._page(request, place, Typed(refusal=refusal))
        request.session[ANSWERED] = answered[:-1]
        messages.info(request, gettext("Taken back: the question is open again."))
        return self._go(request, place)

    def _skip(self, request: HttpRequest, doubt: Doubt) -> None:
        rest = [pk for pk in request.session.get(SKIPPED, ()) if pk != doubt.pk]
        request.session[SKIPPED] = [*rest, doubt.pk][-MOST_SKIPPED:]

    def _answer(self, request: HttpRequest, doubt: Doubt, yes: bool) -> Typed:
        """Answer a question; what comes back is empty unless the question is to be shown once more."""
        user, note = _editor(request), _note(request)
        if len(note) > NOTE:
            over = len(note) - NOTE
            said = ngettext("It is %(over)s character too long.", "It is %(over)s characters too long.", over)
            return Typed(note, said % {"over": over})
        act = doubts.accept if yes else doubts.dismiss
        try:
            act(doubt, user, note, timezone.now(), seen=Seen.read(request.POST.get("seen", "")))
        except Refused as refusal:
            return self._refused(request, doubt, note, refusal)
        request.session[ANSWERED] = [*request.session.get(ANSWERED, ()), doubt.pk][-MOST_ANSWERED:]
        messages.success(request, queuewords.said(doubt, yes))
        return Typed()

    def _refused(self, request: HttpRequest, doubt: Doubt, note: str, refusal: Refused) -> Typed:
        """Say why there was nothing to answer. A question that is still open is shown once more."""
        now = review.get(doubt.pk)
        if now is None or now.state == DoubtState.OUTDATED:
            messages.warning(request, refusal.reason)
        elif now.state == DoubtState.OPEN:
            return Typed(note, refusal=refusal)
        elif now.decided_by_id == request.user.pk:
            messages.info(request, gettext("You had answered this question already."))
        else:
            what = {"who": review.by_whom(now), "what": queuewords.said(now, now.state == DoubtState.DONE)}
            messages.warning(request, gettext("%(who)s has answered this question in the meantime: %(what)s") % what)
        return Typed()

    def _go(self, request: HttpRequest, place: Place) -> HttpResponse:
        """On to a place: at once where the page only swaps its question, else by an address of its own."""
        return self._page(request, place) if _is_fragment(request) else redirect(_address(place))

    def _page(self, request: HttpRequest, place: Place, typed: Typed | None = None) -> HttpResponse:
        """The page of a place, or only what changes of it."""
        queue = review.queue(place)
        answered = request.session.get(ANSWERED, ())
        last = review.get(answered[-1]) if answered else None
        shown: dict[str, Any] = {"queue": queue, "typed": typed or Typed(), "note_length": NOTE, "now": timezone.now()}
        shown["kinds"] = [(one, queuewords.KINDS[Ask(one.kind)]) for one in queue.kinds]
        shown["coming"] = [(doubt, queuewords.KINDS[Ask(doubt.act)]) for doubt in queue.upcoming]
        if last is not None:
            shown |= {"last": last, "last_said": queuewords.said(last, last.state == DoubtState.DONE)}
        if queue.doubt is not None:
            shown |= _asked(queue.doubt, shown["now"])
        if not _is_fragment(request):
            return render(request, "admin/stories/doubt/queue.html", self._context(request, shown))
        response = render(request, "admin/stories/doubt/_queue.html", {**shown, "fragment": True})
        here = Place(place.kind, at=queue.doubt.pk) if queue.doubt else Place(place.kind, after=place.after)
        response["HX-Replace-Url"] = _address(here)
        return response

    def _context(self, request: HttpRequest, shown: Mapping[str, Any]) -> dict[str, Any]:
        """What every page of the desk needs. The list of tables gives its room to the two sides of a question."""
        desk = {**self.admin_site.each_context(request), "is_nav_sidebar_enabled": False}
        return {**desk, "opts": self.opts, "title": gettext("Review"), **shown}


def _asked(doubt: Doubt, now: datetime) -> dict[str, Any]:
    """A question in full, and what its form says that the editor has seen."""
    stories = [story for story in (doubt.story, doubt.other) if story is not None]
    articles = Article.objects.filter(pk__in=doubt.articles[:MOST_SEEN]).only("pk") if doubt.act == Ask.ORIGINS else ()
    seen = Seen.now(stories=stories, articles=articles).token
    answer = {"said": queuewords.said(doubt, doubt.state == DoubtState.DONE), "who": review.by_whom(doubt)}
    return {"seen": seen, "question": question(doubt, now), "answer": answer, "label": queuewords.KINDS[Ask(doubt.act)]}


def _address(place: Place) -> str:
    """The address of a place in the queue."""
    given = {"kind": place.kind, "at": place.at, "after": place.after, "before": place.before}
    query = urlencode({name: value for name, value in given.items() if value})
    return reverse("admin:stories_doubt_queue") + (f"?{query}" if query else "")


def _number(text: str) -> int:
    """The number of a row; 0 where there is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 18 else 0


def _note(request: HttpRequest) -> str:
    return request.POST.get("note", "").replace("\x00", "").strip()


def _editor(request: HttpRequest) -> User:
    """Who asks; the desk lets only accounts in."""
    assert isinstance(request.user, User)  # noqa: S101
    return request.user


def _is_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for what changes of the page; not when it restores a whole one from history."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers
