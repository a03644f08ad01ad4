"""Invitations: made, mailed or shown once, taken up once, withdrawn; and what they let nobody do."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from stories.models import Invitation, Team, User
from stories.services import invitations, teams
from stories.services.teams import Refused
from tests import factories
from tests.atonce import at_once
from tests.views.people import admin, browser, person, team

pytestmark = pytest.mark.django_db
ADDRESS = "/invitations/"


@pytest.fixture
def mailing(settings):
    """A server that sends letters."""
    settings.EMAIL_URL = "smtp://mail.example"
    settings.SIGN_UP = "invite"
    return mail.outbox


@pytest.fixture
def mute(settings):
    """A server that sends none."""
    settings.EMAIL_URL = ""
    settings.SIGN_UP = "invite"


def link_in(text: str) -> str:
    found = re.search(r"(/invitation/[-\w]{43}/)", text)
    assert found
    return found[1]


def test_it_is_for_admins(client):
    assert client.get(ADDRESS)["Location"] == f"/accounts/login/?next={ADDRESS}"
    for user in (person("ann@isles.example"), person("ed@isles.example", is_staff=True)):
        assert browser(user).get(ADDRESS).status_code == 403
        assert browser(user).post(ADDRESS, {"email": "new@isles.example"}).status_code == 403
    assert not Invitation.objects.exists()


def test_a_letter_goes_out_with_the_link_and_the_page_does_not_show_it(mailing):
    text = browser(admin()).post(ADDRESS, {"email": " New@Isles.example "}).content.decode()
    assert "new@isles.example is invited" in text
    assert "A letter with the link is on its way" in text
    assert "/invitation/" not in text
    letter = mailing[0]
    assert letter.to == ["new@isles.example"]
    assert "admin@isles.example invites you to make an account." in letter.body
    assert link_in(letter.body)
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_without_mail_the_link_is_shown_once_and_only_its_digest_is_kept(mute):
    client = browser(admin())
    answer = client.post(ADDRESS, {"email": "new@isles.example", "editor": "on"})
    assert "no-store" in answer["Cache-Control"]
    token = link_in(answer.content.decode()).split("/")[2]
    row = Invitation.objects.get()
    assert row.editor
    assert token not in repr(vars(row))
    assert token not in client.get(ADDRESS).content.decode()
    assert invitations.find(token, timezone.now()) == row


def test_a_letter_that_can_not_be_sent_is_said_and_its_link_not_shown(mailing, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 2
    text = browser(admin()).post(ADDRESS, {"email": "new@isles.example"}).content.decode()
    assert "the letter could not be sent" in text
    assert "/invitation/" not in text


def test_who_invited_to_what_is_said_and_leads_to_sign_up(client, mute):
    by, now = admin(), timezone.now()
    row, token = invitations.invite("new@isles.example", by, now, editor=True)
    address = f"/invitation/{token}/"
    text = client.get(address).content.decode()
    assert "Become an editor here" in text
    assert "admin@isles.example invites you" in text
    assert "invitation" not in client.session, "looking changes nothing"
    assert client.post(address)["Location"] == "/accounts/signup/"
    assert client.session["invitation"] == row.pk
    assert invitations.open_invitation(row.pk, now) == row


def test_it_works_once(mute):
    now = timezone.now()
    row, token = invitations.invite("new@isles.example", admin(), now, editor=True)
    user = factories.user()
    invitations.accept(row, user, now)
    user.refresh_from_db()
    assert user.is_staff
    assert not user.is_superuser
    with pytest.raises(Refused, match="does not work any more"):
        invitations.accept(row, factories.user(), now)
    answer = browser().get(f"/invitation/{token}/")
    assert answer.status_code == 404
    assert "does not work any more" in answer.content.decode()


def test_it_ends_after_14_days_and_is_renewed_when_invited_again(mute):
    by, now = admin(), timezone.now()
    row, token = invitations.invite("new@isles.example", by, now)
    assert invitations.find(token, now + timedelta(days=13, hours=23))
    assert not invitations.find(token, now + timedelta(days=14))
    again, newer = invitations.invite("NEW@isles.example", by, now + timedelta(days=20))
    assert again.pk == row.pk
    assert not invitations.find(token, now + timedelta(days=20)), "the older link is dead"
    assert invitations.find(newer, now + timedelta(days=33))


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_superuser": False}])
def test_it_stands_only_as_long_as_its_maker_may_make_it(mute, change):
    by, now = admin(), timezone.now()
    row, token = invitations.invite("new@isles.example", by, now, editor=True)
    User.objects.filter(pk=by.pk).update(**change)
    assert invitations.find(token, now) is None
    assert invitations.open_invitation(row.pk, now) is None
    with pytest.raises(Refused):
        invitations.accept(row, factories.user(), now)


def test_an_invitation_into_a_team_dies_with_its_makers_membership(mute):
    now, ann, bea = timezone.now(), person("ann@isles.example"), person("bea@isles.example")
    night = team(ann, bea)
    row, token = invitations.invite("new@isles.example", ann, now, team=night)
    teams.hand_over(night, bea, ann)
    assert invitations.find(token, now) == row
    teams.put_out(night, ann, bea)
    assert invitations.find(token, now) is None


@pytest.mark.parametrize(
    ("sign_up", "staff", "opens"),
    [("open", False, True), ("invite", False, False), ("invite", True, True), ("closed", True, False)],
)
def test_who_may_make_an_account_by_an_invitation_into_a_team(settings, sign_up, staff, opens):
    settings.SIGN_UP, settings.EMAIL_URL = sign_up, ""
    now, ann = timezone.now(), person("ann@isles.example", is_staff=staff)
    row, token = invitations.invite("new@isles.example", ann, now, team=team(ann))
    assert (invitations.open_invitation(row.pk, now) is not None) is opens
    text = browser().get(f"/invitation/{token}/").content.decode()
    assert ("Make an account" in text) is opens
    assert ("This link is for people who have an account here" in text) is not opens


def test_who_is_signed_in_joins_a_team_by_the_link(mute):
    now, ann, cy = timezone.now(), person("ann@isles.example"), person("cy@isles.example")
    night = team(ann)
    _row, token = invitations.invite("other@isles.example", ann, now, team=night)
    client = browser(cy)
    assert "Join the team “Night desk”" in client.get(f"/invitation/{token}/").content.decode()
    assert not night.memberships.filter(user=cy).exists()
    assert client.post(f"/invitation/{token}/")["Location"] == f"/teams/{night.pk}/"
    assert night.memberships.get(user=cy).role == "member"


def test_who_has_all_of_it_already_can_not_use_up_anothers_link(mute):
    by, now = admin(), timezone.now()
    row, token = invitations.invite("new@isles.example", by, now)
    text = browser(by).post(f"/invitation/{token}/").content.decode()
    assert "You have all that this invitation gives already" in text
    assert invitations.find(token, now) == row


@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "Type the address of the person to invite"),
        ("no address", "Enter a valid email address"),
        ("nul\x00@isles.example", "Null characters are not allowed"),
        ("ann@isles.example", "has an account already"),
        ("ANN@isles.example", "has an account already"),
    ],
)
def test_what_is_wrong_is_said_at_the_field(mute, email, words):
    person("ann@isles.example")
    answer = browser(admin()).post(ADDRESS, {"email": email})
    assert answer.status_code == 422
    assert words in html.unescape(answer.content.decode())
    assert not Invitation.objects.exists()


def test_only_owners_invite_into_a_team_and_only_admins_make_editors():
    now, ann, bea = timezone.now(), person("ann@isles.example"), person("bea@isles.example")
    night = team(ann, bea)
    for by, wanted in ((bea, {"team": night}), (ann, {"team": night, "editor": True}), (ann, {})):
        with pytest.raises(Refused, match="Only"):
            invitations.invite("new@isles.example", by, now, **wanted)


def test_nobody_advertises_by_our_mail(monkeypatch):
    monkeypatch.setattr(invitations, "MOST", 3)
    now, ann = timezone.now(), person("ann@isles.example")
    night = team(ann)
    for n in range(3):
        invitations.invite(f"new{n}@isles.example", ann, now, team=night)
    with pytest.raises(Refused, match="3 open invitations"):
        invitations.invite("new9@isles.example", ann, now, team=night)
    with pytest.raises(Refused, match="3 invitations today"):
        invitations.invite("new0@isles.example", ann, now, team=night)
    invitations.invite("new0@isles.example", ann, now + timedelta(days=1), team=night)


def test_an_invitation_is_withdrawn(mute):
    by, now = admin(), timezone.now()
    row, token = invitations.invite("new@isles.example", by, now)
    client = browser(by)
    assert client.get(f"{ADDRESS}{row.pk}/withdraw/").status_code == 405
    assert browser(person("ann@isles.example")).post(f"{ADDRESS}{row.pk}/withdraw/").status_code == 403
    assert client.post(f"{ADDRESS}{row.pk}/withdraw/")["Location"] == ADDRESS
    assert "new@isles.example is withdrawn" in client.get(ADDRESS).content.decode()
    assert browser().get(f"/invitation/{token}/").status_code == 404


def test_a_token_with_strange_signs_is_no_fault(client):
    for token in ("x", "%00", "%ED%A0%80", "ü" * 500):
        assert client.get(f"/invitation/{token}/").status_code == 404


def test_the_letter_says_the_teams_name_and_no_markup_of_it(mailing):
    ann = person("ann@isles.example")
    night = team(ann, name="Ann & <b>Bea</b>")
    browser(ann).post(f"/teams/{night.pk}/invite/", {"email": "new@isles.example"})
    assert "to the team “Ann & <b>Bea</b>”" in mailing[0].body
    assert "Ann" not in mailing[0].subject


@pytest.mark.django_db(transaction=True)
def test_of_two_who_take_a_link_up_at_once_one_is_too_late(mute):
    now = timezone.now()
    row, _token = invitations.invite("new@isles.example", admin(), now, editor=True)
    users = [factories.user() for _ in range(4)]
    taken = at_once(lambda user: invitations.accept(row, user, now), users, Refused)
    assert sum(isinstance(one, Refused) for one in taken) == 3
    assert User.objects.filter(is_staff=True, is_superuser=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_invite_the_same_address_at_once_make_one_invitation(mute):
    now, admins = timezone.now(), [admin(f"admin{n}@isles.example") for n in range(4)]
    at_once(lambda by: invitations.invite("new@isles.example", by, now), admins)
    assert Invitation.objects.count() == 1
    assert not Team.objects.exists()
