"""Letters that come back: an address that is refused for good is off, with a notice; anything else changes nothing."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from stories.channels import verp
from stories.models import Channel
from stories.services import bounces
from tests import followed, told
from tests.told import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def returning(settings: Any) -> None:
    settings.BOUNCE_ADDRESS = "bounces@news.example"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def notice(
    channel: Channel, *, action: str = "failed", status: str = "5.1.1", said: str = "550 5.1.1 no such user"
) -> bytes:
    """What a mail server sends (RFC 3464)."""
    lines = [
        "From: MAILER-DAEMON@mx.isles.example",
        f"To: {verp.return_address(channel.pk)}",
        "Subject: Undelivered Mail Returned to Sender",
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="x"',
        "",
        "--x",
        "Content-Type: text/plain",
        "",
        "I am sorry to have to inform you.",
        "--x",
        "Content-Type: message/delivery-status",
        "",
        "Reporting-MTA: dns; mx.isles.example",
        "",
        "Final-Recipient: rfc822; ada@isles.example",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {said}",
        "",
        "--x",
        "Content-Type: message/rfc822",
        "",
        "Subject: Denial",
        "",
        "text",
        "--x--",
        "",
    ]
    return "\r\n".join(lines).encode()


def ada() -> Channel:
    return followed.channel(told.person(), "ada@isles.example")


def test_an_address_that_is_no_more_is_off_and_its_person_told(mailoutbox):
    channel = ada()
    followed.channel(channel.user, "second@isles.example")
    taken = bounces.take(notice(channel), "", NOW)
    assert (taken.channel, taken.off) == (channel.pk, True)
    channel.refresh_from_db()
    assert (channel.off_at, channel.off_seen) == (NOW, False)
    assert "no such user" in channel.off_why
    (letter,) = mailoutbox
    assert letter.to == ["second@isles.example"]
    assert "ada@isles.example" in letter.subject
    assert not bounces.take(notice(channel), "", NOW).off, "a second notice finds it off"
    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"action": "delayed", "status": "4.4.1", "said": "connection timed out"},
        {"action": "failed", "status": "4.2.2", "said": "452 4.2.2 mailbox full"},
        {"action": "failed", "status": "5.2.2", "said": "552 5.2.2 over quota"},
        {"action": "delayed", "status": "5.1.1", "said": "550 5.1.1 odd"},
    ],
)
def test_what_may_pass_changes_nothing(fields):
    channel = ada()
    assert not bounces.take(notice(channel, **fields), "", NOW).off
    channel.refresh_from_db()
    assert channel.off_at is None


def test_the_envelope_s_recipient_names_the_channel_too():
    channel = ada()
    raw = notice(channel).replace(b"To: bounces+", b"To: someone+")
    raw = raw.replace(verp.return_address(channel.pk).split("+")[1].encode(), b"else@news.example")
    assert bounces.take(raw, verp.return_address(channel.pk), NOW).off


def test_a_letter_that_asks_to_stop_is_taken_at_its_word():
    channel = ada()
    raw = f"From: ada@isles.example\r\nTo: {verp.return_address(channel.pk)}\r\nSubject: unsubscribe\r\n\r\n".encode()
    assert bounces.take(raw, "", NOW).off
    channel.refresh_from_db()
    assert (channel.off_at, channel.off_seen) == (NOW, True)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "nothing to read"),
        (b"\x00\xff\x00", "no headers"),
        (b"To: bounces@news.example\r\n\r\nhello", "no return address"),
        (b"To: bounces+1-00000000000000000000@news.example\r\n\r\nforged", "no return address"),
        (b"x" * (bounces.MAX_BYTES + 1), "larger"),
    ],
)
def test_what_is_no_notice_of_ours_is_refused(raw, why):
    channel = ada()
    with pytest.raises(bounces.Unreadable, match=why):
        bounces.take(raw, "", NOW)
    channel.refresh_from_db()
    assert channel.off_at is None


def test_a_holiday_answer_is_no_notice():
    channel = ada()
    raw = f"To: {verp.return_address(channel.pk)}\r\nSubject: Out of office\r\n\r\n550 5.1.1 I am away".encode()
    with pytest.raises(bounces.Unreadable, match="no delivery status"):
        bounces.take(raw, "", NOW)


def test_the_command_reads_what_is_piped_to_it(monkeypatch, tmp_path, capsys):
    channel = ada()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(notice(channel))))
    call_command("take_bounce")
    assert f"Channel {channel.pk} switched off" in capsys.readouterr().out
    file = tmp_path / "letter.eml"
    file.write_bytes(b"garbage")
    with pytest.raises(CommandError, match="Not taken"):
        call_command("take_bounce", str(file))
    with pytest.raises(CommandError, match="No such file"):
        call_command("take_bounce", str(tmp_path / "missing"))


def test_a_letter_really_comes_back_to_its_channel(settings):
    """The return address in the envelope of a letter is the one by which its bounce is understood."""
    with told.mail_server() as box:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", box.port
        from stories.services import ways

        channel = ada()
        assert ways.test(channel, NOW).ok
        (letter,) = box.letters
    taken = bounces.take(notice(channel), letter.mail_from, NOW)
    assert (taken.channel, taken.off) == (channel.pk, True)
