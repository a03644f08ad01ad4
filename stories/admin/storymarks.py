"""The acts that say one thing of a story, or bring one report: each a page that says what it means, and does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from stories.admin.storyframe import Desk
from stories.deskforms import AddForm, LeadForm, NoteForm, TitleForm, numbers
from stories.models import Edit
from stories.selectors import members
from stories.services import bringing, marking
from stories.services.acts import By, Clash, Refused

Do = Callable[[Desk, NoteForm, By], Edit]


@dataclass(frozen=True, slots=True)
class Mark:
    """An act on a story as a whole, as its page tells it: the heading, what it means, the button, the form."""

    name: str
    heading: str | Promise
    meaning: str | Promise
    button: str | Promise
    do: Do
    form: type[NoteForm] = NoteForm


def _plain(act: Callable[..., Edit]) -> Do:
    return lambda desk, form, by: act(desk.story, by, desk.now)


def _add(desk: Desk, form: NoteForm, by: By) -> Edit:
    return bringing.bring(desk.story, form.cleaned_data["url"], by, desk.now, title=form.cleaned_data["title"])


MARKS = (
    Mark(
        "title",
        _("Rename the story"),
        _("Your title stands on every page in place of the headline that the program takes. The address stays."),
        _("Rename"),
        lambda desk, form, by: marking.rename(desk.story, form.cleaned_data["title"], by, desk.now),
        TitleForm,
    ),
    Mark(
        "lead",
        _("Choose the lead"),
        _("Its headline stands for the story, as long as the report is in it and no title of an editor’s is set."),
        _("Make it the lead"),
        lambda desk, form, by: marking.choose_lead(desk.story, form.cleaned_data["lead"], by, desk.now),
        LeadForm,
    ),
    Mark(
        "lock",
        _("Lock the story"),
        _("The program takes no report out of it and merges it with nothing. New reports may still join."),
        _("Lock"),
        _plain(marking.lock),
    ),
    Mark(
        "unlock",
        _("Unlock the story"),
        _("The program may split it, merge it and move its reports again, but for what editors decided of them."),
        _("Unlock"),
        _plain(marking.unlock),
    ),
    Mark("pin", _("Pin the story"), _("It stands above the others on the front page."), _("Pin"), _plain(marking.pin)),
    Mark(
        "unpin",
        _("Unpin the story"),
        _("It goes the way of the others on the front page."),
        _("Unpin"),
        _plain(marking.unpin),
    ),
    Mark(
        "hide",
        _("Hide the story"),
        _("It is taken off all lists and nobody is alerted of it. Its address says that an editor has hidden it."),
        _("Hide"),
        _plain(marking.hide),
    ),
    Mark("show", _("Show the story again"), _("Readers find it again."), _("Show again"), _plain(marking.show)),
    Mark(
        "close",
        _("Close the story"),
        _("It takes no new reports, and what follows it until it closes ends."),
        _("Close"),
        _plain(marking.close),
    ),
    Mark(
        "reopen",
        _("Reopen the story"),
        _("It takes new reports again, and stays open although it is quiet."),
        _("Reopen"),
        _plain(marking.reopen),
    ),
    Mark(
        "add",
        _("Add a report"),
        _("An outlet’s report that no feed has shown: its page is fetched and read like any other’s."),
        _("Add"),
        _add,
        AddForm,
    ),
)


def _handle(mark: Mark) -> Callable[[Desk], HttpResponse]:
    def handler(desk: Desk) -> HttpResponse:
        if desk.story.merged_into is not None:
            return desk.back()
        if desk.request.method != "POST" or "do" not in desk.request.POST:
            return _page(desk, mark, mark.form(initial=_initial(desk, mark)))
        form = mark.form(desk.request.POST)
        if not form.is_valid():
            return _page(desk, mark, form, status=422)
        try:
            edit = mark.do(desk, form, desk.by(form))
        except Refused as refused:
            typed = mark.form(initial={**form.cleaned_data, "seen": desk.seen.token})
            return _page(desk, mark, typed, refused, status=409 if isinstance(refused, Clash) else 422)
        return desk.done([edit])

    return handler


def _initial(desk: Desk, mark: Mark) -> dict[str, object]:
    """What the form holds before anything is typed: a report that was chosen in the list is the lead to be."""
    chosen = numbers([*desk.request.POST.getlist("chosen"), *desk.request.GET.getlist("chosen")])
    lead = chosen[0] if chosen else desk.story.lead_id
    title = "" if mark.name == "add" else desk.story.named
    return {"title": title, "lead": lead, "seen": desk.seen.token}


def _page(desk: Desk, mark: Mark, form: NoteForm, refused: Refused | None = None, *, status: int = 200) -> HttpResponse:
    context: dict[str, object] = {"mark": mark, "form": form, "refused": refused}
    if mark.name == "lead":
        value = form["lead"].value()
        context["reports"] = members.of_stories([desk.story])
        context["lead"] = int(value) if str(value or "").isdecimal() else None
    return desk.page("act", context, status=status)


ACTS = {mark.name: _handle(mark) for mark in MARKS}
