"""Other services, by Apprise: which addresses are taken, and that every connection of the library meets our rules."""

from __future__ import annotations

import socket
import time

import pytest
import requests

from stories.channels import guarded, service
from stories.channels.message import Sent
from stories.channels.outcomes import Declined
from stories.ingest.errors import Permanent, Temporary
from stories.ingest.guard import guard_for
from tests import told
from tests.ingest.web import running


def sent(url, message=None):
    outcomes = dict(service.send([(told.way("service", "ntfy", url=url), message or told.message())], told.NOW))
    return outcomes[0]


def test_ntfy_takes_an_alert(server):
    server.serve("/", 200, b"{}")
    server.serve("/news", 200, b"{}")
    outcome = sent(f"ntfy://127.0.0.1:{server.port}/news")
    assert isinstance(outcome, Sent)
    assert outcome.status == 200
    (seen,) = server.seen
    text = seen.head.decode() + seen.body.decode()
    assert "Second bid" in text
    assert "the harbour office" in text
    assert "https://news.example/alerts/12/" in text
    assert "apprise" not in text.lower().replace("user-agent: apprise", "")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("gotify://127.0.0.1:{port}/Aabcdefghijklmn", "/message"),
        ("mmost://127.0.0.1:{port}/abcdefghijklmnop1234567890", "/hooks/abcdefghijklmnop1234567890"),
    ],
)
def test_so_do_gotify_and_mattermost(server, url, path):
    server.serve(path, 200, b"{}")
    assert isinstance(sent(url.format(port=server.port)), Sent)
    assert b"Second bid" in server.seen[0].body


@pytest.mark.parametrize(
    "url",
    [
        "json://127.0.0.1/x",
        "xml://a.example/x",
        "form://a.example/x",
        "mailto://user:pass@a.example",
        "syslog://",
        "dbus://",
        "file:///etc/passwd",
        "ssh://a.example",
        "apprises://a.example/key",
        "mqtt://a.example/topic",
        "https://a.example/just-an-address",
        "slack://",
        "nonsense",
        "",
        "ntfys://" + "a" * 3000,
    ],
)
def test_other_addresses_are_refused_with_a_sentence(url):
    with pytest.raises(service.Unusable, match=r"\.$"):
        service.opened(url)


def test_a_services_own_address_is_known():
    plugin = service.opened("https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ")
    assert service.named(plugin) == "Slack"


@pytest.mark.parametrize(
    "url",
    [
        "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/?template=/etc/passwd",
        "discord://123456789012345678/abcdefghijklmnopqrstuvwxyz/?template=/etc/passwd",
        "workflow://prod.example:443/643045e6bd5c4b1d9a8b5f1c2e3d4f5a/abcdef0123456789/?template=/etc/passwd",
    ],
)
def test_an_address_can_name_no_file_of_ours(url):
    assert len(service.opened(url).template) == 0


def test_an_address_cannot_choose_our_patience():
    plugin = service.opened("ntfys://ntfy.example/news?retry=10&wait=60&verify=no&cto=100&rto=100")
    assert plugin.retry == 0
    assert plugin.verify_certificate is True
    assert plugin.socket_read_timeout < 10


def test_the_keys_of_an_address_are_not_shown():
    assert service.named(service.opened("gotifys://push.example/Aabcdefghijklmn")) == "Gotify · push.example"


def test_a_private_address_is_refused_before_anything_is_sent(server, settings):
    settings.FETCH_ALLOW = ()
    outcome = sent(f"ntfy://127.0.0.1:{server.port}/news")
    assert isinstance(outcome, Permanent)
    assert "is not allowed" in outcome.reason
    by_name = sent(f"ntfy://localhost:{server.port}/news")
    assert isinstance(by_name, Permanent)
    assert not server.seen


def test_no_redirect_is_followed(server):
    with running() as secret:
        secret.serve("/", 200)
        for path in ("/", "/news"):
            server.serve(path, 307, Location=secret.url("/"))
        outcome = sent(f"ntfy://127.0.0.1:{server.port}/news")
        assert not secret.seen
    assert isinstance(outcome, Permanent)
    assert "redirects are not followed" in outcome.reason


@pytest.mark.parametrize(("status", "kind"), [(500, Temporary), (429, Temporary), (403, Declined), (404, Declined)])
def test_what_an_answer_means(server, status, kind):
    for path in ("/", "/news"):
        server.serve(path, status, b"no")
    outcome = sent(f"ntfy://127.0.0.1:{server.port}/news")
    assert isinstance(outcome, kind)
    assert outcome.status == status


def test_an_answer_that_drips_is_cut_off(server, monkeypatch):
    def drip(exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(300):
            exchange.send(b".")
            time.sleep(0.1)

    server.routes["/"] = server.routes["/news"] = drip
    monkeypatch.setattr(service, "TOTAL_S", 1.0)
    started = time.monotonic()
    sent(f"ntfy://127.0.0.1:{server.port}/news")
    assert time.monotonic() - started < 15


def test_a_long_answer_is_read_to_a_size(server):
    def pour(exchange):
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n")
        for _ in range(4):
            exchange.send(bytes(65536))
        # The rest comes when nobody waits for it any more.
        time.sleep(20)

    server.routes["/big"] = pour
    with guarded.line(guard_for(server.allow), 10) as line:
        answer = requests.get(server.url("/big"), timeout=5)
    assert len(answer.content) == 64 * 1024
    assert line.status == 200


def test_within_a_line_neither_proxies_nor_password_files_count(server, monkeypatch, tmp_path):
    server.serve("/", 200)
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ada password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with guarded.line(guard_for(server.allow), 5):
        assert requests.get(server.url("/"), timeout=5).status_code == 200
    assert server.seen[0].header("authorization") is None


def test_outside_of_a_line_requests_is_as_it_was(server):
    server.serve("/", 200, b"plain")
    with guarded.line(guard_for(()), 5), pytest.raises(requests.ConnectionError):
        requests.get(server.url("/"), timeout=5)
    assert requests.get(server.url("/"), timeout=5).text == "plain"


def test_every_address_of_a_name_is_judged(server, monkeypatch):
    server.serve("/", 200)
    own = socket.getaddrinfo
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.1", server.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, *a: inside if host == "rebound.example" else own(host, *a))
    with guarded.line(guard_for(server.allow), 5) as line, pytest.raises(requests.ConnectionError):
        requests.get(f"http://rebound.example:{server.port}/", timeout=5)
    assert isinstance(line.failure, Permanent)


def test_a_plugin_that_says_no_without_a_failure_is_declined(server):
    server.serve("/api/chat.postMessage", 200, b'{"ok": false, "error": "channel_not_found"}')

    class Plugin:
        def notify(self, **_):
            return False

    way = told.way("service", "Slack", url="slack://x")
    original = service.opened
    service.opened = lambda url: Plugin()
    try:
        outcome = dict(service.send([(way, told.message())], told.NOW))[0]
    finally:
        service.opened = original
    assert isinstance(outcome, Declined)
    assert outcome.reason == "Slack did not take the message"
