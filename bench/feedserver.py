"""Feeds for the benches, served from memory on every address of 127.0.0.0/8: `python bench/feedserver.py PORT`.

/feed/<n>.xml?entries=<e> is a feed of invented entries with an ETag. POST /turn?changed=.3 makes three in ten of them
gain an entry. Each answer takes LATENCY_S. A world of its own, because newsworld.py spends 10 ms of CPU on each answer.
/copy/<n>.xml answers with what was PUT there, at once.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from aiohttp import web

LATENCY_S = 0.05
WORDS = (
    "harbour", "council", "minister", "ferry", "strike", "union", "border", "talks", "budget", "storm", "coast",
    "railway", "vote", "court", "appeal", "inquiry", "bridge", "power", "plant", "island", "fishery", "mayor",
    "report", "witness", "police", "fire", "rescue", "school", "hospital",
)  # fmt: skip


class World:
    """How often each feed has changed, and how many requests and 304s there were."""

    def __init__(self) -> None:
        self.changes: dict[str, int] = {}
        self.seen: set[str] = set()
        self.bodies: dict[tuple[str, int, int], bytes] = {}
        self.copies: dict[str, bytes] = {}
        self.requests = self.not_modified = self.unconditional = 0

    def body(self, number: str, entries: int) -> bytes:
        """The feed's bytes: about 600 a piece, a real news feed's median."""
        version = self.changes.get(number, 0)
        key = (number, version, entries)
        if key not in self.bodies:
            self.bodies[key] = _feed(number, version, entries)
        return self.bodies[key]

    async def feed(self, request: web.Request) -> web.Response:
        """One feed, or 304."""
        await asyncio.sleep(LATENCY_S)
        number = request.match_info["number"]
        self.seen.add(number)
        return self._conditional(request, self.body(number, int(request.query.get("entries", 40))))

    def _conditional(self, request: web.Request, body: bytes) -> web.Response:
        self.requests += 1
        self.unconditional += "If-None-Match" not in request.headers
        tag = f'"{hashlib.blake2b(body, digest_size=8).hexdigest()}"'
        if request.headers.get("If-None-Match") == tag:
            self.not_modified += 1
            return web.Response(status=304, headers={"ETag": tag})
        return web.Response(body=body, content_type="application/rss+xml", headers={"ETag": tag})

    async def copy(self, request: web.Request) -> web.Response:
        """A copy of somebody's feed, or its deposit."""
        number = request.match_info["number"]
        if request.method == "PUT":
            self.copies[number] = await request.read()
            return web.Response()
        return self._conditional(request, self.copies[number])

    async def turn(self, request: web.Request) -> web.Response:
        """Let a share of the feeds change."""
        share = float(request.query["changed"])
        for number in sorted(self.seen):
            if random.Random(f"{number} {self.changes.get(number, 0)}").random() < share:
                self.changes[number] = self.changes.get(number, 0) + 1
        return web.Response()

    async def stats(self, _request: web.Request) -> web.Response:
        """What was asked so far."""
        counts = {"requests": self.requests, "not_modified": self.not_modified, "unconditional": self.unconditional}
        return web.json_response(counts)


def _feed(number: str, version: int, entries: int) -> bytes:
    newest = datetime(2026, 3, 1, tzinfo=UTC) + timedelta(hours=version)
    items = []
    for place in range(version, version - entries, -1):
        chance = random.Random(f"{number}/{place}")
        title = " ".join(chance.choices(WORDS, k=9)).capitalize()
        text = " ".join(chance.choices(WORDS, k=45)).capitalize()
        at = newest - timedelta(minutes=20 * (version - place))
        items.append(
            f"<item><title>{title}</title><link>https://outlet{number}.example/{place + 1000}</link>"
            f"<guid isPermaLink='false'>{number}-{place}</guid><pubDate>{format_datetime(at)}</pubDate>"
            f"<description>&lt;p&gt;{text}.&lt;/p&gt;</description></item>"
        )
    head = f"<?xml version='1.0'?><rss version='2.0'><channel><title>Outlet {number}</title>"
    return f"{head}<link>https://outlet{number}.example/</link>{''.join(items)}</channel></rss>".encode()


def main(port: int) -> None:
    """Serve until killed."""
    world = World()
    app = web.Application()
    app.router.add_get(r"/feed/{number:\d+}.xml", world.feed)
    app.router.add_get(r"/copy/{number:\d+}.xml", world.copy)
    app.router.add_put(r"/copy/{number:\d+}.xml", world.copy)
    app.router.add_post("/turn", world.turn)
    app.router.add_get("/stats.json", world.stats)
    web.run_app(app, host="0.0.0.0", port=port, print=None, backlog=1024)


if __name__ == "__main__":
    main(int(sys.argv[1]))
