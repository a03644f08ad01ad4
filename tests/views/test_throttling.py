"""Guessing is slow and shuts out nobody but the guesser: counters by network, by address and by known browser."""

from __future__ import annotations

import pytest
import time_machine
from django.core import mail
from django.test import Client

from stories.views import devices
from tests import factories, signing

pytestmark = pytest.mark.django_db
REFUSED = "too many failed attempts"


def guess(client: Client, user, times: int, **extra: str) -> list[str]:
    """Wrong passwords, and what the pages answer."""
    return [signing.sign_in(client, user, password=f"wrong {n}", **extra).content.decode() for n in range(times)]


def exhaust(user, networks: int) -> None:
    """Guess from many networks until the address is used up for strangers."""
    for _n in range(networks):
        guess(signing.browser(), user, 5)


def test_the_sixth_guess_is_not_looked_at():
    user, attacker = signing.person(), signing.browser()
    answers = guess(attacker, user, 6)
    assert REFUSED not in answers[4]
    assert REFUSED in answers[5]
    assert REFUSED in signing.sign_in(attacker, user).content.decode(), "not even with the right password"
    assert not signing.signed_in(attacker)


def test_after_five_minutes_it_goes_on():
    user, attacker = signing.person(), signing.browser()
    with time_machine.travel(0, tick=False) as clock:
        guess(attacker, user, 6)
        clock.shift(299)
        assert REFUSED in guess(attacker, user, 1)[0]
        clock.shift(2)
        assert REFUSED not in guess(attacker, user, 1)[0]


def test_the_person_elsewhere_is_not_shut_out():
    user = signing.person()
    guess(signing.browser(), user, 8)
    honest = signing.browser()
    signing.sign_in(honest, user)
    assert signing.signed_in(honest)


def test_the_others_in_the_guesser_s_network_are_not_shut_out():
    user, neighbour, here = signing.person(), signing.person(), signing.network()
    guess(signing.browser(REMOTE_ADDR=here), user, 8)
    honest = signing.browser(REMOTE_ADDR=here)
    signing.sign_in(honest, neighbour)
    assert signing.signed_in(honest)


def test_one_network_can_t_try_every_address():
    attacker = signing.browser()
    answers = [guess(attacker, signing.person(), 1)[0] for _n in range(21)]
    assert REFUSED not in answers[19]
    assert REFUSED in answers[20]


def test_right_ones_are_not_counted():
    user, here = signing.person(), signing.network()
    for _n in range(8):
        honest = signing.browser(REMOTE_ADDR=here)
        signing.sign_in(honest, user)
        assert signing.signed_in(honest)


class TestKnownBrowser:
    """A browser in which the person signed in before has a counter of its own."""

    def test_it_gets_in_while_a_crowd_guesses(self):
        user, home = signing.person(), signing.browser()
        signing.sign_in(home, user)
        home.post("/accounts/logout/")
        exhaust(user, 11)
        stranger = signing.browser()
        assert REFUSED in signing.sign_in(stranger, user).content.decode()
        signing.sign_in(home, user)
        assert signing.signed_in(home)

    def test_it_gets_in_from_the_guesser_s_own_network(self):
        user, home, here = signing.person(), signing.browser(), signing.network()
        signing.sign_in(home, user)
        home.post("/accounts/logout/")
        guess(signing.browser(REMOTE_ADDR=here), user, 8)
        home.defaults["REMOTE_ADDR"] = here
        signing.sign_in(home, user)
        assert signing.signed_in(home)

    def test_its_own_guesses_are_counted(self):
        user, home = signing.person(), signing.browser()
        signing.sign_in(home, user)
        home.post("/accounts/logout/")
        answers = guess(home, user, 11)
        assert REFUSED not in answers[9]
        assert REFUSED in answers[10]

    def test_it_is_known_for_its_own_people_only(self):
        user, attacker, victim = signing.person(), signing.browser(), signing.person()
        signing.sign_in(attacker, user)
        attacker.post("/accounts/logout/")
        assert REFUSED in guess(attacker, victim, 6)[5]

    @pytest.mark.parametrize("value", ["", "nonsense", "eyJuYW1lIjoieCIsInBlb3BsZSI6WzFdfQ:1w:forged"])
    def test_a_forged_cookie_is_none(self, value):
        user, attacker = signing.person(), signing.browser()
        attacker.cookies[devices.cookie_name()] = value
        assert REFUSED in guess(attacker, user, 6)[5]

    def test_the_cookie_names_nobody_and_is_out_of_reach_of_scripts(self):
        user, home = signing.person(), signing.browser()
        signing.sign_in(home, user)
        cookie = home.cookies[devices.cookie_name()]
        assert user.email not in cookie.value
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"

    def test_five_people_share_a_browser(self):
        people, shared = [signing.person() for _n in range(6)], signing.browser()
        for user in people:
            signing.sign_in(shared, user)
            shared.post("/accounts/logout/")
        request = type("Request", (), {"COOKIES": {name: morsel.value for name, morsel in shared.cookies.items()}})()
        assert devices.device(request).people == tuple(user.pk for user in reversed(people[1:]))


def test_a_new_password_by_mail_opens_the_door_again():
    user = signing.person()
    exhaust(user, 11)
    honest = signing.browser()
    assert REFUSED in signing.sign_in(honest, user).content.decode()
    honest.post("/accounts/password/reset/", {"email": user.email})
    link = next(word for word in mail.outbox[-1].body.split() if "/reset/key/" in word)
    form = honest.get(link[link.index("/accounts") :], follow=True).redirect_chain[-1][0]
    new = "eleven brown curlews"
    honest.post(form, {"password1": new, "password2": new})
    signing.sign_in(honest, user, password=new)
    assert signing.signed_in(honest)


def test_behind_a_proxy_its_word_tells_who_asks(settings):
    user = signing.person()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    proxy = signing.network()
    first, second = signing.network(), signing.network()
    attacker = signing.browser(REMOTE_ADDR=proxy, headers={"X-Forwarded-For": f"10.0.0.1, {first}"})
    guess(attacker, user, 6)
    spoofer = signing.browser(REMOTE_ADDR=proxy, headers={"X-Forwarded-For": f"10.9.9.9, {first}"})
    assert REFUSED in signing.sign_in(spoofer, user).content.decode(), "what it wrote itself counts for nothing"
    honest = signing.browser(REMOTE_ADDR=proxy, headers={"X-Forwarded-For": second})
    signing.sign_in(honest, user)
    assert signing.signed_in(honest)


def test_without_a_proxy_nobody_s_word_is_taken():
    user, here = signing.person(), signing.network()
    for n in range(6):
        client = signing.browser(REMOTE_ADDR=here, headers={"X-Forwarded-For": f"203.0.113.{n}"})
        answer = guess(client, user, 1)[0]
    assert REFUSED in answer


def test_a_page_says_that_it_is_asked_too_often():
    client = signing.browser()
    codes = [
        client.post("/accounts/login/", {"login": "x@isles.example", "password": "x"}).status_code for _n in range(31)
    ]
    assert (codes[29], codes[30]) == (200, 429)
    text = client.post("/accounts/login/", {}).content.decode()
    assert "wait a minute" in text


def test_who_has_an_account_is_not_told(settings):
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    user, stranger = signing.person(), factories.PASSWORD
    known = signing.browser().post("/accounts/login/", {"login": user.email, "password": "wrong"}).content.decode()
    unknown = (
        signing.browser().post("/accounts/login/", {"login": "no@isles.example", "password": "wrong"}).content.decode()
    )
    assert "The e-mail address or the password is not correct." in known
    assert "The e-mail address or the password is not correct." in unknown
    form = {"email": user.email, "password1": stranger, "password2": stranger}
    again = signing.browser().post("/accounts/signup/", form)
    new = signing.browser().post("/accounts/signup/", form | {"email": "new@isles.example"})
    assert again.url == new.url == "/accounts/confirm-email/"
    assert mail.outbox[0].subject == "Firsthand: you have an account already"
