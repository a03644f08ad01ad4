"""When to send a feed's validators (ETag, Last-Modified), and what proves that they lie.

Pure. A validator that lies answers "nothing changed" for ever, and nothing that comes back shows it: so a feed that has
said nothing else for a week is asked once without. One that was caught is asked without once a day, the most often that
site owners find polite (rachelbythebay.com: conditional hourly, unconditional daily), because at an outlet with sixty
articles a day a week's wait would lose nearly all of them. It never invents, parses or alters what is sent back.
"""

from __future__ import annotations

import email.utils
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

# How long a feed may answer nothing but 304 before one request goes without validators. A quiet feed loses one whole
# answer a week by it.
SUSPECT_AFTER = timedelta(days=7)
CAUGHT_AFTER = timedelta(days=1)

# What the feeds page says of a feed that was caught.
NOTE = "its server gives different content the same ETag or date; so the whole feed is asked for at least once a day"


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored of a feed: its validators, the hash of its last whole body, when that came (None: never, or not
    noted), whether the validators were caught lying, and whether the last poll failed."""

    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    last_body_at: datetime | None = None
    lie: bool = False
    failing: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole answer (200): its validators, its body's hash, how many entries in it we had not known, and whether the
    request carried validators."""

    etag: str
    last_modified: str
    body_hash: str
    new_entries: int
    conditional: bool


def conditional(known: Known, now: datetime) -> bool:
    """Whether the next request carries the validators; False too where there are none to send.

    A feed that fails is always asked with them: its retries would else be whole requests, many on one day.
    """
    if not known.etag and not known.last_modified:
        return False
    if known.failing:
        return True
    if known.last_body_at is None:
        return False
    return now - known.last_body_at < (CAUGHT_AFTER if known.lie else SUSPECT_AFTER)


def lie(known: Known, whole: Whole) -> bool:
    """Whether the validators are caught lying, now or before: what to store.

    One proof is another body under the same strong ETag, which by RFC 9110 (8.8.1) stands for these bytes alone. The
    other, for weak ETags and dates, is a whole answer to a request without validators which brings entries that are new
    to us and still bears the validators that we held: asked with them, the server would have said that nothing changed.
    There another body alone proves nothing, since many feeds write the time of their making into it; nor does an answer
    to a request with validators, for then the server has just shown that it doesn't go by them. A proof stands until
    the feed's address changes.
    """
    if known.lie:
        return True
    if not known.body_hash or whole.body_hash == known.body_hash:
        return False
    if whole.etag == known.etag and known.etag.startswith('"'):
        return True
    return whole.new_entries > 0 and not whole.conditional and _would_match(known, whole)


def _would_match(known: Known, whole: Whole) -> bool:
    """Whether a server that sends these validators would have answered 304 to ours (RFC 9110, section 13.1).

    The ETag decides where we hold one, compared without its weakness mark; else the date, which matches when the
    server's is not later than ours.
    """
    if known.etag:
        return whole.etag.removeprefix("W/") == known.etag.removeprefix("W/")
    if known.last_modified and whole.last_modified == known.last_modified:
        return True
    ours, theirs = _date(known.last_modified), _date(whole.last_modified)
    return ours is not None and theirs is not None and theirs <= ours


def _date(value: str) -> datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
