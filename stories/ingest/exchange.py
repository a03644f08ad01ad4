"""What goes into the fetcher and what comes out: policy, request, response. Values only; fetch.py does the work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ACCEPT_FEED = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"
ACCEPT_PAGE = "text/html, application/xhtml+xml;q=0.9, */*;q=0.8"


@dataclass(frozen=True, slots=True)
class Policy:
    """How to fetch. Times in seconds; `allow` as in guard.guard_for.

    `max_bytes` bounds an answer packed and unpacked. A host is asked at most `per_host` times at once, and at most once
    in `every_s` seconds.
    """

    user_agent: str
    total_timeout_s: float = 20.0
    connect_timeout_s: float = 5.0
    max_bytes: int = 10 * 1024 * 1024
    per_host: int = 2
    every_s: float = 1.0
    concurrency: int = 64
    max_redirects: int = 5
    allow: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """One address, with the validators of its last answer exactly as Response gave them.

    With a `form` it is a POST of those fields. `own`: a page of this very server, which needs no turn and no spacing.
    """

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = ""
    form: tuple[tuple[str, str], ...] = ()
    own: bool = False


@dataclass(frozen=True, slots=True)
class Response:
    """A success (2xx) or "not modified" (304)."""

    url: str
    final_url: str
    status: int
    body: bytes
    headers: Mapping[str, str]
    etag: str
    last_modified: str
    # Where the address moved for good; "" unless there was a redirect and every hop was a 301 or 308.
    permanent_url: str
    elapsed_s: float

    @property
    def not_modified(self) -> bool:
        """Whether the server said that nothing changed since the validators sent."""
        return self.status == 304
