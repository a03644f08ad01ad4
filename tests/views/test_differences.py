"""Which reports were in a story at any moment, and what changed between two: reckoned backwards, never made up."""

from __future__ import annotations

import random
from contextlib import suppress
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from stories.models import Article, Edit, Happening, Story, Version, Visit
from stories.nlp.findings import Role
from stories.nlp.lineage import HappeningKind
from stories.selectors import differences, rewordings
from stories.selectors.membership_at import Moment, Move, members_at, places_at
from stories.services import bringing, curation, marking, overriding, undoing
from stories.services.acts import By, Refused
from tests import factories
from tests.steps.curating import SURE

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def diff(story, **query):
    address = reverse("admin:stories_story_diff", args=[story.pk])
    return address + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def stamp(at):
    return at.isoformat().replace("+00:00", "Z")


def old(count, at, **kw):
    """A story of reports that came before `at`, an hour apart."""
    rows = [factories.article(first_seen_at=at - (count - n) * HOUR, **kw) for n in range(count)]
    return factories.story(rows), [row.pk for row in rows]


def test_what_is_not_moved_has_been_there_since_it_was_seen(now):
    seen = {1: now, 2: now + HOUR}
    where = {1: 7, 2: 7}
    assert members_at(7, where, seen, [], Moment(now - HOUR)) == set()
    assert members_at(7, where, seen, [], Moment(now)) == {1}
    assert members_at(7, where, seen, [], Moment(now + HOUR)) == {1, 2}


def test_moves_are_reversed_from_the_last_on(now):
    moves = [Move(1, now, [[1, 7, 8]]), Move(2, now + HOUR, [[1, 8, 9], [2, None, 9]])]
    seen, where = {1: now - HOUR, 2: now - HOUR}, {1: 9, 2: 9}

    def at(moment):
        return places_at(where, seen, reversed(moves), moment)

    assert at(Moment(now - HOUR)) == {1: 7, 2: None}
    assert at(Moment(now)) == {1: 8, 2: None}
    assert at(Moment(now, 1, before=True)) == {1: 7, 2: None}
    assert at(Moment(now, 1)) == {1: 8, 2: None}
    assert at(Moment(now + HOUR)) == where


def test_what_waited_for_another_came_after_it_whatever_its_clock_said(now):
    """The second took its time before it waited: it stands on the first, and is not reversed without it."""
    moves = [Move(1, now + HOUR, [[1, 7, 8]]), Move(2, now, [[1, 8, 9]])]
    seen, where = {1: now - HOUR}, {1: 9}
    assert places_at(where, seen, moves, Moment(now + HOUR / 2)) == {1: 7}


def act(dice, by, at):
    """Any act on any stories, or the undo of any; what is refused is passed over."""
    stories = list(Story.objects.filter(merged_into=None).order_by("pk"))
    one, two = (dice.choice(stories) for _ in range(2))
    inside = list(one.articles.order_by("pk").values_list("pk", flat=True))
    some = dice.sample(inside, dice.randint(0, min(3, len(inside))))
    acts = [
        lambda: curation.merge(one, two, dice.choice((by, SURE)), at),
        lambda: curation.split(one, some, dice.choice((by, SURE)), at),
        lambda: curation.move(some, two, by, at),
        lambda: curation.remove(some, by, at),
        lambda: bringing.bring(one, f"https://isles-{dice.randint(1, 999)}.example/news/{at:%H%M%S}", by, at),
    ]
    with suppress(Refused):
        return dice.choices(acts, weights=(2, 3, 3, 2, 1))[0]()
    return None


@pytest.mark.parametrize("seed", range(6))
def test_any_run_of_acts_and_undos_is_remembered_as_it_was(now, ada, seed):
    dice, by, done, kept = random.Random(seed), By.person(ada), [], []
    for _ in range(3):
        old(3, now)
    kept.append((Moment(now - timedelta(seconds=1)), snapshot()))
    for step in range(24):
        at = now + step * HOUR
        if done and dice.random() < 0.35:
            with suppress(Refused):
                undoing.undo(done.pop(dice.randrange(len(done))), by, at)
        elif edit := act(dice, by, at):
            done.append(edit)
        kept.append((Moment(at), snapshot()))
    assert Edit.objects.count() >= 8
    for story in Story.objects.order_by("pk"):
        for moment, then in kept:
            assert differences.membership(story, moment) == then.get(story.pk, set()), moment
        assert differences.membership(story, Moment(now + 99 * HOUR)) == members_of(story)


def snapshot():
    """Which articles every story holds."""
    found = {}
    for article, story in Article.objects.exclude(story=None).values_list("pk", "story"):
        found.setdefault(story, set()).add(article)
    return found


def members_of(story):
    return set(Article.objects.filter(story=story).values_list("pk", flat=True))


def test_reports_that_joined_and_left_say_by_whom_and_where(desk, ada, now, page):
    by = By.person(ada)
    (story, rows), (other, theirs) = old(3, now), old(1, now)
    Article.objects.filter(pk=rows[2]).update(first_seen_at=now + HOUR, title="Came by itself")
    merge = curation.merge(story, other, by, now + 2 * HOUR)
    move = curation.move(rows[:1], curation.split(story, rows[1:2], by, now + 3 * HOUR).other, by, now + 4 * HOUR)
    found = differences.difference(story, Moment(now), Moment(now + 9 * HOUR), now)
    assert {one.article.pk: one.by and one.by.edit.pk for one in found.joined} == {rows[2]: None, theirs[0]: merge.pk}
    assert {one.article.pk for one in found.left} == set(rows[:2])
    assert {one.place for one in found.left} == {move.other}
    assert (found.before.reports, found.after.reports) == (2, 2)
    text = page(desk, diff(story, **{"from": stamp(now), "to": stamp(now + 9 * HOUR)}))
    assert "2 reports joined" in text
    assert "2 reports left" in text
    assert "by grouping, when it came: first seen" in text
    assert f'now in <a href="{reverse("admin:stories_story_change", args=[move.other_id])}"' in text
    assert reverse("admin:stories_edit_line", args=[merge.pk]) in text


def test_an_edits_own_difference_is_what_it_did(desk, ada, now, page):
    by = By.person(ada)
    story, rows = old(4, now)
    first = curation.split(story, rows[3:], by, now)
    second = curation.split(story, rows[2:3], by, now)
    response = desk.get(diff(story, **{"from": f"e{first.pk}", "to": f"e{first.pk}"}))
    told = response.context["told"]
    assert [one.article.pk for one in told.left] == rows[3:]
    assert [one.edit.pk for one in told.moved] == [first.pk]
    assert "just before the edit of" in response.content.decode()
    since = desk.get(diff(story, **{"from": f"e{second.pk}"})).context["told"]
    assert [one.article.pk for one in since.left] == rows[2:3]


def test_what_went_and_came_back_is_said_not_shown_as_change(ada, now):
    story, rows = old(3, now)
    by = By.person(ada)
    undoing.undo(curation.split(story, rows[2:], by, now), by, now + HOUR)
    found = differences.difference(story, Moment(now - HOUR / 2), Moment(now + 2 * HOUR), now)
    assert (found.joined, found.left, found.came_and_left) == ([], [], 1)
    assert len(found.moved) == 2


def test_what_outlets_changed_stands_word_by_word(desk, now, page):
    words = " ".join(f"word{n}" for n in range(80))
    article = factories.article(title="Minister quits over dredging", first_seen_at=now - HOUR, text=words)
    stays = factories.article(title="Unchanged", first_seen_at=now - HOUR, text="All as it was")
    story = factories.story([article, stays])
    changed = words.replace("word40", "forty")
    Version.objects.create(
        article=article, hash="x", title="Minister resigns over dredging", text=changed, text_state="page", seen_at=now
    )
    for moment, reworded in ((now - HOUR, 1), (now, 0)):
        found = differences.difference(story, Moment(moment), Moment(now + HOUR), now)
        assert len(found.reworded) == reworded
    text = page(desk, diff(story, **{"from": stamp(now - HOUR / 2), "to": stamp(now + HOUR)}))
    assert '<del><span class="unseen">removed: </span>quits</del>' in text
    assert '<ins><span class="unseen">added: </span>resigns</ins>' in text
    stretch = text[text.index('class="stretch"') :]
    assert '<ins><span class="unseen">added: </span>forty</ins>' in stretch
    assert "word32" in stretch
    assert "word31" not in stretch, "only what stands around the change"
    assert "Unchanged" not in text[text.index('id="reworded"') :]


def test_a_long_text_that_was_rewritten_is_held_against_the_other_at_once():
    old_text, new_text = ["a", "b"] * 2000, ["b", "c", "a"] * 1400
    assert len(rewordings.stretches(old_text[: rewordings.WORDS], new_text[: rewordings.WORDS])) <= rewordings.STRETCHES


def test_decisions_happenings_and_counts(desk, ada, now, page):
    by = By.person(ada)
    story, rows = old(2, now)
    marking.rename(story, "Before", by, now)
    title = marking.rename(story, "The row over dredging", by, now + 2 * HOUR)
    lock = marking.lock(story, by, now + 2 * HOUR)
    undoing.undo(lock, by, now + 3 * HOUR)
    role = overriding.set_role(story.articles.get(pk=rows[0]), Role.WIRE, by, now + 3 * HOUR)
    for noted, note in ((now, "too early"), (now + 2 * HOUR, "the minister denies")):
        Happening.objects.create(
            story=story, kind=HappeningKind.DENIED, key=note, article_id=rows[0], note=note, at=now, noted_at=noted
        )
    told = differences.difference(story, Moment(now + HOUR), Moment(now + 9 * HOUR), now)
    assert {one.edit.pk for one in told.said} >= {title.pk, lock.pk}
    assert [one.edit.pk for one in told.corrected] == [role.pk]
    text = page(desk, diff(story, **{"from": stamp(now + HOUR), "to": stamp(now + 9 * HOUR)}))
    assert "The row over dredging" in text
    assert '<span class="then typed">Before</span>' in text
    assert "the minister denies" in text
    assert "too early" not in text
    assert "not kept" in text
    assert "What can’t be known" in text


def test_it_begins_with_the_last_visit_or_the_last_edit(desk, ada, now, page):
    by = By.person(ada)
    story, _ = old(2, now)
    assert "2 reports joined" in page(desk, diff(story)), "without any, from before the first report"
    marking.lock(story, by, now)
    assert "just before the edit of" in page(desk, diff(story))
    Visit.objects.create(user=ada, story=story, last_at=now + HOUR)
    text = page(desk, diff(story))
    assert "Since your last visit" in text
    assert "Nothing changed between these moments" in text


@pytest.mark.parametrize("typed", ["yesterday", "e999999999", "e", "2026-13-40T99:00", "9" * 60, "%00", "0001-01-01"])
def test_what_is_no_moment_is_said_at_its_field_and_stays(desk, now, typed):
    story, _ = old(1, now)
    response = desk.get(diff(story, from_at=typed, to=stamp(now)))
    if typed in ("%00", "0001-01-01"):
        assert response.status_code == 200
        return
    assert response.status_code == 422
    text = response.content.decode()
    assert "This is no time, and no edit of this story." in text
    assert 'id="from-wrong"' in text


def test_moments_the_wrong_way_round(desk, now, page):
    story, _ = old(1, now)
    text = page(desk, diff(story, **{"from": stamp(now), "to": stamp(now - HOUR)}))
    assert "The first moment is after the second one." in text


def test_origins_are_told_of_now_only(desk, now, page):
    story, _ = old(1, now)
    text = page(desk, diff(story, **{"from": stamp(timezone.now() - 48 * HOUR)}))
    assert text.count("not kept") >= 2


def test_queries_do_not_grow(desk, ada, now, django_assert_max_num_queries):
    by = By.person(ada)
    story, rows = old(60, now)
    for n in range(15):
        edit = curation.split(story, [rows[n]], by, now + n * HOUR)
        curation.merge(story, old(2, now)[0], by, now + n * HOUR)
        if n % 2:
            curation.move([rows[n + 20]], edit.other, by, now + n * HOUR)
        Version.objects.create(
            article_id=rows[n + 40], hash=f"n{n}", title=f"New {n}", text="x", text_state="page", seen_at=now + n * HOUR
        )
    desk.get(diff(story))
    with django_assert_max_num_queries(20):
        response = desk.get(diff(story, **{"from": stamp(now - HOUR / 2), "to": stamp(now + 20 * HOUR)}))
    told = response.context["told"]
    assert len(told.reworded) == 15
    assert (len(told.joined), len(told.left)) == (30, 22)
    assert members_of(story) == differences.membership(story, Moment(now + 99 * HOUR))
