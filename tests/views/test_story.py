"""The story page: its address, its one big sentence, and what it leaves open."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from stories.models import Article, Story, TextState
from stories.selectors import story as selector
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=5), tick=False):
        yield


def report(name: str, minutes: int = 0, *, claimed: bool = True, **kw) -> Article:
    """A report seen so many minutes after nine, claimed for two minutes before or not at all."""
    seen = MORNING + timedelta(minutes=minutes)
    kw.setdefault("claimed_at", seen - timedelta(minutes=2) if claimed else None)
    return factories.article(outlet=factories.outlet(name=name), first_seen_at=seen, **kw)


def test_the_big_sentence_counts_and_names_the_first(client, page):
    story = factories.story([report("The Meridian Post"), report("Coast Wire", 30), report("Daily Ledger", 58)])
    text = page(client, story.get_absolute_url())
    assert "3 reports</a> from" in text
    assert "3 outlets</a>; the first we know of is <b>The Meridian Post</b>" in text
    assert "The outlet’s own: The Meridian Post dates its report" in text
    assert "in the 10\u00a0min between" in text
    assert "May have been earlier" not in text


def test_a_first_report_without_a_time_of_its_own_says_so(client, page):
    story = factories.story([report("Coast Wire", claimed=False), report("Daily Ledger", 30)])
    text = page(client, story.get_absolute_url())
    assert "Ours: Coast Wire gives no time" in text
    assert 'title="The time that we saw it' in text


def test_a_claim_after_we_saw_it_is_not_believed(client, page):
    late = report("Coast Wire", claimed_at=MORNING + timedelta(hours=1))
    text = page(client, factories.story([late, report("Daily Ledger", 30)]).get_absolute_url())
    assert "gives a time later than when we saw it" in text


def test_a_report_whose_span_reaches_back_may_have_been_first(client, page):
    open_ended = report("Coast Wire", 5, claimed=False)
    story = factories.story([report("The Meridian Post"), open_ended, report("Daily Ledger", 40, claimed=False)])
    text = page(client, story.get_absolute_url())
    assert "May have been earlier" in text
    assert "Coast Wire: came between" in text
    assert "Daily Ledger: came" not in text
    assert "Cannot tell" in text


def test_a_report_of_a_first_poll_may_have_been_there_for_long(client, page):
    unknown = report("Coast Wire", 90, claimed=False, polled_before_at=None)
    text = page(client, factories.story([report("The Meridian Post"), unknown]).get_absolute_url())
    assert "Coast Wire: was there when we first polled" in text


def test_one_report_claims_no_company(client, page):
    text = page(client, factories.story([report("Coast Wire")]).get_absolute_url())
    assert "we have seen it at no other outlet" in text
    assert '<svg class="timeline"' not in text


def test_several_reports_of_one_outlet(client, page):
    outlet = factories.outlet(name="Coast Wire")
    members = [factories.article(outlet=outlet), factories.article(outlet=outlet)]
    text = page(client, factories.story(members).get_absolute_url())
    assert "all from <b>Coast Wire</b>" in text


def test_reports_stand_in_time_order_with_their_states(client, page):
    early = report("Daily Ledger", 10, title="Early headline", text="Word " * 50, story_score=0.8125)
    late = report("Coast Wire", 50, title="Late headline", text_state=TextState.NONE)
    early.story_reasons = ["nearest by its vector: .84"]
    early.save()
    text = page(client, factories.story([late, early]).get_absolute_url())
    assert text.index("Early headline</a>") < text.index("Late headline</a>")
    assert text.count("article text not available") == 1
    assert "nearest by its vector: .84" in text
    assert "Claimed by the outlet" in text


def test_an_earlier_headline_is_shown_with_its_end(client, page):
    changed = report("Daily Ledger", title="Minister under fire", headlines=["Minister at odds", "Minister at odds"])
    text = page(client, factories.story([changed, report("Coast Wire", 9)]).get_absolute_url())
    assert text.count('<span class="chip changed">headline changed') == 1
    assert '<del><span class="unseen">removed: </span>' in text


def test_links_out_tell_the_outlet_nothing(client, page):
    text = page(
        client, factories.story([report("Coast Wire", url="https://coast.example/a?b=1&c=2")]).get_absolute_url()
    )
    assert 'href="https://coast.example/a?b=1&amp;c=2" rel="noopener noreferrer"' in text


def test_full_text_never_reaches_the_reader(client, page):
    words = " ".join(f"word{n}" for n in range(400))
    story = factories.story([report("Coast Wire", text=words)])
    assert "word31" in page(client, story.get_absolute_url())
    assert "word32" not in page(client, story.get_absolute_url())
    article_page = page(client, story.articles.get().get_absolute_url())
    assert "word79" in article_page
    assert "word80" not in article_page


def test_the_timeline_links_each_dot_to_its_row(client, page):
    members = [report("The Meridian Post"), report("Coast Wire", 30, claimed=False)]
    text = page(client, factories.story(members).get_absolute_url())
    for member in members:
        assert text.count(f'href="#r{member.pk}"') == 2, "once in the wide drawing, once in the narrow one"
        assert text.count(f'id="r{member.pk}"') == 1
    assert "span since our poll before" in text


def test_reports_of_several_days_stand_under_their_dates(client, page):
    members = [report("The Meridian Post"), report("Coast Wire", 60 * 24)]
    text = page(client, factories.story(members).get_absolute_url())
    assert "Wednesday 4 March 2026" in text
    assert "Thursday 5 March 2026" in text


def test_a_wrong_slug_leads_to_the_right_address_for_good(client):
    story = factories.story()
    response = client.get(f"/story/{story.pk}/something-else/")
    assert (response.status_code, response.url) == (301, story.get_absolute_url())
    response = client.get(f"/story/{story.pk}/")
    assert (response.status_code, response.url) == (301, story.get_absolute_url())


def test_a_merged_story_leads_to_where_it_went(client):
    last = factories.story()
    middle = factories.story([], title="Middle", merged_into=last)
    first = factories.story([], title="First", merged_into=middle)
    response = client.get(first.get_absolute_url())
    assert (response.status_code, response.url) == (302, last.get_absolute_url())


def test_a_loop_of_merges_is_no_endless_walk(client):
    one, two = factories.story(title="One"), factories.story(title="Two")
    Story.objects.filter(pk=one.pk).update(merged_into=two)
    Story.objects.filter(pk=two.pk).update(merged_into=one)
    assert client.get(one.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("address", ["/story/999/x/", "/story/99999999999999999999999999/x/"])
def test_no_story(client, address):
    assert client.get(address).status_code == 404


def test_a_long_story_goes_on_over_pages(client, page, monkeypatch):
    monkeypatch.setattr(selector, "PAGE", 3)
    members = [report(f"Paper {n}", n, title=f"Headline of {n}") for n in range(5)]
    story = factories.story(members)
    first = page(client, story.get_absolute_url())
    assert "2 later reports" in first
    assert "Headline of 3" not in first
    second = page(client, f"{story.get_absolute_url()}?page=2")
    assert "Headline of 3" in second
    assert "Who had it when" not in second
    assert client.get(f"{story.get_absolute_url()}?page=3").status_code == 404
    assert "Headline of 0" in page(client, f"{story.get_absolute_url()}?page=abc")


def test_an_emptied_story_still_answers(client, page):
    story = factories.story()
    Article.objects.update(story=None)
    assert "holds no report any more" in page(client, story.get_absolute_url())


def test_queries_do_not_grow_with_reports(client, django_assert_max_num_queries):
    story = factories.story([report(f"Paper {n}", n, headlines=["Before"]) for n in range(30)])
    with django_assert_max_num_queries(8):
        client.get(story.get_absolute_url())
