"""Passages in HTML. A long page has a thousand of them: written here, one costs a tenth of what an include would.

Says nothing that a template would not say; the words of a passage are escaped like everything else.
"""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from django import template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from stories.selectors.passages import Piece
from stories.selectors.words import word
from stories.templatetags.firsthand import lang

if TYPE_CHECKING:
    from stories.models import Article
    from stories.selectors.evidence import Passage
    from stories.selectors.wordings import Example

register = template.Library()


@register.simple_tag
def marked(pieces: Iterable[Piece]) -> SafeString:
    """The words of a passage, with those that matter in <mark>."""
    return mark_safe(_marked(pieces))  # noqa: S308


@register.simple_tag
def example(one: Example) -> SafeString:
    """A passage with the link to its place in the report."""
    return mark_safe(_passage(one.pieces, one.article, one.url))  # noqa: S308


@register.simple_tag
def shown(one: Passage) -> SafeString:
    """A passage with the link to its place in the report, or why there is none to show."""
    if one.pieces:
        return mark_safe(_passage(one.pieces, one.article, one.url))  # noqa: S308
    why = escape(word(one.missing, "Missing") if one.missing else gettext("no passage"))
    there = f'<a class="there" href="{escape(one.url)}">{conditional_escape(one.article.outlet.name)}</a>'
    return mark_safe(f'<p class="passage none"><span class="hint">{why}:</span> {there}</p>')  # noqa: S308


def _passage(pieces: Iterable[Piece], article: Article, url: str) -> str:
    by = escape(gettext("This passage in the report by"))
    return (
        f'<p class="passage"{lang(article.lang)}>{_marked(pieces)} <a class="there" href="{escape(url)}">'
        f'<span class="unseen">{by} </span>{escape(article.outlet.name)}</a></p>'
    )


def _marked(pieces: Iterable[Piece]) -> str:
    return "".join(
        f'<mark class="p-{piece.mark}">{escape(piece.words)}</mark>' if piece.mark else escape(piece.words)
        for piece in pieces
    )
