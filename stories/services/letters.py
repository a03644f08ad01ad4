"""Words of ours to one person by one channel, at once: a test, a question whether an address is right, a notice.

They wait in no queue: whoever asks is told how it went, and nobody else hears of it.
"""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from stories.channels import together
from stories.channels.message import Letter, Message
from stories.channels.outcomes import Outcome
from stories.ingest.errors import Failure
from stories.models import Channel
from stories.selectors.extracts import absolute
from stories.services import composing


def send(channel: Channel, message: Message, now: datetime) -> Outcome:
    """Send one message by a channel and wait for its outcome, at most some 15 seconds."""
    try:
        way = composing.way(channel)
    except Failure as failure:
        return failure
    for answer in together.send([(way, message)], now):
        if answer is not None:
            return answer[1]
    raise AssertionError("every message has an outcome")


def test(channel: Channel, now: datetime) -> Outcome:
    """Try the channel out."""
    with translation.override(composing.language_of(channel.user)):
        letter = Letter(
            subject=gettext("A test from Firsthand"),
            lines=(gettext("This is a test: alerts reach you by this way. Nothing has happened to any story."),),
            link=absolute(reverse("way", args=[channel.pk])),
            label=gettext("Change or remove this way"),
        )
    return send(channel, composing.letter(channel, letter, test=True), now)


def confirm(channel: Channel, link: str, now: datetime) -> Outcome:
    """Ask whoever reads the channel's address whether alerts may go there."""
    with translation.override(composing.language_of(channel.user)):
        letter = Letter(
            subject=gettext("May alerts from Firsthand come to this address?"),
            lines=(
                gettext("Somebody with an account at Firsthand wants alerts about news stories sent to this address."),
                gettext("If that was you, confirm it within three days. If it was not, do nothing: no more will come."),
            ),
            link=link,
            label=gettext("Yes, send alerts here"),
        )
    return send(channel, composing.letter(channel, letter, unsubscribe=False), now)


def switched_off(by: Channel, off: Channel, now: datetime) -> Outcome:
    """Tell a person by one channel that another was switched off for them, and why."""
    with translation.override(composing.language_of(by.user)):
        letter = Letter(
            subject=gettext("“%(name)s” was switched off") % {"name": off.name},
            lines=(
                gettext("Alerts go out by “%(name)s” no more, because it failed for good: %(why)s.")
                % {"name": off.name, "why": off.off_why.rstrip(".")},
                gettext("What waited for it was not sent. Your other ways go on, and all alerts are on your page."),
            ),
            link=absolute(reverse("way", args=[off.pk])),
            label=gettext("Put it right"),
        )
    return send(by, composing.letter(by, letter), now)
