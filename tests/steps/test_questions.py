"""What the program asks besides grouping's doubts: found, asked once, lapsed, weighed; and what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stories.models import Act, Article, Ask, Doubt, DoubtState, Outlet, Proposal, Story
from stories.nlp.findings import Role
from stories.nlp.oddities import Odd, Oddity
from stories.services import curation, doubts, overriding, proposals, questions, tracing, undoing
from stories.services.acts import By, Refused
from stories.services.doubts import Question
from tests import factories, followed
from tests.nlp.test_oddities import own
from tests.steps.curating import members, story_of
from tests.stories_traced import traced

pytestmark = pytest.mark.django_db


@pytest.fixture
def user(db):
    return factories.editor(email="anna@isles.example")


def barely(now, score=0.63, count=3):
    """A story of which the last report barely joined."""
    story, pks = story_of(now - timedelta(hours=5), count)
    Article.objects.filter(pk__in=pks).update(story_score=0.9, story_reasons=["90 % sure"])
    Article.objects.filter(pk=pks[0]).update(story_score=0.3, story_reasons=["no report like it within 72 h"])
    Article.objects.filter(pk=pks[-1]).update(story_score=score, story_reasons=["63 % sure", "shared names: Holm"])
    return story, pks


def asked(act):
    return list(Doubt.objects.filter(act=act, state=DoubtState.OPEN).order_by("-priority", "pk"))


def trace(story):
    """Trace a story, as the step does."""
    row = Story.objects.get(pk=story.pk)
    article = row.articles.first()
    tracing.save(article, tracing.trace(row), factories.MORNING)


def test_a_report_that_barely_joined_is_asked_about_once(now, user):
    story, pks = barely(now)
    assert questions.refresh(now).asked == 1
    (doubt,) = asked(Ask.MEMBER)
    assert (doubt.story, doubt.articles, doubt.probability) == (story, [pks[2]], 0.63)
    assert doubt.reasons == ["63 % sure", "shared names: Holm"]
    assert (doubt.reach, doubt.priority) == (3, pytest.approx(0.74 * 3))
    assert questions.refresh(now) == questions.Refreshed()
    doubts.accept(doubt, user, "", now)
    assert questions.refresh(now) == questions.Refreshed()


@pytest.mark.parametrize(
    "change",
    [
        lambda story, pks, now: Article.objects.filter(pk=pks[2]).update(story_score=0.7),
        lambda story, pks, now: Article.objects.filter(pk=pks[2]).update(story_reasons=["the nearest story is not"]),
        lambda story, pks, now: Article.objects.filter(pk=pks[2]).update(copy_of=pks[0]),
        lambda story, pks, now: Story.objects.filter(pk=story.pk).update(locked=True),
        lambda story, pks, now: Story.objects.filter(pk=story.pk).update(hidden=True),
        lambda story, pks, now: Story.objects.filter(pk=story.pk).update(closed_at=now),
        lambda story, pks, now: Story.objects.filter(pk=story.pk).update(last_at=now - timedelta(hours=73)),
        lambda story, pks, now: curation.bind([pks[2]], pks[0], By.person(factories.editor()), now),
        lambda story, pks, now: curation.remove([pks[2]], By.person(factories.editor()), now),
    ],
    ids=["sure", "founder", "copy", "locked", "hidden", "closed", "old", "bound", "removed"],
)
def test_what_is_not_asked_about_and_what_ends_the_question(now, change):
    story, pks = barely(now)
    change(story, pks, now)
    assert questions.refresh(now).asked == 0
    Doubt.objects.all().delete()
    story, pks = barely(now)
    questions.refresh(now)
    assert len(asked(Ask.MEMBER)) == 1
    change(story, pks, now)
    questions.refresh(now)
    assert asked(Ask.MEMBER) == []
    assert Doubt.objects.get(articles=[pks[2]]).state == DoubtState.OUTDATED


def test_a_report_that_may_be_split_off_is_not_asked_about_twice(now):
    story, pks = barely(now)
    doubts.ask(Act.SPLIT, story, None, [pks[2]], 0.5, [], now)
    assert questions.refresh(now).asked == 0


def test_a_question_that_lapsed_is_asked_again_when_it_is_one_again(now):
    story, _ = barely(now)
    questions.refresh(now)
    Story.objects.filter(pk=story.pk).update(locked=True)
    questions.refresh(now)
    Story.objects.filter(pk=story.pk).update(locked=False)
    later = now + timedelta(hours=1)
    questions.refresh(later)
    (doubt,) = asked(Ask.MEMBER)
    assert (doubt.found_at, doubt.decided_at) == (later, None)


def test_yes_binds_the_report_and_no_takes_it_out(now, user):
    story, pks = barely(now)
    questions.refresh(now)
    bound = doubts.accept(asked(Ask.MEMBER)[0], user, "the same ferry", now)
    assert (bound.act, bound.note, members(story)) == (Act.TOGETHER, "the same ferry", set(pks))
    other, more = barely(now)
    questions.refresh(now)
    gone = doubts.dismiss(asked(Ask.MEMBER)[0], user, "", now)
    assert (gone.act, members(other)) == (Act.REMOVE, set(more[:2]))
    assert {row.decided_by for row in Doubt.objects.all()} == {user}


def test_a_name_in_many_articles_is_asked_about(now, user):
    for name, count in (("Isles Gazette", 9), ("Holm Herald", 5), ("Rarely Seen", 4)):
        Proposal.objects.create(name=name, articles=count, evidence=[0, 5], first_seen_at=now)
    Proposal.objects.create(name="No Outlet", articles=50, evidence=[0, 5], first_seen_at=now, dismissed_at=now)
    assert questions.refresh(now).asked == 2
    first, second = asked(Ask.OUTLET)
    assert (first.proposal.name, first.reach, first.story) == ("Isles Gazette", 9, None)
    assert "Isles Gazette" in first.reasons[0]
    assert doubts.accept(first, user, "", now) is None
    assert Outlet.objects.filter(name="Isles Gazette").exists()
    assert doubts.dismiss(second, user, "", now) is None
    assert Proposal.objects.get(name="Holm Herald").dismissed_at == now
    states = dict(Doubt.objects.values_list("pk", "state"))
    assert states == {first.pk: DoubtState.DONE, second.pk: DoubtState.DISMISSED}
    assert questions.refresh(now) == questions.Refreshed()


def test_a_name_that_was_dealt_with_elsewhere_is_in_question_no_longer(now, user):
    for name in ("Isles Gazette", "Holm Herald"):
        Proposal.objects.create(name=name, articles=9, evidence=[0, 5], first_seen_at=now)
    questions.refresh(now)
    proposals.accept(["Isles Gazette"], now)
    proposals.dismiss(["Holm Herald"], now)
    one, _ = asked(Ask.OUTLET)
    with pytest.raises(Refused, match="no longer in question"):
        doubts.accept(one, user, "", now)
    assert questions.refresh(now).lapsed == 1
    proposals.take_up(["Holm Herald"])
    assert questions.refresh(now).asked == 1
    assert [row.proposal.name for row in asked(Ask.OUTLET)] == ["Holm Herald"]


def odd_story():
    """Two origins at once, as they are traced."""
    story = traced([own(1, "Daily Ledger", 0, "Ann Lee"), own(2, "Valley News", 1, "Piet Aal")])
    story.articles.update(vector=[0.1] * 384)
    return story, list(story.articles.order_by("reported_at"))


def test_odd_origins_are_asked_about_when_a_story_is_traced(now, user):
    story, (first, second) = odd_story()
    trace(story)
    (doubt,) = asked(Ask.ORIGINS)
    assert (doubt.story, doubt.articles, doubt.key) == (story, [first.pk, second.pk], f"origins:{first.pk}-{second.pk}")
    assert "open alike" in doubt.reasons[0]
    trace(story)
    assert Doubt.objects.count() == 1
    edit = doubts.dismiss(doubt, user, "one agency behind both", now)
    assert (edit.act, edit.article) == (Act.ROLE, second)
    story.refresh_from_db()
    trace(story)
    assert story.__class__.objects.get(pk=story.pk).provenance.least == 1
    assert (Doubt.objects.get().state, Doubt.objects.get().edit) == (DoubtState.DISMISSED, edit)


def test_origins_that_an_editor_calls_independent_stay_as_they_are(now, user):
    story, _ = odd_story()
    trace(story)
    assert doubts.accept(asked(Ask.ORIGINS)[0], user, "", now) is None
    trace(story)
    assert Story.objects.get(pk=story.pk).provenance.least == 2
    row = Doubt.objects.get()
    assert (row.state, row.decided_by, row.edit) == (DoubtState.DONE, user, None)


def test_what_is_odd_no_longer_lapses(now, user):
    story, (_, second) = odd_story()
    trace(story)
    overriding.set_role(second, Role.RE_REPORT, By.person(user), now)
    trace(story)
    assert Doubt.objects.get().state == DoubtState.OUTDATED


def test_only_questions_of_grouping_lapse_by_a_new_look(now):
    story, _ = barely(now)
    questions.refresh(now)
    questions.of_origins(story, [Odd(Oddity.AGGREGATOR, (8,), "odd")], now)
    doubts.put(Question(Ask.READER, story), now)
    doubts.settle(story, [], now)
    assert Doubt.objects.filter(state=DoubtState.OPEN).count() == 3


def test_priority_is_doubt_times_reach_and_follows_both(now):
    (story, _), (other, _) = story_of(now, 2), story_of(now, 3)
    doubt = doubts.ask(Act.MERGE, story, other, [], 0.6, [], now)
    assert (doubt.reach, doubt.priority) == (5, pytest.approx(0.8 * 5))
    ann = factories.user()
    followed.follow(ann, story, now=now)
    followed.follow(factories.user(), other, now=now)
    followed.follow(ann, other, now=now, team=followed.team("Isles desk", ann, factories.user()))
    assert questions.refresh(now).weighed == 1
    doubt.refresh_from_db()
    assert (doubt.reach, doubt.priority) == (9, pytest.approx(0.8 * 9))
    assert questions.refresh(now).weighed == 0
    followed.follow(factories.user(is_active=False), other, now=now)
    followed.follow(ann, other, now=now)
    assert questions.refresh(now).weighed == 0, "who follows twice counts once, and who is gone not at all"


@pytest.mark.parametrize(("p", "doubtful"), [(0.5, 1), (0.0, 0), (1.0, 0), (0.75, 0.5), (0.25, 0.5)])
def test_a_coin_s_toss_is_the_most_doubtful(now, p, doubtful):
    story, (_, b) = story_of(now, 2)
    assert doubts.ask(Act.SPLIT, story, None, [b], p, [], now).priority == pytest.approx(doubtful * 2)


def test_the_same_is_asked_anew_after_an_undo_only_where_something_new_came(now, user):
    (story, _), (other, _) = story_of(now, 2), story_of(now, 2)
    first = doubts.ask(Act.MERGE, story, other, [], 0.5, [], now)
    edit = doubts.accept(first, user, "", now)
    later = now + timedelta(hours=1)
    undoing.undo(edit, By.person(user), later)
    assert doubts.ask(Act.MERGE, story, other, [], 0.5, [], later) == first
    factories.article(story=story, first_seen_at=later + timedelta(minutes=1))
    again = doubts.ask(Act.MERGE, story, other, [], 0.5, [], later)
    assert (again.key, again.state) == (f"{first.key}@{edit.undone_by.pk}", DoubtState.OPEN)
    first.refresh_from_db()
    assert (first.state, first.edit) == (DoubtState.DONE, edit)
    assert doubts.ask(Act.MERGE, other, story, [], 0.6, [], later) == again
    doubts.dismiss(again, user, "", later)
    assert doubts.ask(Act.MERGE, other, story, [], 0.6, [], later) == again
    assert Doubt.objects.count() == 2


def test_tracing_asks_one_thing_more_where_nothing_is_odd(now):
    story, _ = barely(now)
    with CaptureQueriesContext(connection) as queries:
        questions.of_origins(story, (), now)
    assert len(queries) == 1


def test_a_run_costs_the_same_however_much_there_is(now):
    for _ in range(3):
        barely(now)
    questions.refresh(now)
    with CaptureQueriesContext(connection) as few:
        questions.refresh(now)
    for _ in range(40):
        barely(now)
    for _ in range(3):
        questions.refresh(now)
    assert Doubt.objects.count() == 43
    with CaptureQueriesContext(connection) as many:
        questions.refresh(now)
    assert len(many) == len(few) <= 9


def test_a_first_run_over_a_large_house_asks_some_at_a_time(now, monkeypatch):
    monkeypatch.setattr(questions, "MOST_ASKED", 2)
    for score in (0.69, 0.62, 0.65):
        barely(now, score)
    assert questions.refresh(now).asked == 2
    assert {row.probability for row in asked(Ask.MEMBER)} == {0.62, 0.65}
    assert questions.refresh(now).asked == 1
