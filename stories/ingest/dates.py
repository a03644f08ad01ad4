"""When a publisher says that something was published: a claim, read carefully or not at all.

It never guesses: a date whose zone is unknown or whose year cannot be is no claim, since who was first may rest on it.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta

from feedparser.datetimes import _parse_date

# Before the first newspapers were on the web; feeds say 1970 when they mean "unknown".
EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
# How far a publisher's clock may run ahead of ours.
MAX_AHEAD = timedelta(minutes=10)

# feedparser reads a zone that it does not know as UTC, up to 13 hours off. These it knows rightly:
_KNOWN_ZONES = frozenset(
    {"GMT", "UTC", "UT", "Z", "MET", "MEST", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "AST", "ADT",
     "ET", "CT", "MT", "PT"}
)  # fmt: skip
# These are written out as offsets before it sees them. Names that two continents share (IST, AMT) are left unknown.
_OFFSETS = {
    "WET": "+0000", "WEST": "+0100", "BST": "+0100", "CET": "+0100", "MEZ": "+0100", "CEST": "+0200", "MESZ": "+0200",
    "EET": "+0200", "EEST": "+0300", "MSK": "+0300", "SAST": "+0200", "WAT": "+0100", "CAT": "+0200", "EAT": "+0300",
    "TRT": "+0300", "PKT": "+0500", "NPT": "+0545", "ICT": "+0700", "WIB": "+0700", "HKT": "+0800", "SGT": "+0800",
    "PHT": "+0800", "MYT": "+0800", "AWST": "+0800", "JST": "+0900", "KST": "+0900", "ACST": "+0930", "ACDT": "+1030",
    "AEST": "+1000", "AEDT": "+1100", "NZST": "+1200", "NZDT": "+1300", "NST": "-0330", "NDT": "-0230",
    "BRT": "-0300", "ART": "-0300", "CLT": "-0400", "CLST": "-0300", "AKST": "-0900", "AKDT": "-0800", "HST": "-1000",
}  # fmt: skip

_ZONE_AT_END = re.compile(r"(?<=[\d ])([A-Za-z]{1,5})\s*(?:\([^()]*\))?\s*$")
_TIME_OF_DAY = re.compile(r"\d:\d\d|\dT\d{4}")
_MAX_LENGTH = 100


def claimed(text: str, now: datetime) -> datetime | None:
    """The aware time (UTC) that `text` claims; without a zone it is read as UTC.

    None where it is unreadable, names an unknown zone, is not plausible, or has no time of day: a bare date read as
    midnight would come before every other outlet.
    """
    written = _with_offset(text.strip())
    if not _TIME_OF_DAY.search(written) or len(written) > _MAX_LENGTH:
        return None
    try:
        # feedparser reads "Tue, 17 Feb 2026 18:03:07" only with a zone behind it.
        parsed = _parse_date(written) or _parse_date(f"{written} +0000")
        at = datetime.fromtimestamp(calendar.timegm(parsed), UTC) if parsed else None
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return plausible(at, now)


def plausible(at: datetime | None, now: datetime) -> datetime | None:
    """The time if it can be one of publication: not before EARLIEST, not over MAX_AHEAD after `now`. Else None."""
    return at if at is not None and EARLIEST <= at <= now + MAX_AHEAD else None


def _with_offset(text: str) -> str:
    """The date with a numeric zone in place of a named one; "" if the name is unknown or ambiguous."""
    match = _ZONE_AT_END.search(text)
    if match is None:
        return text
    zone = match[1].upper()
    if zone in _KNOWN_ZONES:
        return text
    return text[: match.start(1)] + _OFFSETS[zone] if zone in _OFFSETS else ""
