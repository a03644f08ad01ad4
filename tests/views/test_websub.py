"""The callback over HTTP, and whole exchanges with a little hub on real sockets."""

from __future__ import annotations

import hmac
import io
import urllib.error
import urllib.request
from collections import deque
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from stories.ingest import isolated
from stories.models import Article, Fetch, Push, Subscription
from stories.services import pushes, websub
from tests import factories
from tests.fakes import rss
from tests.ingest.web import running

pytestmark = pytest.mark.django_db
State = Subscription.State
TOPIC = "https://courier.example.org/world.xml?a=1&b=ü"
BODY = rss({"title": "Ferry runs aground off Skarv", "link": "https://courier.example.org/1", "guid": "1"}).encode()
QUESTION = {"hub.mode": "subscribe", "hub.topic": TOPIC, "hub.challenge": "wader", "hub.lease_seconds": "3600"}


@pytest.fixture(autouse=True)
def _public(settings):
    settings.PUBLIC_URL = "https://news.example.org"


def subscription(**kw):
    feed = factories.feed(hub="https://hub.example.net/", topic=TOPIC)
    at = timezone.now()
    fields = {"state": State.ASKED, "token": f"token-{feed.pk}", "secret": "three herons", "asked_at": at}
    return Subscription.objects.create(feed=feed, hub=feed.hub, topic=TOPIC, **fields | kw)


def active(**kw):
    at = timezone.now()
    return subscription(**{"state": State.ACTIVE, "confirmed_at": at, "expires_at": at + timedelta(days=1)} | kw)


def signed(body=BODY, secret="three herons", method="sha256"):
    return f"{method}={hmac.new(secret.encode(), body, method).hexdigest()}"


def post(row, body=BODY, client=None, **headers):
    headers = {"X-Hub-Signature": signed(body)} | {name.replace("_", "-"): value for name, value in headers.items()}
    return (client or Client()).post(
        f"/websub/{row.token}/", body, content_type="application/rss+xml; charset=utf-8", headers=headers
    )


def get(row, client=None, **changed):
    return (client or Client()).get(f"/websub/{row.token}/", QUESTION | changed)


def test_the_challenge_comes_back_as_plain_text_and_nothing_else():
    row = subscription()
    response = get(row, **{"hub.challenge": "<script>alert(1)</script>"})
    assert (response.status_code, response.content) == (200, b"<script>alert(1)</script>")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert not response.cookies
    row.refresh_from_db()
    assert row.state == State.ACTIVE
    assert timedelta(minutes=55) < row.expires_at - timezone.now() <= timedelta(hours=1)


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.topic": "https://courier.example.org/sport.xml"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
        {"hub.challenge": "x" * 1001},
    ],
)
def test_any_other_question_finds_nothing_here(changed):
    row = subscription()
    response = get(row, **changed)
    assert (response.status_code, response.content) == (404, b"")
    row.refresh_from_db()
    assert row.state == State.ASKED


def test_an_unknown_address_answers_like_a_wrong_question():
    row = subscription()
    wrong = get(row, **{"hub.mode": "x"})
    for path in ("/websub/nobody/", "/websub/%00/", "/websub/é/", f"/websub/{'x' * 900}/"):
        for response in (Client().get(path, QUESTION), Client().post(path, BODY, content_type="text/xml")):
            assert (response.status_code, response.content) == (404, b"")
            assert dict(response.headers).keys() == dict(wrong.headers).keys()
    assert Client().get(f"/websub/{row.token}/").status_code == 404


def test_a_denial_is_noted():
    row = subscription()
    assert get(row, **{"hub.mode": "denied", "hub.reason": "members only"}).status_code == 200
    row.refresh_from_db()
    assert (row.state, row.error) == (State.DENIED, "hub.example.net denied it: members only")


@pytest.mark.parametrize("method", ["head", "put", "patch", "delete", "options"])
def test_other_methods_are_not_allowed(method):
    row = active()
    assert getattr(Client(), method)(f"/websub/{row.token}/").status_code == 405


def test_a_signed_push_is_acknowledged_at_once_and_waits():
    row = active()
    # A browser's form would need a token; a hub does not, even where the checks are on.
    response = post(row, client=Client(enforce_csrf_checks=True))
    assert (response.status_code, response.content) == (202, b"")
    assert not response.cookies
    waiting = Push.objects.get()
    assert (bytes(waiting.body), waiting.content_type) == (BODY, "application/rss+xml; charset=utf-8")
    assert Article.objects.count() == 0


@pytest.mark.parametrize("method", ["sha1", "sha384", "sha512"])
def test_other_methods_of_signing_are_taken(method):
    post(active(), X_Hub_Signature=signed(method=method))
    assert Push.objects.count() == 1


def test_a_forged_push_looks_taken_and_is_not():
    row = active()
    good = post(row)
    for header in ("", signed(secret="x"), signed(body=b"other"), "sha256=zz", "none=", signed(method="md5")):
        forged = post(row, X_Hub_Signature=header)
        assert (forged.status_code, forged.content) == (good.status_code, good.content)
        # All but the clock: Expires is now.
        assert {**forged.headers, "Expires": ""} == {**good.headers, "Expires": ""}
    row.refresh_from_db()
    assert (row.refused, Push.objects.count()) == (6, 1)


def test_ended_subscriptions_say_so():
    row = active(expires_at=timezone.now() - timedelta(days=1))
    assert post(row).status_code == 410
    row = active()
    type(row.feed).objects.filter(pk=row.feed.pk).update(active=False)
    assert post(row).status_code == 410


def test_a_body_over_the_limit_is_refused_with_and_without_a_length(monkeypatch):
    row = active()
    giant = b"x" * (pushes.MAX_BYTES + 1)
    assert post(row, giant).status_code == 413
    # As granian hands a chunked body on: no length, and a stream that ends by itself.
    monkeypatch.setattr(pushes, "MAX_BYTES", 1000)
    stream = {"wsgi.input": io.BytesIO(b"y" * 1001), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    assert Client().post(f"/websub/{row.token}/", b"", content_type="text/xml", **stream).status_code == 413
    assert Push.objects.count() == 0


def test_a_chunked_push_is_read():
    row = active()
    stream = {"wsgi.input": io.BytesIO(BODY), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    headers = {"X-Hub-Signature": signed()}
    response = Client().post(f"/websub/{row.token}/", b"", content_type="text/xml", headers=headers, **stream)
    assert response.status_code == 202
    assert bytes(Push.objects.get().body) == BODY


def test_a_form_as_a_body_is_not_unpacked():
    row = active()
    body = urlencode({"hub.mode": "publish"}).encode()
    kind = {"content_type": "application/x-www-form-urlencoded", "headers": {"X-Hub-Signature": signed(body)}}
    assert Client().post(f"/websub/{row.token}/", body, **kind).status_code == 202
    assert bytes(Push.objects.get().body) == body


def test_too_many_waiting_pushes_ask_the_hub_to_come_back(monkeypatch):
    monkeypatch.setattr(pushes, "MAX_WAITING", 1)
    row = active()
    post(row)
    response = post(row)
    assert (response.status_code, response["Retry-After"]) == (503, "120")


def test_behind_a_proxy_with_https_the_hub_gets_through_and_plain_http_does_not(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    row = active()
    assert post(row, X_Forwarded_Proto="https").status_code == 202
    assert post(row).status_code == 301
    assert Push.objects.count() == 1
    assert get(row, client=Client(headers={"X-Forwarded-Proto": "https"})).content == b"wader"


def test_an_unknown_host_name_is_refused(settings):
    settings.ALLOWED_HOSTS = ["news.example.org"]
    row = active()
    assert post(row, Host="evil.example.com").status_code == 400
    assert post(row, Host="news.example.org").status_code == 202


# --- With a hub ------------------------------------------------------------------------------------------------------


class Hub:
    """A hub on a real socket: takes requests, verifies them at the callback, signs what it distributes."""

    def __init__(self, web, origin):
        self.origin = origin
        self.asked = deque()
        self.refuse = 0
        self.grant = 864_000
        self.url = web.url("/hub")
        web.routes["/hub"] = self.take

    def take(self, exchange):
        pairs = parse_qs(exchange.body.decode(), strict_parsing=True)
        fields = {name: values[0] for name, values in pairs.items()}
        self.asked.append((exchange.head, fields))
        exchange.answer(self.refuse or 202)

    def at(self, fields):
        """The callback, at this test's own server."""
        return self.origin + urlsplit(fields["hub.callback"]).path

    def call(self, request):
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def verify(self, fields, **changed):
        said = {"hub.mode": fields["hub.mode"], "hub.topic": fields["hub.topic"], "hub.challenge": "wader"}
        said |= {"hub.lease_seconds": str(self.grant)} | changed
        return self.call(f"{self.at(fields)}?{urlencode(said)}")

    def push(self, fields, body, secret=None):
        signature = signed(body, fields["hub.secret"] if secret is None else secret, "sha1")
        links = f'<{self.url}>; rel="hub", <{fields["hub.topic"]}>; rel="self"'
        headers = {"X-Hub-Signature": signature, "Content-Type": "application/rss+xml", "Link": links}
        return self.call(urllib.request.Request(self.at(fields), body, headers, method="POST"))


@pytest.fixture
def hub(live_server, settings):
    settings.ALLOWED_HOSTS = ["*"]
    with running() as web:
        settings.FETCH_ALLOW = web.allow
        yield Hub(web, live_server.url)
    isolated.close()


@pytest.mark.django_db(transaction=True)
def test_a_whole_exchange(hub):
    feed = factories.feed(url="https://courier.example.org/world.xml", last_good_at=timezone.now())
    with transaction.atomic():
        websub.want(feed, hub.url, TOPIC, timezone.now())
        feed.save()

    # Asked, in the form and with the type that the recommendation names.
    assert websub.subscribe_due(timezone.now) == 1
    head, fields = hub.asked.pop()
    assert b"application/x-www-form-urlencoded" in head
    assert fields["hub.topic"] == TOPIC

    # Nothing is taken before the confirmation; the wrong topic is refused, the right one confirmed.
    assert hub.push(fields, BODY)[0] == 404
    assert hub.verify(fields, **{"hub.topic": "https://courier.example.org/"}) == (404, b"")
    assert hub.verify(fields) == (200, b"wader")
    assert Subscription.objects.get().state == State.ACTIVE

    # Pushed, pushed again, forged; one article, its time ours.
    assert hub.push(fields, BODY) == (202, b"")
    assert hub.push(fields, BODY) == (202, b"")
    assert hub.push(fields, BODY.replace(b"Ferry", b"Whale"), secret="guessed") == (202, b"")
    kept = pushes.keep_pushes(timezone.now)
    assert (kept.pushes, kept.found) == (2, 1)
    assert Article.objects.get().title == "Ferry runs aground off Skarv"
    assert Fetch.objects.filter(how=Fetch.How.PUSH).count() == 2
    assert websub.pushed(feed, timezone.now())

    # Renewed: the pushes go on meanwhile.
    Subscription.objects.update(next_try_at=timezone.now())
    assert websub.subscribe_due(timezone.now) == 1
    assert hub.asked.pop()[1] == fields
    assert hub.push(fields, BODY.replace(b"Ferry", b"Lock")) == (202, b"")
    hub.grant = 1_000
    assert hub.verify(fields) == (200, b"wader")
    assert Subscription.objects.get().expires_at < timezone.now() + timedelta(minutes=17)

    # The hub goes away, and comes back.
    hub.refuse = 500
    Subscription.objects.update(next_try_at=timezone.now())
    assert websub.subscribe_due(timezone.now) == 1
    assert "internal error (HTTP 500)" in Subscription.objects.get().error
    assert Subscription.objects.get().state == State.ACTIVE

    # Paused: the hub is asked to stop, may, and is told that it is over.
    hub.refuse = 0
    feed.active = False
    feed.save()
    assert websub.subscribe_due(timezone.now) == 1
    leaving = hub.asked.pop()[1]
    assert leaving["hub.mode"] == "unsubscribe"
    assert hub.push(fields, BODY)[0] == 410
    assert hub.verify(leaving) == (200, b"wader")


@pytest.mark.django_db(transaction=True)
def test_a_trap_signed_by_the_hub_itself_costs_seconds_and_no_more(hub):
    feed = factories.feed(last_good_at=timezone.now())
    with transaction.atomic():
        websub.want(feed, hub.url, TOPIC, timezone.now())
        feed.save()
    websub.subscribe_due(timezone.now)
    _, fields = hub.asked.pop()
    hub.verify(fields)
    # feedparser alone takes minutes over such an author.
    author = b"<author>" + b"a" * 400_000 + b"@</author>"
    assert hub.push(fields, BODY.replace(b"<guid>", author + b"<guid>"))[0] == 202
    started = timezone.now()
    assert pushes.keep_pushes(timezone.now).pushes == 1
    assert timezone.now() - started < timedelta(seconds=25)
    assert (Push.objects.count(), Fetch.objects.count()) == (0, 1)
