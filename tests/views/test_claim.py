"""A claim and a quote on pages of their own: permanent links, passages in context, panels, and what becomes of links."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
import time_machine

from stories.models import StoryComparison
from tests import factories
from tests.nlp.provenance_worlds import NINE, POST
from tests.stories_compared import COST, OTHER_COST, ROW, Papers, dredging

pytestmark = pytest.mark.django_db
PANEL = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NINE + timedelta(hours=8), tick=False):
        yield


@pytest.fixture
def story():
    return dredging()


def words(page: str) -> str:
    """A page without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def address(story, outlet: str, passage: str, kind: str = "claim") -> str:
    """Where a passage of a report is found for good."""
    at = Papers(story)
    return f"{story.get_absolute_url()}{kind}/{at.pk(outlet)}-{at.sentence(outlet, passage)[0]}/"


def test_a_claim_with_every_outlets_passage(client, page, story):
    text = page(client, address(story, POST, COST))
    told = words(text)
    assert "One claim of the story" in told
    assert "✕ conflicting : 2 outlets ● same : 2 outlets" in told.replace("conflicting:", "conflicting :").replace(
        "same:", "same :"
    )
    for name in (POST, "Isles Business", "Daily Ledger", "The Standard Bearer"):
        assert f"<b>{name}</b>" in text
    assert "Here 14 million ; The Meridian Post has 41 million ." in told
    assert f'<link rel="canonical" href="{address(story, POST, COST)}">' in text


def test_a_passage_stands_in_its_context_with_what_differs_marked(client, page, story):
    text = page(client, address(story, POST, COST))
    ledger = text[text.index("<b>Daily Ledger</b>") :].partition("</li>")[0]
    assert '<span class="context">Nobody denies that. </span>' in ledger
    assert 'The contract cost <mark class="p-differs">14 million</mark> crowns.' in ledger
    assert '<span class="context"> It is a fiasco that the regime had coming.</span>' in ledger
    assert "near the end" in ledger
    assert "in the outlet’s own voice" in ledger
    assert re.search(r'<a href="https://[^"]+" rel="noopener noreferrer">Read at Daily Ledger', ledger)


def test_who_says_it_and_by_way_of_whom(client, page, story):
    text = words(page(client, address(story, POST, ROW)))
    assert "unnamed source “people familiar with the matter said”" in text
    assert f"outlet: {POST} “{POST} reported”, according to {POST}" in text


def test_copies_are_folded_into_the_text_that_they_carry(client, page, story):
    text = page(client, address(story, POST, ROW))
    assert re.search(r'The same text at <a href="/article/\d+/">North Channel</a>', " ".join(text.split()))
    assert "<b>North Channel</b>" not in text


def test_not_found_and_not_available_are_told_apart(client, page, story):
    text = page(client, address(story, POST, COST))
    absent = words(text[text.index('id="not-found"') :].partition("</section>")[0])
    assert "Coast Wire and its text at North Channel Radio Four Coasts The Open Page" in absent
    blank = words(text[text.index('id="text-not-available"') :].partition("</section>")[0])
    assert "Harbour Mirror" in blank
    assert "omitted" not in text


def test_any_passage_of_a_claim_leads_to_it_with_that_outlets_first(client, page, story):
    text = page(client, address(story, "The Standard Bearer", OTHER_COST))
    assert f'<link rel="canonical" href="{address(story, POST, COST)}">' in text
    names = re.findall(r'<p class="who"><b>([^<]+)</b>', text)
    assert names == ["The Standard Bearer", POST, "Isles Business", "Daily Ledger"]


def test_a_cell_opens_the_same_page_without_its_frame(client, page, story):
    text = page(client, address(story, "Daily Ledger", OTHER_COST), **PANEL)
    assert "<html" not in text
    assert re.search(r'<h3 class="what" id="k\d+-\d+" tabindex="-1"', text)
    assert re.findall(r'<p class="who"><b>([^<]+)</b>', text) == ["Daily Ledger", POST]
    assert "All passages of this claim" in text


def test_a_sentence_that_stands_in_two_claims_can_be_asked_for_in_both(client, page, story):
    at = Papers(story)
    own = address(story, POST, ROW)
    text = page(client, f"{own}?at={at.pk('The Open Page')}-{at.sentence('The Open Page', ROW)[0]}")
    assert re.findall(r'<p class="who"><b>([^<]+)</b>', text)[0] == "The Open Page"
    assert page(client, f"{own}?at=nonsense")


def test_a_passage_that_is_in_no_claim_any_more_says_so(client, page, story):
    url = address(story, POST, COST)
    StoryComparison.objects.update(compared={})
    text = page(client, url)
    assert "This passage is no longer part of a shared claim or quote" in text
    assert "The contract cost 41 million crowns, according to the signed papers." in text
    assert re.search(r'href="/article/\d+/[^"]*">The report by The Meridian Post</a>', text)
    StoryComparison.objects.all().delete()
    assert "no longer part" in page(client, url)
    assert "<html" not in page(client, url, **PANEL)


def test_an_article_that_is_in_another_story_now_leads_there(client, page, story):
    row = Papers(story).articles["Daily Ledger"]
    url = address(story, "Daily Ledger", "It is a fiasco")
    other = factories.story([row], title="A story of its own")
    text = page(client, url)
    assert f'href="{other.get_absolute_url()}#claims">The story that it is in now</a>' in text


def test_what_never_was_is_not_found(client, page, story):
    base = story.get_absolute_url()
    at = Papers(story)
    page(client, f"{base}claim/999999-3/", status=404)
    page(client, f"{base}claim/{at.pk(POST)}-999999/", status=404)
    page(client, f"{base}quote/999999-3/", status=404)
    page(client, "/story/999999/nothing/claim/1-1/", status=404)
    page(client, f"{base}claim/99999999999999999999999-1/", status=404)


def test_links_outlive_a_merge_and_a_new_headline(client, story):
    url = address(story, POST, COST)
    target = factories.story([factories.article(title="The larger story")])
    story.merged_into = target
    story.save(update_fields=["merged_into"])
    answer = client.get(f"{url}?at=1-2")
    assert answer.status_code == 302
    assert answer.url == url.replace(story.get_absolute_url(), target.get_absolute_url()) + "?at=1-2"


def test_a_quote_with_its_renderings_the_one_asked_for_first(client, page, story):
    url = address(story, "Radio Four Coasts", "“There are working", "quote")
    text = page(client, url)
    told = words(text)
    assert "Said by Piet Aal, the ministry's spokesman" in told
    names = re.findall(r'<p class="who"><b>([^<]+)</b>', text)
    assert names == ["Radio Four Coasts", POST, "Coast Wire", "The Standard Bearer", "The Open Page"]
    assert "without “about the second tender” , “This is part of normal work”" in told
    assert re.search(r'The same text at <a href="/article/\d+/">North Channel</a>', " ".join(text.split()))
    assert "Permanent link to this quote:" in told


def test_a_quotes_panel(client, page, story):
    url = address(story, "Radio Four Coasts", "“There are working", "quote")
    text = page(client, url, **PANEL)
    assert "<html" not in text
    assert "<b>Radio Four Coasts</b>" in text
    assert "All renderings of this quote" in text


def test_queries_of_a_claim(client, story, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get(address(story, POST, COST))
