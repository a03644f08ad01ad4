"""Who asks, and how often they may: anybody a little, whoever has a token more. Decides nothing about what is told."""

from __future__ import annotations

import hashlib
import ipaddress
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer
from ninja.throttling import BaseThrottle
from redis.exceptions import RedisError

from stories.models import ApiToken
from stories.services import tokens

# Both limits count within minutes of the clock.
WINDOW_S = 60
WRONG = "This token is not valid: it may have been revoked. Make another at /account/tokens/, or ask without one."
NO_BEARER = "Give the token as 'Authorization: Bearer <token>', or ask without the header."


class Token(HttpBearer):
    """A token in the header Authorization. A wrong one is refused, so that nobody wonders about a low limit."""

    openapi_description = "A token of your account, made at /account/tokens/. Optional: without one the limit is lower."

    def __call__(self, request: HttpRequest) -> ApiToken | None:
        """The token's row; None without the header."""
        given = request.headers.get("Authorization", "").strip()
        if not given:
            return None
        scheme, _, secret = given.partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationError(message=NO_BEARER)
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken:
        """The row of this secret; AuthenticationError where there is none."""
        found = tokens.find(token, timezone.localdate())
        if found is None:
            raise AuthenticationError(message=WRONG)
        return found


def anybody(request: HttpRequest) -> str:
    """Whoever has no token may read all the same."""
    return "anybody"


class Limit(BaseThrottle):
    """So many requests a minute for each token, or for each address without one.

    A counter for each minute of the clock, added to in one step: requests at the same time can't slip through, and
    nothing is kept on this object, which all threads share. Without a cache there is no limit: reading goes on.
    """

    def allow_request(self, request: HttpRequest) -> bool:
        """Count the request, and say whether it may pass."""
        auth = getattr(request, "auth", None)
        token = auth if isinstance(auth, ApiToken) else None
        most = settings.API_PER_MINUTE_WITH_TOKEN if token else settings.API_PER_MINUTE
        who = f"token:{token.pk}" if token else f"address:{self.address(request)}"
        digest = hashlib.sha256(who.encode()).hexdigest()[:32]
        key = f"api:{int(time.time()) // WINDOW_S}:{digest}"
        try:
            cache.add(key, 0, 2 * WINDOW_S)
            counted: int = cache.incr(key)
            return counted <= most
        except (RedisError, ValueError):
            # ValueError: the key went between the two calls.
            return True

    def wait(self) -> float:
        """Seconds to the next minute."""
        return WINDOW_S - time.time() % WINDOW_S

    def address(self, request: HttpRequest) -> str:
        """The caller's address, behind as many proxies as NINJA_NUM_PROXIES says; of IPv6 its network.

        A household has 2^64 addresses of IPv6: counted singly they would be no limit.
        """
        given = self.get_ident(request) or ""
        try:
            address = ipaddress.ip_address(given)
        except ValueError:
            return given
        if address.version == 6:
            return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))
        return given
