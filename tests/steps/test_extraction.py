"""The extract step: page, feed, or "article text not available"; versions."""

from __future__ import annotations

import pytest

from stories.ingest.errors import Permanent, Temporary
from stories.models import Stage, TextState
from stories.services import extraction
from tests import factories
from tests.fakes import page

pytestmark = pytest.mark.django_db
PARAGRAPHS = (
    "SKARV — A car ferry with 84 people on board ran aground in fog outside the harbour of Skarv on Tuesday morning.",
    "“Nobody was hurt and nobody panicked,” said the harbour master, Ingrid Vale, who had watched from the pier.",
    "The operator, Northern Crossings, said that divers would look at the hull before the evening tide lifts the ship.",
)
FEED_TEXT = " ".join(["The harbour master said that the ferry would be towed in at high tide."] * 10)


def found(**kw):
    article = factories.article(stage=Stage.FOUND, **kw)
    article.version = None
    article.versions.all().delete()
    return article


def run(article, now):
    article.attempts += 1
    result = extraction.compute([article], now)[article.pk]
    if not isinstance(result, Exception):
        extraction.save(article, result, now)
        article.save()
    return result


def test_the_page_gives_the_text_without_its_clutter(web, now):
    article = found(url="https://example.org/1")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    assert article.text_state == TextState.PAGE
    assert PARAGRAPHS[1] in article.version.text
    assert "All rights reserved" not in article.version.text
    assert article.lang == "en"


def test_a_page_that_hiccups_is_waited_for_then_the_feed_must_do(web, now):
    article = found(url="https://example.org/1", feed_text=FEED_TEXT)
    web.put(article.url, Temporary("The server answered with an error (503)."))
    for _ in range(extraction.PAGE_ATTEMPTS - 1):
        assert isinstance(run(article, now), Temporary)
    run(article, now)
    assert article.text_state == TextState.FEED
    assert article.version.text == FEED_TEXT
    assert "503" in article.text_reason


def test_a_teaser_is_no_text_and_the_reason_is_kept(web, now):
    article = found(url="https://example.org/1", summary="A ferry ran aground.")
    web.put(article.url, Permanent("The server says that there is no such page (404)."))
    run(article, now)
    assert (article.text_state, article.version.text) == (TextState.NONE, "")
    assert "404" in article.text_reason


def test_an_article_without_an_address_lives_on_its_feed(web, now):
    article = found(url="", feed_text=FEED_TEXT)
    run(article, now)
    assert article.text_state == TextState.FEED
    assert web.asked == []


def test_the_same_wording_makes_no_second_version_a_new_headline_does(web, now):
    article = found(url="https://example.org/1")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    run(article, now)
    assert article.versions.count() == 1
    article.title = "Ferry refloated off Skarv"
    run(article, now)
    assert [v.title for v in article.versions.all()][-1] == "Ferry refloated off Skarv"
    assert article.versions.count() == 2


def test_text_once_had_is_not_lost_to_a_page_that_is_gone(web, now):
    article = found(url="https://example.org/1")
    web.put(article.url, page("Ferry runs aground off Skarv", *PARAGRAPHS))
    run(article, now)
    web.put(article.url, Permanent("The server says that the page is gone (410)."))
    article.title = "Ferry refloated off Skarv"
    run(article, now)
    assert article.text_state == TextState.PAGE
    assert PARAGRAPHS[0] in article.version.text
    assert "410" in article.text_reason
