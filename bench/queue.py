"""What a decision in the review queue costs: the server's time, and from the key to the next question on screen.

    python -m bench.queue [--questions 70] [--open 2000]

So many questions of every kind in turn, worked through by key in a real Chromium (CHROMIUM names it, else the one on
the path), accepting and rejecting by turns, with so many more open behind them. On a PostgreSQL of the bench's own; the
server is Django's handler in a thread of this process. A person's reading is not in it: the next key is pressed as soon
as the page takes it.
"""

from __future__ import annotations

import argparse
import importlib
import os
import shutil
import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

from bench.polling import database

ADDRESS = "/admin/stories/doubt/queue/"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
# From the key's own event to the second frame behind the swap: by then the next question is painted.
WATCH = """() => {
  window.took = [];
  let pressed = 0, shown = document.querySelector("[data-question]")?.dataset.question;
  addEventListener("keydown", () => { pressed = performance.now(); }, true);
  new MutationObserver(() => {
    const now = document.querySelector("[data-question]")?.dataset.question;
    if (now === shown) return;
    shown = now;
    requestAnimationFrame(() => requestAnimationFrame(() => { window.took.push(performance.now() - pressed); }));
  }).observe(document.getElementById("queue-work"), { childList: true, subtree: true });
}"""


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


def main() -> None:
    """Fill in, work through, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=70)
    parser.add_argument("--open", type=int, default=2000)
    options = parser.parse_args()
    # Playwright's loop runs in the thread that fills and checks the database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with database():
        kinds = _fill(options.questions, options.open)
        spent: list[float] = []
        with _server(spent) as base:
            took = _work(base, options.questions)
        _check(options.questions, options.open)
    _say("server, decision and next question", spent)
    by_kind: dict[str, list[float]] = defaultdict(list)
    for kind, ms in zip(kinds, spent, strict=False):
        by_kind[kind].append(ms)
    for kind, times in by_kind.items():
        _say(f"   {kind}", times)
    _say("key pressed to next question on screen", took)


def _fill(questions: int, more: int) -> list[str]:
    """The questions, most urgent first, and those behind them; the kinds in order."""
    from django.utils import timezone  # noqa: PLC0415

    from stories.models import Doubt  # noqa: PLC0415

    queued = importlib.import_module("tests.queued")
    now = timezone.now()
    rows = queued.doubts(questions, now)
    first, second = queued.story(9001, now), queued.story(9002, now)
    Doubt.objects.bulk_create(
        Doubt(
            key=f"bench:{n}",
            act="merge",
            story=first,
            other=second,
            probability=0.5,
            priority=0.9 - n / (more + 1),
            reasons=["3 shared names"],
            found_at=now - timedelta(minutes=n),
        )
        for n in range(more)
    )
    return [doubt.act for doubt in rows]


@contextmanager
def _server(spent: list[float]) -> Iterator[str]:
    """The product behind an address of its own; what each decision takes is added to `spent`, in milliseconds."""
    from django.core.servers.basehttp import ThreadedWSGIServer  # noqa: PLC0415

    from tracker.wsgi import application  # noqa: PLC0415

    def timed(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        began = time.perf_counter()
        answer = application(environ, start)
        if environ["REQUEST_METHOD"] == "POST":
            spent.append((time.perf_counter() - began) * 1000)
        return answer

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(timed)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def _work(base: str, questions: int) -> list[float]:
    """Answer all of them by key; how long each took on screen, in milliseconds."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    from stories.models import User  # noqa: PLC0415

    client = Client()
    client.force_login(User.objects.create_user("bench@isles.example", is_staff=True))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": base}])
        page = context.new_page()
        page.goto(base + ADDRESS)
        page.evaluate(WATCH)
        for number in range(questions):
            page.wait_for_selector("#queue-work[data-ready]")
            page.keyboard.press("ar"[(number // 7 + number) % 2])
            while len(page.evaluate("window.took")) <= number:
                page.wait_for_timeout(5)
        took: list[float] = page.evaluate("window.took")
        browser.close()
    return took


def _check(questions: int, more: int) -> None:
    """Every key has answered one question, and none besides."""
    from stories.models import Doubt, DoubtState  # noqa: PLC0415

    still = Doubt.objects.filter(state=DoubtState.OPEN).count()
    assert still == more, f"{still} of {questions + more} are open"


def _say(what: str, times: Sequence[float]) -> None:
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
    print(
        f"{what}: median {statistics.median(ordered):.0f} ms, p95 {p95:.0f}, max {ordered[-1]:.0f} (of {len(ordered)})"
    )


if __name__ == "__main__":
    main()
