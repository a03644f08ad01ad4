"""Adding ways out and changing them: what is refused and why, what is kept secret, what waits by new settings."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from standardwebhooks import Webhook

from stories.models import Attempt, Channel, Pace
from stories.services import sealing, ways
from tests import followed, told
from tests.told import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_counters() -> None:
    cache.clear()


def link_in(letter: Any) -> str:
    text = letter.content.decode().replace("=\r\n", "").replace("=3D", "=")
    found = re.search(r"/ways/verify/([^/\s\"]+)/", text)
    assert found
    return found[1]


def proven(user: Any, address: str, *, primary: bool = True) -> None:
    EmailAddress.objects.create(user=user, email=address, verified=True, primary=primary)


def test_the_first_way_is_the_proven_address(mailbox):
    user = told.person()
    assert ways.ensure_default(user, NOW) is None, "nothing is proven yet"
    proven(user, "ada@isles.example")
    channel = ways.ensure_default(user, NOW)
    assert channel is not None
    assert (channel.address, channel.verified_at, channel.pace) == ("ada@isles.example", NOW, Pace.NOW)
    assert ways.ensure_default(user, NOW) is None
    assert user.channels.count() == 1


def test_a_server_without_mail_makes_no_such_way(settings):
    settings.EMAIL_URL = ""
    user = told.person()
    proven(user, "ada@isles.example")
    assert ways.ensure_default(user, NOW) is None
    with pytest.raises(ways.Refused, match="sends no mail"):
        ways.add_email(user, "ada@isles.example", NOW)


def test_another_address_is_asked_first(mailbox):
    user = told.person()
    channel = ways.add_email(user, " Ben@isles.example ", NOW)
    assert channel.verified_at is None
    assert not Channel.objects.usable().exists()
    (letter,) = mailbox.letters
    assert letter.rcpt_tos == ["Ben@isles.example"]
    assert b"List-Unsubscribe" not in letter.content
    confirmed = ways.verify(link_in(letter), NOW + timedelta(days=2))
    assert confirmed.verified_at == NOW + timedelta(days=2)
    assert ways.verify(link_in(letter), NOW + timedelta(days=30)).pk == channel.pk, "a second click finds it done"


@pytest.mark.parametrize("token", ["", "1-1772616600", "nonsense", "\x00"])
def test_a_wrong_link_confirms_nothing(token):
    with pytest.raises(ways.Refused, match="not whole"):
        ways.verify(token, NOW)


def test_an_old_link_is_too_old_and_a_new_one_can_be_had(mailbox):
    user = told.person()
    ways.add_email(user, "ben@isles.example", NOW)
    with pytest.raises(ways.Refused, match="too old"):
        ways.verify(link_in(mailbox.letters[0]), NOW + timedelta(days=4))
    later = NOW + timedelta(days=4)
    ways.add_email(user, "ben@isles.example", later)
    assert ways.verify(link_in(mailbox.letters[1]), later).verified_at == later
    assert user.channels.count() == 1


def test_nobody_s_inbox_is_filled(mailbox):
    user = told.person()
    ways.add_email(user, "ben@isles.example", NOW)
    with pytest.raises(ways.Refused, match="moment ago"):
        ways.add_email(user, "ben@isles.example", NOW + timedelta(seconds=30))
    for number in range(9):
        ways.add_email(user, f"ben{number}@isles.example", NOW)
    with pytest.raises(ways.Refused, match="tomorrow"):
        ways.add_email(user, "eve@isles.example", NOW)
    assert len(mailbox.letters) == 10


def test_an_address_that_is_proven_needs_no_letter(mailbox):
    user = told.person()
    proven(user, "Ada@isles.example")
    assert ways.add_email(user, "ada@isles.example", NOW).verified_at == NOW
    with pytest.raises(ways.Refused, match="already"):
        ways.add_email(user, "ADA@isles.example", NOW)
    assert not mailbox.letters


@pytest.mark.parametrize("address", ["", "ada", "a b@isles.example", "übel@isles.example", "a@b\r\nBcc: c@d.example"])
def test_what_is_no_address_is_refused(mailbox, address):
    with pytest.raises(ways.Refused, match="no e-mail address"):
        ways.add_email(told.person(), address, NOW)


def test_a_letter_that_could_not_go_is_said(mailbox):
    mailbox.refuse["ben@isles.example"] = "550 5.1.1 no such user"
    with pytest.raises(ways.Refused, match="no such user"):
        ways.add_email(told.person(), "ben@isles.example", NOW)


def test_a_webhook_s_secret_is_shown_once_and_sealed(server):
    channel, secret = ways.add_webhook(told.person(), " archive ", server.url("/hook"), NOW)
    assert secret.startswith("whsec_")
    assert secret not in repr(vars(Channel.objects.get()))
    assert json.loads(sealing.unseal(channel.sealed))["secrets"] == [{"secret": secret, "until": None}]
    assert (channel.name, channel.heeds_quiet) == ("archive", False)
    with pytest.raises(ways.Refused, match="already"):
        ways.add_webhook(channel.user, "again", server.url("/hook"), NOW)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/hook",
        "http://localhost/hook",
        "http://[::1]/hook",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://intranet/hook",
        "http://printer.local/hook",
        "https://a.example.org:22/",
        "ftp://a.example.org/",
        "https://user:pass@a.example.org/",
        "javascript:alert(1)",
        "",
        "https://" + "a" * 5000,
    ],
)
def test_a_webhook_to_where_nothing_may_go_is_refused(url):
    user = told.person()
    with pytest.raises(ways.Refused):
        ways.add_webhook(user, "bad", url, NOW)
    assert not user.channels.exists()


def test_both_secrets_sign_for_a_day(server):
    server.serve("/hook", 200)
    channel, old = ways.add_webhook(told.person(), "archive", server.url("/hook"), NOW)
    new = ways.rotate(channel, NOW)
    assert new != old
    ways.test(channel, NOW + timedelta(hours=23))
    ways.test(channel, NOW + timedelta(hours=25))
    during, after = [told.headers_of(seen) for seen in server.seen]
    assert len(during["webhook-signature"].split()) == 2
    assert len(after["webhook-signature"].split()) == 1
    text = server.seen[1].body.decode()
    expected = Webhook(new).sign(after["webhook-id"], NOW + timedelta(hours=25), text)
    assert after["webhook-signature"] == expected
    with pytest.raises(ways.Refused):
        ways.rotate(followed.channel(told.person(), "a@isles.example"), NOW)


def test_a_browser_is_one_person_s(server):
    given, _, _ = told.subscription("https://push.example/abc")
    ada, ben = told.person(), told.person()
    first = ways.add_push(ada, given, "Firefox", NOW)
    assert ways.add_push(ada, given, "Firefox", NOW).pk == first.pk
    assert (first.address, first.name) == ("push.example", "Firefox")
    assert "abc" not in first.address
    ways.add_push(ben, given, "Firefox", NOW)
    assert not ada.channels.exists()
    renewed, _, _ = told.subscription("https://push.example/def")
    kept = ways.add_push(ben, renewed, "Firefox", NOW, instead="https://push.example/abc")
    assert ben.channels.get().pk == kept.pk
    ways.remove_push(ada, "https://push.example/def")
    assert ben.channels.exists()
    ways.remove_push(ben, "https://push.example/def")
    assert not ben.channels.exists()


def test_a_browser_that_asks_again_is_on_again():
    given, _, _ = told.subscription("https://push.example/abc")
    channel = ways.add_push(told.person(), given, "Firefox", NOW)
    ways.switch_off(channel, "gone", NOW, by_person=False)
    assert ways.add_push(channel.user, given, "Firefox", NOW).off_at is None


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"endpoint": "https://push.example/abc"},
        {"endpoint": "https://push.example/abc", "keys": {}},
        {"endpoint": "https://push.example/abc", "keys": {"p256dh": "x", "auth": "y"}},
        {"endpoint": 7, "keys": {}},
        {"endpoint": "file:///etc/passwd", "keys": {"p256dh": "x", "auth": "y"}},
        {"endpoint": "https://push.example/abc", "keys": {"p256dh": 1, "auth": ["y"]}},
    ],
)
def test_a_subscription_that_is_none_is_refused(given):
    with pytest.raises(ways.Refused):
        ways.add_push(told.person(), given, "Firefox", NOW)


def test_a_service_s_address_is_sealed():
    channel = ways.add_service(told.person(), "#desk", "gotifys://push.example/Aabcdefghijklmn", NOW)
    assert channel.address == "Gotify · push.example"
    assert "Aabcdef" not in repr(vars(Channel.objects.get()))
    with pytest.raises(ways.Refused, match="json"):
        ways.add_service(channel.user, "x", "json://a.example/", NOW)


def test_nobody_has_more_ways_than_the_most(server):
    user = told.person()
    for number in range(ways.MOST):
        ways.add_webhook(user, "x", server.url(f"/{number}"), NOW)
    with pytest.raises(ways.Refused, match="20 ways"):
        ways.add_webhook(user, "x", server.url("/more"), NOW)


def test_a_test_is_sent_and_written_down(server):
    server.serve("/hook", 500)
    channel, _ = ways.add_webhook(told.person(), "archive", server.url("/hook"), NOW)
    failed = ways.test(channel, NOW)
    assert (failed.ok, failed.status, failed.delivery) == (False, 500, None)
    channel.refresh_from_db()
    assert channel.failures == 0, "a test is no mark against it"
    with pytest.raises(ways.Refused, match="moment ago"):
        ways.test(channel, NOW + timedelta(seconds=1))
    server.serve("/hook", 200)
    Channel.objects.update(failures=3, failing_since=NOW)
    assert ways.test(channel, NOW + timedelta(seconds=10)).ok
    channel.refresh_from_db()
    assert (channel.failures, channel.last_ok_at) == (0, NOW + timedelta(seconds=10))
    assert Attempt.objects.count() == 2
    assert told.body_of(server.seen[0])["type"] == "test"


def test_an_unconfirmed_address_gets_no_test(mailbox):
    channel = ways.add_email(told.person(), "ben@isles.example", NOW)
    with pytest.raises(ways.Refused, match="Confirm"):
        ways.test(channel, NOW)


def test_what_waits_is_due_by_the_new_settings():
    user = told.person(time_zone="Europe/Berlin")
    channel = followed.channel(user, "ada@isles.example")
    row, tried = told.waits(channel), told.waits(channel, attempts=2, due_at=NOW + timedelta(hours=1))
    ways.change(channel, NOW, pace=Pace.DAILY, name=" Desk ")
    row.refresh_from_db()
    assert row.due_at.isoformat() == "2026-03-05T06:30:00+00:00"
    ways.change(channel, NOW, pace=Pace.NOW)
    row.refresh_from_db()
    assert row.due_at == NOW
    user.time_zone = "America/New_York"
    ways.change(channel, NOW, pace=Pace.DAILY)
    user.save()
    ways.reckon(user, NOW)
    row.refresh_from_db()
    assert row.due_at.isoformat() == "2026-03-04T12:30:00+00:00"
    tried.refresh_from_db()
    assert tried.due_at == NOW + timedelta(hours=1), "what failed keeps its turn"
    channel.refresh_from_db()
    assert (channel.name, channel.pace) == ("Desk", Pace.DAILY)


@pytest.mark.parametrize("settings_given", [{"pace": "yearly"}, {"digest_day": 7}, {"name": "  "}])
def test_settings_that_are_none_are_refused(settings_given):
    with pytest.raises(ways.Refused):
        ways.change(followed.channel(told.person(), "ada@isles.example"), NOW, **settings_given)
