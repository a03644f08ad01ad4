"""The addresses of private feeds, for the pages of the person whom they belong to; "" where nobody is signed in."""

from __future__ import annotations

from typing import Any

from django import template

from stories.models import Follow, User
from stories.selectors import privatefeeds

register = template.Library()


@register.simple_tag(takes_context=True)
def alerts_feed_address(context: dict[str, Any]) -> str:
    """The absolute address of the feed of all that the person who is signed in is told."""
    user = context.get("user")
    return privatefeeds.alerts_address(user) if isinstance(user, User) else ""


@register.simple_tag(takes_context=True)
def follow_feed_address(context: dict[str, Any], follow: Follow) -> str:
    """The absolute address of the feed of what they are told for one follow."""
    user = context.get("user")
    return privatefeeds.follow_address(user, follow) if isinstance(user, User) else ""
