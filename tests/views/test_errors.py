"""Pages for what goes wrong, and what every answer carries."""

from __future__ import annotations

import pytest
from django.template.loader import render_to_string

from stories.views import front
from tests import factories

pytestmark = pytest.mark.django_db


def test_no_such_page(client):
    response = client.get("/nothing/here/")
    assert response.status_code == 404
    assert "There is nothing at this address." in response.content.decode()


def test_a_fault_of_ours_is_a_page_too(client, monkeypatch):
    def broken(**_: object) -> None:
        raise RuntimeError("a fault made for this test")

    monkeypatch.setattr(front.selector, "front_page", broken)
    client.raise_request_exception = False
    response = client.get("/")
    assert response.status_code == 500
    text = response.content.decode()
    assert "It is our fault, not yours" in text
    assert "a fault made for this test" not in text


@pytest.mark.parametrize("name", ["400", "403", "404", "500"])
def test_error_pages_need_nothing_from_a_request(name):
    assert "To the stories" in render_to_string(f"{name}.html")


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(client):
    factories.user()
    response = client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    text = response.content.decode()
    assert "style=" not in text
    assert "<style" not in text
    assert "onclick" not in text


@pytest.mark.parametrize("address", ["/", "/outlets/", "/feeds/", "/search/", "/feeds.opml"])
def test_pages_are_read_not_posted_to(client, address):
    factories.user()
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200
