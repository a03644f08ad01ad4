"""Stopping letters without signing in: what a click on the link in a letter does (RFC 8058).

A token (services.stopping) is signed and never ends: a letter may be years old when somebody has had enough of it. It
stops one thing, once, and opens nothing else.
"""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext, gettext_noop

from stories.models import Channel, Follow
from stories.services import following, stopping, targets, ways
from stories.services.stopping import token, token_for

__all__ = ["read", "stop", "token", "token_for"]

# Kept with the channel in these words, and translated where it is shown.
BY_LETTER = gettext_noop("you stopped it by the link in a letter")


def read(token: str) -> tuple[Channel, Follow | None]:
    """What a token would stop: a channel, or what one follow sends to the channel's person. Changes nothing.

    Raises ways.Refused where it is none of ours, or where that is gone already.
    """
    try:
        channel_number, follow_number = stopping.numbers(token)
    except stopping.Foreign as error:
        raise ways.Refused(gettext("This link is not whole: open it as it stands in the letter.")) from error
    channel = Channel.objects.select_related("user").filter(pk=channel_number).first()
    follow = Follow.objects.filter(pk=follow_number).first() if follow_number is not None else None
    if channel is None or (follow_number is not None and follow is None):
        raise ways.Refused(gettext("Nothing is sent by this any more: it was removed."))
    return channel, follow


def stop(token: str, now: datetime) -> tuple[Channel, Follow | None]:
    """Stop what the token names, and say what it was; a second click finds it stopped. Raises ways.Refused."""
    channel, follow = read(token)
    if follow is None:
        ways.switch_off(channel, BY_LETTER, now, by_person=True)
    elif follow.ended_at is None:
        try:
            following.leave(follow, channel.user, now)
        except targets.Refused as refused:
            raise ways.Refused(refused.reason) from refused
    return channel, follow
