"""How the outlets differ, on the story page: conflicts, the matrix, quotes, what only one has, wording, headlines."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from stories.models import StoryComparison, Version
from stories.nlp.comparison import Comparison, HeadlineMarks, State
from stories.selectors import comparison, headlines, matrix
from stories.selectors import story as selector
from tests import factories
from tests.nlp.provenance_worlds import NINE, POST
from tests.stories_compared import Papers, dredging, keep
from tests.stories_crowded import crowd

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NINE + timedelta(hours=8), tick=False):
        yield


@pytest.fixture
def story():
    return dredging()


def section(text: str, name: str) -> str:
    """The part of a page under the heading with this id."""
    start = text.index(f'id="{name}"')
    return text[start : text.index("</section>", start)]


def words(page: str) -> str:
    """A page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_story_that_was_not_compared_has_none_of_it(client, page):
    text = page(client, factories.story([factories.article(), factories.article()]).get_absolute_url())
    assert 'id="claims"' not in text
    assert 'id="wording"' not in text


def test_what_is_written_in_a_form_of_old_counts_as_not_compared(client, page, story):
    StoryComparison.objects.update(compared={"claims": "three"})
    assert 'id="claims"' not in page(client, story.get_absolute_url())


def test_a_conflict_stands_on_top_with_both_passages(client, page, story):
    text = section(page(client, story.get_absolute_url()), "claims")
    told = words(text)
    assert (
        "Conflict over a number: The Meridian Post and Isles Business say 41 ; Daily Ledger and The Standard Bearer "
        "say 14 ."
    ) in told
    assert text.index("Conflict over a number") < text.index('class="matrix"')
    assert '<mark class="p-differs">41</mark> million crowns' in text
    assert '<mark class="p-differs">14 million</mark> crowns.' in text


def test_the_matrix_has_a_row_for_each_claim_and_a_column_for_each_outlet(client, page, story):
    text = section(page(client, story.get_absolute_url()), "claims")
    table = text[text.index("<table") : text.index("</table>")]
    assert table.count('<th scope="row">') == 3
    names = [words(head) for head in re.findall(r'<th scope="col" class="v">(.*?)</th>', table)]
    assert names == [
        POST, "Coast Wire and 1 copy", "Daily Ledger", "Harbour Mirror", "Isles Business", "The Standard Bearer",
        "Radio Four Coasts", "The Open Page",
    ]  # fmt: skip
    assert 'aria-label="Daily Ledger: conflicting, 14 million, near the end, in its own voice">✕</a>' in table
    assert f'aria-label="Coast Wire: same, in the opening, according to {POST}">●</a>' in table
    assert f'aria-label="{POST}: same, in the opening, unnamed source">●</a>' in table
    assert '<span class="unseen">Harbour Mirror: text not available</span>' in table
    assert '<span class="unseen">Radio Four Coasts: not found</span>' in table
    assert "omitted" not in text


def test_the_list_for_narrow_screens_says_the_same_by_state(client, page, story):
    text = page(client, story.get_absolute_url())
    cost = words(text[text.index('<ol class="narrow claim-list"') :].split("<li>")[2])
    assert re.search(r"✕ conflicting Daily Ledger 14 million , The Standard Bearer 14 million ● same", cost)
    assert "· not found 3 outlets – text not available 1 outlet" in cost


def test_cells_lead_to_addresses_that_last(client, page, story):
    at = Papers(story)
    text = page(client, story.get_absolute_url())
    start = at.sentence("Daily Ledger", "The contract cost")[0]
    url = f"{story.get_absolute_url()}claim/{at.pk('Daily Ledger')}-{start}/"
    assert f'href="{url}"' in text
    assert '<mark class="p-differs">14 million</mark>' in page(client, url)


def test_every_id_stands_once_and_every_door_leads_somewhere(client, page, story):
    text = page(client, story.get_absolute_url())
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', text)) <= {*ids, "main"}


def test_an_outlet_with_several_passages_shows_the_state_that_says_most(story):
    at = Papers(story)
    told = comparison.compared(story).told
    row = told.claims[0]
    more = at.cell("Daily Ledger", "The contract cost", State.CONFLICTING)
    keep(
        story,
        Comparison(**{**_fields(told), "claims": (row.__class__(**{**_fields(row), "cells": (*row.cells, more)}),)}),
    )
    story.refresh_from_db()
    shown = matrix.matrix(comparison.compared(story))
    box = next(box for box in shown.rows[0].boxes if box.name == "Daily Ledger")
    assert box.label == "Daily Ledger: conflicting, in the opening, in its own voice; 1 more passage"


def _fields(value: object) -> dict[str, object]:
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def test_ten_claims_and_two_dozen_outlets_then_all(client, page):
    story = crowd(outlets=30, reports_=30)
    text = page(client, story.get_absolute_url())
    assert text.count('class="claim" data-step') == matrix.CLAIMS
    assert text.count('<th scope="col" class="v">') == matrix.COLUMNS
    assert "All 20 claims" in text
    assert "All 30 outlets" in text
    everything = page(client, f"{story.get_absolute_url()}?claims=all&outlets=all&quotes=all")
    assert everything.count('class="claim" data-step') == 20
    assert everything.count('<th scope="col" class="v">') == 30
    assert everything.count('class="utterance"') == 8
    assert "All 20 claims" not in everything


def test_copies_of_one_text_are_one_column(story):
    columns = comparison.compared(story).columns
    assert [(one.name, [copy.name for copy in one.copies]) for one in columns if one.copies] == [
        ("Coast Wire", ["North Channel"])
    ]


def test_copies_whose_original_is_elsewhere_stand_behind_the_first_of_them():
    away = factories.article(title="Somewhere else")
    first = factories.copy(away, outlet=factories.outlet(name="Gull"), text="One text.")
    second = factories.copy(
        away, outlet=factories.outlet(name="Tern"), text="One text.", first_seen_at=first.first_seen_at
    )
    own = factories.article(outlet=factories.outlet(name="Auk"), text="Another.", first_seen_at=first.first_seen_at)
    story = factories.story([first, second, own])
    keep(story, Comparison(compared=(first.pk, second.pk, own.pk)))
    columns = comparison.compared(selector.find(story.pk)).columns
    assert {one.name: [copy.name for copy in one.copies] for one in columns} == {"Gull": ["Tern"], "Auk": []}


def test_a_quote_once_with_its_renderings(client, page, story):
    text = section(page(client, story.get_absolute_url()), "quotes")
    assert text.count("<blockquote") == 1
    assert '“There are working arguments: about the budget, <span class="cut">about the second tender,</span>' in text
    told = words(text)
    assert "first in The Meridian Post, 9:00" in told
    assert "Full The Meridian Post , Coast Wire and 1 copy" in told
    assert "Trimmed Radio Four Coasts , The Open Page : without “ about the second tender ”" in told
    assert "Paraphrased The Standard Bearer : Piet Aal, for the ministry, played down" in told
    assert "Not found in 2 others" in told
    assert "Article text not available 1 outlet" in told


def test_what_only_one_has_is_a_credit_to_it(client, page, story):
    told = words(section(page(client, story.get_absolute_url()), "only"))
    assert "Only in The Standard Bearer a source of its own: a second official, who was in the room" in told


def test_wording_keeps_the_outlets_voice_apart_and_says_what_it_is_not(client, page, story):
    text = section(page(client, story.get_absolute_url()), "wording")
    told = words(text)
    assert "It is no score and no verdict on an outlet" in told
    ledger = words(text[text.index("Daily Ledger</th>") :].partition("</tr>")[0])
    assert re.search(r"“fiasco” .* judges by the word itself none found", ledger)
    paper = words(text[text.index("The Open Page</th>") :].partition("</tr>")[0])
    assert re.search(r"none found “invention” The government calls that an invention", paper)
    assert re.search(r"say The Meridian Post, Coast Wire .* admit Radio Four Coasts", told)
    assert re.search(r"government The Open Page .* regime Daily Ledger", told)


def test_headlines_mark_what_is_unusual_and_what_says_whose_word_it_is(client, page, story):
    text = section(page(client, story.get_absolute_url()), "headlines")
    assert (
        '<mark class="p-unusual">blamed</mark> by own insiders for dredging <mark class="p-unusual">fiasco</mark>'
        in text
    )
    assert 'over dredging contract, <mark class="p-kept">people familiar say</mark>' in text
    assert (
        'Insider <mark class="p-unusual">turns on</mark> harbour minister, <mark class="p-kept">report says</mark>'
        in text
    )


def test_who_does_what_is_lined_up_with_like_ways_together(client, page, story):
    text = section(page(client, story.get_absolute_url()), "headlines")
    rows = [words(row) for row in re.findall(r"<tr>.*?</tr>", text[text.index('class="ways"') :])]
    assert rows[0].startswith("Actor Verb Acted on Outlet")
    assert rows[1] == "Aides confronted harbour minister The Meridian Post , Coast Wire"
    assert rows[2] == "own insiders blamed Minister Daily Ledger"
    assert len(rows) == 5


def test_one_way_of_putting_it_is_nothing_to_line_up(story):
    at = Papers(story)
    span = at.span(POST, "Aides")
    marks = (HeadlineMarks(at.pk(POST), actor=span, verb=at.span(POST, "confronted")),)
    keep(story, Comparison(headlines=marks, compared=(at.pk(POST),)))
    story.refresh_from_db()
    assert headlines.ways(comparison.compared(story)) == []


def test_a_changed_headline_is_a_diff_that_can_be_heard(client, page):
    article = factories.article(title="Minister blamed by insiders", headlines=["Minister at odds with insiders"])
    text = page(client, factories.story([article, factories.article()]).get_absolute_url())
    assert (
        'Minister <del><span class="unseen">removed: </span>at odds with</del> '
        '<ins><span class="unseen">added: </span>blamed by</ins> insiders'
    ) in " ".join(text.split())


def test_a_text_that_changed_since_shows_its_state_without_its_words(client, page, story):
    Version.objects.filter(article__outlet__name="Daily Ledger").update(seen_at=story.last_at + timedelta(hours=5))
    text = page(client, story.get_absolute_url())
    table = section(text, "claims")
    assert 'aria-label="Daily Ledger: conflicting, near the end, in its own voice"' in table
    assert "its text has changed since; it is being read again" in table
    assert "fiasco</mark>" not in text


def test_reports_that_came_since_are_said_to_be_missing(client, page, story):
    story.revision += 1
    story.save(update_fields=["revision"])
    assert "As compared" in section(page(client, story.get_absolute_url()), "claims")


def test_a_report_that_is_no_longer_there_is_passed_over(client, page, story):
    Papers(story).articles["Daily Ledger"].delete()
    text = section(page(client, story.get_absolute_url()), "claims")
    assert "Daily Ledger" not in text
    assert "The Standard Bearer say" in words(text)


def test_what_comes_from_outside_is_escaped(client, page, story):
    row = Papers(story).articles["Daily Ledger"]
    row.outlet.name = "<b>Ledger</b>"
    row.outlet.save()
    text = page(client, story.get_absolute_url())
    assert "<b>Ledger</b>" not in text
    assert "&lt;b&gt;Ledger&lt;/b&gt;: conflicting" in text


def test_queries_do_not_grow_with_what_is_compared(client, django_assert_max_num_queries):
    story = crowd()
    with django_assert_max_num_queries(14):
        client.get(story.get_absolute_url())
    with django_assert_max_num_queries(14):
        client.get(f"{story.get_absolute_url()}?claims=all&outlets=all&quotes=all")


def test_a_comparison_without_provenance_finds_its_articles_itself(client, page, story):
    story.provenance.delete()
    assert "Conflict over a number" in page(client, story.get_absolute_url())
