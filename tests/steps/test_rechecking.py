"""Looking at pages again while their story lives."""

from __future__ import annotations

from datetime import timedelta

import pytest

from stories.ingest.errors import Permanent, Temporary
from stories.ingest.replies import HttpPermanent
from stories.models import Article, Stage, TextState
from stories.services import rechecking, visiting
from stories.services.rechecking import Rechecked, recheck
from tests import factories
from tests.fakes import page
from tests.steps.test_extraction import PARAGRAPHS

pytestmark = pytest.mark.django_db
URL = "https://example.org/1"
TEXT = "\n\n".join(PARAGRAPHS)
MORE = "The hull is torn over a length of nine metres, the operator said in the evening."


@pytest.fixture
def article(now, web):
    """An article at rest in a living story, seen an hour ago; its page says what it said then."""
    made = factories.article(
        url=URL, title="Ferry aground", text=TEXT, first_seen_at=now - timedelta(hours=1), recheck_at=now
    )
    factories.story([made])
    web.put(URL, page("Ferry aground", *PARAGRAPHS))
    return made


def look(article, now):
    result = recheck(lambda: now)
    article.refresh_from_db()
    return result


def test_a_page_that_says_the_same_is_looked_at_again_later(web, article, now):
    assert look(article, now) == Rechecked(looked=1, changed=0, more=False)
    assert (article.rechecks, article.rechecked_at, article.stage) == (1, now, Stage.DONE)
    assert abs(article.recheck_at - article.first_seen_at - timedelta(hours=6)) <= timedelta(minutes=36)
    assert article.versions.count() == 1
    assert look(article, now).looked == 0


def test_a_changed_page_makes_a_version_and_the_article_is_read_anew(web, article, now):
    web.put(URL, page("Ferry aground", *PARAGRAPHS, MORE))
    assert look(article, now) == Rechecked(looked=1, changed=1, more=False)
    assert (article.stage, article.attempts, article.lease_token) == (Stage.EXTRACTED, 0, None)
    assert MORE in article.version.text
    assert article.versions.count() == 2
    assert article.version.seen_at == now
    assert article.title == "Ferry aground"


def test_a_new_advert_or_counter_is_no_version(web, article, now):
    web.put(
        URL,
        page("Ferry aground | The Skarv Courier", "Advertisement", *PARAGRAPHS, "214 comments", "Updated 3 hours ago"),
    )
    assert look(article, now).changed == 0
    assert article.versions.count() == 1


def test_the_validators_of_the_last_answer_are_sent_and_a_304_is_no_change(web, article, now):
    look(article, now)
    web.asked.clear()
    at = article.recheck_at
    assert look(article, at) == Rechecked(looked=1, changed=0, more=False)
    assert [request.etag for request in web.asked_for(URL)] == [article.page_etag] != [""]
    assert article.rechecks == 2


def test_without_text_from_the_page_the_whole_page_is_asked_for(web, article, now):
    look(article, now)
    Article.objects.update(text_state=TextState.NONE, version=None, recheck_at=now)
    article.versions.all().delete()
    assert look(article, now).changed == 1
    assert web.asked_for(URL)[-1].etag == ""
    assert (article.text_state, article.text_reason) == (TextState.PAGE, "")
    assert PARAGRAPHS[1] in article.version.text


def test_a_summary_that_its_feed_changed_in_the_meantime_becomes_a_version_too(web, article, now):
    Article.objects.update(summary="Eighty-four people were on board.")
    assert look(article, now).changed == 1
    assert (article.version.summary, article.version.text) == ("Eighty-four people were on board.", TEXT)


def test_a_page_that_is_gone_is_noted_once_and_keeps_its_text(web, article, now):
    web.put(URL, HttpPermanent("example.org has no such page (HTTP 404)", status=404))
    look(article, now)
    assert (article.page_gone_at, article.version.text, article.stage) == (now, TEXT, Stage.DONE)
    later = article.recheck_at
    look(article, later)
    assert article.page_gone_at == now
    web.put(URL, page("Ferry aground", *PARAGRAPHS))
    look(article, article.recheck_at)
    assert article.page_gone_at is None


@pytest.mark.parametrize(
    "failure", [Temporary("example.org did not answer"), Permanent("example.org asks robots to stay out")]
)
def test_a_page_that_cannot_be_had_takes_nothing_away(web, article, now, failure):
    web.put(URL, failure)
    assert look(article, now) == Rechecked(looked=1, changed=0, more=False)
    assert (article.page_gone_at, article.version.text) == (None, TEXT)
    assert article.recheck_at > now + timedelta(hours=1)


def test_four_looks_and_then_no_more(web, article, now):
    story = article.story
    seen = []
    while article.recheck_at:
        at = article.recheck_at
        story.last_at = at
        story.save()
        look(article, at)
        seen.append(at - article.first_seen_at)
    assert [round(s / timedelta(hours=1)) // 6 for s in seen[:1]] == [0]
    assert len(seen) == 4
    assert timedelta(days=6.3) <= seen[-1] <= timedelta(days=7.7)


def test_pages_of_a_story_that_has_ended_are_left_alone(web, article, now):
    story = article.story
    story.last_at = now - timedelta(hours=73)
    story.save()
    assert look(article, now) == Rechecked(looked=0, changed=0, more=False)
    assert article.recheck_at is None
    assert web.asked == []


@pytest.mark.parametrize("stage", [Stage.FOUND, Stage.READ, Stage.FAILED])
def test_only_articles_at_rest_are_looked_at(web, article, now, stage):
    Article.objects.update(stage=stage)
    assert look(article, now).looked == 0
    assert (article.stage, web.asked) == (stage, [])


def test_a_host_whose_turn_has_not_come_is_asked_later(web, article, now, monkeypatch):
    at = now + timedelta(seconds=40)
    monkeypatch.setattr(visiting, "pages", lambda requests, clock: iter([(0, visiting.Later(at, "busy"))]))
    assert look(article, now).looked == 0
    assert (article.recheck_at, article.rechecks) == (at, 0)


def test_a_worker_that_dies_only_delays(web, article, now, monkeypatch):
    def die(requests, clock):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(visiting, "pages", die)
        recheck(lambda: now)
    assert look(article, now).looked == 0
    assert look(article, now + rechecking.LEASE).looked == 1


def test_an_article_that_its_feed_changed_during_the_look_is_left_to_the_pipeline(web, article, now, monkeypatch):
    web.put(URL, page("Ferry aground", *PARAGRAPHS, MORE))
    honest = visiting.pages

    def pages(requests, clock):
        yield from honest(requests, clock)
        Article.objects.update(stage=Stage.FOUND, title="Ferry refloated")

    monkeypatch.setattr(visiting, "pages", pages)
    assert look(article, now).changed == 0
    assert (article.stage, article.title) == (Stage.FOUND, "Ferry refloated")


def test_one_articles_fault_does_not_cost_its_neighbours_their_look(web, article, now, monkeypatch):
    other = factories.article(
        url="https://example.net/2", text=TEXT, first_seen_at=now - timedelta(hours=1), recheck_at=now
    )
    factories.story([other])
    web.put(other.url, page("Ferry aground", *PARAGRAPHS, MORE))
    honest = rechecking.extraction.learn

    def learn(row, answer, at):
        if row.pk == article.pk:
            raise ValueError("nobody foresaw this")
        return honest(row, answer, at)

    monkeypatch.setattr(rechecking.extraction, "learn", learn)
    assert look(article, now) == Rechecked(looked=2, changed=1, more=False)
    assert article.recheck_at == now + rechecking.LEASE


def test_a_full_batch_says_that_more_may_be_due(web, now, monkeypatch):
    monkeypatch.setattr(rechecking, "BATCH", 2)
    rows = [
        factories.article(url=f"https://h{n}.example/", text=TEXT, first_seen_at=now, recheck_at=now) for n in range(3)
    ]
    factories.story(rows)
    assert recheck(lambda: now).more
    assert not recheck(lambda: now).more


def test_demo_pages_are_asked_for_as_our_own(web, article, now):
    outlet = article.outlet
    outlet.demo = True
    outlet.save()
    look(article, now)
    assert web.asked_for(URL)[0].own
