"""Merge, split, move, remove: what comes of them is shown before they are done.

A POST with `do` does what was previewed; where the editor has chosen otherwise since, it is previewed again. What was
chosen and typed stays through every step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.http import HttpResponse

from stories.admin.storyframe import Desk
from stories.deskforms import WORDS, NoteForm, numbers, story_number
from stories.models import Doubt, DoubtState, Edit, Story
from stories.selectors import desk as deskpage
from stories.selectors import members, others, previews
from stories.services import curation
from stories.services.acts import By, Clash, Refused
from stories.services.seen import Seen

# Reports of the story that can be ticked on the page of a split, where none was chosen yet.
LISTED = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What the editor asks for: the other story, the reports, which address is kept, the words of a search.

    `missing`: a story was named that is not there. `doubt`: the program's proposal that this takes up.
    """

    other: Story | None
    missing: bool
    words: str
    swapped: bool
    chosen: Sequence[int]
    doubt: Doubt | None

    @property
    def previewed(self) -> str:
        """What a preview is of, as the form carries it: another choice wants another preview."""
        other = f"{self.other.pk}{'s' if self.swapped else ''}" if self.other else ""
        return f"{other}:{','.join(map(str, sorted(self.chosen)))}"


Act = Callable[[Desk, Asked, By], Edit]


def _asked(desk: Desk) -> Asked:
    data = desk.request.GET.copy()
    data.update(desk.request.POST)
    words = (data.get("q") or "").replace("\x00", "").strip()[:WORDS]
    # While a number is being typed it is looked up, not taken.
    typed = story_number(words) if not desk.fragment else None
    named = story_number(data.get("other") or "") or typed
    other = others.find(named) if named else None
    if other is not None and other.pk == desk.story.pk:
        other = None
    doubt = data.get("doubt") or ""
    proposal = Doubt.objects.filter(
        pk=int(doubt) if doubt.isdecimal() and len(doubt) < 19 else 0, story=desk.story, state=DoubtState.OPEN
    ).first()
    chosen = numbers(data.getlist("chosen"))
    return Asked(
        other=other,
        missing=bool(named) and other is None,
        words=words,
        swapped=data.get("keep") == "other",
        chosen=chosen or (list(proposal.articles) if proposal else []),
        doubt=proposal,
    )


def merge(desk: Desk) -> HttpResponse:
    """Choose the other story and which address stays; see both as one; merge."""
    asked = _asked(desk)

    def preview() -> previews.Preview | None:
        if asked.other is None:
            return None
        kept, gone = (asked.other, desk.story) if asked.swapped else (desk.story, asked.other)
        return previews.merge(kept, gone, desk.now)

    def do(desk: Desk, asked: Asked, by: By) -> Edit:
        assert asked.other is not None  # noqa: S101 - nothing is done without a preview
        kept, gone = (asked.other, desk.story) if asked.swapped else (desk.story, asked.other)
        return curation.merge(kept, gone, by, desk.now)

    return _handle(desk, "merge", asked, preview, do)


def split(desk: Desk) -> HttpResponse:
    """Choose reports, or take the program's proposal; see both stories; split."""
    asked = _asked(desk)
    return _handle(
        desk,
        "split",
        asked,
        lambda: previews.split(desk.story, asked.chosen, desk.now) if asked.chosen else None,
        lambda desk, asked, by: curation.split(desk.story, asked.chosen, by, desk.now),
    )


def remove(desk: Desk) -> HttpResponse:
    """Choose reports that don't belong; see what is left; take them out."""
    asked = _asked(desk)
    return _handle(
        desk,
        "remove",
        asked,
        lambda: previews.remove(desk.story, asked.chosen, desk.now) if asked.chosen else None,
        lambda desk, asked, by: curation.remove(asked.chosen, by, desk.now),
    )


def move(desk: Desk) -> HttpResponse:
    """Choose reports and the story that they belong to; see both stories; move."""
    asked = _asked(desk)

    def do(desk: Desk, asked: Asked, by: By) -> Edit:
        assert asked.other is not None  # noqa: S101 - nothing is done without a preview
        return curation.move(asked.chosen, asked.other, by, desk.now)

    return _handle(
        desk,
        "move",
        asked,
        lambda: previews.move(desk.story, asked.chosen, asked.other) if asked.chosen and asked.other else None,
        do,
    )


def _handle(
    desk: Desk, name: str, asked: Asked, preview: Callable[[], previews.Preview | None], do: Act
) -> HttpResponse:
    """Show, or do what was shown."""
    if desk.story.merged_into is not None:
        return desk.back()
    data = desk.request.POST
    # As for the story itself: noted before what is shown is read.
    seen = Seen.now(stories=[desk.story, *([asked.other] if asked.other else [])])
    if desk.request.method != "POST" or "do" not in data:
        form = NoteForm(initial={"note": data.get("note", ""), "seen": seen.token})
        return _page(desk, name, asked, preview(), form)
    form = NoteForm(data)
    shown = asked.previewed == data.get("previewed")
    if not form.is_valid() or not shown:
        again = NoteForm(initial={"note": data.get("note", ""), "seen": seen.token})
        return _page(desk, name, asked, preview(), form if shown else again, again=not shown)
    try:
        edit = do(desk, asked, desk.by(form))
    except Refused as refused:
        typed = NoteForm(initial={"note": form.cleaned_data["note"], "seen": seen.token})
        return _page(desk, name, asked, preview(), typed, refused)
    return desk.done([edit], to=edit.story if name == "merge" else None)


def _page(
    desk: Desk,
    name: str,
    asked: Asked,
    preview: previews.Preview | None,
    form: NoteForm,
    refused: Refused | None = None,
    *,
    again: bool = False,
) -> HttpResponse:
    """The act's page; `again`: something else was chosen than had been previewed."""
    context: dict[str, object] = {
        "act": name,
        "asked": asked,
        "preview": preview,
        "form": form,
        "refused": refused,
        "again": again,
    }
    doubts = deskpage.open_doubts(desk.story)
    if name in ("merge", "move"):
        context["found"] = _found(desk, asked)
        context["likely"] = others.likely(desk.story, doubts) if asked.other is None else []
    if name != "merge":
        context["proposals"] = [one for one in doubts if one.act == name and one.story_id == desk.story.pk]
        context["chosen"] = set(asked.chosen)
        rows = members.of_articles(asked.chosen) if asked.chosen else members.of_stories([desk.story])
        context["reports"] = rows[:LISTED]
    status = 409 if isinstance(refused, Clash) else 422 if refused or again or form.is_bound else 200
    return desk.page(name if name == "merge" else "part", context, status=status)


def _found(desk: Desk, asked: Asked) -> list[Story]:
    """The stories that the words may mean: the one of a number or an address, else those with the words."""
    if not asked.words or asked.other is not None:
        return []
    number = story_number(asked.words)
    one = others.find(number) if number else None
    return [one] if one is not None and one.pk != desk.story.pk else others.search(desk.story, asked.words)


ACTS: dict[str, Callable[[Desk], HttpResponse]] = {"merge": merge, "split": split, "move": move, "remove": remove}
