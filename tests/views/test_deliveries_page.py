"""The operator's page: counts that are right, reasons without addresses, doors for admins alone, few queries."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from stories.models import Attempt, Channel, Delivery, Notice
from stories.selectors.operations import operations, without_addresses
from tests import factories, followed
from tests.factories import MORNING

pytestmark = pytest.mark.django_db
ADDRESS = "/deliveries/"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def admin_client(client):
    client.force_login(factories.editor(is_superuser=True))
    return client


def notice(**kw) -> Notice:
    story = factories.story()
    given = {"wake": "denied", "key": "1", "at": MORNING, "noted_at": MORNING, "tell_at": MORNING}
    return Notice.objects.create(story=story, **given | kw)


@pytest.fixture
def busy():
    """Two channels with something in every state."""
    user = factories.user(email="ada@isles.example")
    mail = followed.channel(user)
    hook = followed.channel(user, "https://hook.example/secret", kind="webhook", failing_since=MORNING - HOUR)
    lost = {"off_at": MORNING - HOUR, "off_why": "The mail server refuses the address: <bob@isles.example> unknown"}
    followed.channel(factories.user(), "bob@isles.example", **lost)
    followed.channel(factories.user(), "eve@isles.example", **lost | {"off_why": "The mail server refuses the address: "
                     "<eve@isles.example> unknown"})  # fmt: skip
    followed.channel(user, "Chat", kind="service", off_at=MORNING)

    def delivery(by: Channel, **kw) -> Delivery:
        alert = followed.alert(user, factories.story(), at=MORNING - 8 * DAY)
        return followed.delivery(alert, by, **{"due_at": MORNING} | kw)

    delivery(mail, due_at=MORNING - 10 * MINUTE)
    delivery(mail, due_at=MORNING - 3 * MINUTE, lane=1)
    delivery(mail, due_at=MORNING + HOUR)
    delivery(mail, due_at=MORNING - MINUTE, lease_until=MORNING + MINUTE)
    delivery(hook, due_at=MORNING - MINUTE, lease_until=MORNING - MINUTE)
    for before in (MINUTE, 2 * MINUTE, 30 * MINUTE, 5 * HOUR, 3 * DAY, 8 * DAY):
        delivery(mail, state="sent", sent_at=MORNING - before)
    delivery(hook, state="failed", due_at=MORNING - 30 * MINUTE)
    delivery(hook, state="failed", due_at=MORNING - 2 * DAY)
    delivery(hook, state="dropped", due_at=MORNING - 5 * HOUR)
    for host, before in (("hook.example", HOUR), ("other.example:8443", 2 * HOUR), ("hook.example", 2 * DAY)):
        reason = f"{host} did not answer in full in time"
        Attempt.objects.create(channel=hook, at=MORNING - before, ok=False, reason=reason)
    Attempt.objects.create(channel=hook, at=MORNING - HOUR, ok=True)
    notice(noted_at=MORNING - 5 * MINUTE)
    notice(told_at=MORNING)
    notice(noted_at=MORNING - DAY, failure="It broke (KeyError)", attempts=8)
    return mail


def test_the_counts(busy):
    state = operations(MORNING)
    assert (state.notices.waiting, state.notices.oldest) == (1, MORNING - 5 * MINUTE)
    assert (state.notices.failing, state.notices.reasons) == (1, [("It broke (KeyError)", 1)])
    assert (state.due, state.leased, state.later, state.crowd) == (3, 1, 1, 1)
    assert state.oldest == MORNING - 10 * MINUTE
    assert state.a_minute == 2 / 5
    assert state.late
    ways = {way.kind.value: way for way in state.ways}
    assert list(ways) == ["email", "push", "webhook", "service"]
    mail, hook = ways["email"], ways["webhook"]
    assert (mail.due, mail.later, mail.on, mail.failing, mail.off) == (2, 1, 1, 0, 2)
    assert (mail.sent.hour, mail.sent.day, mail.sent.week) == (3, 4, 5)
    assert (hook.due, hook.leased, hook.on, hook.failing) == (1, 0, 1, 1)
    assert (hook.failed.hour, hook.failed.day, hook.failed.week) == (1, 1, 2)
    assert (hook.dropped.hour, hook.dropped.day, hook.dropped.week) == (0, 1, 1)
    assert (ways["push"].due, ways["push"].oldest, ways["push"].on) == (0, None, 0)


def test_reasons_that_differ_in_the_address_alone_are_one(busy):
    state = operations(MORNING)
    [failure] = state.failures
    assert (failure.kind, failure.reason, failure.many) == ("webhook", "… did not answer in full in time", 2)
    assert failure.last == MORNING - HOUR
    refused, chat = state.off
    assert (refused.reason, refused.many) == ("The mail server refuses the address: <…> unknown", 2)
    assert (chat.kind, chat.reason, chat.many) == ("service", "", 1)


@pytest.mark.parametrize(
    ("reason", "shown"),
    [
        ("hook.example answered 500", "… answered 500"),
        ("550 5.1.1 <ada@isles.example>: no such user", "550 5.1.1 <…>: no such user"),
        ("The address of 10.0.0.1:80 is not allowed", "The address of … is not allowed"),
        ("cannot reach https://hook.example/secret?x=1 now", "cannot reach … now"),
        ("the address fe80::1:2:3 is not allowed", "the address … is not allowed"),
        ("The message could not be sent (TimeoutError)", "The message could not be sent (TimeoutError)"),
        ("xn--bcher-kva.example could not be reached, or broke off", "… could not be reached, or broke off"),
        ("", ""),
    ],
)
def test_no_address_is_shown(reason, shown):
    assert without_addresses(reason) == shown


def test_the_page_tells_it_and_names_nobody(editor_client, page, busy):
    text = html.unescape(page(editor_client, ADDRESS))
    assert "Something is held up" in text
    for words in ("1 notice", "3 deliveries", "in the second lane, of alerts that woke many: 1", "0.4 a minute"):
        assert words in text
    assert "… did not answer in full in time" in text
    assert "switched off by the person" in text
    for secret in ("isles.example", "hook.example", "other.example"):
        assert secret not in text.partition("<main")[2]
    assert "is for admins alone" in text
    assert "/stories_delivery" not in text


def test_where_nothing_was_told_yet_it_says_so(editor_client, page):
    text = page(editor_client, ADDRESS)
    assert "Nothing is due that was not told and sent." in text
    assert "0 a minute" in text
    assert text.count("None.") == 2


def test_it_is_for_editors(client, reader_client, page):
    assert client.get(ADDRESS)["Location"] == f"/accounts/login/?next={ADDRESS}"
    page(reader_client, ADDRESS, status=403)
    assert reader_client.post(ADDRESS).status_code == 405
    assert ADDRESS not in page(reader_client, "/feeds/")


def test_it_is_linked_where_an_operator_looks(admin_client, editor_client, page):
    assert f'href="{ADDRESS}"' in page(editor_client, "/feeds/")
    assert f'href="{ADDRESS}"' in page(admin_client, "/admin/")


def test_nobody_keeps_the_page(editor_client):
    assert "no-store" in editor_client.get(ADDRESS)["Cache-Control"]


def test_however_much_there_is_as_many_queries(editor_client, busy, django_assert_max_num_queries):
    # The first answer of a session notes the session.
    editor_client.get(ADDRESS)
    with django_assert_max_num_queries(12):
        editor_client.get(ADDRESS)


def test_admins_have_doors_to_the_rows_which_show_no_secret(admin_client, page, busy):
    Channel.objects.update(sealed="gAAAAAB-sealed")
    text = html.unescape(page(admin_client, ADDRESS))
    doors = [part.partition('"')[0] for part in text.split('href="')[1:] if part.startswith("/admin/stories/")]
    # The review queue is in everybody's navigation who edits.
    doors.remove(reverse("admin:stories_doubt_queue"))
    assert len(doors) == 6
    for door in doors:
        shown = page(admin_client, door)
        assert "gAAAAAB" not in shown
        assert "/secret" not in shown.replace("https://hook.example/secret</a>", ""), (
            "but for the name that it was given"
        )
    for model in (Notice, Delivery, Channel, Attempt):
        for row in model.objects.all():
            shown = page(admin_client, reverse(f"admin:stories_{model._meta.model_name}_change", args=[row.pk]))
            assert "gAAAAAB" not in shown
            assert 'name="_save"' not in shown


def test_the_rows_are_for_admins(editor_client):
    for name in ("notice", "alert", "delivery", "channel", "attempt"):
        assert editor_client.get(reverse(f"admin:stories_{name}_changelist")).status_code == 403
