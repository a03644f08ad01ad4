"""How long a sign-in lasts, where a person is signed in, and how that is ended."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.core import mail
from django.test import Client

from tests import factories, signing

pytestmark = pytest.mark.django_db
LIST = "/accounts/sessions/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"


def opened(user, **kw) -> Client:
    """A browser in which the person signed in and looked at a page."""
    client = signing.browser(**kw)
    signing.sign_in(client, user, remember="on")
    client.get("/")
    return client


def is_in(client: Client) -> bool:
    """Whether a page takes the browser for somebody's."""
    return client.get("/accounts/email/").status_code == 200


class TestLasting:
    """The numbers are those of the settings."""

    @pytest.mark.parametrize(("staff", "hours"), [(False, 14 * 24), (True, 12)])
    def test_it_ends_when_it_was_not_used(self, staff, hours):
        with time_machine.travel(0, tick=False) as clock:
            client = opened(signing.person(is_staff=staff))
            clock.shift(timedelta(hours=hours) - timedelta(seconds=1))
            assert is_in(client)
            clock.shift(timedelta(hours=hours) + timedelta(seconds=1))
            assert not is_in(client)
            assert "You were signed out because some time has passed" in client.get("/").content.decode()

    @pytest.mark.parametrize(("staff", "hours"), [(False, 90 * 24), (True, 7 * 24)])
    def test_it_ends_however_much_it_is_used(self, staff, hours):
        with time_machine.travel(0, tick=False) as clock:
            client = opened(signing.person(is_staff=staff))
            passed, step = timedelta(), timedelta(hours=11)
            while passed + step < timedelta(hours=hours):
                clock.shift(step)
                passed += step
                assert is_in(client), passed
            clock.shift(step)
            assert not is_in(client)

    def test_without_staying_signed_in_the_browser_forgets_it(self):
        user, client = signing.person(), signing.browser()
        signing.sign_in(client, user)
        cookie = client.cookies["firsthand_session"]
        assert (cookie["max-age"], cookie["expires"]) == ("", "")
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"

    def test_using_it_writes_no_more_than_every_five_minutes(self, django_assert_max_num_queries):
        client = opened(signing.person())
        with django_assert_max_num_queries(20) as counted:
            client.get("/accounts/2fa/")
        assert not [query for query in counted.captured_queries if query["sql"].startswith(("UPDATE", "INSERT"))]


class TestKeys:
    """A session's key is another after each time that people show who they are."""

    def test_signing_in_gives_a_new_key(self):
        user, client = signing.person(), signing.browser()
        client.get("/accounts/signup/")
        session = client.session
        session["mark"] = 1
        session.save()
        client.cookies["firsthand_session"] = before = session.session_key
        signing.sign_in(client, user)
        assert client.session.session_key != before

    def test_showing_it_again_gives_a_new_key_and_stays_one_session(self):
        user = signing.person()
        client = opened(user)
        before = client.session.session_key
        signing.again(client)
        after = client.session.session_key
        assert after != before
        assert is_in(client)
        assert [row.session_key for row in UserSession.objects.filter(user=user)] == [after]
        thief = signing.browser()
        thief.cookies["firsthand_session"] = before
        assert not is_in(thief)

    def test_signing_out_ends_it_at_the_server(self):
        client = opened(signing.person())
        key = client.session.session_key
        client.post("/accounts/logout/")
        thief = signing.browser()
        thief.cookies["firsthand_session"] = key
        assert not is_in(thief)


class TestList:
    """Where a person is signed in."""

    def test_it_names_browsers_and_networks(self):
        user = signing.person()
        client = opened(user, headers={"User-Agent": FIREFOX}, REMOTE_ADDR="198.51.100.251")
        opened(user, headers={"User-Agent": PHONE})
        text = client.get(LIST).content.decode()
        assert "Firefox on Linux" in text
        assert "Safari on iPhone" in text
        assert "198.51.100.251" in text
        assert "here, now" in text
        assert "not used for 14 days, and after 90 days at the latest" in text

    def test_a_session_made_at_the_set_up_stands_there_too(self, settings):
        settings.SETUP_TOKEN = "nine-gulls"
        client = signing.browser()
        data = {"token": "nine-gulls", "email": "ada@isles.example", "start_with": "none"}
        client.post("/setup/", data | {"password": factories.PASSWORD, "again": factories.PASSWORD})
        assert "here, now" in client.get(LIST).content.decode()

    def test_one_is_ended_after_showing_who_asks(self):
        user = signing.person()
        mine, other = opened(user), opened(user)
        row = UserSession.objects.get(session_key=other.session.session_key)
        asked = mine.post(f"{LIST}{row.pk}/end/")
        assert asked.url.startswith("/accounts/reauthenticate/")
        assert is_in(other), "asking ends nothing"
        mine.post(asked.url, {"password": factories.PASSWORD, "next": f"{LIST}{row.pk}/end/"})
        assert not is_in(other)
        assert is_in(mine)

    def test_all_others_are_ended_at_once(self):
        user = signing.person()
        mine, *others = (opened(user) for _n in range(4))
        signing.again(mine)
        assert "3 other sessions are ended." in mine.post(LIST, follow=True).content.decode()
        assert [is_in(client) for client in (mine, *others)] == [True, False, False, False]

    def test_nobody_sees_or_ends_those_of_others(self):
        theirs = opened(signing.person(), REMOTE_ADDR="198.51.100.252")
        row = UserSession.objects.get(session_key=theirs.session.session_key)
        mine = opened(signing.person())
        assert "198.51.100.252" not in mine.get(LIST).content.decode()
        signing.again(mine)
        assert mine.post(f"{LIST}{row.pk}/end/").status_code == 404
        assert is_in(theirs)

    def test_it_is_for_people_who_are_signed_in(self):
        assert Client().get(LIST).url == f"/accounts/login/?next={LIST}"


class TestChangeOfPassword:
    """Whoever knew the old one is out."""

    def test_it_ends_all_others_and_is_announced(self):
        user = signing.person()
        mine, other = opened(user), opened(user)
        new = "eleven brown curlews"
        form = {"oldpassword": factories.PASSWORD, "password1": new, "password2": new}
        assert mine.post("/accounts/password/change/", form).status_code == 302
        assert (is_in(mine), is_in(other)) == (True, False)
        assert UserSession.objects.purge_and_list(user) == [UserSession.objects.get(user=user)]
        assert mail.outbox[-1].subject == "Firsthand: your password was changed"
        assert mail.outbox[-1].to == [user.email]

    def test_choosing_it_by_mail_ends_all(self):
        user = signing.person()
        open_one = opened(user)
        stranger = signing.browser()
        stranger.post("/accounts/password/reset/", {"email": user.email})
        link = re.search(r"https?://[^/\s]+(/accounts/password/reset/key/\S+)", mail.outbox[-1].body)[1]
        form = stranger.get(link, follow=True).redirect_chain[-1][0]
        new = "eleven brown curlews"
        stranger.post(form, {"password1": new, "password2": new})
        assert not is_in(open_one)
        assert not signing.signed_in(stranger), "the second factor is still asked: one signs in after it"

    def test_an_account_that_is_switched_off_is_out_at_once(self):
        user = signing.person()
        client = opened(user)
        user.is_active = False
        user.save()
        assert not is_in(client)
        assert signing.sign_in(signing.browser(), user).url == "/accounts/inactive/"
