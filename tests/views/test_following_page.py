"""All that is followed, on one page, and the settings of each follow."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from stories.models import Follow, FollowKind, Mute, User
from stories.selectors import followed as selector
from stories.services import following, muting
from tests import factories, followed
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
ADDRESS = "/following/"
NOW = MORNING + timedelta(hours=3)


@pytest.fixture
def ada() -> User:
    return factories.user(email="ada@isles.example", time_zone="Europe/Berlin")


@pytest.fixture
def as_ada(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def look(client: Client, address: str = ADDRESS, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return html.unescape(answer.content.decode())


def edit(follow: Follow) -> str:
    return reverse("follow_edit", args=[follow.pk])


def sent(follow: Follow, **kw: object) -> dict[str, object]:
    """The form of a follow as its page has it, with changes."""
    told = {"wakes": follow.wakes, "dropped_from": 3, "reached_from": 10, "query": follow.query}
    return {key: value for key, value in (told | kw).items() if value is not None}


def test_they_are_for_people_who_are_signed_in(client):
    for address in (ADDRESS, "/following/1/", "/alerts/", "/alerts/1/"):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"


def test_an_empty_list_says_what_can_be_followed(as_ada):
    text = look(as_ada)
    for words in ("Nothing yet.", "A story", "An outlet", "A person or an organisation", "A search", "<kbd>f</kbd>"):
        assert words in text
    assert "Muted stories" not in text
    assert "No longer followed" not in text


def test_follows_are_grouped_by_kind_with_all_that_is_to_know(as_ada, ada):
    story, outlet = factories.story(title="Row over the weir"), factories.outlet(name="Coast Wire")
    way = followed.channel(ada, "by letter")
    of_story, of_outlet = followed.follow(ada, story), followed.follow(ada, outlet)
    followed.follow(ada, "Ada Quill")
    followed.follow(ada, '"harbour minister"', kind=FollowKind.SEARCH)
    followed.follow(ada, followed.with_direction(title="The ferry"), kind=FollowKind.LIKE)
    followed.follow(ada, factories.story(title="For all of us"), team=followed.team("Isles desk", ada))
    following.change(of_outlet, ada, following.Settings(["reached", "denied"], 3, 20, channels=[way.pk]))
    followed.alert(ada, story, of_story, at=MORNING)
    followed.alert(ada, story, of_story, at=MORNING + timedelta(hours=1), key="2")
    with time_machine.travel(NOW, tick=False):
        text = look(as_ada)
    order = [text.index(f'id="kind-{kind}"') for kind in ("story", "outlet", "name", "search", "like")]
    assert order == sorted(order)
    assert f'href="/alerts/?follow={of_story.pk}">2 alerts</a>' in text
    assert "the last" in text
    assert "2 hours ago" in text
    assert "denial, 20 outlets reached" in text
    assert "only by by letter" in text
    assert "by all your ways" in text
    assert "for Isles desk" in text
    assert 'href="/search/?q=%22harbour%20minister%22"' in text
    assert "You hear of 6 things" in text
    assert "No way to reach you is on" not in text


def test_who_has_no_way_is_told(as_ada, ada):
    followed.follow(ada, "Ada Quill")
    assert "No way to reach you is on" in look(as_ada)
    followed.channel(ada, off_at=MORNING)
    assert "No way to reach you is on" in look(as_ada)


def test_a_merged_story_stands_there_as_what_it_leads_to(as_ada, ada):
    kept, gone = factories.story(title="Kept story"), factories.story(title="Gone story")
    follow = followed.follow(ada, gone)
    gone.merged_into = kept
    gone.save()
    text = look(as_ada)
    assert f'<a href="{kept.get_absolute_url()}">Kept story</a>' in text
    assert "Gone story" not in text
    assert "Kept story" in look(as_ada, edit(follow))


def test_what_others_follow_is_not_there(as_ada):
    other = factories.user()
    theirs = followed.follow(other, factories.story(title="Somebody’s story"), team=followed.team("Other desk", other))
    assert "Somebody’s story" not in look(as_ada)
    look(as_ada, edit(theirs), 404)
    assert as_ada.post(edit(theirs), sent(theirs)).status_code == 404


def test_the_list_is_narrowed_and_paged(as_ada, ada):
    for number in range(selector.PAGE + 2):
        followed.follow(ada, f"Person {number:02d} Quill")
    followed.follow(ada, factories.outlet(name="Coast Wire"))
    text = look(as_ada)
    assert "Page 1 of 2" in text
    assert text.count('<li id="follow-') == selector.PAGE
    assert "people and organisations <b>52</b>" in text
    assert look(as_ada, f"{ADDRESS}?page=2").count('<li id="follow-') == 3
    text = look(as_ada, f"{ADDRESS}?kind=outlet")
    assert "Coast Wire" in text
    assert "Person 01 Quill" not in text
    assert look(as_ada, f"{ADDRESS}?q=person+07").count('<li id="follow-') == 1
    assert "None of your follows is like that" in look(as_ada, f"{ADDRESS}?q=zebra")
    for odd in ("?page=x", "?page=99", "?kind=nonsense", "?q=%00"):
        assert "Person" in look(as_ada, f"{ADDRESS}{odd}")


def test_it_costs_the_same_however_many_there_are(as_ada, ada, django_assert_max_num_queries):
    for number in range(30):
        follow = followed.follow(ada, factories.story(title=f"Story {number}"))
        followed.alert(ada, follow.story, follow)
        muting.mute(ada, factories.story(), None, MORNING)
    look(as_ada)
    with django_assert_max_num_queries(14):
        look(as_ada)


def test_a_name_is_followed_by_its_form(as_ada, ada):
    answer = as_ada.post("/follow/", {"kind": "name", "add": "1", "name": " Ada  Quill ", "next": ADDRESS})
    assert answer["Location"] == ADDRESS
    assert "You follow Ada Quill now." in look(as_ada)
    answer = as_ada.post("/follow/", {"kind": "name", "add": "1", "name": "  "})
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert "Type the name of a person or an organisation." in text
    assert text.count('aria-invalid="true"') == 1
    desk = followed.team("Isles desk", ada)
    as_ada.post("/follow/", {"kind": "name", "add": "1", "name": "Tom Marsh", "team": desk.pk})
    assert Follow.objects.get(name="Tom Marsh").team == desk


def test_a_search_that_can_not_be_read_is_said_at_its_field(as_ada):
    answer = as_ada.post("/follow/", {"kind": "search", "add": "1", "query": "harbour nofield:x"})
    text = html.unescape(answer.content.decode())
    assert answer.status_code == 422
    assert 'value="harbour nofield:x"' in text, "what was typed is kept"
    assert "There is no field" in text
    assert "Type the name" not in text
    as_ada.post("/follow/", {"kind": "search", "add": "1", "query": "harbour"})
    assert Follow.objects.get().query == "harbour"


def test_it_is_snoozed_for_a_day_a_week_or_until_a_day(as_ada, ada):
    follow = followed.follow(ada, factories.story(title="Row over the weir"))
    address = reverse("follow_snooze", args=[follow.pk])
    with time_machine.travel(NOW, tick=False):
        assert as_ada.post(address, {"length": "day", "next": f"{ADDRESS}?q=row"})["Location"] == f"{ADDRESS}?q=row"
        assert Mute.objects.get().until == NOW + timedelta(days=1)
        as_ada.post(address, {"length": "week"})
        assert Mute.objects.get().until == NOW + timedelta(days=7)
        assert "snoozed until" in look(as_ada)
        as_ada.post(address, {"end": "1"})
        assert not Mute.objects.exists()
        assert "You hear of “Row over the weir” again." in look(as_ada)
        as_ada.post(address, {"length": "until", "until": "2026-03-20"})
        assert Mute.objects.get().until.date().isoformat() in ("2026-03-19", "2026-03-20")
        assert "You hear nothing of “Row over the weir” until" in look(as_ada)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Say for how long."),
        ({"length": "ever"}, "Say for how long."),
        ({"length": "until"}, "Choose a day."),
        ({"length": "until", "until": "tomorrow"}, "That is no date"),
        ({"length": "until", "until": "2026-03-01"}, "Choose a day from tomorrow on"),
        ({"length": "until", "until": "2030-03-01"}, "within a year"),
    ],
)
def test_a_snooze_that_is_none_is_said_so(as_ada, ada, data, said):
    follow = followed.follow(ada, "Ada Quill")
    with time_machine.travel(NOW, tick=False):
        answer = as_ada.post(reverse("follow_snooze", args=[follow.pk]), data)
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert not Mute.objects.exists()


def test_muted_stories_stand_there_and_can_be_heard_of_again(as_ada, ada):
    story = factories.story(title="Row over the weir")
    muting.mute(ada, story, None, MORNING)
    text = look(as_ada)
    assert "Muted stories" in text
    assert "for good" in text
    as_ada.post(reverse("mute_end", args=[story.pk]))
    assert "Muted stories" not in look(as_ada)


def test_what_ended_stands_there_with_why_and_can_be_followed_again(as_ada, ada):
    story = factories.story(title="Row over the weir")
    closed, stopped = followed.follow(ada, story), followed.follow(ada, "Ada Quill")
    following.change(closed, ada, following.Settings(["denied"], 3, 10, until_closed=True))
    following.end_closed([story.pk], MORNING)
    following.end(stopped, ada, MORNING)
    text = look(as_ada)
    assert "the story closed" in text
    assert "you or your team stopped it" in text
    assert "Its settings are kept" in look(as_ada, edit(closed))
    as_ada.post("/follow/", {"kind": "story", "story": story.pk})
    as_ada.post("/follow/", {"kind": "name", "name": "Ada Quill"})
    assert Follow.objects.live().count() == 2
    assert Follow.objects.get(pk=closed.pk).wakes == ["denied"]


def test_what_wakes_is_shown_in_words_and_changed(as_ada, ada):
    follow = followed.follow(ada, factories.story())
    first, second = followed.channel(ada, "By letter"), followed.channel(ada, "My browser", kind="push", pace="daily")
    text = look(as_ada, edit(follow))
    assert "First independent confirmation" in text
    assert "Somebody whom the news is about denies it." in text
    assert text.count('name="wakes"') == 12
    assert text.count('<span class="usual">usual</span>') == 10
    assert 'value="article" id' in text
    assert "Stop when the story closes" in text
    assert "Browser · once a day" in text
    data = sent(follow, wakes=["article", "reached"], reached_from=50, until_closed="on", channels=[second.pk])
    assert as_ada.post(edit(follow), data)["Location"] == ADDRESS
    kept = Follow.objects.get(pk=follow.pk)
    assert (kept.wakes, kept.reached_from, kept.until_closed) == (["reached", "article"], 50, True)
    assert list(kept.channels.all()) == [second]
    text = look(as_ada, edit(follow))
    assert f'value="{second.pk}" id="way-{second.pk}" checked' in text
    assert f'value="{first.pk}" id="way-{first.pk}" checked' not in text
    assert '<option value="50" selected>' in text


def test_each_kind_offers_what_can_wake_by_it(as_ada, ada):
    outlet, name = followed.follow(ada, factories.outlet()), followed.follow(ada, "Ada Quill")
    for follow, absent in ((outlet, "Attribution dropped"), (name, "Merged with another story")):
        text = look(as_ada, edit(follow))
        assert "A new story" in text
        assert absent not in text
        assert "Stop when the story closes" not in text
    data = sent(outlet, dropped_from=None)
    assert as_ada.post(edit(outlet), data).status_code == 302


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"wakes": []}, "Tick at least one thing"),
        ({"wakes": ["denied", "nonsense"]}, "nonsense"),
        ({"reached_from": "7"}, "7"),
        ({"reached_from": ""}, "required"),
        ({"channels": ["999"]}, "You have no such way."),
    ],
)
def test_what_is_wrong_is_said_and_nothing_lost(as_ada, ada, change, said):
    follow = followed.follow(ada, factories.story())
    answer = as_ada.post(edit(follow), sent(follow, **change))
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert Follow.objects.get(pk=follow.pk).wakes == follow.wakes


def test_a_search_is_changed_on_its_page(as_ada, ada):
    follow = followed.follow(ada, "harbour", kind=FollowKind.SEARCH)
    other = followed.follow(ada, "weir", kind=FollowKind.SEARCH)
    assert 'name="query" value="harbour"' in look(as_ada, edit(follow))
    for query, said in (("weir", "followed already"), ("", "at least one word"), ("outlet:", "must stand")):
        answer = as_ada.post(edit(follow), sent(follow, query=query))
        assert answer.status_code == 422
        assert said in html.unescape(answer.content.decode())
    assert as_ada.post(edit(follow), sent(follow, query="harbour ferry")).status_code == 302
    assert {row.query for row in Follow.objects.all()} == {"harbour ferry", other.query}


def test_a_teams_follow_is_marked_and_each_chooses_their_own_ways(as_ada, ada):
    tom = factories.user()
    follow = followed.follow(tom, factories.story(), team=followed.team("Isles desk", ada, tom))
    his = followed.channel(tom, "Tom’s letterbox")
    follow.channels.add(his)
    followed.channel(ada, "By letter")
    text = look(as_ada, edit(follow))
    assert "for Isles desk" in text
    assert "the others of the team choose their own" in text
    assert "Tom’s letterbox" not in text
    assert "It stops for all of Isles desk." in text
    assert "Tom’s letterbox" not in look(as_ada)
    assert as_ada.post(edit(follow), sent(follow)).status_code == 302
    assert list(follow.channels.all()) == [his]


def test_its_private_feed_is_named_and_opens(as_ada, ada, client):
    follow = followed.follow(ada, factories.story())
    address = re.search(r'translate="no">([^<]+\.atom)<', look(as_ada, edit(follow)))
    assert address
    assert client.get(urlsplit(address[1]).path).status_code == 200


def test_names_and_searches_are_escaped(as_ada, ada):
    followed.follow(ada, "<script>alert(1)</script>")
    followed.follow(ada, '"<b>harbour"', kind=FollowKind.SEARCH)
    raw = as_ada.get(ADDRESS).content.decode()
    assert "<script>alert" not in raw
    assert "<b>harbour" not in raw
