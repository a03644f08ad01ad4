"""What the tests of pages share: clients that are signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    """No test here is about hashing, which is slow by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def reader_client(db: None) -> Client:
    """Signed in, no editor."""
    client = Client()
    client.force_login(factories.user())
    return client


@pytest.fixture
def editor_client(db: None) -> Client:
    """Signed in as an editor, whose forms must carry the CSRF token as everybody's do."""
    client = Client()
    client.force_login(factories.editor())
    return client


@pytest.fixture
def page():
    """The text of a page at an address, after checking its status."""

    def get(client: Client, address: str, status: int = 200, **headers: str) -> str:
        response = client.get(address, headers=headers or None)
        assert response.status_code == status, response.content.decode()[:2000]
        return response.content.decode()

    return get
