"""How fast people are told: a story with many followers, from its notice to deliveries that wait and that were sent.

    python -m bench.followers [--followers 10000] [--others 20]

On a PostgreSQL and a web server of the bench's own. Each follower has a webhook, which answers at once; `others` follow
a second story, of which there is news in the middle of it all: how long they wait is what the crowd costs them.
"""

from __future__ import annotations

import argparse
import hashlib
import http.server
import json
import statistics
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from bench.polling import database

ROWS = 5_000


def main() -> None:
    """Fill in, tell, send and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--followers", type=int, default=10_000)
    parser.add_argument("--others", type=int, default=20)
    options = parser.parse_args()
    with database(), _hooks() as hooks:
        from django.conf import settings  # noqa: PLC0415

        settings.FETCH_ALLOW = ("127.0.0.0/8",)
        crowd, few = _story("The crowd's"), _story("The others'")
        _follow(crowd, options.followers, "crowd", hooks.address)
        _follow(few, options.others, "other", hooks.address)
        _measure(crowd, few, hooks)


class _Hooks:
    """A web server that notes when each path was asked for; what comes twice is counted."""

    def __init__(self) -> None:
        self.at: dict[str, list[float]] = {}
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                outer.at.setdefault(self.path, []).append(time.perf_counter())
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                return

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> _Hooks:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def _hooks() -> _Hooks:
    return _Hooks()


def _story(title: str) -> Any:
    from stories.models import Article, Outlet, Story, Version  # noqa: PLC0415

    now = datetime.now(UTC)
    outlet = Outlet.objects.create(name=title, slug=hashlib.md5(title.encode()).hexdigest())
    article = Article.objects.create(
        outlet=outlet, url_key=title, title=f"{title} headline", lang="en", first_seen_at=now, reported_at=now
    )
    article.version = Version.objects.create(article=article, hash=title, title=title, text="Some text.", seen_at=now)
    article.save()
    story = Story.objects.create(
        title=title, slug="s", lang="en", headline_of=article, first_at=now, last_at=now, vector=[0.0] * 384
    )
    Article.objects.filter(pk=article.pk).update(story=story)
    return story


def _follow(story: Any, people: int, name: str, address: str) -> None:
    """So many people with a webhook each, who follow the story."""
    from stories.models import DEFAULT_WAKES, Channel, Follow, User  # noqa: PLC0415
    from stories.services.sealing import seal  # noqa: PLC0415

    now = datetime.now(UTC) - timedelta(minutes=1)
    sealed = seal(_secrets())
    for start in range(0, people, ROWS):
        numbers = range(start, min(people, start + ROWS))
        users = User.objects.bulk_create(User(username=f"{name}{n}", email=f"{name}{n}@bench.example") for n in numbers)
        Follow.objects.bulk_create(
            Follow(
                user=user,
                kind="story",
                target=f"story:{story.pk}",
                story=story,
                wakes=list(DEFAULT_WAKES["story"]),
                created_at=now,
            )
            for user in users
        )
        Channel.objects.bulk_create(
            Channel(
                user=user,
                kind="webhook",
                name="bench",
                address=f"{address}/{user.username}",
                key=user.username,
                sealed=sealed,
                heeds_quiet=False,
                created_at=now,
                verified_at=now,
            )
            for user in users
        )


def _secrets() -> str:
    """A webhook's secrets as services.ways keeps them."""
    from stories.channels import webhook  # noqa: PLC0415

    return json.dumps({"secrets": [{"secret": webhook.new_secret(), "until": None}]})


def _notice(story: Any) -> None:
    from stories.models import Notice  # noqa: PLC0415

    now = datetime.now(UTC)
    Notice.objects.create(
        story=story, wake="denied", key=str(now), article=story.headline_of, at=now, noted_at=now, tell_at=now
    )


def _measure(crowd: Any, few: Any, hooks: _Hooks) -> None:
    from stories.models import Delivery  # noqa: PLC0415
    from stories.services import alerting, delivering  # noqa: PLC0415

    def clock() -> datetime:
        return datetime.now(UTC)

    _notice(crowd)
    began = time.perf_counter()
    told = alerting.tell(clock)
    queued = time.perf_counter() - began
    print(f"{told.people} people told, {told.deliveries} deliveries queued in {queued:.2f} s")
    began, noted = time.perf_counter(), None
    while Delivery.objects.filter(state="waiting").exists():
        delivering.deliver(clock)
        if noted is None and len(hooks.at) > told.people // 4:
            _notice(few)
            noted = time.perf_counter()
            alerting.tell(clock)
    took = time.perf_counter() - began
    print(f"{len(hooks.at)} webhooks answered in {took:.1f} s: {len(hooks.at) / took:.0f} a second, by one worker")
    waited = [at[0] - (noted or began) for path, at in hooks.at.items() if path.startswith("/other")]
    if waited:
        print(f"the others waited {statistics.median(waited):.2f} s (median), {max(waited):.2f} s at most")
    print(f"{sum(len(at) > 1 for at in hooks.at.values())} got it twice")


if __name__ == "__main__":
    main()
