"""What happened to accounts, one line each in the log: what, to whom, from where.

Never a secret, and never what a stranger typed: people are named by their numbers, so that nothing in a line can break
it or look like another.
"""

from __future__ import annotations

import logging
import re

from stories.models import User

log = logging.getLogger("stories.accounts")
# What may stand in a value as it is; all else would make two lines of one, or two facts of one.
_UNSAFE = re.compile(r"[^\w.:/+-]")
_LONGEST = 80


def note(event: str, user: User | int | None = None, **facts: object) -> None:
    """Write one line: `event` in words of ours, whose account it is, and what else is known as name=value.

    Facts that are None are left out.
    """
    who = user.pk if isinstance(user, User) else user
    told = {"event": event, "user": "unknown" if who is None else who, **facts}
    log.info(" ".join(f"{name}={_plain(value)}" for name, value in told.items() if value is not None))


def _plain(value: object) -> str:
    return _UNSAFE.sub("_", str(value))[:_LONGEST]
