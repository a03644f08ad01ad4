"""The article page, and an editor's "try again"."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from stories.models import Article, Stage, TextState
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=1), tick=False):
        yield


def test_what_an_article_shows(client, page):
    article = factories.article(
        outlet=factories.outlet(name="Coast Wire"),
        title="Minister blamed by advisers",
        headlines=["Minister at odds with advisers"],
        byline="Ada Quill",
        dateline="PORT ANSON",
        source_name="Meridian Wire",
        text="One two three four.",
        text_reason="Taken from the page’s main part.",
    )
    factories.story([article, factories.article()], title="Row over a contract")
    text = page(client, article.get_absolute_url())
    for part in ("Coast Wire", "Ada Quill", "PORT ANSON", "Meridian Wire", "4 words, kept for analysis"):
        assert part in text
    assert "Taken from the page’s main part." in text
    assert "<del>at odds with</del> <ins>blamed by</ins>" in text
    assert "The text stayed." in text
    assert "2 reports from 2 outlets" in text
    assert "Row over a contract" in text
    assert 'rel="noopener noreferrer"' in text
    assert "Read it at Coast Wire" in text


@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({}, "We count it by the outlet’s own time"),
        ({"claimed_at": None}, "The outlet gives no time"),
        ({"claimed_at": MORNING + timedelta(hours=3)}, "The outlet claims a time after we saw the article"),
        ({"polled_before_at": None}, "We had not polled this feed before"),
        ({"polled_before_at": MORNING - timedelta(minutes=12)}, "in the 12\u00a0min between"),
    ],
)
def test_the_three_times_are_explained(client, page, times, words):
    assert words in page(client, factories.article(**times).get_absolute_url())


def test_text_that_changed_is_counted_not_shown(client, page):
    article = factories.article(headlines=["The same"], title="The same", text="One two three.")
    article.versions.filter(hash__endswith="-0").update(text="One two three four five.")
    text = page(client, article.get_absolute_url())
    assert "The headline stayed." in text
    assert "Text changed: 5 words before, 3 words after." in text


def test_text_that_is_not_available_is_a_state_of_its_own(client, page):
    text = page(client, factories.article(text_reason="The page answered 403.").get_absolute_url())
    assert "article text not available" in text
    assert "The page answered 403." in text
    assert "words, kept" not in text


def test_an_article_without_an_address_has_no_link_out(client, page):
    text = page(client, factories.article(url="").get_absolute_url())
    assert "Read it at" not in text
    assert "gave no address" in text


def test_an_article_on_its_way_says_how_far_it_is(client, page):
    article = factories.article(stage=Stage.EXTRACTED, text_state=TextState.PENDING)
    text = page(client, article.get_absolute_url())
    assert "it has reached the stage “extracted”" in text
    assert "It is in no story yet" in text


def failed() -> Article:
    return factories.article(stage=Stage.FAILED, failed_stage=Stage.FOUND, failure="Refused three times.", attempts=3)


def test_a_failed_article_gives_its_reason_and_the_button_only_to_editors(client, editor_client, page):
    article = failed()
    text = page(client, article.get_absolute_url())
    assert "Refused three times." in text
    assert "Try again" not in text
    assert "Try again" in page(editor_client, article.get_absolute_url())


def test_an_editor_tries_again(editor_client):
    article = failed()
    response = editor_client.post(f"/article/{article.pk}/retry/", follow=True)
    article.refresh_from_db()
    assert (article.stage, article.failure) == (Stage.FOUND, "")
    assert "The article is tried again" in response.content.decode()


def test_nothing_to_try_again_is_said(editor_client):
    article = factories.article(text="Some text")
    response = editor_client.post(f"/article/{article.pk}/retry/", follow=True)
    assert "There is nothing to try again" in response.content.decode()


def test_only_editors_try_again(client, reader_client, editor_client):
    article = failed()
    address = f"/article/{article.pk}/retry/"
    assert client.post(address).url.startswith("/accounts/login/")
    assert reader_client.post(address).status_code == 403
    assert editor_client.get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor_client.cookies
    assert strict.post(address).status_code == 403
    article.refresh_from_db()
    assert article.stage == Stage.FAILED


def test_its_place_says_how_sure_and_why(client, page):
    article = factories.article(story_score=0.7349, story_reasons=["4 shared names", "3 h apart"])
    factories.story([factories.article(), article], voice_count=1)
    text = page(client, article.get_absolute_url())
    assert "Why is this here: 73\u00a0% sure" in text
    assert "<b>73\u00a0% sure</b> that it belongs here" in text
    assert "<li>4 shared names</li><li>3 h apart</li>" in text
    assert '#voices">1 voice</a>' in text


def test_what_founded_its_story_is_not_sure_of_anything(client, page):
    article = factories.article(story_score=0.31, story_reasons=["founded the story"])
    factories.story([article])
    text = page(client, article.get_absolute_url())
    assert "It founded the story." in text
    assert "31\u00a0%" not in text


def test_a_copy_leads_to_what_it_copies_and_back(client, page):
    original = factories.article(outlet=factories.outlet(name="Coast Wire"), title="The wire's headline")
    tern = factories.outlet(name="Tern")
    copy = factories.copy(original, outlet=tern, copy_share=1.0, title="Carried")
    elsewhere = factories.copy(original, title="Carried far away", copy_share=0.6)
    factories.story([original, copy])
    factories.story([elsewhere])
    text = page(client, copy.get_absolute_url())
    assert "copy of Coast Wire’s text, word for word" in text
    assert f'href="{original.get_absolute_url()}">The wire&#x27;s headline</a>' in text
    text = page(client, original.get_absolute_url())
    assert "<b>2 reports carry</b> this text after it" in text
    assert f'href="{copy.get_absolute_url()}">Carried</a>' in text
    assert "with changes: 60\u00a0% the same · in another story" in text.replace("\n", "")


def test_an_agencys_text_is_named_without_its_report(client, page):
    article = factories.article(wire="Reuters", outlet=factories.outlet(name="Tern"))
    assert "carries Reuters’s text" in page(client, article.get_absolute_url())
    own = factories.article(wire="Reuters", outlet=factories.outlet(name="Reuters News", aliases=["reuters"]))
    assert "Whose text it is" not in page(client, own.get_absolute_url())


def test_many_copies_come_in_pages(client, page, monkeypatch):
    monkeypatch.setattr("stories.selectors.articles.COPIES", 2)
    original = factories.article()
    for n in range(5):
        factories.copy(original, title=f"Copy {n}")
    address = original.get_absolute_url()
    assert "Page 1 of 3" in page(client, address)
    assert "Copy 4" in page(client, f"{address}?page=3")
    assert "Copy 0" in page(client, f"{address}?page=x")


def test_queries_are_bounded(client, django_assert_max_num_queries):
    article = factories.article(headlines=[f"Headline {n}" for n in range(20)])
    factories.story([article])
    with django_assert_max_num_queries(4):
        client.get(article.get_absolute_url())


def test_no_such_article(client):
    assert client.get("/article/999/").status_code == 404
    assert client.get(f"/article/{10**30}/").status_code == 404
