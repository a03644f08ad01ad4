"""What happens to accounts is written down: one line each, in UTC, without a secret and without what strangers typed."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable, Iterator

import pytest
from allauth.mfa import signals as mfa
from django.test import Client
from django.utils import timezone

from stories.models import User
from stories.services import accounts, auditing, invitations, tokens
from tests import factories
from tests.views.people import admin, browser, person
from tracker.lines import Line

pytestmark = pytest.mark.django_db
Lines = Callable[[], list[str]]
NEW = "eleven brown curlews over the weir"


@pytest.fixture
def written() -> Iterator[Lines]:
    """Gives the lines of the log about accounts that were written since the test began."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(Line("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    log = logging.getLogger("stories.accounts")
    log.addHandler(handler)
    yield lambda: out.getvalue().splitlines()
    log.removeHandler(handler)


def events(written: Lines) -> list[str]:
    return [found[1] for line in written() if (found := re.search(r"event=(\S+)", line))]


def test_signing_in_and_out_is_written_down_with_who_and_whence(client, written):
    ann = person("ann@isles.example")
    client.post("/accounts/login/", {"login": ann.email, "password": factories.PASSWORD}, REMOTE_ADDR="192.0.2.7")
    client.post("/accounts/logout/", REMOTE_ADDR="192.0.2.7")
    assert events(written) == ["signed_in", "signed_out"]
    assert all(f"user={ann.pk} ip=192.0.2.7" in line for line in written())
    assert "by=password" in written()[0]


def test_a_failed_attempt_names_the_account_and_not_what_was_typed(client, written):
    ann = person("ann@isles.example")
    for login in (ann.email, "my-password-by-mistake@isles.example"):
        client.post("/accounts/login/", {"login": login, "password": "wrong and secret"}, REMOTE_ADDR="192.0.2.7")
    assert events(written) == ["sign-in_failed", "sign-in_failed"]
    first, second = written()
    assert f"user={ann.pk} " in first
    assert "user=unknown " in second
    assert not any(word in line for line in written() for word in ("wrong", "mistake", "isles"))


def test_a_changed_password_and_a_new_factor_are_written_down(written):
    ann = person("ann@isles.example")
    client = browser(ann, sure=True)
    data = {"oldpassword": factories.PASSWORD, "password1": NEW, "password2": NEW}
    assert client.post("/accounts/password/change/", data).status_code == 302
    mfa.authenticator_added.send(sender=User, request=None, user=ann, authenticator=None)
    assert events(written)[-2:] == ["password_changed", "factor_added"]
    assert not any(secret in line for line in written() for secret in (NEW, factories.PASSWORD))


def test_invitations_data_and_the_end_of_an_account_are_written_down(written, settings):
    settings.SIGN_UP = "invite"
    boss, ann, now = admin(), person("ann@isles.example"), timezone.now()
    row, token = invitations.invite("new@isles.example", boss, now, editor=True)
    invitations.accept(row, ann, now)
    browser(ann, sure=True).post("/account/export/").getvalue()
    accounts.delete(ann, now)
    told = events(written)
    for event in ("invited", "invitation_accepted", "account_exported", "account_deleted"):
        assert event in told
    assert not any(secret in line for line in written() for secret in (token, row.digest, "isles"))


def test_a_made_token_is_nowhere_in_the_log(written, caplog):
    _row, secret = tokens.make(person("ann@isles.example"), "a program")
    Client().get("/api/v1/stories", headers={"authorization": f"Bearer {secret}"})
    assert secret not in caplog.text


def test_nothing_in_a_fact_makes_a_line_of_its_own(written):
    auditing.note("tried", None, ip="1.2.3.4\n2026-01-01 INFO event=signed_in user=1", note="a b=c", gone=None)
    assert len(written()) == 1
    assert "ip=1.2.3.4_2026-01-01_INFO_event_signed_in_user_1 note=a_b_c" in written()[0]
    assert "gone" not in written()[0]


def test_no_message_passes_for_two_and_times_are_utc():
    record = logging.LogRecord("x", logging.INFO, "", 0, "said %s", ("a\nb\r\x1b[31m\u2028",), None)
    record.created, record.msecs = 0.0, 7.0
    line = Line("%(asctime)s %(message)s").format(record)
    assert line == r"1970-01-01T00:00:00.007Z said a\nb\r\x1b[31m\u2028"


def test_a_fault_of_ours_keeps_its_traceback():
    try:
        raise ValueError("a fault made for this test")
    except ValueError as error:
        fault = (type(error), error, error.__traceback__)
        record = logging.LogRecord("x", logging.ERROR, "", 0, "broken", (), fault)
    assert "\nValueError: a fault made for this test" in Line("%(message)s").format(record)
