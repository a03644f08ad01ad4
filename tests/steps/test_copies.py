"""Copies on real rows: groups across outlets and stories, earlier ones that turn up late, races, voices."""

from __future__ import annotations

from datetime import timedelta
from threading import Event, Thread

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from stories.models import Article, Outlet, Story
from stories.services import copies
from tests import factories
from tests.nlp.test_copies import OWN_REPORT, TITLE, WIRE, edited, part

pytestmark = pytest.mark.django_db

NOON = factories.MORNING + timedelta(hours=3)
BRIEF = part(0, 1, 2, 3)


def article(text: str, minutes: float = 0, **kw) -> Article:
    """An article as the read step leaves it, reported so many minutes after noon."""
    row = factories.article(
        text=text, title=kw.pop("title", TITLE), reported_at=NOON + timedelta(minutes=minutes), **kw
    )
    read(row, text)
    return row


def read(row: Article, text: str) -> None:
    copies.keep(row, copies.imprints([(row, text)])[row.pk])
    row.save()


def trace(story: Story, article: Article | None = None) -> copies.Saved:
    """What the trace step does about copies."""
    found = copies.look(story)
    with transaction.atomic():
        row = Article.objects.select_for_update(no_key=True).get(pk=(article or story.articles.first()).pk)
        saved = copies.save(row, found)
        row.save()
        copies.recount(saved.others)
    assert saved.voices == copies.voices(story)
    return saved


def roots(*articles: Article) -> list[int | None]:
    kept = dict(Article.objects.values_list("pk", "copy_of_id"))
    return [kept[one.pk] for one in articles]


def test_the_imprint_of_a_text():
    factories.outlet(name="Halvern Press Bureau", kind=Outlet.Kind.AGENCY, aliases=["HPB", "the Press Bureau"])
    wire, own, short = article(BRIEF, byline="Edda Quill, HPB"), article(OWN_REPORT), article(part(0))
    assert (wire.wire, own.wire) == ("Halvern Press Bureau", "")
    assert len(wire.bands) == 32
    assert (short.signature, short.bands) == (None, [])
    read(wire, part(0))
    assert (wire.signature, wire.bands) == (None, [])


def test_copies_point_at_the_earliest_and_are_one_voice():
    root, copy, brief, own = article(WIRE), article(edited(WIRE), 10), article(BRIEF, 20), article(OWN_REPORT, 5)
    story = factories.story([root, copy, brief, own])
    assert trace(story).voices == 2
    assert roots(root, copy, brief, own) == [None, root.pk, root.pk, None]
    brief.refresh_from_db()
    assert brief.copy_share == pytest.approx(1)
    assert 0.6 < Article.objects.get(pk=copy.pk).copy_share < 1


def test_a_second_look_says_and_changes_the_same():
    story = factories.story([article(WIRE), article(BRIEF, 20), article(OWN_REPORT, 5)])
    trace(story)
    kept = list(Article.objects.order_by("pk").values())
    with CaptureQueriesContext(
        connection,
    ) as queries:
        copies.save(story.articles.last(), copies.look(story))
    assert not [one for one in queries if one["sql"].startswith("UPDATE")]
    trace(story)
    assert list(Article.objects.order_by("pk").values()) == kept


def test_an_earlier_one_that_turns_up_late_takes_the_group_over_in_every_story():
    root, copy, elsewhere = article(WIRE), article(BRIEF, 20), article(edited(WIRE), 30)
    story, other = factories.story([root, copy]), factories.story([elsewhere, article(BRIEF, 40)])
    trace(story)
    assert trace(other).voices == 1
    assert roots(copy, elsewhere) == [root.pk, root.pk]
    early = article(WIRE, -15)
    saved = trace(factories.story([early]))
    assert roots(early, root, copy, elsewhere) == [None, early.pk, early.pk, early.pk]
    assert saved.others == {story.pk, other.pk}
    assert Story.objects.get(pk=story.pk).voice_count == 1


def test_an_agencys_own_report_is_the_root():
    bureau = factories.outlet(name="Halvern Press Bureau", kind=Outlet.Kind.AGENCY, aliases=["HPB"])
    client, trimmed = article(WIRE, byline="HPB"), article(BRIEF, 10)
    own = article(WIRE.replace("Seven", "Six"), 45, outlet=bureau)
    story = factories.story([client, trimmed, own])
    assert trace(story).voices == 1
    assert roots(client, trimmed, own) == [own.pk, own.pk, None]


def test_texts_of_one_agency_in_one_story_are_one_voice():
    first, second = article(BRIEF, byline="HPB"), article("SKARV (HPB) – " + OWN_REPORT, 5)
    factories.outlet(name="Halvern Press Bureau", kind=Outlet.Kind.AGENCY, aliases=["HPB"])
    for row in (first, second):
        read(row, row.version.text)
    assert trace(factories.story([first, second])).voices == 1
    assert roots(first, second) == [None, None]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(lambda: article(BRIEF, 20, lang="nb"), id="another language"),
        pytest.param(lambda: article(BRIEF, 20, outlet=factories.outlet(demo=True)), id="the demo world"),
        pytest.param(lambda: article(BRIEF, 15 * 24 * 60), id="two weeks later"),
    ],
)
def test_what_is_not_compared(other):
    row = other()
    root = article(WIRE)
    trace(factories.story([root]))
    trace(factories.story([row], demo=row.outlet.demo))
    assert roots(root, row) == [None, None]


def test_an_updated_text_stops_being_a_copy():
    root, copy = article(WIRE), article(BRIEF, 20)
    story = factories.story([root, copy])
    assert trace(story).voices == 1
    copy.refresh_from_db()
    copy.version.text = OWN_REPORT
    copy.version.save()
    read(copy, OWN_REPORT)
    assert trace(story).voices == 2
    copy.refresh_from_db()
    assert (copy.copy_of, copy.copy_share) == (None, None)


def test_when_a_root_is_rewritten_its_copies_elsewhere_are_told():
    root, copy, third = article(WIRE), article(part(*range(7)), 20), article(edited(WIRE), 30)
    story, other = factories.story([root]), factories.story([copy, third])
    trace(other)
    assert roots(copy, third) == [root.pk, root.pk]
    root.version.text = OWN_REPORT
    root.version.save()
    read(root, OWN_REPORT)
    saved = trace(story)
    assert roots(root, copy, third) == [None, None, copy.pk]
    assert saved.others == {other.pk}


def test_a_deleted_root_gives_its_place_to_the_next():
    root, second, third = article(WIRE), article(edited(WIRE), 10), article(BRIEF, 20)
    story = factories.story([root, second, third], headline_of=second)
    trace(story)
    root.delete()
    assert roots(second, third) == [None, None]
    assert trace(story).voices == 1
    assert roots(second, third) == [None, second.pk]


def test_a_copy_whose_text_is_no_longer_kept_stays_one():
    root, copy = article(WIRE), article(BRIEF, 20)
    story = factories.story([root, copy])
    trace(story)
    copy.version.text = ""
    copy.version.save()
    trace(story)
    assert roots(copy) == [root.pk]
    early = article(edited(WIRE), -10)
    trace(factories.story([early]))
    assert roots(root, copy) == [early.pk, early.pk]


def test_the_traced_article_itself_is_told():
    """The step writes the whole row at its end: what only the database knew would be lost."""
    root, copy = article(WIRE), article(BRIEF, 20)
    story = factories.story([root, copy])
    copies.save(copy, copies.look(story))
    assert copy.copy_of_id == root.pk
    assert copy.copy_share == pytest.approx(1)


def test_what_came_since_it_was_looked_is_not_overwritten():
    root, copy = article(WIRE), article(BRIEF, 20)
    story = factories.story([root, copy])
    stale = copies.look(story)
    early = article(WIRE, -15)
    trace(factories.story([early]))
    copies.save(root, stale)
    root.save()
    assert roots(root, copy) == [early.pk, early.pk]


def test_queries_do_not_grow_with_the_story():
    def count(size: int) -> int:
        story = factories.story([article(WIRE if number % 2 else OWN_REPORT, number) for number in range(size)])
        with CaptureQueriesContext(connection) as queries:
            copies.look(story)
        Article.objects.all().update(bands=[])
        return len(queries)

    assert count(4) == count(20) <= 2 + 3 * copies.ROUNDS


@pytest.mark.django_db(transaction=True)
def test_rows_that_another_worker_holds_are_left_to_it():
    root, copy, third = article(WIRE), article(BRIEF, 20), article(edited(WIRE), 30)
    story = factories.story([root, copy, third])
    held, done = Event(), Event()

    def hold() -> None:
        with transaction.atomic():
            Article.objects.select_for_update(no_key=True).get(pk=copy.pk)
            held.set()
            done.wait(20)
        connection.close()

    holder = Thread(target=hold)
    holder.start()
    try:
        assert held.wait(20)
        found = copies.look(story)
        with transaction.atomic():
            copies.save(root, found)
    finally:
        done.set()
        holder.join()
    assert roots(root, copy, third) == [None, None, root.pk]
    trace(story, copy)
    assert roots(copy) == [root.pk]
