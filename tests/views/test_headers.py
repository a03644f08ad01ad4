"""What every answer says to browsers, on live answers of the server that a deployment runs, with the settings of https."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import pytest
from django.conf import settings as django_settings
from django.db import connection

from stories.services import tokens
from tests import factories
from tests.views.people import admin, person

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[2]
YEAR_S = 31_536_000


@pytest.fixture(autouse=True)
def _quick_passwords() -> None:
    """In place of this folder's own: the server here looks passwords up as a deployment does."""


class Server:
    """A web process of a deployment, behind a proxy that speaks https; what `Answer`s it gives."""

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self, path: str, *, method: str = "GET", scheme: str = "https", cookies: str = "", **form: str
    ) -> http.client.HTTPResponse:
        one = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Host": "news.example", "X-Forwarded-Proto": scheme, "X-Forwarded-For": "192.0.2.7"}
        headers |= {"Cookie": cookies} if cookies else {}
        if form:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": "https://news.example/"}
        one.request(method, path, body=urlencode(form) if form else None, headers=headers)
        return one.getresponse()


@pytest.fixture(scope="module")
def server(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """granian as the image starts it, on the database of these tests."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    parts = urlsplit(os.environ["DATABASE_URL"])
    database = urlunsplit(parts._replace(path=f"/{connection.settings_dict['NAME']}"))
    environment = os.environ | {
        "DATABASE_URL": database,
        "PUBLIC_URL": "https://news.example",
        "BEHIND_PROXY": "1",
        "SECRET_KEY": "k" * 60,
        "STATIC_MANIFEST": "0",
        "MFA_REQUIRED": "none",
    }
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    log = tmp_path_factory.mktemp("headers") / "web.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--no-ws", "tracker.wsgi:application"], cwd=ROOT, env=environment, stdout=out, stderr=out
        )
        try:
            _wait(port, process, log)
            yield Server(port)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            if Server(port).ask("/healthz").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(log.read_text())


def signed_in(server: Server, email: str) -> str:
    """The cookies of a browser that signs in by the form."""
    form = server.ask("/accounts/login/")
    cookies = {name: one.value for name, one in _cookies(form).items()}
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', form.read())
    assert token
    answer = server.ask(
        "/accounts/login/", method="POST", cookies=_sent(cookies), csrfmiddlewaretoken=token[1].decode(),
        login=email, password=factories.PASSWORD,
    )  # fmt: skip
    assert answer.status == 302, answer.read().decode()
    return _sent(cookies | {name: one.value for name, one in _cookies(answer).items()})


def _cookies(answer: http.client.HTTPResponse) -> SimpleCookie:
    found = SimpleCookie()
    for value in answer.headers.get_all("Set-Cookie") or []:
        found.load(value)
    return found


def _sent(cookies: dict[str, str]) -> str:
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


def common(answer: http.client.HTTPResponse) -> None:
    """What holds for every answer, whatever it is."""
    said = answer.headers
    found = re.fullmatch(r"max-age=(\d+); includeSubDomains; preload", said["Strict-Transport-Security"] or "")
    assert found
    assert int(found[1]) >= YEAR_S
    assert said["X-Content-Type-Options"] == "nosniff"
    assert said["Referrer-Policy"] == "same-origin"
    assert said["Cross-Origin-Opener-Policy"] == "same-origin"
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"
    assert said["Cross-Origin-Embedder-Policy"] == "require-corp"
    assert "camera=()" in said["Permissions-Policy"]
    assert "publickey-credentials-get=(self)" in said["Permissions-Policy"]
    assert said["Access-Control-Allow-Origin"] is None
    assert not re.search(r"\d|python|django", f"{said['Server']} {said['X-Powered-By']}", re.IGNORECASE), "no version"


def policy(answer: http.client.HTTPResponse) -> dict[str, str]:
    parts = [part.strip().partition(" ") for part in (answer.headers["Content-Security-Policy"] or "").split(";")]
    return {name: value for name, _, value in parts}


def framed(answer: http.client.HTTPResponse) -> None:
    """What holds for everything that is no plain file of ours."""
    assert answer.headers["X-Frame-Options"] == "DENY"
    said = policy(answer)
    assert said["default-src"] == said["frame-ancestors"] == said["base-uri"] == "'none'"
    assert (
        said["script-src"]
        == said["style-src"]
        == said["connect-src"]
        == said["worker-src"]
        == said["form-action"]
        == "'self'"
    )
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert "*" not in answer.headers["Content-Security-Policy"]
    # What falls back to default-src, and so is nothing.
    assert not {"object-src", "frame-src", "child-src", "media-src"} & set(said)


def test_pages_faults_and_answers_to_programs(server):
    person("ann@isles.example")
    story = factories.story()
    pages = ["/", story.get_absolute_url(), "/outlets/", "/search/?q=ferry", "/accounts/login/", "/accounts/signup/"]
    programs = ["/api/v1/stories", "/search/feed.atom?q=ferry", f"{story.get_absolute_url()}feed.atom", "/feeds.opml"]
    known = [(path, 200) for path in [*pages, *programs, f"{story.get_absolute_url()}export/matrix.csv", "/healthz"]]
    for path, status in [*known, ("/nothing/here/", 404), ("/invitation/x/", 404), ("/api/v1/nothing", 404)]:
        answer = server.ask(path)
        assert answer.status == status, path
        common(answer)
        framed(answer)


def test_pages_of_a_person_are_kept_by_nobody(server):
    person("ann@isles.example")
    cookies = signed_in(server, "ann@isles.example")
    for path in ("/account/", "/teams/", "/account/tokens/", "/accounts/email/", "/accounts/password/change/"):
        answer = server.ask(path, cookies=cookies)
        assert answer.status == 200, path
        common(answer)
        framed(answer)
        assert "no-store" in answer.headers["Cache-Control"], path
        assert "private" in answer.headers["Cache-Control"], path
    assert server.ask("/account/export/", cookies=cookies).status == 302, "not without showing once more who it is"


def test_the_desk(server):
    admin()
    cookies = signed_in(server, "admin@isles.example")
    for path in ("/admin/", "/admin/stories/user/", "/invitations/"):
        answer = server.ask(path, cookies=cookies)
        assert answer.status == 200, path
        common(answer)
        framed(answer)


def test_files_of_ours(server):
    for path in ("/static/stories/firsthand.css", "/static/stories/firsthand.js", "/static/stories/icon.svg"):
        answer = server.ask(path)
        assert answer.status == 200
        common(answer)


def test_plain_http_is_sent_to_https(server):
    answer = server.ask("/outlets/", scheme="http")
    assert (answer.status, answer.headers["Location"]) == (301, "https://news.example/outlets/")
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert not answer.headers["Set-Cookie"]


def test_cookies_are_of_this_host_alone(server):
    person("ann@isles.example")
    form = server.ask("/accounts/login/")
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', form.read())
    assert token
    sent = _sent({name: one.value for name, one in _cookies(form).items()})
    answer = server.ask(
        "/accounts/login/", method="POST", cookies=sent, csrfmiddlewaretoken=token[1].decode(),
        login="ann@isles.example", password=factories.PASSWORD,
    )  # fmt: skip
    chosen = server.ask("/language/", method="POST", language="de", next="/")
    cookies = {**_cookies(form), **_cookies(answer), **_cookies(chosen)}
    assert {"__Host-firsthand_session", "__Host-firsthand_csrf", "__Host-firsthand_language"} <= set(cookies)
    for name, one in cookies.items():
        assert name.startswith("__Host-"), name
        assert one["secure"], name
        assert one["httponly"], name
        assert one["samesite"] == "Lax", name
        assert one["path"] == "/", name
        assert not one["domain"], name


def test_a_page_changes_nothing_without_its_token_or_from_elsewhere(server):
    ann = person("ann@isles.example")
    cookies = signed_in(server, "ann@isles.example")
    assert server.ask("/teams/", method="POST", cookies=cookies, name="Stolen").status == 403
    assert not ann.memberships.exists()


def test_a_token_of_the_api_opens_no_page(server):
    ann = person("ann@isles.example")
    _row, secret = tokens.make(ann, "a program")
    one = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    headers = {"Host": "news.example", "X-Forwarded-Proto": "https", "Authorization": f"Bearer {secret}"}
    one.request("GET", "/account/", headers=headers)
    assert one.getresponse().status == 302


def test_these_are_the_settings_of_every_deployment():
    """What the server above was started with is no setting of its own: PUBLIC_URL alone makes it so."""
    assert django_settings.MIDDLEWARE[0] == "stories.views.headers.HeadersMiddleware"
