"""What is noted of a story: by the trace that finds it, by merges and splits, each thing once and for all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from stories.models import Article, Edit, Happening, Notice, Story, Version, Wake
from stories.services import curation, noticing, tracing, undoing
from stories.services.acts import By
from tests import factories
from tests.steps.curating import story_of
from tests.steps.test_provenance import DENIAL, REPEAT, SCOOP, SECOND, arrive, outlets, report

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def noted(wake=None):
    rows = Notice.objects.order_by("pk")
    return [(row.wake, row.key) for row in (rows.filter(wake=wake) if wake else rows)]


def trace(story, now):
    """Trace the story as it is, through its first report."""
    story.refresh_from_db()
    row = story.articles.order_by("reported_at", "pk")[0]
    found = tracing.compute([row], now)[row.pk]
    with transaction.atomic():
        tracing.save(row, found, now)


def seen(at, **kw):
    """A report that was read, first seen at a time."""
    return factories.article(first_seen_at=at, vector=[1.0] + [0.0] * 383, **kw)


@pytest.fixture
def told(now):
    """A scoop, its repeats and its denial, traced as each came."""
    names = outlets()
    scoop = report(now, SCOOP, names["courier"], 0)
    story = factories.story([scoop], revision=1)
    trace(story, now)
    for minute, (texts, name) in enumerate([(REPEAT, "ledger"), (SECOND, "mirror"), (DENIAL, "page")], start=1):
        arrive(story, report(now, texts, names[name], minute * 10), now + minute * 10 * MINUTE)
        story.refresh_from_db()
        trace(story, now + minute * 10 * MINUTE)
    return story


def test_a_happening_is_noted_with_its_story_in_the_trace_that_found_it(told):
    happening = Happening.objects.get(kind="denial")
    notice = Notice.objects.get(wake=Wake.DENIED)
    assert (notice.story, notice.happening, notice.article) == (told, happening, happening.article)
    assert notice.note == happening.note
    assert notice.tell_at == notice.noted_at + noticing.GATHER


def test_each_new_report_is_noted_once_however_often_its_story_is_traced(told, now):
    before = noted(Wake.ARTICLE)
    assert before == [
        (Wake.ARTICLE, str(pk)) for pk in Article.objects.order_by("reported_at").values_list("pk", flat=True)
    ]
    for _ in range(2):
        trace(told, now + DAY)
    assert noted(Wake.ARTICLE) == before


def test_outlets_are_counted_at_steps(told):
    assert noted(Wake.REACHED) == [(Wake.REACHED, "3")]


def test_a_story_is_new_when_a_second_outlet_has_it(told, now):
    assert noted(Wake.STORY) == [(Wake.STORY, "story")]
    alone = factories.story([seen(now)], revision=1)
    trace(alone, now)
    assert not Notice.objects.filter(story=alone, wake=Wake.STORY).exists()


def test_what_was_seen_days_ago_is_no_news(now):
    old = seen(now - 3 * DAY)
    story = factories.story([old], revision=1)
    trace(story, now)
    assert noted() == []


def test_a_report_after_a_day_without_one_breaks_a_silence(now):
    first = seen(now - 2 * DAY)
    late = seen(now - MINUTE)
    story = factories.story([first, late], revision=1)
    trace(story, now)
    assert (Wake.SILENCE, str(late.pk)) in noted()
    assert Notice.objects.get(wake=Wake.SILENCE).note == "47"
    at_once = factories.story([seen(now - MINUTE), seen(now)], revision=1)
    trace(at_once, now)
    assert Notice.objects.get(wake=Wake.SILENCE).story == story


@pytest.mark.parametrize(("of_the_original", "noticed"), [(True, 1), (False, 0)])
def test_only_the_originals_changed_headline_is_noted(told, now, of_the_original, noticed):
    rows = told.articles.order_by("reported_at")
    changed = rows[0] if of_the_original else rows[1]
    Version.objects.create(article=changed, hash="later", title="Another headline", text="", seen_at=now + DAY)
    trace(told, now + DAY)
    assert Happening.objects.filter(kind="headline changed").count() == 1
    assert len(noted(Wake.HEADLINE)) == noticed


def test_the_notice_goes_with_the_transaction_that_found_it(now):
    story = factories.story([seen(now)], revision=1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        trace(story, now)
        raise ZeroDivisionError
    assert noted() == []


def test_a_merge_and_its_undo_are_noted_on_the_story_that_was_kept(now):
    kept, _ = story_of(now, 2)
    gone, _ = story_of(now, 2, hour=1)
    editor = By.person(factories.editor())
    edit = curation.merge(kept, gone, editor, now)
    assert noted() == [(Wake.MERGED, f"{gone.pk} {edit.pk}")]
    assert Notice.objects.get().other == gone
    undone = undoing.undo(edit, editor, now)
    assert noted()[1:] == [(Wake.SPLIT, f"{gone.pk} {undone.pk}")]


def test_a_split_is_noted_on_the_story_that_was_left(now):
    story, rows = story_of(now, 3)
    edit = curation.split(story, rows[1:], By.person(factories.editor()), now)
    assert noted() == [(Wake.SPLIT, f"{edit.other_id} {edit.pk}")]
    assert Notice.objects.get().story == story


def test_a_merge_with_an_empty_story_is_nobodys_news(now):
    kept, _ = story_of(now, 2)
    empty = Story.objects.create(title="Empty", slug="empty", first_at=now, last_at=now, lang="en", vector=[0.0] * 384)
    curation.merge(kept, empty, By.person(factories.editor()), now)
    assert Edit.objects.count() == 1
    assert noted() == []


def test_what_woke_nobody_is_forgotten_and_what_is_told_once_stays(told, now):
    Notice.objects.update(told_at=now)
    Notice.objects.filter(wake=Wake.ARTICLE).update(people=0)
    chosen = Notice.objects.filter(wake=Wake.ARTICLE).order_by("pk")[0]
    Notice.objects.filter(pk=chosen.pk).update(people=1)
    others = Notice.objects.exclude(wake=Wake.ARTICLE).count()
    noticing.prune(now + MINUTE)
    assert Notice.objects.count() == others + 1
