"""Hearing nothing: of a story, by whatever follow, or of one follow for a while. Each person's own, in teams too."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext

from stories.models import Follow, Mute, Story, User
from stories.selectors import following as selector
from stories.services.targets import MOST, Refused, hold, theirs

# A snooze is no way to stop: what is put off for longer than this is not wanted.
LONGEST = timedelta(days=366)


def snooze(follow: Follow, user: User, until: datetime, now: datetime) -> Mute:
    """One person hears nothing of a follow until then; of a team's, the others do. Raises Refused."""
    theirs(follow, user)
    if follow.ended_at is not None:
        raise Refused(gettext("It is not followed any more."))
    if not now < until <= now + LONGEST:
        raise Refused(gettext("Choose a day from tomorrow on, within a year."))
    mute, _made = Mute.objects.update_or_create(user=user, follow=follow, defaults={"until": until, "made_at": now})
    return mute


def unsnooze(follow: Follow, user: User) -> None:
    """Hear of it again from now on."""
    Mute.objects.filter(user=user, follow=follow).delete()


def mute(user: User, story: Story, until: datetime | None, now: datetime) -> Mute:
    """Hear nothing of a story, whatever follow finds it, until then or for good (None). Raises Refused."""
    if until is not None and until <= now:
        raise Refused(gettext("Choose a day from tomorrow on, within a year."))
    root = selector.leading(story)
    with transaction.atomic():
        hold(user, None)
        others = Mute.objects.filter(user=user, follow=None).exclude(story=root)
        if others.count() >= MOST:
            reason = gettext("Nobody can mute more than %(most)d stories: unmute some first.")
            raise Refused(reason % {"most": MOST})
        made, _new = Mute.objects.update_or_create(user=user, story=root, defaults={"until": until, "made_at": now})
    return made


def unmute(user: User, story: Story) -> None:
    """Hear of a story again, and of those that were merged into it."""
    ids = Mute.objects.filter(selector.of_story(selector.leading(story).pk), user=user).values_list("pk", flat=True)
    Mute.objects.filter(pk__in=list(ids)).delete()
