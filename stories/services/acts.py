"""What all acts of curation share: who acts and why, what is refused, and the Edit that is left behind.

An act is one transaction. It leaves an Edit with all that it changed; an act that makes no sense is Refused, in words
for an editor, and one that clashes with what somebody else did after the form was shown is a Clash.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.utils.translation import gettext, ngettext

from stories.models import GROUPING, Act, Article, Edit, Outlet, Story, User
from stories.services import membership
from stories.services.seen import Seen


class Refused(Exception):
    """An act that makes no sense, or that an editor's decision forbids; `reason` is a sentence for an editor.

    `edits` are those that stand in the way, if any, the latest first.
    """

    def __init__(self, reason: str, edits: Sequence[Edit] = ()) -> None:
        super().__init__(reason)
        self.reason = reason
        self.edits = tuple(edits)


class Clash(Refused):
    """Somebody else changed the same after the editor had looked; `edits` say who and what."""


@dataclass(frozen=True, slots=True)
class By:
    """Who acts and why: an editor with a note, or the program with a probability (0 to 1) and reasons in words.

    `seen` is what the editor had before their eyes; None where nothing is to be compared with it.
    """

    name: str
    user: User | None = None
    note: str = ""
    probability: float | None = None
    reasons: Sequence[str] = ()
    seen: Seen | None = None

    @classmethod
    def person(cls, user: User, note: str = "", seen: Seen | None = None) -> Self:
        """An editor. The name is shown to readers, so it is never an e-mail address."""
        name = user.get_full_name() or user.get_username().partition("@")[0]
        return cls(name if name != GROUPING else "an editor", user, note, seen=seen)

    @classmethod
    def grouping(cls, probability: float, reasons: Sequence[str]) -> Self:
        """The program."""
        return cls(GROUPING, probability=probability, reasons=tuple(reasons))

    @property
    def program(self) -> bool:
        """Whether no person acts."""
        return self.user is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """What an act did, as its Edit keeps it; `changed` and `touched` as in footprints, what was changed is touched."""

    changed: Iterable[str]
    touched: Iterable[str] = ()
    story: Story | None = None
    other: Story | None = None
    article: Article | None = None
    outlet: Outlet | None = None
    moves: Sequence[Sequence[int | None]] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undoes: Edit | None = None


def note(act: Act, did: Did, by: By, now: datetime) -> Edit:
    """Leave an edit.

    Raises Clash where somebody changed any of the same after the editor had looked; the transaction is then to be given
    up.
    """
    changed = set(did.changed)
    heed(by, changed)
    return Edit.objects.create(
        act=act,
        by=by.name[:150],
        user=by.user,
        story=did.story,
        other=did.other,
        article=did.article,
        outlet=did.outlet,
        moves=[list(move) for move in did.moves],
        before=dict(did.before),
        after=dict(did.after),
        changed=sorted(changed),
        touched=sorted(changed.union(did.touched)),
        probability=by.probability,
        reasons=[reason[: membership.REASON_LENGTH] for reason in by.reasons],
        note=by.note,
        undoes=did.undoes,
        at=now,
    )


def heed(by: By, changed: Iterable[str]) -> None:
    """Raise Clash where somebody changed any of this after the editor had looked."""
    if by.seen is None:
        return
    if clashes := by.seen.clashes(changed):
        names = ", ".join(dict.fromkeys(edit.by for edit in clashes))
        raise Clash(
            ngettext(
                "%(names)s has changed the same since you opened this page, so nothing was done: look again.",
                "%(names)s have changed the same since you opened this page, so nothing was done: look again.",
                len({edit.by for edit in clashes}),
            )
            % {"names": names},
            clashes,
        )


def must_be_person(by: By) -> None:
    """Refuse the program."""
    if by.program:
        raise Refused(gettext("Only an editor does this."))


def must_stand(story: Story) -> None:
    """Refuse a story that was merged into another; says who did it, where that is known."""
    if story.merged_into_id is None:
        return
    merges = Edit.objects.standing().filter(act=Act.MERGE, other=story).order_by("-pk")[:1]
    raise Refused(
        gettext("“%(story)s” has been merged into another story: open that one.") % {"story": story.title}, list(merges)
    )


def must_fit(one: Story, other: Story, by: By) -> None:
    """Articles may go from one of these stories to the other: neither is gone, and they are of one world and language.

    A story is in one language, so that its articles are compared with one kind of reports and wait for one turn. An
    editor may know better where the language of one was not recognised; the program does not guess.
    """
    for story in (one, other):
        must_stand(story)
    must_be_of_one_world(one, other)
    if one.lang != other.lang and (by.program or (one.lang and other.lang)):
        raise Refused(gettext("The stories are in different languages: they can be linked, but not joined."))


def must_be_of_one_world(*stories: Story) -> None:
    """Refuse to bring invented news and real ones together."""
    if len({story.demo for story in stories}) > 1:
        raise Refused(gettext("Real stories and those of the demo world have nothing to do with each other."))


def must_be_open(*stories: Story) -> None:
    """Refuse the program stories that an editor has locked, hidden or closed."""
    for story in stories:
        if story.locked:
            raise Refused(gettext("An editor has locked the story."))
        must_take(story)


def must_take(story: Story) -> None:
    """Refuse the program to move reports into a story that an editor has hidden or closed; a locked one takes them."""
    if not story.takes:
        raise Refused(gettext("An editor has hidden or closed the story."))
