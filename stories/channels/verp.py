"""Return addresses that tell whose letter came back: bounces@news.example becomes bounces+<token>@news.example.

The token names a channel and is signed, so that nobody can have another's e-mail switched off. It is of digits and
small letters alone: mail servers may change the case of an address.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

_SALT = "stories.channels.verp"
# 80 bits: a guess would have to be posted, and each costs a letter.
_DIGITS = 20
_TOKEN = re.compile(r"\+(\d{1,18})-([0-9a-f]{20})@", re.ASCII)


def return_address(channel: int) -> str:
    """Where a letter of this channel goes back to if it can't be delivered; "" where no address takes them."""
    name, at, host = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{name}+{channel}-{_mark(channel, settings.SECRET_KEY)}@{host}" if at and name else ""


def channel_of(recipient: str) -> int | None:
    """The channel that a return address was made for; None where it is none of ours."""
    found = _TOKEN.search(recipient.lower())
    if found is None:
        return None
    channel = int(found[1])
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return channel if any(constant_time_compare(_mark(channel, key), found[2]) for key in keys) else None


def _mark(channel: int, secret: str) -> str:
    return salted_hmac(_SALT, str(channel), secret=secret, algorithm="sha256").hexdigest()[:_DIGITS]
