"""What the frame of every page says of a person's ways: that one was switched off for them. One query, nothing more."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext

from stories.models import Channel, User
from stories.selectors import ways
from stories.templatetags.firsthand import english

register = template.Library()


@register.simple_tag(takes_context=True)
def switched_off(context: dict[str, Any]) -> list[Channel]:
    """Ways that were switched off for the person who is signed in, and of which they have not seen it yet."""
    user = context.get("user")
    return ways.unseen(user) if isinstance(user, User) else []


@register.simple_tag
def said(reason: str) -> str:
    """A reason as it is kept, in English: in the page's language where it is one of ours, else marked as English."""
    spoken = gettext(reason) if reason else ""
    return spoken if spoken != reason else english(reason)


@register.filter
def weekday(day: int) -> str:
    """The name of a day of the week in the page's language; 0 is Monday."""
    return str(WEEKDAYS[day])
