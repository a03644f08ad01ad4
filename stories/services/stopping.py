"""What the links in letters hold: signed tokens that name a channel, or a channel and one follow. They never end.

Only signing and reading is done here; what a click does is services.unsubscribing's.
"""

from __future__ import annotations

import re

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from stories.models import Channel, Follow

_SALT = "stories.unsubscribe"
_NAMED = re.compile(r"c(\d{1,18})(?:f(\d{1,18}))?", re.ASCII)


class Foreign(ValueError):
    """A token that this server never made, or that was cut short."""


def token(channel: Channel) -> str:
    """Stops the whole channel."""
    return _signer().sign(f"c{channel.pk}")


def token_for(channel: Channel, follow: Follow | int) -> str:
    """Stops one follow for the channel's person; of a team's follow the others go on hearing."""
    return _signer().sign(f"c{channel.pk}f{follow if isinstance(follow, int) else follow.pk}")


def address(token: str) -> str:
    """Where the link of a token leads, absolute."""
    return f"{settings.PUBLIC_URL}{reverse('unsubscribe', args=[token])}"


def numbers(token: str) -> tuple[int, int | None]:
    """The channel's number, and the follow's if it names one. Raises Foreign."""
    try:
        found = _NAMED.fullmatch(_signer().unsign(token))
    except BadSignature as error:
        raise Foreign("not signed by this server") from error
    if found is None:
        raise Foreign("names nothing")
    return int(found[1]), int(found[2]) if found[2] else None


def _signer() -> Signer:
    return Signer(salt=_SALT, sep=".")
