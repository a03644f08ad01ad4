"""What the pages of accounts tell: how people may sign in here, where passkeys work, and what a browser is called.

Reads settings, the request and its session; decides nothing.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext

from stories.models import Invitation
from stories.selectors import words
from stories.views.adapter import invitation_of

register = template.Library()

# The first that fits: most browsers also call themselves by the names of others.
_BROWSERS = (
    ("Edge", r"Edg(e|A|iOS)?/"),
    ("Opera", r"OPR/|Opera"),
    ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"),
    ("Chrome", r"Chrome/|CriOS/|Chromium/"),
    ("Safari", r"Safari/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("Mac", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"CrOS"),
    ("Linux", r"Linux|X11"),
)


@dataclass(frozen=True, slots=True)
class PasskeyPlace:
    """Whether browsers offer passkeys at this address; if not, the address at which they would, or nothing."""

    works: bool
    elsewhere: str = ""


@register.simple_tag(takes_context=True)
def passkey_place(context: dict[str, Any]) -> PasskeyPlace:
    """Passkeys belong to a host's name, by https or on this very machine; an address in numbers has none."""
    request = _request(context)
    if request is None:
        return PasskeyPlace(works=False)
    host, colon, port = request.get_host().rpartition(":")
    if not colon or port.endswith("]"):
        host, port = request.get_host(), ""
    try:
        number = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return PasskeyPlace(works=request.is_secure() or host == "localhost" or host.endswith(".localhost"))
    if number.is_loopback and not request.is_secure() and "localhost" in settings.ALLOWED_HOSTS:
        return PasskeyPlace(works=False, elsewhere=f"http://localhost{':' + port if port else ''}{request.path}")
    return PasskeyPlace(works=False)


@register.simple_tag
def sso_name() -> str:
    """What the provider of single sign-on is called; empty where there is none."""
    return settings.OIDC_NAME if settings.OIDC_ISSUER else ""


@register.simple_tag
def sends_mail() -> bool:
    """Whether this server sends mail; if not, it writes into its log what it would have sent."""
    return bool(settings.EMAIL_URL)


@register.simple_tag
def sign_up() -> str:
    """Who may make an account: "open", "invite" or "closed"."""
    return str(settings.SIGN_UP)


@register.simple_tag
def asks_second_factor() -> str:
    """Of whom this server asks a second factor: "none", "staff" or "all"."""
    return str(settings.MFA_REQUIRED)


@register.simple_tag(takes_context=True)
def invited(context: dict[str, Any]) -> Invitation | None:
    """The invitation whose link was followed in this session, while it is open."""
    request = _request(context)
    return invitation_of(request) if request is not None else None


@register.filter
def browser(agent: str) -> str:
    """A browser's long name for itself as people call it: "Firefox on Linux"."""
    name = _first(_BROWSERS, agent)
    system = _first(_SYSTEMS, agent)
    if name and system:
        return gettext("%(browser)s on %(system)s") % {"browser": name, "system": system}
    return name or system or agent[:60] or gettext("an unknown browser")


@register.filter
def lasting(length: timedelta) -> str:
    """A length of time that somebody set, in whole days or else in hours: "14 days", "12 hours"."""
    hours = round(length.total_seconds() / 3600)
    return words.counted(hours // 24, "day") if hours % 24 == 0 else words.counted(hours, "hour")


@register.filter
def grouped(secret: str) -> str:
    """A long secret in groups of four, to be typed off: spaces don't matter to the apps that take it."""
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _first(names: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((name for name, pattern in names if re.search(pattern, agent)), "")


def _request(context: dict[str, Any]) -> HttpRequest | None:
    request = context.get("request")
    return request if isinstance(request, HttpRequest) else None
