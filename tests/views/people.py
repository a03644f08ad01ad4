"""What the tests of accounts, teams and invitations share: people with proven addresses, and browsers of theirs."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.test import Client

from stories.models import Team, User
from stories.services import teams
from tests import factories


def person(email: str, **kw: Any) -> User:
    """An account whose address is proven."""
    user = factories.user(email=email, **kw)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def admin(email: str = "admin@isles.example") -> User:
    return person(email, is_staff=True, is_superuser=True)


def browser(user: User | None = None, *, sure: bool = False) -> Client:
    """A browser, signed in as somebody; `sure`: they have just shown once more that it is they."""
    client = Client()
    if user is not None:
        client.force_login(user)
    if sure:
        answer = client.post("/accounts/reauthenticate/", {"password": factories.PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
    return client


def team(owner: User, *members: User, name: str = "Night desk") -> Team:
    made = teams.make(name, owner)
    for member in members:
        teams.join(made, member)
    return made
