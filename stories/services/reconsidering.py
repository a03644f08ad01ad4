"""Taking back what an editor answered in the review queue: what was done is undone, and the question is open again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext

from stories.models import Ask, Doubt, DoubtState, Edit, User
from stories.services import proposals, undoing
from stories.services.acts import By, Refused

_ANSWERED = (DoubtState.DONE, DoubtState.DISMISSED)


@transaction.atomic
def reconsider(doubt: Doubt, user: User, now: datetime) -> Edit | None:
    """Undo what the answer did, and ask again; the undo, None where the answer had left no edit.

    Raises Refused where another's answer is meant, nothing was answered, or what was done can't be undone any more.
    """
    doubt = Doubt.objects.select_related("edit", "proposal").get(pk=doubt.pk)
    if doubt.state not in _ANSWERED:
        raise Refused(gettext("This question is not answered."))
    if doubt.decided_by_id not in (None, user.pk):
        raise Refused(gettext("Another editor has answered this question: undo it in the list of edits."))
    undone = undoing.undo(doubt.edit, By.person(user), now) if doubt.edit is not None else None
    if doubt.act == Ask.OUTLET and doubt.state == DoubtState.DONE:
        raise Refused(gettext("The outlet is made: change it, or take it away, at its own page."))
    if doubt.act == Ask.OUTLET and doubt.proposal is not None:
        proposals.take_up([doubt.proposal.name])
    # Whoever takes the same edit back waits in `undo`, and is refused there.
    Doubt.objects.filter(pk=doubt.pk, state__in=_ANSWERED).update(
        state=DoubtState.OPEN, decided_at=None, decided_by=None, edit=None
    )
    return undone
