"""Letters: an alert or a digest as text and HTML, over one SMTP connection for a batch.

At least once: a process that dies between a server's "250" and our note of it sends the letter again, with the same
Message-ID. No picture, no script, nothing remote and no address that tells who opened what.
Whatever is wrong with the mail server itself, or with how we sign in to it, is our trouble and not the recipient's.
"""

from __future__ import annotations

import logging
import re
import smtplib
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from email.utils import parseaddr

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from stories.channels import verp, wording
from stories.channels.message import Message, Sent, Way
from stories.channels.outcomes import BEGIN_WITHIN_S, Declined, Delayed, Gone, Outcome
from stories.ingest.errors import Failure
from stories.ingest.pace import NotAsked

log = logging.getLogger(__name__)

# RFC 3463: class, subject, detail. What a server says of the address, of the mailbox, of its policy.
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_ADDRESS, _MAILBOX, _FULL = "1", "2", "2"
# Without such a code: no such mailbox, not local, name not allowed (RFC 5321).
_NO_SUCH_ADDRESS = {550, 551, 553}
_REASON = 300
# After trouble with the mail server all letters wait for so long.
_TROUBLE_S = 60.0


def send(messages: Sequence[tuple[Way, Message]], now: datetime) -> Iterator[tuple[int, Outcome]]:
    """Send each to its address, one after the other; yields outcomes as they come.

    Once the mail server can't be reached, or takes too long, the rest is NotAsked.
    """
    begin_by = time.monotonic() + BEGIN_WITHIN_S
    trouble: NotAsked | None = None
    connection = get_connection()
    try:
        for index, (way, message) in enumerate(messages):
            if trouble is None and time.monotonic() > begin_by:
                trouble = NotAsked("Not sent yet: the mail server is slow")
            outcome = trouble or _post(connection, letter(way, message))
            if isinstance(outcome, NotAsked):
                trouble = outcome
            yield index, outcome
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.close()


def letter(way: Way, message: Message) -> EmailMultiAlternatives:
    """The letter, complete: both forms and every header."""
    with wording.spoken(message):
        context = {"message": message, "subject": wording.subject(message), "heading": wording.heading(message)}
        text = render_to_string("emails/message.txt", context)
        html = css_inline.inline(render_to_string("emails/message.html", context), keep_style_tags=True)
        subject = wording.subject(message)
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        from_email=verp.return_address(way.pk) or settings.DEFAULT_FROM_EMAIL,
        to=[way.address],
        headers=_headers(way, message),
    )
    mail.attach_alternative(html, "text/html")
    return mail


def _headers(way: Way, message: Message) -> dict[str, str]:
    host = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,
        "Message-ID": f"<{message.number}@{host}>",
        # Nobody's holiday answer is wanted (RFC 3834).
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "Content-Language": message.language,
    }
    if message.unsubscribe:
        ways = [f"<{message.unsubscribe}>"]
        if back := verp.return_address(way.pk):
            ways.append(f"<mailto:{back}?subject=unsubscribe>")
        headers["List-Unsubscribe"] = ", ".join(ways)
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return headers


def _post(connection: BaseEmailBackend, mail: EmailMultiAlternatives) -> Outcome:
    started = time.monotonic()
    outcome = _tried(connection, mail)
    took = time.monotonic() - started
    if isinstance(outcome, Failure):
        outcome.elapsed_s = took
        return outcome
    return Sent(took_ms=round(1000 * took))


def _tried(connection: BaseEmailBackend, mail: EmailMultiAlternatives) -> Failure | None:
    """Hand one letter over; None where it was taken."""
    opened = None
    try:
        # A connection that stays open ends by itself after a while; then a new one is made, once.
        opened = connection.open()
        connection.send_messages([mail])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, UnicodeError, ValueError) as error:
        return _theirs(error)
    except (smtplib.SMTPException, OSError) as error:
        _drop(connection)
        if isinstance(error, smtplib.SMTPServerDisconnected) and opened is False:
            return _tried(connection, mail)
        return _ours(error)
    return None


def _theirs(error: Exception) -> Failure:
    """What is wrong with this letter or its recipient."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return refusal(code, _text(said))
    if isinstance(error, smtplib.SMTPDataError):
        return _by_class(error.smtp_code, _text(error.smtp_error))
    return Gone(f"Nothing can be sent to this address ({type(error).__name__})")


def _drop(connection: BaseEmailBackend) -> None:
    with suppress(smtplib.SMTPException, OSError):
        connection.close()


def _ours(error: Exception) -> NotAsked:
    """Trouble with the mail server: said to the operator, and no mark against whoever the letter is for."""
    log.warning("e-mail: the mail server failed: %s: %s", type(error).__name__, error)
    reason = "Not sent yet: this server's own mail server can't be reached or does not let us in"
    return NotAsked(reason, retry_after_s=_TROUBLE_S)


def refusal(code: int, said: str) -> Failure:
    """What it means that a mail server, or a bounce, refuses a recipient: with which SMTP code and words."""
    found = _ENHANCED.search(said)
    severity, subject, detail = found.groups() if found else (str(code)[:1], "", "")
    if severity == "5" and (subject, detail) == (_MAILBOX, _FULL):
        return Delayed(f"The mailbox is full: {said}", status=code)
    if severity == "5" and (subject in (_ADDRESS, _MAILBOX) or (not found and code in _NO_SUCH_ADDRESS)):
        return Gone(f"The mail server refuses the address: {said}", status=code)
    return _by_class(code, said)


def _by_class(code: int, said: str) -> Failure:
    if code >= 500:
        return Declined(f"The mail server refuses the letter: {said}", status=code)
    return Delayed(f"The mail server puts the letter off: {said}", status=code)


def _text(said: bytes | str) -> str:
    """A server's words on one line, with nothing in them that a database or a page minds."""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * _REASON]).split())[:_REASON]
