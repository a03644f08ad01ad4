"""The addresses of private feeds, and whose feed an address opens. An address is all that it takes to read the feed.

It holds the person's number and a count that grows when they ask for new addresses, signed with the server's key: none
can be guessed, and nothing is kept. It changes no count itself; services.newaddresses does.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.urls import reverse

from stories.models import Follow, User
from stories.selectors import columns
from stories.selectors.extracts import absolute

# Each sort of feed has a salt of its own, so that a token of one is worth nothing as one of the other.
_ALERTS, _FOLLOW = "stories.privatefeeds.alerts", "stories.privatefeeds.follow"


@dataclass(frozen=True, slots=True)
class Opened:
    """What an address opens: a person's alerts, or those of one follow; `follow` is None for all."""

    user: User
    follow: Follow | None = None


def alerts_address(user: User) -> str:
    """The absolute address of the feed of all that a person is told."""
    return absolute(reverse("alerts_feed", args=[_signer(_ALERTS).sign(f"{user.pk}-{user.feed_version}")]))


def follow_address(user: User, follow: Follow) -> str:
    """The absolute address of the feed of what a person is told for one follow, their own or their team's."""
    token = _signer(_FOLLOW).sign(f"{user.pk}-{user.feed_version}-{follow.pk}")
    return absolute(reverse("follow_feed", args=[token]))


def alerts_feed(token: str) -> Opened | None:
    """Whose alerts a token opens; None for one that opens nothing (any more). One query at most."""
    numbers = _numbers(_ALERTS, token, 2)
    user = _person(*numbers) if numbers else None
    return Opened(user) if user else None


def follow_feed(token: str) -> Opened | None:
    """Whose alerts, for which follow, a token opens: while it exists and the person, or a team of theirs, has it."""
    numbers = _numbers(_FOLLOW, token, 3)
    user = _person(*numbers[:2]) if numbers else None
    if user is None or numbers is None:
        return None
    named = Follow.objects.of(user).select_related("story__merged_into", "outlet")
    heavy = ("vector", *columns.of_story("story__"), *columns.of_story("story__merged_into__"))
    follow = named.defer(*heavy).filter(pk=numbers[2]).first()
    return Opened(user, follow) if follow else None


def _person(pk: int, version: int) -> User | None:
    """The person, if they may sign in and have asked for no new addresses since."""
    return User.objects.filter(pk=pk, feed_version=version, is_active=True).first()


def _numbers(salt: str, token: str, many: int) -> list[int] | None:
    """What we have signed; the signature is compared in constant time."""
    try:
        numbers = [int(part) for part in _signer(salt).unsign(token).split("-")]
    except (BadSignature, ValueError):
        return None
    return numbers if len(numbers) == many else None


def _signer(salt: str) -> Signer:
    return Signer(salt=salt, sep=".")
