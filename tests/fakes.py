"""The faked web: answers by address, as stories.ingest.fetch would give them, and a list of what was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from email.utils import format_datetime
from html import escape

from stories.ingest.errors import Failure
from stories.ingest.fetch import HttpPermanent, Pace, Policy, Request, Response

Answer = Response | Failure
Told = bytes | Failure | Callable[[Request], Answer]


class Web:
    """Pages by address; an address that nobody put here does not exist."""

    def __init__(self) -> None:
        self.pages: dict[str, Told] = {}
        self.headers: dict[str, dict[str, str]] = {}
        self.asked: list[Request] = []
        self.elsewhere: Callable[[str], bytes | None] = lambda url: None

    def put(self, url: str, body: str | Told, **headers: str) -> None:
        """Answer `url` with this; headers with underscores for hyphens."""
        self.pages[url] = body.encode() if isinstance(body, str) else body
        self.headers[url] = {name.replace("_", "-"): value for name, value in headers.items()}

    def asked_for(self, url: str) -> list[Request]:
        """The requests for one address."""
        return [request for request in self.asked if request.url == url]

    def fetch_one(self, request: Request, policy: Policy) -> Response:
        answer = self._answer(request)
        if isinstance(answer, Failure):
            raise answer
        return answer

    def fetch_many(
        self, requests: Sequence[Request], policy: Policy, paces: Mapping[str, Pace] | None = None
    ) -> list[Answer]:
        return [self._answer(request) for request in requests]

    def fetch_as_done(
        self,
        requests: Sequence[Request],
        policy: Policy,
        paces: Mapping[str, Pace] | None = None,
        *,
        tick_s: float | None = None,
    ) -> Iterator[tuple[int, Answer]]:
        for index, request in enumerate(requests):
            yield index, self._answer(request)

    def _answer(self, request: Request) -> Answer:
        self.asked.append(request)
        told = self.pages.get(request.url, self.elsewhere(request.url))
        if told is None:
            return HttpPermanent("The server says that there is no such page (404).", status=404)
        if isinstance(told, Failure):
            return told
        return response(request, told, self.headers.get(request.url, {})) if isinstance(told, bytes) else told(request)


def response(request: Request, body: bytes, headers: Mapping[str, str], *, etag: str = "", moved: str = "") -> Response:
    """What a server answers that knows its validators: 304 to the one that it sent before."""
    etag = etag or f'"{hashlib.sha256(body).hexdigest()[:12]}"'
    not_modified = request.etag == etag
    return Response(
        url=request.url,
        final_url=moved or request.url,
        status=304 if not_modified else 200,
        body=b"" if not_modified else body,
        headers=dict(headers),
        etag=etag,
        last_modified="",
        permanent_url=moved,
        elapsed_s=0.0,
    )


def rss(*items: dict[str, object], title: str = "A feed", extra: str = "") -> str:
    """An RSS 2.0 feed; an item's keys are element names, `pubDate` may be a datetime."""
    rows = "".join(f"<item>{''.join(_element(k, v) for k, v in item.items())}</item>" for item in items)
    return (
        '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>'
        f"<title>{escape(title)}</title><link>https://example.org/</link>{extra}{rows}</channel></rss>"
    )


def _element(name: str, value: object) -> str:
    text = value if isinstance(value, str) else format_datetime(value)
    return f"<{name}>{escape(text)}</{name}>"


def page(title: str, *paragraphs: str) -> str:
    """An article's page with the usual clutter around it."""
    body = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><title>{escape(title)}</title></head><body><nav><a href="/">Home</a></nav>'
        f"<main><article><h1>{escape(title)}</h1>{body}</article></main><footer>All rights reserved.</footer></body></html>"
    )
