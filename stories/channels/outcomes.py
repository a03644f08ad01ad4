"""How sending ended, beside Sent: failures that know their HTTP status or SMTP code, and the end of a way itself."""

from __future__ import annotations

from stories.channels.message import Sent
from stories.ingest.errors import Failure, Permanent, Temporary

Outcome = Sent | Failure

# A batch begins nothing new after so many seconds: what it began ends well within the lease of its rows.
BEGIN_WITHIN_S = 25.0


class Delayed(Temporary):
    """It did not work now, and may later."""

    def __init__(self, reason: str, *, status: int | None = None, retry_after_s: float | None = None) -> None:
        super().__init__(reason, retry_after_s=retry_after_s)
        self.status = status


class Declined(Permanent):
    """This message is not taken, however often it is sent."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.status = status


class Gone(Declined):
    """The way itself is no more: nothing will ever go by it again unless a person puts it right."""


def status_of(failure: Failure) -> int | None:
    """The HTTP status or SMTP code that a failure came with, None for none."""
    status = getattr(failure, "status", None)
    return status if isinstance(status, int) else None
