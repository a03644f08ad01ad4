"""The ways by which a person is reached: listed with their state, added, tried out, changed, switched, removed."""

from __future__ import annotations

import html
import re
import threading
from datetime import UTC, datetime, time, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from stories.models import Attempt, Channel, DeliveryState, User
from stories.selectors import privatefeeds
from stories.services import ways
from tests import factories, followed
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
NOW = MORNING + timedelta(hours=2)
HOOK = "https://example.org/alerts"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def _mail(settings):
    settings.EMAIL_URL = "smtp://localhost"


@pytest.fixture
def client(reader_client) -> Client:
    return reader_client


@pytest.fixture
def receiver(settings):
    """A program on this machine that answers 204, or what `status` says; `asked` are the paths that it was asked for."""

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            server.asked.append(self.headers["webhook-id"])
            self.send_response(server.status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    settings.FETCH_ALLOW = ("127.0.0.0/8",)
    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.asked, server.status = [], 204
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def text_of(response) -> str:
    inline = re.sub(r"</?(?:time|span|b|a)\b[^>]*>", "", response.content.decode())
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inline)))


def hook(user: User, url: str = HOOK, **kw) -> Channel:
    channel, _secret = ways.add_webhook(user, "archive", url, NOW - timedelta(days=9))
    Channel.objects.filter(pk=channel.pk).update(**kw)
    channel.refresh_from_db()
    return channel


def test_they_are_for_people_who_are_signed_in(db):
    row = followed.channel(factories.user())
    addresses = ["/ways/", "/ways/hours/", "/ways/add/email/", *(f"/ways/{row.pk}/{act}" for act in ("", "remove/"))]
    for address in addresses:
        assert Client().get(address)["Location"] == f"/accounts/login/?next={address}"
    for act in ("test/", "on/", "rotate/"):
        assert Client().post(f"/ways/{row.pk}/{act}")["Location"].startswith("/accounts/login/")


def test_those_of_others_are_not_there(client):
    row = followed.channel(factories.user(), "theirs@isles.example")
    assert "theirs@isles.example" not in text_of(client.get("/ways/"))
    for act in ("", "remove/", "rotate/"):
        assert client.get(f"/ways/{row.pk}/{act}").status_code == 404
    for act in ("", "test/", "on/", "remove/", "rotate/"):
        assert client.post(f"/ways/{row.pk}/{act}").status_code == 404
    assert Channel.objects.get() == row


def test_every_state_is_said_in_words(client, reader):
    fine = followed.channel(reader, "ada@isles.example", last_ok_at=NOW - timedelta(minutes=5), pace="daily")
    failing = hook(reader, failing_since=NOW - timedelta(hours=3), failures=4)
    Attempt.objects.create(channel=failing, at=NOW, ok=False, status=503, reason="The server answered 503")
    followed.channel(reader, "new@isles.example", verified_at=None)
    text = text_of(client.get("/ways/"))
    assert "Works: last used 10:55, 5 minutes ago." in text
    assert "Once a day at 7:30" in text
    assert "Failing since 8:00, 3 hours ago, and tried again: The server answered 503" in text
    assert "Waits for you: a letter with a link went there 9:00, 2 hours ago." in text
    assert text.count("Send a test") == 2, "none to an address that is not confirmed"
    assert fine.name in text


def test_what_was_switched_off_stands_out_and_counts_as_seen_then(client, reader):
    off = followed.channel(reader, "#newsdesk", kind="service", off_at=NOW, off_why="It is no more", off_seen=False)
    other = text_of(client.get("/following/"))
    assert "“#newsdesk” was switched off 11:00, just now: It is no more" in other
    page = client.get("/ways/")
    assert "is-lost" in page.content.decode()
    assert "Switched off 11:00, just now: It is no more" in text_of(page)
    assert "was switched off" not in text_of(client.get("/following/")), "said once, on every page until it is seen"
    client.post(f"/ways/{off.pk}/on/", {"on": "1"})
    off.refresh_from_db()
    assert (off.off_at, off.off_why) == (None, "")


def test_what_the_person_switched_off_is_no_alarm(client, reader):
    row = followed.channel(reader)
    response = client.post(f"/ways/{row.pk}/on/", {"on": "0", "next": "/ways/"}, follow=True)
    assert "“ada@isles.example” is off: nothing goes out by it." in text_of(response)
    assert "You switched it off 11:00, just now." in text_of(response)
    assert "is-lost" not in response.content.decode()


def test_the_notice_costs_one_query_and_nobody_else_sees_it(client, reader):
    followed.channel(factories.user(), "theirs", off_at=NOW, off_why="gone", off_seen=False)
    for visitor, queries in ((client, 1), (Client(), 0)):
        with CaptureQueriesContext(connection) as asked:
            assert "was switched off" not in text_of(visitor.get("/outlets/"))
        assert sum('FROM "stories_channel"' in one["sql"] for one in asked) == queries


def test_an_address_of_the_person_is_on_at_once(client, reader):
    reader.emailaddress_set.create(email="desk@isles.example", verified=True)
    text = text_of(client.post("/ways/add/email/", {"address": "desk@isles.example"}, follow=True))
    assert "Alerts go to desk@isles.example from now on." in text
    assert mail.outbox == []


def test_another_address_is_confirmed_by_the_link_in_a_letter(client, reader):
    text = text_of(client.post("/ways/add/email/", {"address": "other@isles.example"}, follow=True))
    assert "A letter is on its way to other@isles.example" in text
    [letter] = mail.outbox
    assert letter.to == ["other@isles.example"]
    address = re.search(r"/ways/verify/\S+?/", letter.body)[0]
    signed_out = Client(enforce_csrf_checks=True)
    looked = signed_out.get(address)
    assert Channel.objects.get().verified_at is None, "a scanner that follows links confirms nothing"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', looked.content.decode())[1]
    done = signed_out.post(address, {"csrfmiddlewaretoken": token})
    assert "Alerts go to other@isles.example from now on." in text_of(done)
    assert Channel.objects.get().verified_at == NOW


def test_a_wrong_link_confirms_nothing(db):
    response = Client().post("/ways/verify/abc/")
    assert response.status_code == 422
    assert "This link confirms nothing." in text_of(response)


def test_a_webhooks_secret_is_shown_once(client, reader):
    response = client.post("/ways/add/webhook/", {"name": "archive", "url": HOOK})
    secret = re.search(r'id="secret"[^>]*>(whsec_[^<]+)<', response.content.decode())[1]
    assert "no-store" in response["Cache-Control"]
    row = Channel.objects.get()
    assert secret not in row.sealed
    for address in ("/ways/", f"/ways/{row.pk}/"):
        assert secret not in client.get(address).content.decode()
    assert "Make a new secret?" in text_of(client.get(f"/ways/{row.pk}/rotate/"))
    again = client.post(f"/ways/{row.pk}/rotate/").content.decode()
    assert re.search(r'id="secret"[^>]*>(whsec_[^<]+)<', again)[1] != secret
    assert "For the next 24 hours alerts are signed by both secrets" in again


def test_only_webhooks_have_a_secret(client, reader):
    row = followed.channel(reader)
    assert client.get(f"/ways/{row.pk}/rotate/").status_code == 404


def test_a_services_address_is_never_shown_again(client, reader):
    sent = {"name": "#newsdesk", "url": "ntfys://ada:pass-word-7@ntfy.example.org/topic-9"}
    text = text_of(client.post("/ways/add/service/", sent, follow=True))
    assert "“#newsdesk” is on." in text
    page = client.get(f"/ways/{Channel.objects.get().pk}/").content.decode()
    assert "pass-word-7" not in text + page


@pytest.mark.parametrize(
    ("kind", "sent", "words"),
    [
        ("email", {"address": ""}, "Type the address that mail shall go to."),
        ("email", {"address": "ada"}, "This is no e-mail address"),
        ("email", {"address": "a@b.example\r\nBcc: x@y.example"}, "This is no e-mail address"),
        ("webhook", {"name": "", "url": HOOK}, "Give it a name"),
        ("webhook", {"name": "x", "url": ""}, "Type the address that alerts shall be sent to."),
        ("webhook", {"name": "x", "url": "https://10.0.0.1/"}, "not one on the public internet"),
        ("webhook", {"name": "x", "url": "nul\x00"}, "Null characters are not allowed"),
        ("service", {"name": "x", "url": "file:///etc/passwd"}, "are not sent to"),
        ("service", {"name": "x", "url": ""}, "Type the address of the service"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_lost(client, kind, sent, words):
    response = client.post(f"/ways/add/{kind}/", sent)
    assert response.status_code == 422
    assert words in text_of(response)
    assert 'aria-invalid="true"' in response.content.decode()
    assert Channel.objects.count() == 0
    if sent.get("name"):
        assert f'value="{sent["name"]}"' in response.content.decode()


def test_there_are_no_other_kinds(client):
    for kind in ("push", "pigeon"):
        assert client.post(f"/ways/add/{kind}/", {}).status_code == 404
    assert client.get("/ways/add/webhook/")["Location"] == "/ways/#add-webhook"


def test_a_server_without_mail_says_so(client, settings):
    settings.EMAIL_URL = ""
    page = client.get("/ways/")
    assert "This server can’t send e-mail" in text_of(page)
    assert 'name="address"' not in page.content.decode()
    assert "This server sends no mail." in text_of(client.post("/ways/add/email/", {"address": "a@b.example"}))


def test_nobody_has_more_than_the_most(client, reader):
    for number in range(ways.MOST):
        followed.channel(reader, f"{number}@isles.example")
    assert "You have 20 ways, the most that one account may have." in text_of(client.get("/ways/"))
    assert client.post("/ways/add/webhook/", {"name": "x", "url": HOOK}).status_code == 422


def test_a_test_says_how_it_went(client, reader, receiver):
    row = hook(reader, f"http://127.0.0.1:{receiver.server_port}/alerts")
    said = client.post(f"/ways/{row.pk}/test/", headers={"HX-Request": "true"}).content.decode()
    assert re.search(r'<p class="said">It answered 204 in \d+ ms\.</p>', said)
    assert "<html" not in said
    assert len(receiver.asked) == 1
    assert "wait some seconds" in text_of(client.post(f"/ways/{row.pk}/test/", {"next": "/ways/"}, follow=True))
    receiver.status = 410
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        response = client.post(f"/ways/{row.pk}/test/", {"next": "https://evil.example/"})
        assert response["Location"] == f"/ways/{row.pk}/"
        assert re.search(r"The test failed: .*410", text_of(client.get(response["Location"])))


def test_its_page_shows_its_log(client, reader):
    row = hook(reader)
    story = factories.story([factories.article(title="Ferry runs aground")], title="Ferry runs aground")
    alert = followed.alert(reader, story)
    sent = followed.delivery(alert, row, state=DeliveryState.SENT)
    Attempt.objects.create(channel=row, delivery=sent, at=NOW, ok=True, status=200, took_ms=1234)
    for number in range(60):
        at = NOW - timedelta(hours=number + 1)
        Attempt.objects.create(channel=row, at=at, ok=False, status=503, reason=f"No answer {number}", took_ms=9)
    page = client.get(f"/ways/{row.pk}/")
    text = text_of(page)
    assert f'<a href="/alerts/{alert.pk}/">Ferry runs aground</a>' in page.content.decode()
    assert "1,234 ms" in text
    assert "No answer 48" in text
    assert "No answer 49" not in text, "fifty on a page"
    assert "No answer 59" in text_of(client.get(f"/ways/{row.pk}/?page=2"))
    assert client.get(f"/ways/{row.pk}/?page=x").status_code == 200


def test_what_waits_is_counted_with_the_next(client, reader):
    row = hook(reader)
    for hours in (3, 1):
        alert = followed.alert(reader, factories.story(), key=str(hours))
        followed.delivery(alert, row, due_at=NOW + timedelta(hours=hours))
    assert "2 alerts waiting, the next goes out 12:00, in 1 hour" in text_of(client.get("/ways/"))
    assert "2 alerts; the next goes out 12:00, in 1 hour" in text_of(client.get(f"/ways/{row.pk}/"))


def test_settings_are_changed_and_hold_for_what_waits(client, reader):
    row = followed.channel(reader)
    waiting = followed.delivery(followed.alert(reader, factories.story()), row, due_at=NOW)
    sent = {"name": "Ada’s desk", "pace": "weekly", "digest_at": "06:15", "digest_day": "4", "heeds_quiet": "on"}
    response = client.post(f"/ways/{row.pk}/", sent)
    assert response["Location"] == f"/ways/{row.pk}/"
    row.refresh_from_db()
    waiting.refresh_from_db()
    assert (row.name, row.pace, row.digest_at, row.digest_day) == ("Ada’s desk", "weekly", time(6, 15), 4)
    assert waiting.due_at == datetime(2026, 3, 6, 6, 15, tzinfo=UTC), "the Friday after"
    assert "Once a week, Friday at 6:15" in text_of(client.get("/ways/"))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": " "}, "A way needs a name."),
        ({"pace": "never"}, "There is no such pace."),
        ({"pace": "daily", "digest_at": ""}, "Say at which time of day."),
        ({"digest_at": "25:00"}, "That is no time of day"),
        ({"digest_day": "9"}, "There is no such day of the week."),
    ],
)
def test_wrong_settings_change_nothing(client, reader, wrong, words):
    row = followed.channel(reader)
    sent = {"name": "desk", "pace": "now", "digest_at": "07:30", "digest_day": "0"} | wrong
    response = client.post(f"/ways/{row.pk}/", sent)
    assert response.status_code == 422
    assert words in text_of(response)
    row.refresh_from_db()
    assert (row.name, row.pace) == ("ada@isles.example", "now")


def test_it_is_removed_after_a_question(client, reader):
    row = followed.channel(reader)
    assert "Remove “ada@isles.example”?" in text_of(client.get(f"/ways/{row.pk}/remove/"))
    assert Channel.objects.exists()
    assert "is removed." in text_of(client.post(f"/ways/{row.pk}/remove/", follow=True))
    assert not Channel.objects.exists()


def test_the_private_feed_is_there_and_gets_a_new_address(client, reader):
    address = privatefeeds.alerts_address(reader)
    assert address in client.get("/ways/").content.decode()
    response = client.post("/alerts/feed/new/", {"next": "/ways/#feed"})
    assert response["Location"] == "/ways/#feed"
    page = client.get("/ways/").content.decode()
    assert address not in page
    reader.refresh_from_db()
    assert privatefeeds.alerts_address(reader) in page


def test_forms_need_the_csrf_token(reader):
    client = Client(enforce_csrf_checks=True)
    client.force_login(reader)
    row = followed.channel(reader)
    for act in ("", "test/", "on/", "remove/"):
        assert client.post(f"/ways/{row.pk}/{act}", {}).status_code == 403


def test_names_are_escaped(client, reader):
    row = followed.channel(reader, "<script>alert(1)</script>")
    for address in ("/ways/", f"/ways/{row.pk}/", f"/ways/{row.pk}/remove/"):
        assert "<script>alert" not in client.get(address).content.decode()
