"""Long lists at the desk: page after page by keys, amounts that nobody counts, and what a cursor may not do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stories.admin import paging
from stories.admin.articles import ArticleAdmin
from stories.admin.paging import Amount, Cursor
from stories.admin.stories import StoryAdmin
from stories.models import Article, Stage, Story
from tests import factories
from tests.factories import MORNING

LIST = "/admin/stories/story/"
ARTICLES = "/admin/stories/article/"


@pytest.fixture
def desk(editor_client, monkeypatch):
    """With three rows on a page, of which five are counted."""
    monkeypatch.setattr(StoryAdmin, "list_per_page", 3)
    monkeypatch.setattr(ArticleAdmin, "list_per_page", 3)
    monkeypatch.setattr(paging, "CAPPED", 5)
    return editor_client


def made(count: int, **kw) -> list[int]:
    """Stories in the order of the list; always two have their latest report at the same time."""
    report = factories.article()
    times = [MORNING - timedelta(hours=number // 2) for number in range(count)]
    rows = [factories.story([report], title=f"Event {n}", last_at=at, **kw) for n, at in enumerate(times)]
    return [row.pk for row in sorted(rows, key=lambda row: (row.last_at, row.pk), reverse=True)]


def page(desk, address: str):
    return desk.get(address).context["cl"]


def walk(desk, address: str, way: str) -> list[list[int]]:
    """The rows of each page from an address on, in one direction."""
    found = []
    while True:
        changes = page(desk, address)
        found.append([row.pk for row in changes.result_list])
        if not getattr(changes, way):
            return found
        address = LIST + getattr(changes, way)


@pytest.mark.django_db
def test_pages_show_each_row_once_forwards_and_backwards(desk):
    wanted = made(8)
    forwards = walk(desk, LIST, "following")
    assert [pk for rows in forwards for pk in rows] == wanted
    assert [len(rows) for rows in forwards] == [3, 3, 2]
    changes = page(desk, LIST)
    for _ in range(2):
        last = LIST + changes.following
        changes = page(desk, last)
    assert walk(desk, last, "previous") == forwards[::-1]


@pytest.mark.django_db
def test_what_arrives_in_between_moves_no_row_to_the_next_page(desk):
    wanted = made(6)
    following = page(desk, LIST).following
    factories.story(title="It came just now", last_at=MORNING + timedelta(hours=1))
    assert [row.pk for row in page(desk, LIST + following).result_list] == wanted[3:]


@pytest.mark.django_db
def test_the_order_that_was_asked_for_and_filters_stay_from_page_to_page(desk):
    made(7, outlet_count=3)
    made(2, outlet_count=1)
    first = page(desk, f"{LIST}?outlets=2&o=0")
    titles = [row.title for row in first.result_list]
    second = page(desk, LIST + first.following)
    assert titles + [row.title for row in second.result_list] == [f"Event {number}" for number in range(6)]
    assert "outlets=2" in second.previous
    assert "p=" not in second.first


@pytest.mark.django_db
def test_an_amount_is_counted_up_to_a_point_and_then_estimated(desk):
    made(4)
    assert str(page(desk, LIST).amount) == "4"
    made(6)
    assert page(desk, LIST).amount.estimated
    text = desk.get(LIST).content.decode()
    assert "more than 5" in text or "about " in text


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (Amount(999), "999"),
        (Amount(1000, estimated=True), "more than 1,000"),
        (Amount(29_512, estimated=True), "about 30,000"),
        (Amount(203_000, estimated=True), "about 200,000"),
    ],
)
def test_an_estimate_is_told_as_one(amount, said):
    assert str(amount) == said


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor",
    [
        *("2", "after.", "before.x", "after.W10=", "after.WyIxIl0=", "after.é", "sideways.WyIxIiwiMiJd"),
        str(Cursor(False, ("no time", "1"))),
        str(Cursor(False, ("2026-03-04T09:00:00+00:00", "one"))),
        str(Cursor(True, ("2026-03-04T09:00:00+00:00", "1\0"))),
        str(Cursor(False, ("9999-12-31T23:59:59-12:00", "1"))),
        str(Cursor(False, ("2026-03-04T09:00:00+00:00", "9" * 400))),
    ],
)
def test_a_cursor_that_is_none_leads_to_a_page_all_the_same(desk, cursor):
    made(4)
    assert desk.get(LIST, {"p": cursor}).status_code == 200


@given(st.text())
def test_no_text_breaks_the_reading_of_a_cursor(text):
    Cursor.read(text, 2)


@given(
    st.booleans(),
    st.lists(st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1),
)
def test_a_cursor_is_read_as_it_was_written(back, key):
    cursor = Cursor(back, tuple(key))
    assert Cursor.read(str(cursor), len(key)) == cursor


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?state=merged", "?doubt=any", "?q=event", "?o=-2"])
def test_a_list_costs_the_same_however_long(desk, query, django_assert_max_num_queries):
    made(12)
    desk.get(LIST)
    with django_assert_max_num_queries(16):
        assert desk.get(LIST + query).status_code == 200


@pytest.mark.django_db
def test_all_that_match_are_acted_on_but_not_more_than_a_slip_may_cost(desk, monkeypatch):
    monkeypatch.setattr(paging, "MOST_AT_ONCE", 4)
    rows = [factories.article(stage=Stage.FAILED, failed_stage=Stage.READ) for _ in range(5)]
    sent = {"action": "try_again", "_selected_action": [rows[0].pk], "select_across": "1", "index": 0}
    text = desk.post(f"{ARTICLES}?stage=FAILED", sent, follow=True).content.decode()
    assert "More than 4 rows match" in text
    assert Article.objects.filter(stage=Stage.FAILED).count() == 5
    Article.objects.filter(pk=rows[0].pk).update(stage=Stage.DONE)
    desk.post(f"{ARTICLES}?stage=FAILED", {**sent, "_selected_action": [rows[1].pk]})
    assert not Article.objects.filter(stage=Stage.FAILED).exists()


@pytest.mark.django_db
def test_autocompletion_counts_no_more_than_it_shows(desk):
    made(12)
    asked = {"app_label": "stories", "model_name": "storylink", "field_name": "first", "term": ""}
    found = desk.get("/admin/autocomplete/", asked).json()
    assert len(found["results"]) == 5
    assert Story.objects.count() == 12
