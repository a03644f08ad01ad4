"""Mail about accounts that is no alert: an invitation, and the last letter. Plain text, without anything to track.

A letter that can't be sent is no reason to undo what it tells of: `False` comes back and the log has the fault.
"""

from __future__ import annotations

import logging
import smtplib
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils.translation import gettext

from stories.models import Invitation

log = logging.getLogger(__name__)


def invited(invitation: Invitation, link: str) -> bool:
    """The letter with the link; whether it went out. Nothing goes out where this server sends no mail."""
    by = invitation.made_by
    told = {
        "by": by.email or by.get_username() if by else "",
        "team": invitation.team,
        "editor": invitation.editor,
        "link": link,
        "until": invitation.expires_at,
    }
    subject = gettext("You are invited to a team") if invitation.team else gettext("You are invited to Firsthand")
    return _send(invitation.email, subject, "emails/invitation.txt", told)


def deleted(address: str, edits: int) -> bool:
    """That an account is gone, for the case that somebody else did it; whether it went out."""
    return _send(address, gettext("Your account is deleted"), "emails/account_deleted.txt", {"edits": edits})


def _send(address: str, subject: str, template: str, told: dict[str, Any]) -> bool:
    if not settings.EMAIL_URL or not address:
        return False
    server = {"server": settings.PUBLIC_URL}
    body = render_to_string(template, told | server)
    # So that no holiday notice answers it (RFC 3834).
    letter = EmailMessage(subject, body, to=[address], headers={"Auto-Submitted": "auto-generated"})
    try:
        letter.send()
    except (smtplib.SMTPException, OSError):
        log.exception("a letter could not be sent")
        return False
    return True
