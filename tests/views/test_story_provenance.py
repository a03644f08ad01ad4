"""Where a story comes from, on its page: the big sentence, what is behind each number, the drawing, what happened."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine

from stories.models import Happening, StoryProvenance, Version
from stories.nlp.findings import Role
from stories.selectors import front
from stories.selectors import provenance as selector
from tests import factories
from tests.nlp.provenance_worlds import NINE, harbour, report
from tests.stories_traced import COURANT, forty, traced

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NINE + timedelta(hours=8), tick=False):
        yield


def words(page: str) -> str:
    """A page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_story_that_was_not_traced_says_so(client, page):
    text = page(client, factories.story([factories.article(), factories.article()]).get_absolute_url())
    assert "Not traced yet" in text
    assert "Credit in headline" not in text
    assert 'class="graph"' not in text


def test_what_is_written_in_a_form_of_old_counts_as_not_traced(client, page):
    story = traced(harbour())
    StoryProvenance.objects.update(traced={"independent": "two"})
    assert "Not traced yet" in page(client, story.get_absolute_url())


def test_the_big_sentence_and_its_doors(client, page):
    text = page(client, traced(harbour()).get_absolute_url())
    assert 'href="#headlines">12 reports</a> go back to <a class="n" href="#origins">2 to 3</a>' in text
    ids = re.findall(r'\bid="([^"]+)"', text)
    assert len(ids) == len(set(ids)), "an id stands once"
    assert set(re.findall(r'href="#([^"]+)"', text)) <= {*ids, "main"}, "each door leads somewhere"


def test_each_origin_says_why_it_counts_with_its_passage(client, page):
    text = words(page(client, traced(harbour()).get_absolute_url()))
    assert "Counted (2)" in text
    assert "The Meridian Post , 9:00 : the first known; there was nobody to repeat." in text
    assert "The Gazette , 11:00 : a source of its own that no other counted one needs." in text
    assert "Perhaps (1)" in text
    assert "own sources, all unnamed: may be those of others" in text
    assert "Later an official who was in the room confirmed the row to this newspaper ." in text


def test_what_it_rests_on(client, page):
    text = page(client, traced(harbour()).get_absolute_url())
    assert 'class="chip k-anonymous" href="#rests-anonymous">3 unnamed</a>' in text
    assert 'class="chip k-named" href="#rests-named">1 named</a> Ada Brandt' in text
    assert '<a href="#only-unnamed">9 reports rest</a> on unnamed sources alone' in text


def test_the_credit_on_its_way_by_place_with_both_passages(client, page):
    text = page(client, traced(harbour()).get_absolute_url())
    for place, keep, count in (("text", "kept", 6), ("text", "dropped", 1), ("headline", "weakened", 3)):
        assert re.search(rf'href="#{place}-{keep}">{keep} by {count}</a>', text)
    assert "omitted" not in text
    dropped = words(text[text.index('id="text-dropped"') :])
    assert dropped.startswith('id="text-dropped"> North Channel opens just like The Meridian Post')
    assert "the passage that goes without Senior aides confronted" in dropped


def test_passages_lead_to_their_place_on_the_article_page(client, page):
    text = page(client, traced(harbour()).get_absolute_url())
    assert re.search(r'class="there" href="/article/\d+/[^"]*#s\d+"', text)
    assert re.search(r'class="there" href="/article/\d+/[^"]*#c\d+"', text)


def test_the_table_names_roles_and_what_headlines_keep(client, page):
    text = page(client, traced(harbour()).get_absolute_url())
    assert text.count('<td class="r">') == 11, "the twelfth is folded in under what it copies"
    assert text.count("credit in headline:") == 1
    assert '<span class="role original"' in text
    assert "kept: “Meridian Post”" in text
    assert "weakened</span>: “report says”" in text
    assert '<b class="dropped">dropped</b>' in text
    assert '<mark class="p-kept">Meridian Post</mark>' in text


def test_who_repeats_whom_is_drawn_and_said(client, page):
    text = page(client, traced(harbour()).get_absolute_url())
    assert text.count('<svg class="graph"') == 2
    assert "The same in words: 12 links" in text
    assert "Isles Business credits Daily Ledger ( weakened in the text, dropped in the headline )" in (
        words(text).replace("(weakened", "( weakened").replace("headline)", "headline )")
    )


def test_without_an_edge_nothing_is_drawn(client, page):
    reports = [one for one in harbour() if one.article in (1, 12)]
    text = page(client, traced(reports).get_absolute_url())
    assert 'class="graph"' not in text
    assert "Who repeats whom" not in text


def test_forty_reports_of_one_origin_that_nobody_polls(client, page):
    text = page(client, traced(forty(straggler=False)).get_absolute_url())
    assert "40 reports</a> go back to" in text
    assert f"<b>{COURANT}</b>: credited by others; its own report is not at hand" in text
    assert 'href="#untold">3 reports</a>' in text
    assert "article text not available" in text
    assert "in a language that is not read" in text
    assert "its own report is not at hand</title>" in text
    assert "by way of The Washport Courant" in text


def test_one_report(client, page):
    own = page(client, traced([harbour()[0]]).get_absolute_url())
    assert 'One report</a>, <a class="n" href="#origins">an origin of its own</a>' in own
    repeats = page(client, traced([forty()[0]]).get_absolute_url())
    assert f'goes back to <a class="n" href="#origins">{COURANT}</a>' in repeats
    blank = page(client, traced([report(1, "Blank", 0, "Something", "", Role.UNKNOWN)]).get_absolute_url())
    assert 'Where it comes from <a class="n" href="#untold">cannot be told</a>' in blank


def test_nothing_can_be_told_of_any(client, page):
    reports = [report(n, f"Blank {n}", n, "Something", "", Role.UNKNOWN) for n in (1, 2)]
    assert "where they come from cannot be told" in words(page(client, traced(reports).get_absolute_url()))


def test_what_happened_newest_first_and_what_no_longer_stands(client, page):
    story = traced(harbour())
    Happening.objects.filter(kind="denial").update(stands=False)
    text = page(client, story.get_absolute_url())
    told = words(text[text.index('id="happened"') :])
    assert told.index("Denial by Piet Aal no longer stands") < told.index(
        "First independent confirmation : The Gazette"
    )
    assert text.count("no longer stands") == 1


def test_a_text_that_changed_since_shows_no_passage(client, page):
    story = traced(harbour())
    Version.objects.filter(article__outlet__name="The Gazette").update(seen_at=story.last_at + timedelta(hours=2))
    text = page(client, story.get_absolute_url())
    assert "its text has changed since" in text
    assert "Ada Brandt, the ministry" not in text[: text.index('id="headlines"')].split("What happened")[0]


def test_reports_that_came_since_are_said_to_be_missing(client, page):
    story = traced(harbour())
    story.revision += 1
    story.save(update_fields=["revision"])
    assert "what has come since is not in it yet" in page(client, story.get_absolute_url())


def test_what_comes_from_outside_is_escaped(client, page):
    hostile = report(1, "<b>Post</b>", 0, "<script>alert(1)</script>", "<i>Aides</i> rebel.")
    text = page(client, traced([hostile]).get_absolute_url())
    assert "<script>alert" not in text
    assert "<b>Post</b>" not in text


def test_queries_do_not_grow_with_provenance(client, django_assert_max_num_queries):
    story = traced(forty())
    # Besides the eight of any story: articles with their texts, what is cited in them, what happened, what editors said.
    with django_assert_max_num_queries(12):
        assert client.get(story.get_absolute_url()).status_code == 200


def test_articles_that_left_are_passed_over(client, page):
    story = traced(harbour())
    story.articles.filter(outlet__name="The Gazette").get().delete()
    assert "12 reports</a> go back" in page(client, story.get_absolute_url())


def test_the_front_page_counts_origins(client, page, django_assert_max_num_queries):
    story = traced(harbour())
    factories.story([factories.article(), factories.article()])
    with django_assert_max_num_queries(12):
        text = page(client, "/")
    assert f'12 reports, <a href="{story.get_absolute_url()}#whence">2 to 3 origins</a> ·' in text
    assert text.count("#whence") == 1


@pytest.mark.parametrize(
    ("least", "most", "said"),
    [(1, 1, "1 origin"), (1, 2, "1 to 2 origins"), (0, 3, "up to 3 origins"), (0, 1, "up to 1 origin"), (0, 0, "")],
)
def test_a_range_in_words(least, most, said):
    story = factories.story()
    StoryProvenance.objects.create(story=story, revision=0, least=least, most=most, traced={}, at=NINE)
    assert front.origins_of([story.pk]).get(story.pk, "") == said


def test_a_story_without_a_row_has_no_provenance():
    assert selector.whence(factories.story()) is None
