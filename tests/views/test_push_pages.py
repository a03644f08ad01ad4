"""What a browser needs for pushes: the worker, the manifest, the offline page, and where it leaves its subscription."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from stories.channels import vapid
from stories.models import Channel
from tests import factories

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
EDGE = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0"


@pytest.fixture
def client(reader_client) -> Client:
    return reader_client


def subscription(endpoint: str = "https://push.example.org/send/1") -> dict[str, Any]:
    """What a browser's PushSubscription is as JSON, with keys that can be used."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    packed = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": base64.urlsafe_b64encode(packed).rstrip(b"=").decode(), "auth": "c2l4dGVlbiBieXRlcyEhIQ"}
    return {"endpoint": endpoint, "expirationTime": None, "keys": keys}


def send(client: Client, method: str = "post", agent: str = FIREFOX, **body: Any):
    ask = getattr(client, method)
    return ask("/ways/push/", json.dumps(body), content_type="application/json", headers={"User-Agent": agent})


def test_the_worker_is_at_the_root_and_asked_for_anew_each_time():
    response = Client().get("/service-worker.js")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    policy = response["Content-Security-Policy"]
    assert "connect-src 'self'" in policy
    assert "worker-src 'self'" in policy
    first, _, text = response.content.decode().partition("\n")
    addresses = json.loads(first.removeprefix("const ADDRESSES = ").removesuffix(";"))
    assert addresses["kept"] == ["/story/", "/alerts/"]
    assert addresses["leaving"] == ["/accounts/logout/", "/account/delete/", "/admin/logout/"]
    assert 'addEventListener("push"' in text
    assert Client().post("/service-worker.js").status_code == 405


def test_the_manifest_names_icons_that_are_there():
    response = Client().get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    said = response.json()
    assert (said["name"], said["start_url"], said["scope"]) == ("Firsthand", "/", "/")
    assert {icon["sizes"] for icon in said["icons"]} == {"any", "192x192", "512x512"}
    for icon in said["icons"]:
        assert Client().get(icon["src"]).status_code == 200


def test_the_offline_page_is_nobodys():
    page = Client().get("/offline/").content.decode()
    assert "There is no connection to the server." in page
    assert "<!-- kept pages -->" in page
    assert page.count("{time}") == page.count("{rows}") == 1


def test_a_browser_is_taken_with_its_name(client, reader):
    one = subscription()
    response = send(client, subscription=one)
    assert response.status_code == 200
    row = Channel.objects.get(user=reader)
    assert response.json() == {"way": f"/ways/{row.pk}/"}
    assert (row.kind, row.name, row.address) == ("push", "Firefox on Windows", "push.example.org")
    assert one["keys"]["auth"] not in row.sealed
    assert send(client, subscription=one).status_code == 200
    assert Channel.objects.count() == 1, "the same one again is the same way"
    page = client.get("/ways/").content.decode()
    assert f'data-endpoint="{row.key}"' in page
    assert one["endpoint"] not in page
    assert "Alerts appear in this browser from now on." in page


@pytest.mark.parametrize(("agent", "name"), [(EDGE, "Edge on macOS"), ("", "Browser"), ("curl/8", "Browser")])
def test_what_browsers_are_called(client, agent, name):
    send(client, agent=agent, subscription=subscription())
    assert Channel.objects.get().name == name


def test_a_browser_is_one_persons(client, reader):
    one = subscription()
    other = Client()
    other.force_login(factories.user())
    send(other, subscription=one)
    send(client, subscription=one)
    assert Channel.objects.get().user == reader


def test_a_new_address_of_a_browser_keeps_its_settings(client, reader):
    send(client, subscription=subscription())
    Channel.objects.update(name="desk machine", pace="daily")
    key = Channel.objects.get().key
    new = subscription("https://push.example.org/send/2")
    assert send(client, subscription=new, instead="https://push.example.org/send/1").status_code == 200
    row = Channel.objects.get()
    assert (row.name, row.pace) == ("desk machine", "daily")
    assert row.key != key


def test_a_browser_is_forgotten(client, reader):
    send(client, subscription=subscription())
    theirs = Client()
    theirs.force_login(factories.user())
    send(theirs, "delete", endpoint="https://push.example.org/send/1")
    assert Channel.objects.count() == 1, "only by whose it is"
    assert send(client, "delete", endpoint="https://push.example.org/send/1").status_code == 200
    assert send(client, "delete", endpoint="https://push.example.org/send/1").status_code == 200
    assert Channel.objects.count() == 0


def test_the_worker_gets_what_it_needs_to_subscribe_anew(client):
    said = client.get("/ways/push/").json()
    assert said["key"] == vapid.public_key()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    body = json.dumps({"subscription": subscription()})
    asked = strict.get("/ways/push/").json()
    assert strict.post("/ways/push/", body, content_type="application/json").status_code == 403
    headers = {"X-CSRFToken": asked["csrf"]}
    assert strict.post("/ways/push/", body, content_type="application/json", headers=headers).status_code == 200


def test_who_is_not_signed_in_is_told_in_json():
    for method in ("get", "post", "delete"):
        response = send(Client(), method) if method != "get" else Client().get("/ways/push/")
        assert (response.status_code, response.json()) == (401, {"error": "Sign in first."})


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        "[]",
        "7",
        "{}",
        '{"subscription": "x"}',
        '{"subscription": {}}',
        '{"subscription": {"endpoint": "https://push.example.org/1", "keys": {}}}',
        '{"subscription": {"endpoint": "https://push.example.org/1", "keys": {"p256dh": "AA", "auth": 7}}}',
        '{"subscription": {"endpoint": ["x"], "keys": {"p256dh": "AA", "auth": "AA"}}}',
        "[" * 5000,
        '{"subscription": "' + "x" * 9000 + '"}',
        "\udcff",
    ],
)
def test_what_is_no_subscription_is_refused_in_words(client, body):
    raw = body.encode("utf-8", "surrogateescape")
    response = client.post("/ways/push/", raw, content_type="application/json")
    assert response.status_code == 422
    assert response.json()["error"].endswith(".")
    assert Channel.objects.count() == 0


@pytest.mark.parametrize("endpoint", ["http://10.0.0.1/x", "https://127.0.0.1/x", "file:///etc/passwd", "x"])
def test_an_endpoint_inside_is_refused_or_never_reached(client, endpoint):
    response = send(client, subscription=subscription(endpoint))
    if response.status_code == 200:
        # Where a name or a number leads is judged at every sending, by the same guard as polling.
        said = client.post(f"{response.json()['way']}test/", headers={"HX-Request": "true"}).content.decode()
        assert "The test failed" in said
    else:
        assert response.status_code == 422
