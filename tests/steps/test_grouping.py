"""Group and trace on real rows: who joins whom, what the story says of itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.models import Story, TermCount
from stories.services import grouping, reading, tracing
from tests import factories

pytestmark = pytest.mark.django_db

FERRY = (
    "Ferry with 84 aboard runs aground off Skarv",
    "A car ferry of Northern Crossings ran aground in fog outside the harbour of Skarv. Harbour master Ingrid Vale said "
    "nobody was hurt. Divers will look at the hull of the Northern Star before the evening tide.",
)
FERRY_AGAIN = (
    "Nobody hurt as Northern Star ferry grounds near Skarv harbour",
    "The Northern Star, a ferry of Northern Crossings with 84 people aboard, is stuck on rocks outside Skarv harbour. "
    "“Nobody was hurt,” harbour master Ingrid Vale said. Divers are to inspect the hull.",
)
BUDGET = (
    "Parliament passes budget after all-night debate",
    "Lawmakers approved next year's budget by 71 votes to 66 after a debate that lasted until dawn. The finance minister "
    "called the tax on fuel a compromise; the opposition said it would challenge it in court.",
)


def place(now, title, text, **kw):
    """An article through read, group and trace, as the pipeline does it."""
    article = factories.article(title=title, summary=text, reported_at=now, story=None, lang="en", **kw)
    reading.save(article, reading.compute([article], now)[article.pk], now)
    grouping.save(article, None, now)
    article.save()
    tracing.save(article, tracing.compute([article], now)[article.pk], now)
    return article


def test_two_reports_of_one_event_meet_and_another_event_stays_apart(now):
    first = place(now, *FERRY)
    second = place(now + timedelta(hours=1), *FERRY_AGAIN)
    other = place(now + timedelta(hours=1), *BUDGET)
    assert first.story == second.story != other.story
    story = Story.objects.get(pk=first.story_id)
    assert (story.article_count, story.outlet_count) == (2, 2)
    assert (story.first_at, story.last_at) == (now, now + timedelta(hours=1))


def test_a_membership_says_why(now):
    place(now, *FERRY)
    joined = place(now, *FERRY_AGAIN)
    assert joined.story_score >= 0.44
    assert any("ferry" in reason.lower() for reason in joined.story_reasons)


def test_outside_the_window_a_story_is_not_taken_up(now):
    first = place(now, *FERRY)
    late = place(now + timedelta(days=8), *FERRY_AGAIN)
    assert first.story != late.story


def test_languages_do_not_mix(now):
    first = place(now, *FERRY)
    other = factories.article(title=FERRY[0], summary=FERRY[1], reported_at=now, story=None, lang="nb")
    reading.save(other, reading.compute([other], now)[other.pk], now)
    grouping.save(other, None, now)
    assert other.story != first.story


def test_an_article_keeps_its_story_when_it_comes_round_again(now):
    article = place(now, *FERRY)
    before = TermCount.objects.get(lang="en", term="").articles
    grouping.save(article, None, now)
    assert article.story.revision == 1
    assert TermCount.objects.get(lang="en", term="").articles == before


def test_the_address_stays_when_the_headline_changes(now):
    first = place(now, *FERRY)
    slug = first.story.slug
    for _ in range(3):
        place(now, *FERRY_AGAIN)
    story = Story.objects.get(pk=first.story_id)
    assert story.slug == slug
    assert story.title == FERRY_AGAIN[0]


def test_a_trace_of_a_story_that_has_grown_since_is_dropped(now):
    article = place(now, *FERRY)
    stale = tracing.compute([article], now)[article.pk]
    place(now, *FERRY_AGAIN)
    tracing.save(article, stale, now)
    assert Story.objects.get(pk=article.story_id).article_count == 2


def test_tracing_twice_says_the_same(now):
    article = place(now, *FERRY)
    place(now, *FERRY_AGAIN)
    assert tracing.compute([article], now) == tracing.compute([article], now)


def test_invented_news_never_bears_out_a_newsrooms(now):
    real = place(now, *FERRY)
    invented = place(now, *FERRY_AGAIN, outlet=factories.outlet(demo=True))
    again = place(now, *FERRY, outlet=factories.outlet(demo=True))
    assert real.story != invented.story == again.story
    assert invented.story.demo
