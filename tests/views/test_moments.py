"""The story page as of an earlier moment, and what is new on it since somebody's last visit."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
import time_machine

from stories.models import Article, Story, StoryComparison, StoryProvenance, Version, Visit
from tests import factories
from tests.nlp.provenance_worlds import harbour
from tests.stories_traced import traced

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return traced(harbour())


def at(story: Story, moment) -> str:
    return f"{story.get_absolute_url()}?at={quote(moment.isoformat())}"


def text(response) -> str:
    return " ".join(response.content.decode().split())


def times(story: Story) -> list:
    return sorted(story.articles.values_list("reported_at", flat=True))


def test_only_what_was_out_by_then_is_there(client, story):
    every = times(story)
    page = client.get(at(story, every[2]))
    shown = {report.article.pk for report in page.context["page"].drawn}
    assert shown == set(story.articles.filter(reported_at__lte=every[2]).values_list("pk", flat=True))
    assert f"{len(shown)} of {story.article_count} reports were out." in text(page)
    assert "Back to now" in text(page)
    assert all(one.row.at <= every[2] for one in page.context["page"].whence.happened)


def test_the_first_moment_has_one_report_and_one_origin(client, story):
    page = client.get(at(story, times(story)[0]))
    assert page.status_code == 200
    assert page.context["story"].article_count == 1
    assert page.context["page"].whence.reports == 1


def test_stepping_from_report_to_report_reaches_now(client, story):
    moment = client.get(at(story, times(story)[0])).context["moment"]
    seen = [moment.at]
    while moment.after:
        moment = client.get(at(story, moment.after)).context["moment"]
        seen.append(moment.at)
    assert seen == sorted(set(times(story)))
    assert moment.page.story.article_count == story.article_count


def test_nothing_is_written(client, story):
    before = (
        list(StoryProvenance.objects.values()),
        list(StoryComparison.objects.values()),
        list(Story.objects.values()),
    )
    titles = list(Article.objects.values_list("pk", "title"))
    client.get(at(story, times(story)[1]))
    after = (
        list(StoryProvenance.objects.values()),
        list(StoryComparison.objects.values()),
        list(Story.objects.values()),
    )
    assert (after, list(Article.objects.values_list("pk", "title"))) == (before, titles)


def test_an_article_has_the_wording_of_then(client, story):
    article = story.articles.earliest("reported_at")
    later = article.reported_at + timedelta(hours=5)
    new = Version.objects.create(
        article=article, hash="new", title="A headline of the evening", text="Words of later.", seen_at=later,
        text_state=article.version.text_state,
    )  # fmt: skip
    old, article.title, article.version = article.title, new.title, new
    article.save()
    then = text(client.get(at(story, later - timedelta(minutes=30))))
    assert old in then
    assert "A headline of the evening" not in then
    assert "Words of later" not in then
    assert "A headline of the evening" in text(client.get(story.get_absolute_url()))


def test_before_the_first_report_there_is_nothing_and_the_page_says_so(client, story):
    page = client.get(at(story, times(story)[0] - timedelta(days=1)))
    assert page.status_code == 200
    assert "No report was out by then." in text(page)
    assert "moment" not in page.context


@pytest.mark.parametrize("value", ["yesterday", "2026-13-40T99:99", "\x00", "9" * 500, "0001-01-01T00:00"])
def test_what_is_no_time_is_said_to_be_none(client, story, value):
    page = client.get(story.get_absolute_url(), {"at": value})
    assert page.status_code == 200
    assert 'aria-invalid="true"' in text(page)


def test_the_future_is_now(client, story):
    page = client.get(at(story, times(story)[-1] + timedelta(days=4000)))
    assert "moment" not in page.context
    assert "Back to now" not in text(page)


def test_a_moment_costs_few_questions_and_the_second_time_less_work(client, story, django_assert_max_num_queries):
    client.get(at(story, times(story)[3]))
    with django_assert_max_num_queries(14):
        client.get(at(story, times(story)[3]))


def test_who_comes_back_sees_what_is_new(client, story, now):
    reader = factories.user()
    client.force_login(reader)
    with time_machine.travel(now, tick=False):
        assert "since your last visit" not in text(client.get(story.get_absolute_url()))
        assert "since your last visit" not in text(client.get(story.get_absolute_url()))
    fresh = factories.article(story=story, title="News of the evening", first_seen_at=now + timedelta(hours=2))
    with time_machine.travel(now + timedelta(hours=3), tick=False):
        page = client.get(story.get_absolute_url())
    assert "1 new report since your last visit" in text(page)
    assert page.context["since"].reports == {fresh.pk}
    assert text(page).count('class="chip new"') == 1


def test_looking_ahead_and_looking_back_are_no_visits(client, story):
    client.force_login(factories.user())
    client.get(story.get_absolute_url(), headers={"sec-purpose": "prefetch"})
    client.head(story.get_absolute_url())
    client.get(at(story, times(story)[0]))
    assert not Visit.objects.exists()


def test_who_is_not_signed_in_leaves_no_trace(client, story):
    client.get(story.get_absolute_url())
    assert not Visit.objects.exists()


def test_an_old_address_leads_to_the_same_moment(client, story):
    moment = quote(times(story)[1].isoformat())
    answer = client.get(f"/story/{story.pk}/an-older-name/?at={moment}")
    assert (answer.status_code, answer["Location"]) == (301, f"{story.get_absolute_url()}?at={moment}")
