"""The review queue: what the program is not sure of, until an editor has answered or it has lapsed.

A question is asked once: its key names it, one row per key. What an editor answered is not asked again. An answer is an
act of curation by that editor (services.answers); accepting does what was asked, dismissing leaves the bond that
forbids it. Who asks what: grouping's second look (regrouping), services.questions, and readers (services.objections).

An edit that answered a question may be undone. The answer stays as history, and the same is not asked again, since
somebody has looked at it twice. Only when a report has come to one of the stories since is the state a new one: then it
is asked anew, in a row of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from stories.models import Article, Ask, Doubt, DoubtState, Edit, Proposal, Story, User
from stories.selectors import reach
from stories.services import answers, membership, priorities
from stories.services.acts import By, Refused
from stories.services.seen import Seen

# A key longer than this names its articles by a hash; the column takes 200 characters.
KEY_LENGTH = 120
# What a new look at a story asks again, or no longer: the other kinds lapse by themselves (services.questions).
_LOOKED_FOR = (Ask.MERGE, Ask.SPLIT, Ask.MOVE)
_ANSWERED = (DoubtState.DONE, DoubtState.DISMISSED)


# What a question is known by.
_KEYS = {
    Ask.MERGE: "merge:{both}",
    Ask.SPLIT: "split:{story}:{articles}",
    Ask.MOVE: "move:{articles}:{other}",
    Ask.MEMBER: "member:{articles}:{story}",
    Ask.READER: "reader:{some}:{story}",
    Ask.ORIGINS: "origins:{articles}",
    Ask.OUTLET: "outlet:{proposal}",
}


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. Merge `other` into `story`, with all its articles; split `articles` off `story`; move them from
    `story` to `other`; do they belong to `story`; are they independent; is `proposal` an outlet.

    `probability` is measured of grouping's questions alone; `objections`: how many readers say so.
    """

    act: Ask
    story: Story | None = None
    other: Story | None = None
    articles: Sequence[int] = ()
    probability: float = priorities.EVEN
    reasons: Sequence[str] = ()
    proposal: Proposal | None = None
    objections: int = 0

    @property
    def key(self) -> str:
        """Two stories in either order; a story and what is split off; articles and a story; a name by its proposal.

        Origins are known by their articles, whatever story they are in. Raises ValueError where something is missing.
        """
        numbers = "-".join(map(str, sorted(set(self.articles))))
        if len(numbers) > KEY_LENGTH // 2:
            numbers = hashlib.sha256(numbers.encode()).hexdigest()
        low, high = sorted((self.story.pk if self.story else 0, self.other.pk if self.other else 0))
        named = {
            "story": self.story and self.story.pk,
            "other": self.other and self.other.pk,
            "both": low and f"{low}:{high}",
            "articles": numbers,
            "some": numbers or "all",
            "proposal": self.proposal and self.proposal.pk,
        }
        try:
            return _KEYS[self.act].format_map({name: value for name, value in named.items() if value})
        except KeyError as error:
            raise ValueError(f"No question: {self.act} without {error}.") from error


def key_of(act: str, story: Story, other: Story | None, articles: Sequence[int]) -> str:
    """What a question of grouping is known by. ValueError for an act that is no question, or lacks what it is about."""
    return _question(act, story, other, articles).key


def ask(
    act: str,
    story: Story,
    other: Story | None,
    articles: Sequence[int],
    probability: float,
    reasons: Sequence[str],
    now: datetime,
) -> Doubt:
    """Ask what grouping is not sure of (`put`). Whoever asks holds the language's turn, so that the question is of
    stories as they are.
    """
    return put(replace(_question(act, story, other, articles), probability=probability, reasons=reasons), now)


def _question(act: str, story: Story, other: Story | None, articles: Sequence[int]) -> Question:
    if act not in Ask.values:
        raise ValueError(f"No question: {act} of story {story.pk}.")
    return Question(Ask(act), story, other, articles)


@transaction.atomic
def put(question: Question, now: datetime) -> Doubt:
    """Put a question to editors, or refresh what was asked already; what was answered stays as it is.

    Holds nothing but the question's row: it is of what its asker saw, and an answer is refused where that has changed.
    """
    story, other = question.story, question.other
    followed = reach.followers([one.pk for one in (story, other) if one is not None])
    weight = priorities.weigh(
        question.act,
        question.probability,
        followed,
        story,
        other,
        proposal=question.proposal,
        objections=question.objections,
    )
    told: dict[str, Any] = {
        "act": question.act,
        "story": story,
        "other": other,
        "proposal": question.proposal,
        "articles": [] if question.act == Ask.MERGE else sorted(set(question.articles)),
        "probability": question.probability,
        "reach": weight.reach,
        "priority": weight.priority,
        "reasons": [reason[: membership.REASON_LENGTH] for reason in question.reasons],
    }
    doubt, new = _row(question.key, told, now)
    while not new and doubt.state in _ANSWERED and (again := _key_anew(doubt)):
        doubt, new = _row(again, told, now)
    if new or doubt.state in _ANSWERED:
        return doubt
    if doubt.state == DoubtState.OUTDATED:
        told |= {"state": DoubtState.OPEN, "found_at": now, "decided_at": None}
    for name, value in told.items():
        setattr(doubt, name, value)
    doubt.save(update_fields=list(told))
    return doubt


def _row(key: str, told: dict[str, Any], now: datetime) -> tuple[Doubt, bool]:
    """The row of a key, locked; and whether it is new."""
    rows = Doubt.objects.select_for_update(no_key=True)
    return rows.get_or_create(key=key, defaults=told | {"found_at": now})


def _key_anew(doubt: Doubt) -> str:
    """The key under which an answered question is asked anew: where its edit was undone and reports have come since."""
    undo = Edit.objects.filter(undoes=doubt.edit_id).first() if doubt.edit_id else None
    if undo is None:
        return ""
    stories = [pk for pk in (doubt.story_id, doubt.other_id) if pk is not None]
    if not Article.objects.filter(story__in=stories, first_seen_at__gt=undo.at).exists():
        return ""
    return f"{doubt.key.partition('@')[0]}@{undo.pk}"


def settle(story: Story, asked: Collection[str], now: datetime) -> int:
    """Close the open questions of grouping about a story that a new look at it did not ask again; how many they were.

    A merge is a question of both its stories, a move one of the story that the articles are in.
    """
    of_it = Q(story=story) | Q(other=story, act=Ask.MERGE)
    return membership.lapse(of_it & Q(act__in=_LOOKED_FOR) & ~Q(key__in=asked), now)


def outdate(keys: Collection[str], now: datetime) -> int:
    """Close the open ones of these questions, as no longer in question; how many they were."""
    return membership.lapse(Q(key__in=keys), now)


def accept(doubt: Doubt, user: User, note: str, now: datetime, seen: Seen | None = None) -> Edit | None:
    """Answer yes, as this editor's act; the edit, if the answer left one (services.answers says which do).

    `seen` is what the editor had before their eyes. Raises Refused where the question is no longer open, or its stories
    are no longer as they were when it was asked; Clash where somebody has changed the same since.
    """
    return _answer(doubt, DoubtState.DONE, By.person(user, note, seen), now)


def dismiss(doubt: Doubt, user: User, note: str, now: datetime, seen: Seen | None = None) -> Edit | None:
    """Answer no, which forbids what was asked, by an editor's bond or word against it. As `accept` otherwise."""
    return _answer(doubt, DoubtState.DISMISSED, By.person(user, note, seen), now)


def _answer(doubt: Doubt, state: DoubtState, by: By, now: datetime) -> Edit | None:
    """Answer an open question; one that is out of date is closed as such before it is refused."""
    with transaction.atomic():
        row = _open(doubt)
        if answers.stands(row):
            edit = (answers.yes if state == DoubtState.DONE else answers.no)(row, by, now)
            # The act itself closes what is open about articles that it moves, this question too: its answer counts.
            Doubt.objects.filter(pk=row.pk).update(
                state=state, decided_at=now, decided_by=by.user, edit=edit, note="" if edit else by.note
            )
            return edit
        membership.lapse(Q(pk=row.pk), now)
    raise Refused(gettext("The stories have changed since this was asked: it is no longer in question."))


def _open(doubt: Doubt) -> Doubt:
    """The question's row, locked after its stories, as tracing does: who holds stories may wait for it."""
    membership.hold(story for story in (doubt.story, doubt.other) if story is not None)
    rows = Doubt.objects.select_for_update(no_key=True, of=("self",)).select_related("story", "other", "proposal")
    row = rows.get(pk=doubt.pk)
    if row.state != DoubtState.OPEN:
        raise Refused(gettext("This question is closed already: %(state)s.") % {"state": row.get_state_display()})
    return row
