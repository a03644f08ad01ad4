"""The group step on real rows: who joins whom and why, and what is kept for those that come after."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from stories.models import Article, Recent, Story, TermCount
from stories.nlp import grouping as deciding
from stories.nlp.likeness import KEYS
from stories.services import closing, curation, grouping, surroundings, tracing
from stories.services.acts import By
from tests import factories
from tests.atonce import at_once
from tests.steps import grouped
from tests.steps.grouped import BUDGET, FERRY, FERRY_AGAIN, at_angle, group, read

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
FAEHRE = (
    "Fähre mit 84 Menschen läuft vor Skarv auf Grund",
    "Eine Autofähre der Reederei Nordlinie ist am Montag bei Nebel vor dem Hafen von Skarv auf Grund gelaufen. Verletzt "
    "wurde niemand, sagte Hafenmeisterin Ingrid Vale. Taucher sollen den Rumpf der Nordstern untersuchen.",
)
FAEHRE_WIEDER = (
    "Nordstern sitzt vor Skarv fest, niemand verletzt",
    "Die Autofähre Nordstern mit 84 Menschen an Bord liegt vor dem Hafen von Skarv auf einem Felsen. Taucher sollen den "
    "Rumpf untersuchen, wie Hafenmeisterin Ingrid Vale am Montag sagte.",
)


def place(now, title, text, at=None, **kw):
    """An article through read, group and trace, as the pipeline does it."""
    article = group(read(at or now, title, text, **kw), now)
    tracing.save(article, tracing.compute([article], now)[article.pk], now)
    return article


# --- who meets whom


def test_two_reports_of_one_event_meet_and_another_event_stays_apart(now):
    first = place(now, *FERRY)
    second = place(now + HOUR, *FERRY_AGAIN)
    other = place(now + HOUR, *BUDGET)
    assert first.story == second.story != other.story
    story = Story.objects.get(pk=first.story_id)
    assert (story.article_count, story.outlet_count) == (2, 2)
    assert (story.first_at, story.last_at) == (now, now + HOUR)


def test_a_membership_says_how_sure_and_why(now):
    founded, joined = place(now, *FERRY), place(now, *FERRY_AGAIN)
    assert founded.story_reasons == ["no report like it within 72 h"]
    assert founded.story_score < 0.1
    assert 0.5 <= joined.story_score <= 1
    assert joined.story_reasons[0] == f"{deciding.percent(joined.story_score)} sure"
    assert any(reason.startswith("shared names: ") and "Vale" in reason for reason in joined.story_reasons)
    alone = place(now, *BUDGET)
    assert alone.story_score < 0.5
    assert "not near enough" in alone.story_reasons[0]


def test_reasons_are_cut_to_what_the_column_takes(now):
    quote = "“" + " ".join(["abcdefghijklmnopqrstuvwxyzabcdefghij"] * 8) + "”"
    place(now, FERRY[0], FERRY[1] + quote)
    joined = place(now, FERRY[0], FERRY[1] + quote)
    assert joined.story_reasons[1].startswith("same quote “abcdefghij")
    assert max(map(len, joined.story_reasons)) == 300


def test_outside_the_window_a_story_is_not_taken_up(now):
    first = place(now, *FERRY)
    assert place(now + 71 * HOUR, *FERRY_AGAIN).story == first.story
    assert place(now + timedelta(days=8), *FERRY_AGAIN).story != first.story


def test_a_report_that_a_feed_shows_late_joins_by_its_own_time(now):
    first = place(now, *FERRY)
    late = place(now + 5 * HOUR, *FERRY_AGAIN, at=now - 70 * HOUR)
    later = place(now + 5 * HOUR, *FERRY_AGAIN, at=now - 70 * HOUR - 73 * HOUR)
    assert late.story == first.story != later.story
    story = Story.objects.get(pk=first.story_id)
    assert (story.first_at, story.last_at) == (now - 70 * HOUR, now)


def test_of_equally_near_stories_the_lowest_number_is_joined(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    stories = [grouped.story_at(now, 10)[0] for _ in range(3)]
    assert group(at_angle(now, 10), now).story == stories[0]


def test_the_mean_over_a_storys_reports_decides(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    mixed, _ = grouped.story_at(now, 0, 90, 95, 100)
    even, _ = grouped.story_at(now, 40, 42)
    assert group(at_angle(now, 0), now).story == even
    assert Story.objects.get(pk=mixed.pk).revision == 1


# --- who never meets


def test_languages_do_not_mix(now):
    first = place(now, *FERRY)
    assert place(now, *FERRY, lang="nb").story != first.story
    assert place(now, *FERRY, lang="").story != first.story


def test_without_an_encoder_reports_meet_by_shared_keys(now):
    first, second = place(now, *FAEHRE, lang="de"), place(now + HOUR, *FAEHRE_WIEDER, lang="de")
    other = place(now, *BUDGET, lang="de")
    assert first.story == second.story != other.story
    assert not any("meaning" in reason for reason in second.story_reasons)
    recent = Recent.objects.get(article=first)
    assert recent.vector is None
    assert {"skarv", "vale", "84"} <= set(recent.keys)
    assert len(recent.keys) == KEYS


def test_the_same_words_in_two_languages_stay_two_stories(now):
    stories = {place(now, *FAEHRE, lang=lang).story_id for lang in ("de", "nl", "da", "")}
    assert len(stories) == 4


def test_invented_news_never_bears_out_a_newsrooms(now):
    real = place(now, *FERRY)
    invented = place(now, *FERRY_AGAIN, outlet=factories.outlet(demo=True))
    again = place(now, *FERRY, outlet=factories.outlet(demo=True))
    assert real.story != invented.story == again.story
    assert invented.story.demo
    assert place(now, *FERRY_AGAIN).story == real.story


def test_a_story_that_was_merged_away_is_never_joined(now):
    first, other = place(now, *FERRY), place(now, *BUDGET)
    curation.merge(other.story, first.story, By.person(factories.editor()), now)
    joined = place(now, *FERRY_AGAIN)
    assert joined.story != first.story
    # Not even where a row among the recent ones were left behind.
    Recent.objects.update(story=first.story)
    assert place(now, *FERRY_AGAIN).story != first.story


# --- what becomes of a story


def test_a_closed_story_is_taken_up_again(now):
    first = place(now, *FERRY)
    later = now + 80 * HOUR
    assert closing.close_quiet(later) == 1
    joined = place(later, *FERRY_AGAIN, at=now + 70 * HOUR)
    story = Story.objects.get(pk=first.story_id)
    assert joined.story == story
    assert (story.closed_at, story.reopened_at) == (None, later)


def test_a_story_grows_with_its_reports(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    founded, joined = grouped.arrive(now, 0, 40)
    story = Story.objects.get(pk=founded.story_id)
    assert joined.story == story
    assert (story.article_count, story.revision, story.looked_revision) == (2, 2, 0)
    assert list(story.vector[:3]) == pytest.approx([1 + 0.7660, 0.6428, 0], abs=1e-4)


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


# --- what comes round again


def test_an_article_keeps_its_story_when_it_comes_round_again(now):
    place(now, *BUDGET)
    article = place(now, *FERRY)
    before = TermCount.objects.get(lang="en", term="").articles
    Article.objects.filter(pk=article.pk).update(title=BUDGET[0], summary=BUDGET[1])
    again = group(article, now + HOUR)
    assert again.story == article.story
    assert (again.story_score, again.story_reasons) == (article.story_score, article.story_reasons)
    assert again.story.revision == 1
    assert TermCount.objects.get(lang="en", term="").articles == before


def test_its_row_among_the_recent_ones_is_written_anew(now):
    article = place(now, *FERRY)
    before = Recent.objects.get()
    assert (before.story, before.lang, before.demo, before.reported_at) == (article.story, "en", False, now)
    assert before.grouped_at == now
    assert set(before.marks["names"]) == set(article.traits["names"])
    assert list(before.vector) == pytest.approx(list(article.vector), abs=1e-3)
    assert before.keys == []
    other = read(now, *BUDGET)
    Article.objects.filter(pk=article.pk).update(vector=other.vector, terms=other.terms, traits=other.traits)
    group(article, now + HOUR)
    after = Recent.objects.get()
    assert (after.article, after.story, after.grouped_at) == (article, article.story, now + HOUR)
    assert set(after.marks["terms"]) == set(other.terms)


def test_new_reports_are_compared_with_what_an_article_says_now(now):
    article = place(now, *FERRY)
    assert place(now, *FERRY_AGAIN).story == article.story
    other = read(now, *BUDGET)
    for pk in Article.objects.filter(story=article.story).values_list("pk", flat=True):
        Article.objects.filter(pk=pk).update(vector=other.vector, terms=other.terms, traits=other.traits)
        group(Article.objects.get(pk=pk), now + HOUR)
    assert place(now + 2 * HOUR, *FERRY_AGAIN).story != article.story
    assert place(now + 2 * HOUR, *BUDGET).story == article.story


def test_an_article_that_was_read_before_there_were_traits_is_grouped_all_the_same(now):
    first = place(now, *FERRY)
    old = read(now, *FERRY_AGAIN)
    Article.objects.filter(pk=old.pk).update(traits=None)
    assert group(old, now).story == first.story


def test_an_article_in_a_story_of_another_language_counts_as_of_that(now):
    stray = place(now, *FERRY_AGAIN, lang="")
    story = place(now, *FERRY).story
    curation.merge(story, stray.story, By.person(factories.editor()), now)
    again = group(stray, now + HOUR)
    assert again.story == story
    assert Recent.objects.get(article=stray).lang == "en"


@pytest.mark.parametrize("word", ["Northern" * 40, "Skarv-" * 60 + "Skarv", "1,000" * 50, "7" * 450, "Ø’" * 200])
def test_words_of_any_length_are_grouped(now, word):
    article = place(now, word[:500], f"So said {word} of {word}, {word}.")
    assert article.story.article_count == 1
    assert place(now, word[:500], f"So said {word} of {word}, {word}.", lang="xx").story_id


# --- surroundings


def test_the_nearest_come_first_and_only_what_is_comparable(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    near = [group(at_angle(now, angle), now).pk for angle in (30, 10, 20)]
    group(at_angle(now, 0, lang="en-GB"), now)
    group(at_angle(now, 0, outlet=factories.outlet(demo=True)), now)
    group(at_angle(now - 97 * HOUR, 0), now)
    mine = group(at_angle(now, 0), now)
    with transaction.atomic():
        found = surroundings.nearest([Recent.objects.get(article=mine)])[mine.pk]
    assert [one.article for one in found] == [near[1], near[2], near[0]]
    assert [round(one.nearness, 2) for one in found] == [0.98, 0.94, 0.87]


def test_of_a_storys_reports_the_latest_are_compared(now, monkeypatch):
    grouped.by_hand(monkeypatch)
    story, articles = grouped.story_at(now, *range(30))
    other, theirs = grouped.story_at(now, 90)
    found = surroundings.latest([story.pk, other.pk, other.pk + 1], 24)
    assert [one.article for one in found[story.pk]] == articles[6:]
    assert [one.article for one in found[other.pk]] == theirs
    assert found.keys() == {story.pk, other.pk}
    marks = surroundings.marks_of([*articles, theirs[0] + 1])
    assert sorted(marks) == articles


def test_a_story_costs_the_same_questions_however_large_it_is(now, monkeypatch, django_assert_max_num_queries):
    grouped.by_hand(monkeypatch)
    grouped.story_at(now, *[0] * 40)
    for angle in range(90, 180, 10):
        grouped.story_at(now, angle)
    article = at_angle(now, 0)
    with django_assert_max_num_queries(20):
        group(article, now)


@pytest.mark.django_db(transaction=True)
def test_reports_of_one_event_that_come_at_once_found_one_story(now):
    articles = [read(now, *report) for report in (FERRY, FERRY_AGAIN, FERRY, FERRY_AGAIN)]

    def work(article):
        with transaction.atomic():
            group(article, now)

    at_once(work, articles)
    story = Story.objects.get()
    assert story.article_count == story.revision == story.articles.count() == 4
    assert TermCount.objects.get(lang="en", term="").articles == 4
    assert grouping.compute(articles, now).keys() == {article.pk for article in articles}
