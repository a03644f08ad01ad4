"""How many failed attempts to sign in are borne, and of whom: guessing is slow, and shuts out nobody but the guesser.

Counted by allauth's rate limits in the cache; the numbers are ACCOUNT_RATE_LIMITS in the settings. An attempt is taken
from each counter before the password is looked at, and given back where it was right.

- A browser in which the person signed in before has a counter of its own; what others do elsewhere never touches it.
- Every other attempt counts for its network, for the address from that network, and for the address from anywhere. The
  last is large: only a crowd of networks reaches it. Then people still get in from a known browser, with a passkey, by
  single sign-on, or after choosing a new password by mail, which clears the counter.
"""

from __future__ import annotations

from allauth.account.internal.userkit import filter_users_by_email
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from stories.views import devices

_APP = "allauth.account"
Taken = list[ratelimit.RateLimitUsage]


def take(request: HttpRequest, address: str) -> Taken | None:
    """Take one attempt from each counter that it belongs to; None where one of them is used up."""
    taken: Taken = []
    for action, key in _counters(request, address):
        usage = ratelimit.consume(request, app=_APP, action=action, key=key)
        if usage is None:
            return None
        taken.append(usage)
    return taken


def give_back(taken: Taken) -> None:
    """The attempt was a right one, and counts for nothing."""
    for usage in taken:
        usage.rollback()


def forget(request: HttpRequest, address: str) -> None:
    """The person chose a new password by mail: their address starts anew everywhere, and in this network."""
    ratelimit.clear(request, app=_APP, action="sign_in_anywhere", key=_anywhere(address))
    ratelimit.clear(request, app=_APP, action="sign_in_here", key=_here(request, address))


def _counters(request: HttpRequest, address: str) -> list[tuple[str, str]]:
    known = devices.device(request)
    if known and any(user.pk in known.people for user in filter_users_by_email(address)):
        return [("sign_in_device", f"{known.name} {address.lower()}")]
    return [
        ("sign_in_network", ""),
        ("sign_in_here", _here(request, address)),
        ("sign_in_anywhere", _anywhere(address)),
    ]


def _here(request: HttpRequest, address: str) -> str:
    return f"{ratelimit.get_ip(request)} {address.lower()}"


def _anywhere(address: str) -> str:
    return address.lower()
