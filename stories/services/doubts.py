"""The review queue: what the second look would do but is not sure of, until an editor has answered or it has lapsed.

A question is asked once: its key names it, one row per key. What an editor answered is not asked again. An answer is an
act of curation by that editor; accepting does what was asked, dismissing leaves the bond that forbids it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from stories.models import Act, Doubt, DoubtState, Edit, Story, User
from stories.services import curation, membership
from stories.services.curation import By, Refused
from stories.services.serial import take_turn

# A key longer than this names its articles by a hash; the column takes 200 characters.
KEY_LENGTH = 120


def key_of(act: Act, story: Story, other: Story | None, articles: Sequence[int]) -> str:
    """What a question is known by: two stories in either order; a story and what is split off; articles and a story.

    Raises ValueError for an act that is no question, and for one that lacks what it is about.
    """
    numbers = "-".join(map(str, sorted(set(articles))))
    if act == Act.MERGE and other is not None:
        low, high = sorted((story.pk, other.pk))
        return f"merge:{low}:{high}"
    if act == Act.SPLIT and articles:
        key = f"split:{story.pk}:{numbers}"
        return key if len(key) <= KEY_LENGTH else f"split:{story.pk}:{hashlib.sha256(numbers.encode()).hexdigest()}"
    if act == Act.MOVE and other is not None and articles:
        key = f"move:{numbers}:{other.pk}"
        return key if len(key) <= KEY_LENGTH else f"move:{hashlib.sha256(numbers.encode()).hexdigest()}:{other.pk}"
    raise ValueError(f"No question: {act} of story {story.pk}.")


@transaction.atomic
def ask(
    act: Act,
    story: Story,
    other: Story | None,
    articles: Sequence[int],
    probability: float,
    reasons: Sequence[str],
    now: datetime,
) -> Doubt:
    """Ask an editor, or refresh what was asked already; what was answered stays as it is.

    Merge `other` into `story`, with all its articles; split `articles` off `story`; move them from `story` to `other`.
    Whoever asks holds the language's turn, so that the question is of stories as they are.
    """
    told = {
        "act": act,
        "story": story,
        "other": other,
        "articles": [] if act == Act.MERGE else sorted(set(articles)),
        "probability": probability,
        "reasons": [reason[: membership.REASON_LENGTH] for reason in reasons],
    }
    doubt, new = Doubt.objects.select_for_update(no_key=True).get_or_create(
        key=key_of(act, story, other, articles), defaults=told | {"found_at": now}
    )
    if new or doubt.state in (DoubtState.DONE, DoubtState.DISMISSED):
        return doubt
    if doubt.state == DoubtState.OUTDATED:
        told |= {"state": DoubtState.OPEN, "found_at": now, "decided_at": None}
    for name, value in told.items():
        setattr(doubt, name, value)
    doubt.save()
    return doubt


def settle(story: Story, asked: Collection[str], now: datetime) -> int:
    """Close the open questions of a story that a new look at it did not ask again; how many they were.

    A merge is a question of both its stories, a move one of the story that the articles are in.
    """
    of_it = Q(story=story) | Q(other=story, act=Act.MERGE)
    return membership.lapse(of_it & ~Q(key__in=asked), now)


def outdate(keys: Collection[str], now: datetime) -> int:
    """Close the open ones of these questions, as no longer in question; how many they were."""
    return membership.lapse(Q(key__in=keys), now)


def accept(doubt: Doubt, user: User, note: str, now: datetime) -> Edit:
    """Do what was asked, as this editor's act.

    Raises Refused where the question is no longer open, or its stories are no longer as they were when it was asked.
    """
    return _answer(doubt, DoubtState.DONE, By.person(user, note), now)


def dismiss(doubt: Doubt, user: User, note: str, now: datetime) -> Edit:
    """Forbid what was asked, by an editor's bond against it. Raises Refused as `accept` does."""
    return _answer(doubt, DoubtState.DISMISSED, By.person(user, note), now)


def _answer(doubt: Doubt, state: DoubtState, by: By, now: datetime) -> Edit:
    """Answer an open question; one that is out of date is closed as such before it is refused."""
    with transaction.atomic():
        row = _open(doubt)
        if _stands(row):
            edit = _do(row, by, now) if state == DoubtState.DONE else _forbid(row, by, now)
            Doubt.objects.filter(pk=row.pk).update(state=state, decided_at=now, edit=edit)
            return edit
        membership.lapse(Q(pk=row.pk), now)
    raise Refused(gettext("The stories have changed since this was asked: it is no longer in question."))


def _open(doubt: Doubt) -> Doubt:
    """The question's row, locked after the turn of its languages, as those who ask do."""
    for lang in sorted({story.lang for story in (doubt.story, doubt.other) if story is not None}):
        take_turn(lang)
    row = Doubt.objects.select_for_update(no_key=True, of=("self",)).select_related("story", "other").get(pk=doubt.pk)
    if row.state != DoubtState.OPEN:
        raise Refused(gettext("This question is closed already: %(state)s.") % {"state": row.get_state_display()})
    return row


def _stands(doubt: Doubt) -> bool:
    """Whether the stories are still there, with the articles in question, and with others besides."""
    stories = [story for story in (doubt.story, doubt.other) if story is not None]
    if any(story.merged_into_id is not None or not story.article_count for story in stories):
        return False
    if doubt.act == Act.MERGE:
        return True
    inside = doubt.story.articles.filter(pk__in=doubt.articles).count()
    return inside == len(doubt.articles) and inside < doubt.story.articles.count()


def _do(doubt: Doubt, by: By, now: datetime) -> Edit:
    """What was asked."""
    if doubt.act == Act.SPLIT:
        return curation.split(doubt.story, doubt.articles, by, now)
    if doubt.act == Act.MOVE:
        return curation.move(doubt.articles, _other(doubt), by, now)
    return curation.merge(doubt.story, _other(doubt), by, now)


def _forbid(doubt: Doubt, by: By, now: datetime) -> Edit:
    """The opposite of what was asked: the headline articles apart, or the articles bound to what they stay with."""
    held = membership.hold(story for story in (doubt.story, doubt.other) if story is not None)
    face = held.face(doubt.story, without=doubt.articles)
    other = held.face(_other(doubt)) if doubt.act == Act.MERGE else None
    if doubt.act == Act.MERGE and face is not None and other is not None:
        return curation.apart(face, other, by, now)
    if doubt.act != Act.MERGE and face is not None:
        return curation.bind(doubt.articles, face, by, now)
    raise Refused(gettext("The stories have no reports left."))


def _other(doubt: Doubt) -> Story:
    if doubt.other is None:
        raise Refused(gettext("The other story of this question is gone."))
    return doubt.other
