"""Which passwords are too easy, beyond Django's own list of common ones: those that are one of them in disguise.

Django's list has 20,000 passwords out of leaks, but only some 190 of them are long enough to be chosen here at all.
What guessers try at that length are the same words with more around them. Asks nobody outside, and asks for no mix of
signs: a long sentence is good as it is.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

# Digits and signs that stand for letters: the first thing that a guessing program swaps.
_LOOKALIKES = str.maketrans("013457$@!", "oieastsai")
# Rows of keys and of the alphabet, there and back.
_ROWS = ("1234567890", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm")
_WALKS = (*_ROWS, *(row[::-1] for row in _ROWS))
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")
# What a word of this house leaves over must be as long as the shortest password that ASVS 5.0 allows anywhere.
ENOUGH = 8
# Words that anybody would try here first (ASVS 5.0, 6.1.2); the words of this server's own name come on top.
HOUSE_WORDS = (
    "firsthand",
    "newsroom",
    "newspaper",
    "newsdesk",
    "reporter",
    "editorial",
    "editor",
    "journalist",
    "headline",
    "password",
    "passwort",
    "welcome",
    "admin",
)


class NotGuessable:
    """Refuses a common password in disguise, a walk over the keys, and what anybody would try on this server."""

    def __init__(self) -> None:
        self.common: set[str] = CommonPasswordValidator().passwords

    def validate(self, password: str, user: AbstractBaseUser | None = None) -> None:
        """Raises ValidationError, with one reason; says nothing of what Django's own check has refused."""
        typed = password.lower().strip()
        if typed in self.common:
            return
        walked = any(typed in walk * (len(typed) // len(walk) + 2) for walk in _WALKS)
        if walked or any(form in self.common for form in _hearts(typed)):
            raise ValidationError(_("This is a common password with something around it."), code="common_at_heart")
        if _of_this_house(typed):
            raise ValidationError(_("This is little more than a word that anybody would try here."), code="house_word")

    def get_help_text(self) -> str:
        """What to do instead."""
        return gettext("Four or five words that don’t belong together make a good one.")


def _of_this_house(typed: str) -> bool:
    """Whether words of this server and its trade leave less than ENOUGH other letters and digits."""
    rest = re.sub(r"[\W_]+", "", typed)
    found = [word for word in _house_words() if word in rest]
    for word in found:
        rest = rest.replace(word, "")
    return bool(found) and len(rest) < ENOUGH


def _hearts(password: str) -> set[str]:
    """The password without what is around it and with look-alikes read as letters, and what it repeats."""
    forms = {password, password.translate(_LOOKALIKES)}
    forms |= {_AROUND.sub("", form) for form in forms} | {_AROUND.sub("", password).translate(_LOOKALIKES)}
    repeated = {form[:period] for form in forms if (period := _period(form)) < len(form)}
    # The list has the short ones as people type them: 123123, aaaaaa.
    return forms | repeated | {part * 2 for part in repeated} | {part * 6 for part in repeated if len(part) == 1}


def _period(text: str) -> int:
    """After how many signs the text repeats itself to its end; its length where it does not."""
    return (text + text).find(text, 1) if text else 0


def _house_words() -> list[str]:
    """The longest first, so that no part of one is left over."""
    host = urlsplit(settings.PUBLIC_URL).hostname or ""
    own = [part for part in host.split(".") if len(part) > 3 and not part.isdigit()]
    return sorted({*HOUSE_WORDS, *own}, key=len, reverse=True)
