"""The review queue: who sees it, what it shows of each question, and what becomes of an answer."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from stories.models import Act, Doubt, DoubtState, Edit, Story
from stories.selectors import doubts as selector
from tests import factories
from tests.factories import MORNING

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING + timedelta(hours=5), tick=False):
        yield


def told(name: str, title: str, minutes: int = 0, **kw):
    seen = MORNING + timedelta(minutes=minutes)
    return factories.article(outlet=factories.outlet(name=name), title=title, first_seen_at=seen, claimed_at=None, **kw)


def pair(number: int = 0) -> tuple[Story, Story]:
    """Two stories of a report each."""
    return tuple(
        factories.story([told(f"{side} {number}", f"{side} headline {number}")], title=f"{side} story {number}")
        for side in ("Left", "Right")
    )


def merge(number: int = 0, **kw) -> Doubt:
    left, right = pair(number)
    return factories.doubt(left, other=right, **kw)


def decide(client: Client, doubt: Doubt, decision: str, **kw):
    return client.post(f"/doubts/{doubt.pk}/", {"decision": decision, "next": "/doubts/", **kw}, follow=True)


def said(response) -> str:
    return unescape(response.content.decode())


def test_it_is_for_editors(client, reader_client, editor_client):
    doubt = merge()
    assert client.get("/doubts/").url == "/accounts/login/?next=/doubts/"
    assert reader_client.get("/doubts/").status_code == 403
    assert editor_client.get("/doubts/").status_code == 200
    address = f"/doubts/{doubt.pk}/"
    assert client.post(address, {"next": "/doubts/"}).url == "/accounts/login/?next=/doubts/"
    assert reader_client.post(address, {"decision": "yes"}).status_code == 403
    assert editor_client.get(address).status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = editor_client.cookies
    assert strict.post(address, {"decision": "yes"}).status_code == 403
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.OPEN


def test_the_number_of_open_questions_stands_in_the_editors_navigation(client, reader_client, editor_client, page):
    assert "open question" not in page(editor_client, "/outlets/")
    merge(1)
    merge(2, state=DoubtState.DISMISSED, decided_at=MORNING)
    assert '<b class="count">1<span class="unseen"> open question</span></b>' in page(editor_client, "/outlets/")
    merge(3)
    assert '<b class="count">2<span class="unseen"> open questions</span></b>' in page(editor_client, "/quality/")
    for other in (client, reader_client):
        assert 'href="/doubts/"' not in page(other, "/outlets/")


def test_nothing_waits(editor_client, page):
    text = page(editor_client, "/doubts/")
    assert "Nothing waits for you" in text
    assert "Open (0)" in text


def test_a_merge_is_shown_with_both_sides(editor_client, page):
    rows = [told(f"Echo {n}", title, n) for n, title in enumerate(["Same", "same ", "B", "C", "D", "E"])]
    left = factories.story(rows, title="A long story", locked=True)
    right = factories.story([told("Herald", "Другая", 90, lang="ru")], title="A short story", lang="ru")
    factories.doubt(left, other=right, probability=0.784, reasons=["5 shared <names>", "11 h apart"])
    text = page(editor_client, "/doubts/")
    assert "Are these two stories one?" in text
    assert f'<a href="{left.get_absolute_url()}">A long story</a>' in text
    assert "6 reports · first" in text
    assert "Echo 0, Echo 1, Echo 2, Echo 3, Echo 4, Echo 5" in text
    assert "Echo 0, Echo 1 ·" in text, "one headline with the outlets that carried it"
    assert text.count('class="headline"') == 5, "four of the one side, one of the other"
    assert "and 1 other headline" in text
    assert '<a class="headline" href="/article/' in text
    assert 'lang="ru" dir="auto">Другая' in text
    assert "locked" in text
    assert "<b>78\u00a0% sure</b> that they are one story" in text
    assert "<li>5 shared &lt;names&gt;</li><li>11 h apart</li>" in text
    assert "Merge them" in text
    assert "No, they are two" in text


def test_a_split_shows_what_would_leave_against_what_would_stay(editor_client, page):
    rows = [told(f"Echo {n}", f"Headline {n}", n) for n in range(5)]
    story = factories.story(rows, title="The story")
    factories.doubt(story, Act.SPLIT, articles=[rows[1].pk, rows[3].pk])
    text = page(editor_client, "/doubts/")
    assert "Are these 2 reports about another event?" in text
    leave, stay = text.index("Would leave"), text.index("Would stay")
    assert "Headline 1" in text[leave:stay]
    assert "Headline 3" in text[leave:stay]
    assert "Headline 0" not in text[leave:stay]
    assert "2 reports · first" in text[leave:stay]
    rest = text[stay:]
    assert "3 reports · first" in rest
    assert "Headline 1" not in rest
    assert all(f"Headline {n}" in rest for n in (0, 2, 4))
    assert "Split them off" in text


def test_a_move_shows_the_report_where_it_is_and_where_it_would_go(editor_client, page):
    rows = [told(f"Echo {n}", f"Headline {n}", n) for n in range(3)]
    story = factories.story(rows, title="Its present story")
    other = factories.story([told("Herald", "There")], title="The other story")
    factories.doubt(story, Act.MOVE, other=other, articles=[rows[2].pk])
    text = page(editor_client, "/doubts/")
    assert "Does this report belong to the other story?" in text
    now, then = text.index("It is now with"), text.index("It would go to")
    assert "Headline 2" in text[:now]
    assert "Headline 2" not in text[now:]
    assert "2 reports · first" in text[now:then]
    assert "There" in text[then:]
    assert "Move it" in text


def test_the_surest_come_first_and_pages_go_on_where_they_ended(editor_client, page, monkeypatch):
    monkeypatch.setattr(selector, "PAGE", 2)
    chances = [0.61, 0.83, 0.72, 0.83, 0.55]
    for n, chance in enumerate(chances):
        merge(n, probability=chance)
    first = page(editor_client, "/doubts/")
    assert first.index("Left story 3") < first.index("Left story 1")
    assert "5 questions wait" in first
    older = editor_client.get("/doubts/").context["queue"].older
    merge(9, probability=0.9)
    second = page(editor_client, f"/doubts/?before={older}")
    assert "Left story 2" in second
    assert "Left story 0" in second
    assert all(f"Left story {n}" not in second for n in (1, 3, 4, 9))
    assert "Less certain questions" in second
    for damaged in ("x", "1.2", "9" * 60):
        assert "Left story 9" in page(editor_client, f"/doubts/?before={damaged}")


def test_a_page_that_was_worked_off_leads_back(editor_client, page):
    merge(probability=0.9)
    assert "There is nothing further down." in page(editor_client, "/doubts/?before=0.0.0")


def test_yes_merges(editor_client):
    doubt = merge()
    response = decide(editor_client, doubt, "yes", note=" Same meeting.\x00 ")
    assert "Merged: “Right story 0” is now part of “Left story 0”." in said(response)
    assert Story.objects.get(pk=doubt.other_id).merged_into_id == doubt.story_id
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.DONE
    assert (doubt.edit.act, doubt.edit.note, doubt.edit.user.is_staff) == (Act.MERGE, "Same meeting.", True)


def test_no_keeps_them_apart(editor_client):
    doubt = merge()
    response = decide(editor_client, doubt, "no")
    assert "“Left story 0” and “Right story 0” stay two stories." in said(response)
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.DISMISSED
    assert Story.objects.filter(merged_into=None).count() == 2


@pytest.mark.parametrize(("decision", "words"), [("yes", "Split off from “Five”."), ("no", "stay together in “Five”.")])
def test_a_split_is_decided(editor_client, decision, words):
    rows = [told(f"Echo {n}", f"Headline {n}", n, vector=[0.05] * 384) for n in range(5)]
    doubt = factories.doubt(factories.story(rows, title="Five"), Act.SPLIT, articles=[rows[4].pk])
    assert words in said(decide(editor_client, doubt, decision))
    rows[4].refresh_from_db()
    assert (rows[4].story_id != doubt.story_id) == (decision == "yes")


def test_a_refusal_is_said_in_words(editor_client):
    doubt = merge()
    Story.objects.filter(pk=doubt.other_id).update(merged_into=factories.story())
    response = decide(editor_client, doubt, "yes")
    assert 'class="error"' in said(response)
    assert "no longer in question" in said(response)
    assert not Edit.objects.exists()
    assert "closed already" in said(decide(editor_client, doubt, "no"))


@pytest.mark.parametrize("decision", ["", "maybe"])
def test_an_unclear_answer_decides_nothing(editor_client, decision):
    doubt = merge()
    assert "Nothing was decided" in said(decide(editor_client, doubt, decision))
    doubt.refresh_from_db()
    assert doubt.state == DoubtState.OPEN


def test_after_an_answer_the_queue_goes_on_at_the_next_question(editor_client, page):
    doubts = [merge(n, probability=0.9 - n / 10) for n in range(3)]
    text = page(editor_client, "/doubts/?before=")
    for doubt, then in zip(doubts, [doubts[1], doubts[2], doubts[1]], strict=True):
        form = text[text.index(f'action="/doubts/{doubt.pk}/"') :]
        assert f'value="/doubts/?before=&amp;at={then.pk}#told"' in form[: form.index("</form>")]
    response = decide(editor_client, doubts[0], "no", next=f"/doubts/?at={doubts[1].pk}#told")
    text = response.content.decode()
    assert response.redirect_chain[0][0].endswith("#told")
    assert text.index('<ol class="doubts">') < text.index("stay two stories") < text.index(f'id="d{doubts[1].pk}"')
    assert text.count("stay two stories") == 1


def test_the_outcome_is_told_at_the_top_where_its_question_is_gone(editor_client):
    doubt = merge()
    text = decide(editor_client, doubt, "no", next="/doubts/?at=999#told").content.decode()
    assert text.index("stay two stories") < text.index("Nothing waits for you")


def test_an_answer_never_leads_off_this_server(editor_client):
    response = editor_client.post(f"/doubts/{merge().pk}/", {"decision": "no", "next": "https://evil.example/"})
    assert response.url == "/doubts/"


def test_what_was_decided_is_listed_with_who_and_what(editor_client, page, monkeypatch):
    monkeypatch.setattr(selector, "DECIDED", 2)
    assert "No question has been decided yet." in page(editor_client, "/doubts/?show=decided")
    ada = factories.editor(first_name="Ada", last_name="Quill")
    client = Client()
    client.force_login(ada)
    for n, decision in enumerate(["yes", "no", "yes"]):
        with time_machine.travel(MORNING + timedelta(hours=n), tick=False):
            decide(client, merge(n, probability=0.66), decision, note=f"Note {n}.")
    merge(8)
    text = page(editor_client, "/doubts/?show=decided")
    assert text.index("Note 2.") < text.index("Note 1.")
    assert "Note 0." not in text
    assert "Ada Quill" in text
    assert "Left story 8" not in text
    assert "<b>Yes:</b>" in text
    assert "<b>No:</b>" in text
    assert "are two" in text
    assert "Grouping had said: 66\u00a0% sure" in text
    older = editor_client.get("/doubts/?show=decided").context["decided"].older
    assert "Note 0." in page(editor_client, f"/doubts/?show=decided&before={older}")


def test_questions_of_emptied_stories_do_not_break_the_page(editor_client, page):
    doubt = merge()
    doubt.story.articles.update(story=None)
    assert "It holds no report any more." in page(editor_client, "/doubts/")


def test_queries_do_not_grow_with_questions(editor_client, django_assert_max_num_queries):
    for n in range(10):
        merge(n)
    editor_client.get("/doubts/")
    with django_assert_max_num_queries(7):
        editor_client.get("/doubts/")
