"""A claim and a quote on pages of their own, which are also what opens beside a cell of the story page.

The address is that of a passage; whichever claim or quote holds it now is shown, so that links outlive a comparison.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from stories.models import Article, Story
from stories.nlp.comparison import Key
from stories.selectors import claims as selector
from stories.selectors import columns, comparison, utterances
from stories.selectors import story as stories
from stories.views.hidden import hidden, is_hidden
from stories.views.pages import page

_KEY = re.compile(r"(\d{1,18})-(\d{1,9})", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which passage of which story is asked for, and the story's comparison, if it has one."""

    story: Story
    key: Key
    compared: comparison.Compared | None


@require_safe
def claim(request: HttpRequest, pk: int, slug: str, article: int, start: int) -> HttpResponse:
    """What every outlet says of a claim; `at` names the passage to come first where the address is the claim's own."""
    asked = _asked(request, pk, slug, (article, start))
    if isinstance(asked, HttpResponse):
        return asked
    found = selector.claim_page(asked.compared, asked.key, _key(request.GET.get("at", ""))) if asked.compared else None
    if found is None:
        return _left(request, asked)
    return page(request, "stories/claim.html", {"claim": found, "story": asked.story, "compared": asked.compared})


@require_safe
def quote(request: HttpRequest, pk: int, slug: str, article: int, start: int) -> HttpResponse:
    """How every outlet gives a quote."""
    asked = _asked(request, pk, slug, (article, start))
    if isinstance(asked, HttpResponse):
        return asked
    found = utterances.quote_page(asked.compared, asked.key) if asked.compared else None
    if found is None:
        return _left(request, asked)
    return page(request, "stories/quote.html", {"quote": found, "story": asked.story, "compared": asked.compared})


def _asked(request: HttpRequest, pk: int, slug: str, key: Key) -> _Asked | HttpResponse:
    """The story and its comparison; a redirect where the story is at another address now."""
    story = stories.find(pk)
    if story is None:
        raise Http404("There is no story at this address.")
    if story.pk != pk or story.slug != slug:
        kind = "claim" if request.resolver_match and request.resolver_match.url_name == "claim" else "quote"
        query = request.GET.urlencode()
        address = reverse(kind, args=[story.pk, story.slug, *key])
        return redirect(f"{address}?{query}" if query else address, permanent=story.pk == pk)
    if is_hidden(request, story):
        return hidden(request, story)
    return _Asked(story, key, comparison.compared(story))


def _left(request: HttpRequest, asked: _Asked) -> HttpResponse:
    """The page of a passage that is part of nothing shared any more, or of an article that is in another story now."""
    related = Article.objects.select_related("outlet", "version", "story").defer(*columns.of_article())
    article = get_object_or_404(related, pk=asked.key[0])
    found = selector.left(asked.compared, article, asked.key[1]) if article.story_id else None
    if found is None:
        raise Http404("There is no passage at this address.")
    return page(request, "stories/left.html", {"left": found, "story": asked.story, "article": article})


def _key(text: str) -> Key | None:
    """A passage as an address names it; None of what names none."""
    match = _KEY.fullmatch(text)
    return (int(match[1]), int(match[2])) if match else None
