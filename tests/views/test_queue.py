"""The review queue at the desk: which question comes, what becomes of an answer, and two editors at once."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stories.models import Article, Ask, Doubt, DoubtState, Edit, Proposal, Story
from stories.nlp.findings import Role
from stories.services import doubts as service
from stories.services import objections, overriding
from stories.services.acts import By
from stories.services.objections import Reader
from tests import factories, followed, queued
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(hours=5)
QUEUE = "/admin/stories/doubt/queue/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


def answer(client: Client, doubt: Doubt, decision: str, **kw):
    headers = kw.pop("headers", None)
    data = {"decision": decision, **kw}
    return client.post(reverse("admin:stories_doubt_decide", args=[doubt.pk]), data, follow=True, headers=headers)


def said(response) -> str:
    return unescape(response.content.decode())


def asked(response) -> int | None:
    """The question that a page asks, by number."""
    doubt = response.context["queue"].doubt
    return doubt.pk if doubt else None


def fresh(editor=None) -> Client:
    client = Client()
    client.force_login(editor or factories.editor())
    return client


def test_the_most_urgent_is_asked_first_with_those_behind_it(editor_client):
    rows = [queued.doubt(Ask.SPLIT, n, NOW, priority=priority) for n, priority in enumerate([0.5, 7.25, 3.0, 3.0])]
    response = editor_client.get(QUEUE)
    assert asked(response) == rows[1].pk
    assert [one.pk for one in response.context["queue"].upcoming] == [rows[3].pk, rows[2].pk, rows[0].pk]
    assert "1 of 4" in said(response)


def test_next_and_previous_go_through_the_queue_and_answer_nothing(editor_client):
    rows = queued.doubts(4, NOW)
    assert asked(editor_client.get(f"{QUEUE}?after={rows[0].pk}")) == rows[1].pk
    assert asked(editor_client.get(f"{QUEUE}?before={rows[2].pk}")) == rows[1].pk
    last = editor_client.get(f"{QUEUE}?after={rows[3].pk}")
    assert asked(last) is None
    assert "4 questions that you left for later are still open" in said(last)
    assert not Doubt.objects.exclude(state=DoubtState.OPEN).exists()
    first = editor_client.get(f"{QUEUE}?at={rows[0].pk}")
    assert 'rel="prev"' not in said(first)
    for damaged in ("at=x", "after=99999999999999999999", "before=-1", "kind=nonsense", "at=9999"):
        assert asked(editor_client.get(f"{QUEUE}?{damaged}")) == rows[0].pk


def test_a_kind_is_worked_off_by_itself(editor_client):
    rows = queued.doubts(14, NOW)
    page = said(editor_client.get(QUEUE))
    assert "Odd origins <b>2</b>" in page
    response = answer(editor_client, rows[1], "skip", kind="split")
    assert asked(response) == rows[8].pk
    assert response.context["queue"].waiting == 1
    assert "1 question skipped" in said(response)
    assert "No question of this kind waits" in said(fresh().get(f"{QUEUE}?kind=merge")) or rows[0].act == "merge"


@pytest.mark.parametrize("kind", list(Ask))
@pytest.mark.parametrize("decision", ["accept", "reject"])
def test_each_kind_is_answered_either_way_and_the_next_one_asked(editor_client, kind, decision):
    doubt = queued.doubt(kind, 1, NOW, priority=5.0)
    behind = queued.doubt(Ask.MERGE, 2, NOW, priority=1.0)
    page = said(editor_client.get(QUEUE))
    assert page.index("Why it is asked") < page.index('name="decision" value="accept"')
    response = answer(editor_client, doubt, decision, note=" Both say so.\x00 ")
    assert asked(response) == behind.pk
    doubt.refresh_from_db()
    assert doubt.state == (DoubtState.DONE if decision == "accept" else DoubtState.DISMISSED)
    assert doubt.decided_at == NOW
    assert doubt.decided_by.is_staff
    if doubt.edit:
        assert doubt.edit.note == "Both say so."
    assert 'class="success"' in said(response)


def test_what_each_kind_shows_to_be_judged_by(editor_client):
    shown = {
        Ask.MERGE: ["Are these two stories one?", "64\u00a0% sure</b> that they are one story", "5 shared names", "becomes part of"],
        Ask.SPLIT: ["Are these 2 reports about another event?", "Would leave", "Would stay", "A story of their own"],
        Ask.MOVE: ["Does this report belong to the other story?", "It is now with", "It would go to", "Nobody is told of a move."],
        Ask.MEMBER: ["Does this report belong to its story?", "that it belongs to its story", "nearest in time", "one shared name"],
        Ask.READER: ["Is this report in the wrong story?", "<b>3 readers</b> have said that it is", "Take it out"],
        Ask.ORIGINS: ["Did these 2 really report on their own?", "34\u00a0min later", "Our poll before that", '<mark class="p-same">'],
        Ask.OUTLET: ["Is “The Washport Courant 6” an outlet?", '<mark class="p-source">The Washport Courant 6</mark> reported', "Seen 12 times", ">Washport Courant 6</a>"],
    }  # fmt: skip
    for number, kind in enumerate(Ask):
        doubt = queued.doubt(kind, number, NOW)
        page = said(editor_client.get(f"{QUEUE}?at={doubt.pk}"))
        for words in shown[kind]:
            assert words in page, (kind, words)


def test_readers_words_are_counted_and_not_told_twice(editor_client):
    story = queued.story(1, NOW)
    for number in range(2):
        objections.take(story, story.headline_of_id, Reader(f"203.0.{number}.7"), NOW)
    page = said(editor_client.get(QUEUE))
    assert "<b>2 readers</b> have said that it is." in page
    assert "readers say" not in page


def test_a_word_on_a_whole_story_is_only_closed(editor_client):
    doubt = factories.doubt(queued.story(1, NOW), Ask.READER, reasons=[])
    factories.objection(doubt)
    page = said(editor_client.get(QUEUE))
    assert "Is this story wrong as it is grouped?" in page
    assert "<b>One reader</b>" in page
    answer(editor_client, doubt, "accept")
    doubt.refresh_from_db()
    assert (doubt.state, doubt.edit) == (DoubtState.DONE, None)


def test_followers_are_counted_and_told_of(editor_client):
    doubt = queued.doubt(Ask.MERGE, 1, NOW)
    for story in (doubt.story, doubt.other):
        followed.follow(factories.user(), story)
    page = said(editor_client.get(QUEUE))
    assert page.count("1 person follows it") == 2
    assert "2 people who follow are told, once each." in page


def test_skipped_questions_stay_away_from_one_editor_until_they_start_over(editor_client):
    rows = queued.doubts(2, NOW)
    assert asked(answer(editor_client, rows[0], "skip")) == rows[1].pk
    response = answer(editor_client, rows[1], "skip")
    assert asked(response) is None
    assert "You have skipped all that is left" in said(response)
    assert asked(editor_client.get(QUEUE)) is None
    assert asked(fresh().get(QUEUE)) == rows[0].pk, "another editor is asked"
    assert asked(editor_client.post("/admin/stories/doubt/queue/again/", follow=True)) == rows[0].pk
    assert Doubt.objects.filter(state=DoubtState.OPEN).count() == 2


def test_skipping_is_bounded(editor_client, monkeypatch):
    monkeypatch.setattr("stories.admin.queue.MOST_SKIPPED", 2)
    rows = queued.doubts(3, NOW)
    for doubt in (rows[0], rows[1], rows[1], rows[2]):
        answer(editor_client, doubt, "skip")
    assert editor_client.session["queue_skipped"] == [rows[1].pk, rows[2].pk]


def test_what_another_editor_has_decided_is_said_and_the_queue_goes_on(editor_client):
    rows = [queued.doubt(kind, n, NOW, priority=9 - n) for n, kind in enumerate([Ask.MERGE, Ask.SPLIT, Ask.MOVE])]
    ada = factories.editor(first_name="Ada", last_name="Quill")
    editor_client.get(QUEUE)
    answer(fresh(ada), rows[0], "reject")
    edits = Edit.objects.count()
    response = answer(editor_client, rows[0], "accept")
    assert "Ada Quill has answered this question in the meantime: “Dredging contract of Skarv" in said(response)
    assert "stay two stories" in said(response)
    assert asked(response) == rows[1].pk
    assert Edit.objects.count() == edits


def test_a_second_press_does_nothing(editor_client):
    doubt = queued.doubt(Ask.SPLIT, 1, NOW)
    answer(editor_client, doubt, "accept")
    edits = Edit.objects.count()
    response = answer(editor_client, doubt, "reject")
    assert "You had answered this question already." in said(response)
    doubt.refresh_from_db()
    assert (doubt.state, Edit.objects.count()) == (DoubtState.DONE, edits)


def test_a_question_that_lapsed_is_said_to_have(editor_client):
    doubt = queued.doubt(Ask.MERGE, 1, NOW)
    Story.objects.filter(pk=doubt.other_id).update(merged_into=factories.story())
    assert "no longer in question" in said(answer(editor_client, doubt, "accept"))
    page = said(editor_client.get(f"{QUEUE}?at={doubt.pk}"))
    assert "it is no longer in question" in page
    assert 'value="accept"' not in page


def test_a_refusal_shows_the_question_again_with_what_was_typed_and_who_was_in_the_way(editor_client):
    doubt = queued.doubt(Ask.ORIGINS, 1, NOW)
    seen = editor_client.get(QUEUE).context["seen"]
    ada = factories.editor(first_name="Ada", last_name="Quill")
    later = Article.objects.get(pk=max(doubt.articles))
    overriding.set_role(later, Role.MIXED, By.person(ada, "It adds a source."), NOW)
    response = answer(editor_client, doubt, "reject", note="It copied.", seen=seen)
    page = said(response)
    assert asked(response) == doubt.pk
    assert 'role="alert"' in page
    assert "Ada Quill" in page
    assert "“It adds a source.”" in page
    assert ">It copied.</textarea>" in page
    assert response.context["seen"] != seen
    answer(editor_client, doubt, "reject", seen=response.context["seen"])
    doubt.refresh_from_db()
    assert (doubt.state, doubt.edit.article_id) == (DoubtState.DISMISSED, later.pk)


def test_a_note_that_is_too_long_is_kept_and_nothing_is_decided(editor_client):
    doubt = queued.doubt(Ask.SPLIT, 1, NOW)
    page = said(answer(editor_client, doubt, "accept", note="x" * 2003))
    assert "It is 3 characters too long." in page
    assert "x" * 2003 in page
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.OPEN


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_an_unclear_answer_decides_nothing(editor_client, decision):
    doubt = queued.doubt(Ask.SPLIT, 1, NOW)
    response = answer(editor_client, doubt, decision)
    assert "Nothing was decided" in said(response)
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.OPEN


@pytest.mark.parametrize(
    ("kind", "decision"),
    [
        (kind, decision)
        for kind in Ask
        for decision in ("accept", "reject")
        # An outlet that was made is there: see below.
        if (kind, decision) != (Ask.OUTLET, "accept")
    ],
)
def test_the_last_answer_is_taken_back_and_asked_again(editor_client, kind, decision):
    doubt = queued.doubt(kind, 1, NOW)
    queued.doubt(Ask.MERGE, 2, NOW)
    before = where()
    assert "Your last answer" in said(answer(editor_client, doubt, decision))
    response = editor_client.post("/admin/stories/doubt/queue/undo/", follow=True)
    assert asked(response) == doubt.pk
    assert "Taken back: the question is open again." in said(response)
    doubt.refresh_from_db()
    assert (doubt.state, doubt.decided_by, doubt.edit) == (DoubtState.OPEN, None, None)
    assert where() == before
    assert "no answer of yours" in said(editor_client.post("/admin/stories/doubt/queue/undo/", follow=True))
    assert 'class="success"' in said(answer(editor_client, doubt, decision)), "and it can be answered anew"


def where() -> set[tuple[int, int | None]]:
    return set(Article.objects.values_list("pk", "story_id"))


def test_an_outlet_that_was_made_is_not_taken_back_here(editor_client):
    doubt = queued.doubt(Ask.OUTLET, 1, NOW)
    answer(editor_client, doubt, "accept")
    assert not Proposal.objects.exists()
    page = said(editor_client.post("/admin/stories/doubt/queue/undo/", follow=True))
    assert "at its own page" in page
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.DONE


def test_what_others_built_on_is_not_taken_back(editor_client):
    doubt = queued.doubt(Ask.SPLIT, 1, NOW)
    answer(editor_client, doubt, "accept")
    edit = Doubt.objects.get(pk=doubt.pk).edit
    later = queued.doubt(Ask.MERGE, 5, NOW, story=edit.other, other=queued.story(60, NOW))
    service.accept(later, factories.editor(first_name="Ada"), "", NOW)
    page = said(editor_client.post("/admin/stories/doubt/queue/undo/", follow=True))
    assert "Later edits stand on this one" in page
    assert "Ada" in page
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.DONE


def test_a_decided_question_says_by_whom(editor_client):
    doubt = queued.doubt(Ask.MERGE, 1, NOW)
    service.accept(doubt, factories.editor(first_name="Ada", last_name="Quill"), "Same meeting.", NOW)
    page = said(editor_client.get(f"{QUEUE}?at={doubt.pk}"))
    assert "is now part of" in page
    assert "Ada Quill" in page
    assert "“Same meeting.”" in page
    assert 'value="accept"' not in page


def test_only_what_changes_is_sent_to_htmx_with_the_address_of_what_is_shown(editor_client):
    rows = queued.doubts(3, NOW)
    response = answer(editor_client, rows[0], "reject", kind="", headers={"HX-Request": "true"})
    page = said(response)
    assert response.redirect_chain == []
    assert page.lstrip().startswith('<div id="queue" ')
    assert response["HX-Replace-Url"] == f"{QUEUE}?at={rows[1].pk}"
    assert '<div id="queue-said" hx-swap-oob="innerHTML">' in page


def test_decided_questions_are_listed_with_who_and_what(editor_client, monkeypatch):
    monkeypatch.setattr("stories.selectors.review.DECIDED", 8)
    address = "/admin/stories/doubt/queue/decided/"
    assert "No question has been decided yet." in said(editor_client.get(address))
    ada = factories.editor(first_name="Ada", last_name="Quill")
    for number, kind in enumerate(Ask):
        for yes in (True, False):
            with time_machine.travel(NOW + timedelta(minutes=2 * number + yes), tick=False):
                doubt = queued.doubt(kind, number * 2 + yes, NOW)
                act = service.accept if yes else service.dismiss
                act(doubt, ada, f"Note {number}.", NOW + timedelta(minutes=2 * number + yes))
    response = editor_client.get(address)
    page = said(response)
    assert page.count("Ada Quill") == 8
    assert "“The Washport Courant 13” is an outlet from now on." in page
    assert "“The Washport Courant 12” is no outlet" in page
    assert page.index("Washport Courant 13") < page.index("Washport Courant 12")
    older = response.context["older"]
    rest = said(editor_client.get(f"{address}?before={older}"))
    assert "stay two stories" in rest
    assert "/admin/stories/edit/" in rest
    assert "There are no older decisions." in said(editor_client.get(f"{address}?before=0.0"))


def test_the_queue_is_for_editors_and_answers_are_posted_with_a_token(client, reader_client, editor_client):
    doubt = queued.doubt(Ask.SPLIT, 1, NOW)
    decide = reverse("admin:stories_doubt_decide", args=[doubt.pk])
    posts = [decide, "/admin/stories/doubt/queue/again/", "/admin/stories/doubt/queue/undo/"]
    for address in (QUEUE, "/admin/stories/doubt/queue/decided/", decide):
        for other in (client, reader_client):
            response = other.get(address)
            assert response.status_code in (302, 403)
            assert b"Dredging" not in response.content
    for address in posts:
        for other in (client, reader_client):
            assert other.post(address, {"decision": "accept"}).status_code in (302, 403)
        strict = Client(enforce_csrf_checks=True)
        strict.cookies = editor_client.cookies
        assert strict.post(address, {"decision": "accept"}).status_code == 403
    assert editor_client.get(posts[1]).status_code == 405
    assert editor_client.get(decide).url == f"{QUEUE}?at={doubt.pk}"
    assert editor_client.post("/admin/stories/doubt/queue/99/", {"decision": "accept"}).status_code == 404
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.OPEN


@pytest.mark.parametrize("kind", list(Ask))
def test_queries_are_few_and_do_not_grow(editor_client, kind, django_assert_max_num_queries):
    doubt = queued.doubt(kind, 1, NOW, priority=5000.0)
    one = queued.story(2, NOW)
    Doubt.objects.bulk_create(
        Doubt(key=f"m{n}", act=Ask.MERGE, story=one, other=doubt.story, probability=0.5, priority=n / 7, found_at=NOW)
        for n in range(2000)
    )
    answer(editor_client, queued.doubt(Ask.SPLIT, 3, NOW), "skip")
    answer(editor_client, queued.doubt(Ask.SPLIT, 4, NOW), "reject")
    with django_assert_max_num_queries(20):
        response = editor_client.get(QUEUE)
    assert asked(response) == doubt.pk
    assert "1 of 2,001" in said(response)
