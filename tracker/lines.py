"""How a line of the log is written: its time in UTC, and one line for one message, whatever strangers put into it."""

from __future__ import annotations

import logging
import re
import time

# What would begin another line, or colour a terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")


class Line(logging.Formatter):
    """A formatter that lets no message pass for two; only a traceback of ours goes on below."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - Python's own name
        """The line, with control characters spelt out."""
        return _CONTROL.sub(lambda found: repr(found[0])[1:-1], super().formatMessage(record))
