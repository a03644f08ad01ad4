"""What the tests of pages share: clients that are signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from stories.models import User
from tests import factories


@pytest.fixture
def reader(db: None) -> User:
    """Somebody with an account, no editor."""
    return factories.user()


@pytest.fixture
def reader_client(reader: User) -> Client:
    """Signed in as that reader."""
    client = Client()
    client.force_login(reader)
    return client


@pytest.fixture
def editor_client(db: None) -> Client:
    """Signed in as an editor, whose forms must carry the CSRF token as everybody's do."""
    client = Client()
    client.force_login(factories.editor())
    return client


@pytest.fixture
def ada(db: None) -> User:
    """An editor with a name that pages can tell."""
    return factories.editor(email="ada@isles.example", first_name="Ada", last_name="Quill")


@pytest.fixture
def desk(client: Client, ada: User) -> Client:
    """Signed in as her; her forms may leave the CSRF token out."""
    client.force_login(ada)
    return client


@pytest.fixture
def page():
    """The text of a page at an address, after checking its status."""

    def get(client: Client, address: str, status: int = 200, **headers: str) -> str:
        response = client.get(address, headers=headers or None)
        assert response.status_code == status, response.content.decode()[:2000]
        return response.content.decode()

    return get
