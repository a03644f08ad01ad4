"""One's own account: the page that leads to all of it, its data as a file, and its end."""

from __future__ import annotations

import html
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from stories.models import (
    Alert,
    AlertPart,
    ApiToken,
    Attempt,
    Channel,
    Delivery,
    Edit,
    Follow,
    Invitation,
    Mute,
    Notice,
    Team,
    TeamRole,
    User,
    Visit,
    Wake,
)
from stories.services import accounts, invitations, tokens
from stories.services.accounts import Refused
from tests import factories
from tests.atonce import at_once
from tests.views.people import admin, browser, person, team

pytestmark = pytest.mark.django_db
EXPORT, DELETE = "/account/export/", "/account/delete/"
SECRETS = ("sealed-secret", "totp-secret", "channel-key", "session-key-")


def told(user: User, count: int = 1) -> None:
    """A person with something of everything: `count` alerts, each with a part, a delivery and an attempt."""
    now = timezone.now()
    story = factories.story(title="Ferry runs aground")
    row = Follow.objects.create(
        user=user, kind="story", target=f"story:{story.pk}", story=story, wakes=["denied"], created_at=now
    )
    channel = Channel.objects.create(
        user=user, kind="webhook", name="my script", address="https://x.example/hook", key="channel-key",
        sealed="sealed-secret", created_at=now, verified_at=now,
    )  # fmt: skip
    row.channels.add(channel)
    Mute.objects.create(user=user, story=story, made_at=now)
    Visit.objects.create(user=user, story=story, last_at=now)
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "totp-secret"})
    Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "my key", "credential": {"x": "totp-secret"}}
    )
    UserSession.objects.create(user=user, ip="192.0.2.7", session_key=f"session-key-{user.pk:08}", user_agent="Firefox")
    tokens.make(user, "a program")
    factories.edit(story, by="Ann", user=user, note="the same ferry")
    for n in range(count):
        alert = Alert.objects.create(user=user, story=story, at=now)
        notice = Notice.objects.create(
            story=story, wake=Wake.DENIED, key=f"{user.pk}-{n}", passage="“No ferry”", at=now, noted_at=now, tell_at=now
        )
        AlertPart.objects.create(alert=alert, user=user, notice=notice, follow=row, why="you follow the story")
        sent = Delivery.objects.create(alert=alert, channel=channel, state="sent", queued_at=now, due_at=now)
        Attempt.objects.create(channel=channel, delivery=sent, at=now, ok=True, status=204)


def downloaded(client: Client) -> dict[str, Any]:
    answer = client.post(EXPORT)
    assert answer.status_code == 200
    body = answer.getvalue()
    assert int(answer["Content-Length"]) == len(body)
    found: dict[str, Any] = json.loads(body)
    return found


def test_the_hub_is_for_people_who_are_signed_in_and_leads_everywhere(client, page):
    assert client.get("/account/")["Location"] == "/accounts/login/?next=/account/"
    ann = person("ann@isles.example")
    told(ann)
    text = page(browser(ann), "/account/")
    names = ["account_email", "account_change_password", "mfa_index", "usersessions_list", "tokens", "teams"]
    for name in [*names, "following", "alerts", "ways", "account_export", "account_delete"]:
        assert f'href="{reverse(name)}"' in text
    for words in ("1 passkey.", "Codes from an app.", "You follow 1 thing.", "1 way", "1 token", "is verified"):
        assert words in text
    assert reverse("invitations") not in text
    assert reverse("invitations") in page(browser(admin()), "/account/")


@pytest.mark.parametrize("address", [EXPORT, DELETE])
def test_it_is_asked_once_more_who_it_is(client, address):
    assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
    ann = person("ann@isles.example")
    plain = browser(ann)
    for answer in (plain.get(address), plain.post(address, {"address": ann.email})):
        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert User.objects.filter(pk=ann.pk).exists()


def test_the_file_holds_everything_and_no_secret():
    ann = person("ann@isles.example")
    told(ann)
    night = team(ann)
    invitations.invite("new@isles.example", ann, timezone.now(), team=night)
    client = browser(ann, sure=True)
    found = downloaded(client)
    assert found["format"] == "firsthand-account/1"
    assert found["account"][0]["email"] == "ann@isles.example"
    assert found["addresses"] == [{"email": "ann@isles.example", "verified": True, "primary": True}]
    assert {one["name"] for one in found["second_factors"]} == {None, "my key"}
    assert found["sessions"][0]["ip"] == "192.0.2.7"
    assert found["follows"][0]["story"] == "Ferry runs aground"
    assert found["follows"][0]["channels"] == [found["channels"][0]["id"]]
    assert found["mutes"][0]["story__title"] == "Ferry runs aground"
    assert found["channels"][0]["address"] == "https://x.example/hook"
    alert = found["alerts"][0]
    assert (alert["parts"][0]["what"], alert["parts"][0]["passage"]) == ("denied", "“No ferry”")
    assert alert["deliveries"][0]["state"] == "sent"
    assert found["attempts"][0]["status"] == 204
    assert found["teams"][0]["role"] == "owner"
    assert found["invitations_made"][0]["email"] == "new@isles.example"
    assert found["visits"][0]["story__title"] == "Ferry runs aground"
    assert found["edits"][0]["note"] == "the same ferry"
    digests = [*ApiToken.objects.values_list("digest", flat=True), *Invitation.objects.values_list("digest", flat=True)]
    text = json.dumps(found)
    for secret in (*SECRETS, *digests, ann.password, client.session.session_key):
        assert secret not in text


def test_every_table_that_names_a_person_is_in_the_file():
    """A new table of what is a person's own has to be thought of; these are, each by its section."""
    known = {
        "account_emailaddress": "addresses", "django_admin_log": "desk", "mfa_authenticator": "second_factors",
        "socialaccount_socialaccount": "sign_ons", "stories_alert": "alerts", "stories_alertpart": "alerts",
        "stories_apitoken": "tokens", "stories_channel": "channels", "stories_edit": "edits",
        "stories_follow": "follows", "stories_invitation": "invitations_made", "stories_mute": "mutes",
        "stories_doubt": "decisions", "stories_objection": "objections",
        "stories_teammember": "teams", "stories_visit": "visits", "usersessions_usersession": "sessions",
    }  # fmt: skip
    # Which of Django's own permissions somebody has says nothing that the account's row does not.
    rights = {"stories_user_groups", "stories_user_user_permissions"}
    fields = [field for field in User._meta.get_fields(include_hidden=True) if field.auto_created and field.is_relation]
    tables = {field.related_model._meta.db_table for field in fields}
    assert tables - rights - {"stories_team"} == set(known)
    assert set(known.values()) <= set(downloaded(browser(person("ann@isles.example"), sure=True)))


def test_the_file_holds_nothing_of_others():
    told(person("bea@isles.example"))
    found = downloaded(browser(person("ann@isles.example"), sure=True))
    assert "bea@isles.example" not in json.dumps(found)
    assert (found["follows"], found["alerts"], found["edits"], found["tokens"]) == ([], [], [], [])


def test_the_file_is_kept_by_nobody_and_has_a_name(time_machine):
    time_machine.move_to("2026-11-22T12:00:00Z")
    answer = browser(person("ann@isles.example"), sure=True).post(EXPORT)
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == 'attachment; filename="firsthand-account-2026-11-22.json"'
    assert json.loads(answer.getvalue())


def test_many_alerts_take_no_more_queries_than_one():
    few, many = person("few@isles.example"), person("many@isles.example")
    told(few)
    told(many, 60)
    counted = []
    for user in (few, many):
        client = browser(user, sure=True)
        with CaptureQueriesContext(connection) as queries:
            assert len(downloaded(client)["alerts"]) in (1, 60)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[0] <= 35


def test_an_account_is_deleted_with_all_that_is_its_own():
    ann, bea = person("ann@isles.example"), person("bea@isles.example")
    told(ann)
    told(bea)
    other = browser(ann)
    UserSession.objects.create(user=ann, ip="192.0.2.8", session_key=other.session.session_key, user_agent="x")
    client = browser(ann, sure=True)
    text = html.unescape(client.get(DELETE).content.decode())
    assert "1 edit that you made on stories" in text
    answer = client.post(DELETE, {"address": " Ann@isles.example "})
    assert answer["Location"] == "/"
    assert "Your account is deleted" in client.get("/").content.decode()
    assert not User.objects.filter(pk=ann.pk).exists()
    models = (Alert, AlertPart, ApiToken, Channel, Follow, Mute, Visit, EmailAddress)
    assert [model.objects.count() for model in models] == [1] * len(models), "bea's are all still there"
    assert (Delivery.objects.count(), Attempt.objects.count()) == (1, 1)
    assert Authenticator.objects.filter(user=bea).count() == 2
    assert not Session.objects.filter(session_key=other.session.session_key).exists()
    assert other.get("/account/").status_code == 302


def test_edits_stay_under_the_name_of_nobody(page):
    ann = person("ann@isles.example", is_staff=True)
    story = factories.story()
    factories.edit(story, by="Ann", user=ann, note="the same ferry")
    accounts.delete(ann, timezone.now())
    edit = Edit.objects.get()
    assert (edit.by, edit.user, edit.note) == ("a former editor", None, "the same ferry")
    text = page(browser(), "/edits/")
    assert "a former editor" in text
    assert "a former editor, an editor" not in text
    assert "Ann" not in text


@pytest.mark.parametrize("typed", ["", "bea@isles.example", "ann", "ann@isles.example\x00"])
def test_nothing_goes_by_a_slip(typed):
    ann = person("ann@isles.example")
    answer = browser(ann, sure=True).post(DELETE, {"address": typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode()
    assert User.objects.filter(pk=ann.pk).exists()


def test_the_last_admin_stays():
    boss = admin()
    client = browser(boss, sure=True)
    assert "This is the only admin’s account" in client.get(DELETE).content.decode()
    answer = client.post(DELETE, {"address": boss.email})
    assert answer.status_code == 422
    assert "make somebody else an admin first" in answer.content.decode()
    person("other@isles.example", is_superuser=True, is_active=False)
    with pytest.raises(Refused):
        accounts.delete(boss, timezone.now())
    admin("second@isles.example")
    assert client.post(DELETE, {"address": boss.email}).status_code == 302
    assert User.objects.filter(is_superuser=True, is_active=True).count() == 1


def test_a_team_that_others_are_in_is_handed_over_first_and_a_lonely_one_goes_along():
    ann, bea = person("ann@isles.example"), person("bea@isles.example")
    shared, lonely = team(ann, bea), team(ann, name="Alone")
    client = browser(ann, sure=True)
    text = html.unescape(client.get(DELETE).content.decode())
    assert f'<a href="/teams/{shared.pk}/">Night desk</a>' in text
    assert "the team “Alone”, in which you are alone" in text
    answer = client.post(DELETE, {"address": ann.email})
    assert answer.status_code == 422
    assert "Hand over first what others share with you: “Night desk”" in html.unescape(answer.content.decode())
    shared.memberships.filter(user=ann).update(role=TeamRole.MEMBER)
    shared.memberships.filter(user=bea).update(role=TeamRole.OWNER)
    assert client.post(DELETE, {"address": ann.email}).status_code == 302
    assert list(Team.objects.all()) == [shared]
    assert not Team.objects.filter(pk=lonely.pk).exists()


def test_invitations_to_and_by_them_go_and_those_taken_up_by_others_stay():
    now, boss, ann = timezone.now(), admin(), person("ann@isles.example", is_staff=True)
    night = team(ann)
    open_one, _token = invitations.invite("new@isles.example", ann, now, team=night)
    taken, _token = invitations.invite("bea@isles.example", ann, now, team=night)
    invitations.accept(taken, person("bea@isles.example"), now)
    mine, _token = invitations.invite("cy@isles.example", boss, now, editor=True)
    invitations.accept(mine, ann, now)
    accounts.delete(ann, now, by=boss)
    assert list(Invitation.objects.values_list("email", "made_by")) == [("bea@isles.example", None)]
    assert night.memberships.get().role == TeamRole.OWNER, "what others are in passes to the longest-standing member"
    assert open_one.pk != taken.pk


def test_a_letter_tells_of_it(settings):
    settings.EMAIL_URL = "smtp://mail.example"
    ann = person("ann@isles.example")
    browser(ann, sure=True).post(DELETE, {"address": ann.email})
    letter = mail.outbox[-1]
    assert (letter.to, letter.subject) == (["ann@isles.example"], "Your account is deleted")
    assert "Was it not you?" in letter.body


def test_the_desk_ends_an_account_in_the_same_way(client):
    boss, ann = admin(), person("ann@isles.example", is_staff=True)
    told(ann)
    client.force_login(boss)
    address = reverse("admin:stories_user_delete", args=[ann.pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert Edit.objects.get().by == "a former editor"
    assert client.post(reverse("admin:stories_user_delete", args=[boss.pk]), {"post": "yes"}).status_code == 403
    assert User.objects.get() == boss


@pytest.mark.django_db(transaction=True)
def test_of_two_admins_who_go_at_once_one_stays():
    admins = [admin(), admin("second@isles.example")]
    gone = at_once(lambda user: accounts.delete(user, timezone.now()), admins, Refused)
    stayed = [user.pk for user, refusal in zip(admins, gone, strict=True) if isinstance(refusal, Refused)]
    assert list(User.objects.values_list("pk", flat=True)) == stayed
    assert len(stayed) == 1


@pytest.mark.django_db(transaction=True)
def test_alerts_that_are_sent_in_the_same_moment_neither_break_it_nor_stay_behind():
    """A worker that keeps writing attempts of the person's deliveries, as services.delivering does."""
    ann = person("ann@isles.example")
    told(ann, 40)
    begun, done = threading.Event(), threading.Event()
    rows = list(Delivery.objects.values_list("pk", "channel_id"))
    lost: list[Exception] = []

    def work() -> None:
        try:
            for n in range(100_000):
                pk, channel = rows[n % len(rows)]
                try:
                    Attempt.objects.create(channel_id=channel, delivery_id=pk, at=timezone.now(), ok=True)
                except Exception as error:
                    lost.append(error)
                    return
                begun.set()
                if done.is_set():
                    return
        finally:
            connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    begun.wait(timeout=10)
    accounts.delete(ann, timezone.now() + timedelta(seconds=1))
    done.set()
    worker.join(timeout=10)
    assert not worker.is_alive()
    left = (User.objects.count(), Alert.objects.count(), Delivery.objects.count(), Attempt.objects.count())
    assert left == (0, 0, 0, 0)
