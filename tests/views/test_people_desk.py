"""At the desk what is kept of people is for admins alone, and no secret of theirs is shown to anybody."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin as desk
from django.contrib.auth.models import Group, Permission
from django.urls import reverse
from django.utils import timezone

from stories.models import ApiToken, Channel, Invitation, Team, TeamMember, TeamRole, User
from stories.services import invitations
from tests.views.people import admin, browser, person, team

pytestmark = pytest.mark.django_db
ACCOUNTS = [
    *(User, Group, ApiToken, Invitation, Team, TeamMember, Channel),
    *(EmailAddress, Authenticator, UserSession, SocialAccount, SocialApp, SocialToken),
]
AT_DESK = [model for model in ACCOUNTS if model in desk.site._registry]


def addresses(model: type, pk: int = 1) -> list[str]:
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    return [reverse(f"{name}_changelist"), reverse(f"{name}_add"), reverse(f"{name}_change", args=[pk])]


@pytest.mark.parametrize("model", AT_DESK, ids=lambda model: model.__name__)
def test_an_editor_reaches_no_account_whatever_permissions_they_were_given(model):
    editor = person("ed@isles.example", is_staff=True)
    editor.user_permissions.set(Permission.objects.all())
    client = browser(editor)
    changed, added, one = addresses(model, editor.pk)
    assert client.get(changed).status_code == 403
    assert client.get(added).status_code == 403
    assert client.get(one).status_code in (302, 403)
    assert client.post(one, {"is_superuser": "on"}).status_code in (302, 403)
    editor.refresh_from_db()
    assert not editor.is_superuser
    assert changed not in client.get("/admin/").content.decode()


def test_an_editor_by_invitation_does_what_editors_do_and_sees_no_table():
    now, editor = timezone.now(), person("ed@isles.example")
    row, _token = invitations.invite("new@isles.example", admin(), now, editor=True)
    invitations.accept(row, editor, now)
    client = browser(editor)
    assert client.get("/doubts/", follow=True).status_code == 200
    assert client.post("/feeds/poll/", {"show": "failing"}).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert client.get(reverse("admin:stories_user_changelist")).status_code == 403


@pytest.mark.parametrize("model", AT_DESK, ids=lambda model: model.__name__)
def test_an_admin_sees_every_table_and_searches_it(model):
    client = browser(admin())
    assert client.get(addresses(model)[0]).status_code == 200
    assert client.get(addresses(model)[0], {"q": "isles"}).status_code == 200


def test_no_secret_of_a_person_is_shown_even_to_admins():
    boss = admin()
    factor = Authenticator.objects.create(user=boss, type="totp", data={"secret": "totp-secret"})
    session = UserSession.objects.create(user=boss, ip="192.0.2.7", session_key="session-key", user_agent="Firefox")
    row, token = invitations.invite("new@isles.example", boss, timezone.now())
    client = browser(boss)
    for model, pk in ((Authenticator, factor.pk), (UserSession, session.pk), (Invitation, row.pk), (User, boss.pk)):
        text = client.get(addresses(model, pk)[2]).content.decode()
        assert "admin@isles.example" in text
        for secret in ("totp-secret", "session-key", token, row.digest, boss.password):
            assert secret not in text


@pytest.mark.parametrize("model", [SocialApp, SocialToken], ids=lambda model: model.__name__)
def test_tables_that_would_hold_the_servers_own_secrets_are_not_at_the_desk(model):
    assert model not in desk.site._registry


def test_an_admin_withdraws_invitations_and_passes_on_a_team_without_an_owner():
    boss, ann, bea = admin(), person("ann@isles.example"), person("bea@isles.example")
    night = team(ann, bea)
    row, _token = invitations.invite("new@isles.example", boss, timezone.now())
    client = browser(boss)
    act = {"action": "withdraw", "_selected_action": [row.pk]}
    client.post(reverse("admin:stories_invitation_changelist"), act)
    assert not Invitation.objects.exists()
    act = {"action": "pass_on", "_selected_action": [night.pk]}
    client.post(reverse("admin:stories_team_changelist"), act)
    assert night.memberships.get(user=ann).role == TeamRole.OWNER, "its owner is there"
    User.objects.filter(pk=ann.pk).update(is_active=False)
    client.post(reverse("admin:stories_team_changelist"), act)
    assert night.memberships.get(user=bea).role == TeamRole.OWNER


def test_an_admin_signs_somebody_out():
    boss, ann = admin(), person("ann@isles.example")
    hers = browser(ann)
    row = UserSession.objects.create(user=ann, ip="192.0.2.7", session_key=hers.session.session_key, user_agent="x")
    act = {"action": "end", "_selected_action": [row.pk]}
    browser(boss).post(reverse("admin:usersessions_usersession_changelist"), act)
    assert hers.get("/account/").status_code == 302
    assert not UserSession.objects.filter(user=ann).exists()


def test_an_account_that_is_switched_off_at_the_desk_is_signed_out_at_once():
    ann = person("ann@isles.example")
    hers = browser(ann)
    assert hers.get("/account/").status_code == 200
    User.objects.filter(pk=ann.pk).update(is_active=False)
    assert hers.get("/account/").status_code == 302
