"""The one pair of errors that cross a seam, from the fetcher to the channels.

Whoever raises one says whether trying again can help; whoever catches one need not know why it happened.
The reason is a sentence for a person: it is stored with the row and shown on the page.
"""

from __future__ import annotations


class Failure(Exception):
    """What went wrong outside, in a sentence that an operator can act on."""

    # Seconds that it took to fail, where the fetcher measured them.
    elapsed_s: float = 0.0

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Temporary(Failure):
    """Worth trying again, not before `retry_after_s` seconds where the other side named a time."""

    def __init__(self, reason: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class Permanent(Failure):
    """Trying again changes nothing until a person or the other side changes something."""
