"""The control: on every page that shows something to follow, one click, by script or without, and a door for others."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from stories.models import Follow, FollowKind, Mute, User
from tests import factories, followed
from tests.views import cited

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def ada() -> User:
    return factories.user(email="ada@isles.example")


@pytest.fixture
def as_ada(ada) -> Client:
    client = Client()
    client.force_login(ada)
    return client


def post(client: Client, name: str, data: dict[str, object], *args: object, script: bool = False):
    return client.post(reverse(name, args=args), data, headers=SCRIPT if script else None)


def text_of(response) -> str:
    return html.unescape(response.content.decode())


def test_each_page_has_its_control_for_who_is_signed_in(as_ada, page):
    story = factories.story()
    article = story.headline_of
    here = page(as_ada, story.get_absolute_url())
    assert "Follow this story" in here
    assert here.count("data-follow>") == 1
    assert "Follow this outlet" in page(as_ada, article.outlet.get_absolute_url())
    there = page(as_ada, article.get_absolute_url())
    assert "Follow its story" in there
    assert "Follow its outlet" in there
    assert "Follow this search" in page(as_ada, "/search/?q=harbour")
    for nothing in ("/search/", "/search/?q=-harbour", "/search/?q=%22"):
        assert "Follow this search" not in page(as_ada, nothing)


def test_others_are_led_to_the_sign_in_page_and_get_no_token(client, page):
    story = factories.story()
    for address in (story.get_absolute_url(), story.headline_of.get_absolute_url(), "/search/?q=harbour"):
        main = page(client, address).partition("<main")[2].partition("</main>")[0]
        link = re.search(r'href="(/accounts/login/\?next=[^"]+)"[^>]* data-follow', main)
        assert link, address
        assert "csrfmiddlewaretoken" not in main
    assert f'href="/accounts/login/?next={story.get_absolute_url().replace("/", "%2F")}"' in page(
        client, story.get_absolute_url()
    )


def test_a_click_without_script_follows_and_goes_back(as_ada, ada, page):
    story = factories.story(title="Row over the weir")
    here = story.get_absolute_url()
    answer = post(as_ada, "follow", {"kind": "story", "story": story.pk, "next": here})
    assert answer["Location"] == here
    follow = Follow.objects.get()
    assert (follow.user, follow.story) == (ada, story)
    shown = page(as_ada, here)
    assert "You follow “Row over the weir” now." in shown
    assert "Following this story" in shown
    assert reverse("follow_edit", args=[follow.pk]) in shown
    answer = post(as_ada, "follow_end", {"next": here}, follow.pk)
    assert answer["Location"] == here
    shown = page(as_ada, here)
    assert "You no longer follow “Row over the weir”." in shown
    assert "Follow this story" in shown


def test_a_click_with_script_swaps_the_control_alone(as_ada):
    story = factories.story(title="Row over the weir")
    data = {"kind": "story", "story": story.pk, "look": "page", "next": "/story/"}
    answer = post(as_ada, "follow", data, script=True)
    text = text_of(answer)
    assert answer.status_code == 200
    assert "<!doctype" not in text
    assert text.strip().startswith(f'<div class="follow-acts" id="follow-story-{story.pk}">')
    assert f'hx-swap-oob="innerHTML:#follow-story-{story.pk}-said"' in text
    assert "You follow “Row over the weir” now." in text
    assert f'id="follow-story-{story.pk}-button"' in text, "the focus finds the button by its id"
    assert 'name="next" value="/story/"' in text
    follow = Follow.objects.get()
    ended = text_of(post(as_ada, "follow_end", {"look": "page"}, follow.pk, script=True))
    assert "Follow this story" in ended
    assert "messages" not in as_ada.session or not list(as_ada.session["messages"]), "said once, not on the next page"


def test_who_has_no_way_is_told_where_alerts_wait(as_ada, ada):
    outlet = factories.outlet(name="Coast Wire")
    assert "waits under Alerts" in text_of(post(as_ada, "follow", {"kind": "outlet", "outlet": outlet.pk}, script=True))
    followed.channel(ada)
    said = text_of(post(as_ada, "follow", {"kind": "name", "name": "Ada Quill", "look": "small"}, script=True))
    assert "You follow Ada Quill now." in said
    assert "waits under" not in said


def test_the_looks_of_a_control_stay_as_they_were(as_ada):
    outlet = factories.outlet(name="Coast Wire")
    answer = post(as_ada, "follow", {"kind": "outlet", "outlet": outlet.pk, "look": "aside"}, script=True)
    assert "Following its outlet" in text_of(answer)
    answer = post(as_ada, "follow", {"kind": "name", "name": "Ada Quill", "look": "small"}, script=True)
    assert "follow-small on" in text_of(answer)
    answer = post(as_ada, "follow", {"kind": "name", "name": "Ada Quill", "look": '"><b>'}, script=True)
    assert "<b>" not in answer.content.decode()


def test_named_sources_have_a_small_control_and_unnamed_ones_none(client, as_ada, ada, page):
    row = cited.article()
    shown = page(as_ada, row.get_absolute_url())
    assert 'name="name" value="Ada Quill"' in shown
    assert 'name="name" value="Lockworks"' in shown
    assert 'name="name" value="Two people' not in shown
    assert 'name="name" value="The Tern Gazette"' not in shown, "an outlet is followed on its page"
    followed.follow(ada, "Mrs Ada Quill")
    assert 'Following<span class="unseen">: Ada Quill</span>' in page(as_ada, row.get_absolute_url())
    assert 'Follow<span class="unseen">: Ada Quill</span>' in page(client, row.get_absolute_url())


def test_a_team_can_be_followed_for_from_the_menu(as_ada, ada, page):
    tom, story = factories.user(), factories.story()
    desk = followed.team("Isles desk", ada, tom)
    other = followed.team("Another desk", tom)
    assert "Follow for Isles desk" in page(as_ada, story.get_absolute_url())
    assert "Another desk" not in page(as_ada, story.get_absolute_url())
    data = {"kind": "story", "story": story.pk, "team": desk.pk, "menu": "1"}
    said = text_of(post(as_ada, "follow", data, script=True))
    assert "Stop following for Isles desk" in said
    assert "Follow this story" in said, "not for oneself"
    assert '<details class="menu follow-menu" open>' in said
    assert "for Isles desk</span>" in page(as_ada, story.get_absolute_url())
    answer = post(as_ada, "follow", data | {"team": other.pk})
    assert answer.status_code == 422
    assert "You are not in this team." in text_of(answer)
    follow = Follow.objects.get()
    assert follow.team == desk
    said = text_of(post(as_ada, "follow_end", {}, follow.pk, script=True))
    assert "Isles desk no longer follows" in said


def test_stories_like_this_are_followed_from_the_menu(as_ada, page):
    story = followed.with_direction(title="Row over the weir")
    assert "Follow stories like this" in page(as_ada, story.get_absolute_url())
    said = text_of(post(as_ada, "follow", {"kind": "like", "story": story.pk, "menu": "1"}, script=True))
    assert "You follow stories like “Row over the weir” now." in said
    assert f'id="follow-story-{story.pk}"' in said
    assert "Stop following stories like this" in said
    blank = factories.story()
    said = text_of(post(as_ada, "follow", {"kind": "like", "story": blank.pk}, script=True))
    assert "can't be told" in said
    assert 'class="error"' in said
    answer = post(as_ada, "follow", {"kind": "like", "story": blank.pk, "next": "/outlets/"})
    assert answer["Location"] == "/outlets/"
    assert "can't be told" in html.unescape(page(as_ada, "/outlets/"))
    german = factories.story([factories.article(lang="de")])
    assert "Follow stories like this" not in page(as_ada, german.get_absolute_url())


def test_a_story_is_muted_and_heard_of_again(as_ada, ada, page):
    story = factories.story()
    said = text_of(post(as_ada, "mute", {"story": story.pk, "menu": "1"}, script=True))
    assert "This story is muted" in said
    assert "Hear of this story again" in said
    assert Mute.objects.get().until is None
    assert 'class="chip none">muted' in page(as_ada, story.get_absolute_url())
    answer = post(as_ada, "mute_end", {"next": story.get_absolute_url()}, story.pk)
    assert answer["Location"] == story.get_absolute_url()
    assert not Mute.objects.exists()
    for wrong in ({"story": "999"}, {"story": "x"}, {}, {"story": story.pk, "until": "soon"}):
        assert post(as_ada, "mute", wrong).status_code == 422
    assert post(as_ada, "mute", {"story": story.pk, "until": "2020-01-01"}).status_code == 302
    assert post(as_ada, "mute_end", {}, 999).status_code == 404
    assert not Mute.objects.exists()


def test_a_search_is_followed_as_it_was_typed(as_ada, page):
    outlet = factories.outlet(name="Coast Wire")
    shown = page(as_ada, f"/search/?q=%22harbour+minister%22+or+weir&outlet={outlet.slug}")
    value = re.search(r'name="query" value="([^"]+)"', shown)
    assert value
    assert html.unescape(value[1]) == f'("harbour minister" or weir) outlet:{outlet.slug}'
    post(as_ada, "follow", {"kind": "search", "query": html.unescape(value[1])})
    shown = page(as_ada, f"/search/?q=weir+or+%22harbour+minister%22&outlet={outlet.slug}")
    assert "Following this search" in shown, "in another order it is the same"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Say what to follow."),
        ({"kind": "everything"}, "everything"),
        ({"kind": "story", "story": "999"}, "There is no such story."),
        ({"kind": "story", "story": "1; drop"}, "There is no such story."),
        ({"kind": "outlet", "outlet": "-1"}, "There is no such outlet."),
        ({"kind": "name", "name": "x" * 201}, "at most 200 characters"),
        ({"kind": "name", "name": "nul\x00"}, "Null characters"),
        ({"kind": "search", "query": "y" * 501}, "at most 500 characters"),
    ],
)
def test_what_names_nothing_is_said_so(as_ada, data, said):
    answer = post(as_ada, "follow", data)
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Follow.objects.exists()


def test_the_follows_of_others_are_not_there(as_ada):
    theirs = followed.follow(factories.user(), factories.story())
    for name in ("follow_end", "follow_snooze"):
        assert post(as_ada, name, {}, theirs.pk).status_code == 404
    assert Follow.objects.live().count() == 1


def test_who_is_signed_out_by_now_is_asked_to_sign_in(client):
    story = factories.story()
    data = {"kind": "story", "story": story.pk, "next": story.get_absolute_url()}
    sign_in = f"/accounts/login/?next={story.get_absolute_url()}"
    assert post(client, "follow", data)["Location"] == sign_in
    answer = post(client, "follow", data, script=True)
    assert (answer.status_code, answer["HX-Redirect"]) == (200, sign_in)
    elsewhere = post(client, "follow", data | {"next": "https://evil.example/"})
    assert elsewhere["Location"] == "/accounts/login/?next=/"
    assert not Follow.objects.exists()


def test_clicks_need_the_csrf_token_and_are_no_gets(ada, page):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ada)
    story = factories.story()
    assert post(client, "follow", {"kind": "story", "story": story.pk}).status_code == 403
    token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', page(client, story.get_absolute_url()))
    assert token
    data = {"kind": "story", "story": story.pk, "csrfmiddlewaretoken": token[1]}
    assert post(client, "follow", data).status_code == 302
    for name, args in (("follow", ()), ("mute", ()), ("follow_end", (1,)), ("follow_snooze", (1,)), ("mute_end", (1,))):
        assert client.get(reverse(name, args=args)).status_code == 405


def test_an_anonymous_story_page_asks_nothing_more(client, as_ada, django_assert_max_num_queries, settings):
    settings.PAGE_CACHE_S = 0
    story = factories.story()
    with django_assert_max_num_queries(8) as asked:
        client.get(story.get_absolute_url())
    assert not [query for query in asked.captured_queries if "follow" in query["sql"] or "mute" in query["sql"]]


def test_a_page_costs_two_queries_more_however_many_names(as_ada, page):
    row = cited.article()
    factories.story([row])
    with CaptureQueriesContext(connection) as asked:
        assert "Follow its story" in page(as_ada, row.get_absolute_url())
    assert len([one for one in asked.captured_queries if re.search("stories_(follow|team|mute)", one["sql"])]) == 2


def test_a_demo_story_is_followed_like_any(as_ada):
    story = factories.story(demo=True)
    assert post(as_ada, "follow", {"kind": "story", "story": story.pk}).status_code == 302
    assert Follow.objects.get().kind == FollowKind.STORY
