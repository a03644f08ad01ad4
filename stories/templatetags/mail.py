"""Filters for letters: what happened in short, and lines that a mail program without HTML shows well."""

from __future__ import annotations

import textwrap

from django import template

from stories.channels import wording
from stories.channels.message import Told

register = template.Library()

# What fits a terminal with the marks of a reply or two before it.
_WIDTH = 72


@register.filter
def what(told: Told) -> str:
    """What happened to a story, in two or three words."""
    return wording.what(told)


@register.filter
def wrapped(text: str) -> str:
    """Lines of at most _WIDTH signs; an address is never broken."""
    return _fill(text, "")


@register.filter
def quoted(text: str) -> str:
    """The same, each line marked as another's words."""
    return _fill(text, "> ")


@register.filter
def upper_rule(text: str) -> str:
    """A heading: its lines, and a rule as long as the longest."""
    lines = _fill(text, "")
    return f"{lines}\n{'-' * max(map(len, lines.splitlines()), default=0)}"


def _fill(text: str, mark: str) -> str:
    return textwrap.fill(
        " ".join(text.split()),
        _WIDTH,
        initial_indent=mark,
        subsequent_indent=mark,
        break_long_words=False,
        break_on_hyphens=False,
    )
