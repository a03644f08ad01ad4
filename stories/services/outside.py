"""How we behave towards the web outside: the operator's settings, as the arguments that ingest/ asks for."""

from __future__ import annotations

from django.conf import settings

from stories.ingest.fetch import Policy


def policy() -> Policy:
    """The fetch policy of this installation."""
    return Policy(user_agent=settings.USER_AGENT, every_s=settings.FETCH_EVERY_S, allow=settings.FETCH_ALLOW)
