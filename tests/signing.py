"""What the tests of accounts share: a person with a verified address, and how they sign in from where."""

from __future__ import annotations

from itertools import count
from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from stories.models import User
from tests import factories

_networks = count(1)


def person(**kw: Any) -> User:
    """A reader whose address is verified and the first."""
    user = factories.user(**kw)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def network() -> str:
    """An address in numbers that no other test asks from: attempts are counted by it."""
    number = next(_networks)
    return f"198.51.{100 + number // 250}.{1 + number % 250}"


def browser(**kw: Any) -> Client:
    """A browser of its own, in a network of its own."""
    kw.setdefault("REMOTE_ADDR", network())
    return Client(**kw)


def sign_in(client: Client, user: User, password: str = factories.PASSWORD, **more: str) -> Any:
    """The answer to the filled-in form."""
    return client.post("/accounts/login/", {"login": user.email, "password": password, **more})


def signed_in(client: Client) -> bool:
    """Whether the server knows who this browser is."""
    return "_auth_user_id" in client.session


def again(client: Client, password: str = factories.PASSWORD) -> None:
    """Show once more who it is, as pages ask it that change much."""
    client.post("/accounts/reauthenticate/", {"password": password})
