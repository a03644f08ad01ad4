"""Fixtures that every test may use: the faked web, and the clock as a value."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from tests.fakes import Web

if TYPE_CHECKING:
    from tests.ingest.web import FakeWeb
    from tests.told import Mailbox

# What migrations leave behind, for every test.
KEPT = {"django_migrations", "django_content_type", "auth_permission", "django_site"}


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="session")
def _quick_flush() -> Iterator[None]:
    """After a test that committed, empty the tables that it wrote to alone.

    Django's flush empties every table there is and then makes permissions and content types anew, which never change
    here: half a second a test.
    """

    def emptied(case: TransactionTestCase) -> None:
        with connection.cursor() as cursor:
            tables = set(connection.introspection.table_names(cursor)) - KEPT
            looks = " UNION ALL ".join(f"(SELECT '{name}' FROM \"{name}\" LIMIT 1)" for name in sorted(tables))
            cursor.execute(looks)
            if written := ", ".join(f'"{name}"' for (name,) in cursor.fetchall()):
                cursor.execute(f"TRUNCATE {written} CASCADE")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptied)
        yield


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Any) -> None:
    """No test here is about hashing, which is slow by design."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """The web outside, faked at its one seam: stories.ingest.fetch."""
    fake = Web()
    monkeypatch.setattr("stories.ingest.fetch.fetch_many_blocking", fake.fetch_many)
    monkeypatch.setattr("stories.ingest.fetch.fetch_one", fake.fetch_one)
    monkeypatch.setattr("stories.ingest.fetch.fetch_as_done", fake.fetch_as_done)
    return fake


@pytest.fixture
def server(settings: Any) -> Iterator[FakeWeb]:
    """A server that posts may go to; whatever else is on this machine is as forbidden as ever."""
    from tests.ingest.web import running

    with running() as one:
        settings.FETCH_ALLOW = one.allow
        yield one


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A mail server, and the settings that lead to it."""
    from tests import told

    with told.mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        settings.EMAIL_URL = f"smtp://127.0.0.1:{box.port}"
        settings.DEFAULT_FROM_EMAIL = "Firsthand <alerts@news.example>"
        yield box


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: one that began last would keep one of two workers waiting for minutes."""
    long = {item.path for item in items for name in ("slow", "endurance") if item.get_closest_marker(name)}
    longest = {"test_floors.py", "test_up.py"}
    items.sort(key=lambda item: (item.path.name not in longest, item.path not in long))
