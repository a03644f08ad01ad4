"""What a site's robots.txt lets us do, by RFC 9309, with Protego as the reader of patterns.

Pure: bytes or an answer in, rules and verdicts out. It fetches nothing: redirects are the fetcher's, waiting is the
caller's. Protego keeps every rule for every robot named, so that 48 KB (1,500 robots, 2,800 rules) took it 5 s and
300 MB; only what is said to us or to everybody reaches it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal
from urllib.parse import urlsplit

from protego import Protego

from .errors import Failure, Permanent
from .exchange import Response

# RFC 9309 asks for at least 500 KiB; what comes after is not read.
MAX_BYTES = 512 * 1024
# A longer line is no rule but an attack or an accident; cut, its pattern would forbid more than it says.
MAX_LINE = 2000
# Rules for us and for everybody: the largest that sites publish have some thousands. Measured at this number: a file
# of the worst patterns is read in 0.3 s and judges an address of 4,000 characters in 0.12 s.
MAX_RULES = 10_000
# RFC 9309: a copy is not used for longer than a day, except while the file can't be reached.
FRESH_FOR = timedelta(hours=24)
# While it can't be reached, how often it is asked for.
RETRY_AFTER = timedelta(hours=1)
# A page that comes before its robots.txt was asked for, as when the host had to be left alone just then.
NOT_READ_YET = timedelta(minutes=1)
# How long an old copy holds while the file can't be reached: the RFC's own example of a long time.
COPY_HOLDS_FOR = timedelta(days=30)
# Without a copy, pages wait for a day of hourly tries. The RFC leaves the time open ("for example, 30 days"); pages
# that the site itself announces in its feed are news for a day or two, and Google stops waiting after twelve hours.
PAGES_WAIT_FOR = timedelta(hours=24)
# Longer delays are meant for crawlers of whole sites. We read what the site announces, some dozens of pages a day;
# one a minute still brings a morning's burst of twenty while its stories are young.
MAX_DELAY_S = 60.0
# Compiled files kept; a common one is some kilobytes.
CACHED = 64

# The words that Protego reads, misspellings included.
_FIELD = re.compile(r"\s*(user[- ]?agent|(?:dis)?allow|diss?al+[ao]w|diasllow|crawl[- ]delay|request[- ]rate)\b", re.I)
_AGENT = re.compile(r"user[- ]?agent ?:? ?(?:(\*)$|([a-z_-]+))", re.I)

State = Literal["unknown", "none", "rules", "unreachable"]


@dataclass(frozen=True, slots=True)
class Rules:
    """A robots.txt as text() cleaned it."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a host's robots.txt. `at`: when that was settled, or first found out of reach; `tried_at`: when
    it was last asked for."""

    state: State = "unknown"
    text: str = ""
    at: datetime | None = None
    tried_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a page may be asked for: yes, no, or not before `wait_until`; and why not."""

    allowed: bool
    reason: str = ""
    wait_until: datetime | None = None


def address(url: str) -> str:
    """Where the robots.txt of this page's host lies; each scheme, host and port has its own."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/robots.txt"


def token(user_agent: str) -> str:
    """The name that a robots.txt calls us by: "Firsthand" of "Firsthand/1.0 (+https://example.org)"."""
    return re.split(r"[^A-Za-z_-]", user_agent.strip(), maxsplit=1)[0] or "*"


def text(body: bytes) -> str:
    """The file as text that any database takes: at most MAX_BYTES, of any charset, without NULs or a cut last line."""
    start = body[:MAX_BYTES]
    if len(body) > MAX_BYTES:
        start = start[: max(start.rfind(b"\n"), start.rfind(b"\r")) + 1]
    encoding = "utf-16" if start[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    return start.decode(encoding, "replace").replace("\x00", "")


def read(text: str) -> Rules:
    """The rules of a text; compiled when first asked about, and kept."""
    return Rules(text)


def allowed(rules: Rules, url: str, agent: str) -> bool:
    """Whether the agent, named by its whole User-Agent or its token, may ask for the address. True for a bad address:
    the fetcher refuses it with a better reason."""
    name = token(agent)
    try:
        return bool(_compiled(rules.text, name.lower()).can_fetch(url, name))
    except ValueError:
        return True


def crawl_delay_s(rules: Rules, agent: str) -> float:
    """Seconds between requests that Crawl-delay or Request-rate asks for, at most MAX_DELAY_S; 0 for none."""
    name = token(agent)
    compiled = _compiled(rules.text, name.lower())
    rate = compiled.request_rate(name)
    return min(MAX_DELAY_S, max(compiled.crawl_delay(name) or 0.0, rate.seconds / rate.requests if rate else 0.0))


def due(known: Known, now: datetime) -> bool:
    """Whether robots.txt has to be asked for before the next page."""
    if known.at is None or known.tried_at is None:
        return True
    in_reach = known.state != "unreachable" and known.tried_at == known.at
    return now - known.tried_at >= (FRESH_FOR if in_reach else RETRY_AFTER)


def learnt(known: Known, answer: Response | Failure, now: datetime) -> Known:
    """What is known after asking for it.

    A success holds its rules; 4xx but 429 says that there are none (RFC 9309, 2.3.1.3), and so does a chain of
    redirects that leads nowhere; everything else is out of reach, where a copy goes on holding for COPY_HOLDS_FOR.
    """
    if isinstance(answer, Response):
        found = text(answer.body)
        return Known("rules" if found.strip() else "none", found, now, now)
    status = getattr(answer, "status", None)
    if (400 <= status < 500 and status != 429) if status else isinstance(answer, Permanent):
        return Known("none", "", now, now)
    if known.state in ("rules", "none") and known.at is not None and now - known.at < COPY_HOLDS_FOR:
        return Known(known.state, known.text, known.at, now)
    return Known("unreachable", "", known.at or now, now)


def verdict(known: Known, url: str, agent: str, now: datetime) -> Verdict:
    """Whether a page may be asked for by what is known. Ask for robots.txt first while due()."""
    site = urlsplit(url).hostname or "the site"
    if known.state == "unknown":
        return Verdict(False, f"robots.txt of {site} has not been read yet", now + NOT_READ_YET)
    if known.state == "rules" and not allowed(read(known.text), url, agent):
        return Verdict(False, f"robots.txt of {site} asks robots not to read this page")
    if known.state == "unreachable" and known.at is not None and now - known.at < PAGES_WAIT_FOR:
        reason = f"robots.txt of {site} could not be read: its pages wait until it can, at most a day"
        until = min((known.tried_at or now) + RETRY_AFTER, known.at + PAGES_WAIT_FOR)
        return Verdict(False, reason, until)
    return Verdict(True)


@lru_cache(maxsize=CACHED)
def _compiled(text: str, token: str) -> Protego:
    return Protego.parse("\n".join(_concerning(text, token)))


def _concerning(text: str, token: str) -> Iterator[str]:
    """The groups that are said to us or to everybody, without what a group can do without."""
    rules, named, in_rules = 0, set[str](), False
    for line in text.splitlines():
        if len(line) > MAX_LINE or not _FIELD.match(line):
            continue
        plain = " ".join(line.partition("#")[0].split())
        if not plain.lower().startswith("user"):
            in_rules = True
            rules += bool(named)
            if rules > MAX_RULES:
                return
            if named:
                yield line
            continue
        if in_rules:
            named, in_rules = set(), False
        name = _agent(plain)
        if name in ("*", token) and name not in named:
            named.add(name)
            yield f"User-agent: {name}"


def _agent(line: str) -> str:
    """Whom a User-agent line names: "*" or a token in lower case, without version or remark; "" where unreadable."""
    agent = _AGENT.match(line)
    return (agent[1] or agent[2]).lower() if agent else ""
