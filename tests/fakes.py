"""The faked web: answers by address, as stories.ingest.fetch would give them, and a list of what was asked."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from html import escape

from stories.ingest.errors import Failure, Permanent
from stories.ingest.fetch import Policy, Request, Response


class Web:
    """Pages by address; an address that nobody put here does not exist."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Failure] = {}
        self.asked: list[Request] = []
        self.elsewhere: Callable[[str], bytes | None] = lambda url: None

    def put(self, url: str, body: bytes | str | Failure) -> None:
        self.pages[url] = body.encode() if isinstance(body, str) else body

    def fetch_one(self, request: Request, policy: Policy) -> Response:
        answer = self._answer(request)
        if isinstance(answer, Failure):
            raise answer
        return answer

    def fetch_many(self, requests: Sequence[Request], policy: Policy) -> list[Response | Failure]:
        return [self._answer(request) for request in requests]

    def _answer(self, request: Request) -> Response | Failure:
        self.asked.append(request)
        body = self.pages.get(request.url, self.elsewhere(request.url))
        if body is None:
            return Permanent("The server says that there is no such page (404).")
        if isinstance(body, Failure):
            return body
        etag = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
        not_modified = request.etag == etag
        return Response(
            url=request.url,
            final_url=request.url,
            status=304 if not_modified else 200,
            body=b"" if not_modified else body,
            headers={},
            etag=etag,
            last_modified="",
            permanent_url="",
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
