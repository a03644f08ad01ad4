"""The log of what a person was told: what changed, the passage, why, and by which way it went."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stories.models import User, Wake
from stories.views import alerts as view
from tests import factories, followed
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
ADDRESS = "/alerts/"
NOW = MORNING + timedelta(hours=3)


@pytest.fixture
def ada() -> User:
    return factories.user(email="ada@isles.example")


@pytest.fixture
def as_ada(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def look(client: Client, address: str = ADDRESS, status: int = 200, **headers: str) -> str:
    with time_machine.travel(NOW, tick=False):
        answer = client.get(address, headers=headers or None)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def test_an_empty_log_says_what_will_stand_there(as_ada):
    text = look(as_ada)
    assert "You were told nothing yet" in text
    assert 'href="/following/"' in text


def test_an_alert_tells_what_changed_the_passage_and_why(as_ada, ada):
    outlet = factories.outlet(name="Coast Wire")
    article = factories.article(outlet=outlet, title="Second bid never opened", url="https://wire.example/2")
    story = factories.story([article], title="Row over the weir")
    follow = followed.follow(ada, story)
    made = followed.alert(
        ada, story, follow, words="Nobody opened the second bid.", link="http://testserver/article/7/"
    )
    for text in (look(as_ada), look(as_ada, reverse("alert", args=[made.pk]))):
        assert f'href="{story.get_absolute_url()}"' in text
        assert "A new report by Coast Wire." in text
        assert "Nobody opened the second bid." in text
        assert 'href="http://testserver/article/7/"' in text
        assert 'href="https://wire.example/2"' in text
        assert f'<a href="/following/{follow.pk}/">You follow this story.</a>' in text
        assert "No way was on" in text


@pytest.mark.parametrize(
    ("wake", "words", "said"),
    [
        (Wake.ARTICLE, "Nobody opened it.", "The passage"),
        (Wake.ARTICLE, "", "What it rests on"),
        (Wake.MERGED, "", "The story"),
        (Wake.SPLIT, "", "The story"),
    ],
)
def test_a_link_says_what_it_leads_to(as_ada, ada, wake, words, said):
    story = factories.story([factories.article()], title="Row over the weir")
    followed.alert(ada, story, followed.follow(ada, story), wake=wake, words=words, other=factories.story())
    assert f'<a href="http://testserver/article/1/">{said}<' in look(as_ada)


def test_each_way_tells_what_became_of_it(as_ada, ada):
    made = followed.alert(ada, factories.story())
    followed.delivery(made, followed.channel(ada, "By letter"), state="sent", sent_at=MORNING, reason="250 ok")
    followed.delivery(
        made, followed.channel(ada, "Digest"), due_at=NOW + timedelta(hours=2), reason="kept for a digest"
    )
    followed.delivery(made, followed.channel(ada, "Late one"), due_at=MORNING)
    followed.delivery(made, followed.channel(ada, "My hook"), state="failed", reason="The server answered 410 Gone.")
    followed.delivery(made, followed.channel(ada, "Old one"), state="dropped", reason="It was switched off.")
    text = look(as_ada)
    for words in (
        "<b>By letter</b>: sent",
        "<b>Digest</b>: waits until",
        "kept for a digest",
        "<b>Late one</b>: to be sent since",
        "failed for good",
        "The server answered 410 Gone.",
        "not sent",
        "It was switched off.",
    ):
        assert words in text, words
    assert "250 ok" not in text


def test_the_newest_come_first_and_older_ones_follow(as_ada, ada):
    story = factories.story()
    for number in range(view.PAGE + 3):
        followed.alert(
            ada, story, at=MORNING + timedelta(minutes=number // 2), key=str(number), words=f"Passage {number:02d}."
        )
    text = look(as_ada)
    assert text.index("Passage 32.") < text.index("Passage 31.") < text.index("Passage 03.")
    assert "Passage 02." not in text
    older = text.partition('href="?before=')[2].partition('"')[0]
    rest = look(as_ada, f"{ADDRESS}?before={older}", HX_Request="true")
    assert [f"Passage {number:02d}." in rest for number in range(5)] == [True, True, True, False, False]
    assert "Older alerts" not in rest
    assert "There are no older alerts." in look(as_ada, f"{ADDRESS}?before=1.1")
    assert "Passage 32." in look(as_ada, f"{ADDRESS}?before=nonsense")


def test_it_is_narrowed_to_a_story_and_to_a_follow(as_ada, ada):
    one, other = factories.story(title="Row over the weir"), factories.story(title="The ferry")
    follow = followed.follow(ada, "Ada Quill")
    followed.alert(ada, one, words="Of the weir.")
    followed.alert(ada, other, follow, words="Of the ferry.")
    text = look(as_ada, f"{ADDRESS}?story={one.pk}")
    assert "Of the weir." in text
    assert "Of the ferry." not in text
    assert "Only of the story" in text
    text = look(as_ada, f"{ADDRESS}?follow={follow.pk}")
    assert "Of the ferry." in text
    assert "Of the weir." not in text
    assert "Only because you follow" in text
    assert "You were told nothing for that yet." in look(as_ada, f"{ADDRESS}?story={factories.story().pk}")
    for odd in ("?story=x", "?follow=999", f"?story={'9' * 30}", "?story=²"):
        assert "Of the weir." in look(as_ada, ADDRESS + odd)


def test_after_a_merge_the_alerts_of_both_are_those_of_the_story(as_ada, ada):
    kept, gone = factories.story(title="Kept story"), factories.story(title="Gone story")
    followed.alert(ada, gone, words="Told before the merge.")
    gone.merged_into = kept
    gone.save()
    for address in (f"{ADDRESS}?story={kept.pk}", f"{ADDRESS}?story={gone.pk}"):
        text = look(as_ada, address)
        assert "Told before the merge." in text
        assert "Kept story" in text
        assert "Gone story" not in text


def test_what_others_were_told_is_not_there(as_ada):
    other = factories.user()
    theirs = followed.alert(other, factories.story(), followed.follow(other, "Ada Quill"), words="Not yours.")
    assert "Not yours." not in look(as_ada)
    look(as_ada, reverse("alert", args=[theirs.pk]), 404)
    look(as_ada, "/alerts/999/", 404)


def test_a_follow_that_is_gone_leaves_its_words(as_ada, ada):
    follow = followed.follow(ada, factories.outlet(name="Coast Wire"))
    followed.alert(ada, factories.story(), follow)
    follow.delete()
    text = look(as_ada)
    assert '<p class="because">You follow Coast Wire.</p>' in text


def test_an_alert_offers_to_follow_its_story(as_ada, ada):
    made = followed.alert(ada, factories.story(), wake=Wake.DENIED)
    text = look(as_ada, reverse("alert", args=[made.pk]))
    assert "Follow its story" in text
    assert "All that you were told of this story" in text


def test_it_costs_the_same_however_many_there_are(as_ada, ada, django_assert_max_num_queries):
    way = followed.channel(ada)
    for number in range(20):
        followed.delivery(followed.alert(ada, factories.story(), key=str(number)), way)
    look(as_ada)
    with django_assert_max_num_queries(9):
        look(as_ada)


def test_nobody_keeps_these_pages(as_ada, ada):
    made = followed.alert(ada, factories.story())
    for address in (ADDRESS, reverse("alert", args=[made.pk]), "/following/"):
        assert "no-store" in as_ada.get(address)["Cache-Control"]
