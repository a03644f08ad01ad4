"""The words that all ways out share: what a message is called, and a message as plain lines for small screens.

Everything is written in the message's language; the caller makes it the active one (`spoken`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone, translation
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext, ngettext

from stories.channels.message import Message, Told
from stories.models import Wake
from stories.selectors.alerts import PartRecord

# Mail programs show fewer signs of a subject; a longer one is no better.
_SUBJECT = 150


@contextmanager
def spoken(message: Message) -> Iterator[None]:
    """Within it texts are in the message's language and times in its zone."""
    with translation.override(message.language), timezone.override(message.zone):
        yield


def subject(message: Message) -> str:
    """One line that says what happened to which story, or how much happened."""
    if message.letter is not None:
        return _line(message.letter.subject)
    if len(message.told) == 1:
        return _line(f"{what(message.told[0])}: {message.told[0].story}")
    return _line(f"{heading(message)}: {message.told[0].story}")


def heading(message: Message) -> str:
    """What stands over several alerts: of how many stories they are; "" over one, which needs none."""
    if len(message.told) < 2:
        return ""
    # The same story told twice is one story.
    stories = len({told.link for told in message.told})
    return ngettext("News of %(count)d story", "News of %(count)d stories", stories) % {"count": stories}


def what(told: Told) -> str:
    """What happened, in two or three words: the kind of its one part, or how many there are."""
    kinds = list(dict.fromkeys(part.wake for part in told.parts))
    if len(kinds) == 1:
        return capfirst(str(Wake(kinds[0]).label))
    return ngettext("%(count)d thing happened", "%(count)d things happened", len(told.parts)) % {
        "count": len(told.parts)
    }


def body(message: Message, most: int) -> str:
    """The message as plain lines without addresses, at most so many signs."""
    if message.letter is not None:
        return Truncator("\n".join(message.letter.lines)).chars(most)
    if len(message.told) == 1:
        lines = [_said(part) for part in message.told[0].parts]
    else:
        lines = [f"{told.story}: {' '.join(part.said for part in told.parts)}" for told in message.told]
    return Truncator("\n".join(lines)).chars(most)


def _said(part: PartRecord) -> str:
    """What happened, with the words that show it where there are any."""
    if not part.words:
        return part.said
    return f"{part.said}\n{gettext('“%(words)s”') % {'words': ' '.join(part.words.split())}}"


def _line(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(_SUBJECT)
