"""A real Chromium for the tests of this folder, and pages that note everything they should not do.

The browser lives for this package only: Playwright's event loop must be gone before other tests start one of their own.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, sync_playwright

from tests.browser.world import World, build
from tests.readonce import read_once

__all__ = ["read_once"]

# Root has no sandbox; the rest keeps Chromium from calling home, which no test here may do.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Visit:
    """A browser page, and what it complained of or asked other hosts for."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        self.page.goto(self.base + address)
        return self.page

    def note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(f"{self.page.url}: {message.text}")


# Debian's Chromium without its windows, in a quarter of the time, and the whole of it.
SHELL, WHOLE = ("chromium-headless-shell",), ("chromium", "chromium-browser")


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright's loop, of which a thread has one."""
    with pytest.MonkeyPatch.context() as patch:
        # It runs in this thread, and Django would take each query here for one inside a coroutine.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as it:
            yield it


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium, of the lighter kind where that is installed. That shows no notifications: whoever needs them takes WHOLE."""
    yield from launched(playwright, *SHELL, *WHOLE)


def launched(playwright: Playwright, *programs: str) -> Iterator[Browser]:
    """The first of these programs that is here, or the one that is named in CHROMIUM.

    Without any, CI fails and others skip.
    """
    executable = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, programs)), None)
    if executable is None:
        reason = "no Chromium here: install it, or name it in CHROMIUM"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    chromium = playwright.chromium.launch(executable_path=executable, args=FLAGS)
    yield chromium
    chromium.close()


@pytest.fixture
def world(browser: Browser, transactional_db: None) -> World:
    """Rows enough for every page. Asks for the browser first: it lifts Django's guard."""
    return build()


@pytest.fixture
def visit(browser: Browser, live_server) -> Iterator[Callable[..., Visit]]:
    """Opens a fresh, signed-out browser page; the test fails if any of them did what no page may do."""
    visits: list[Visit] = []

    def start(width: int = 1280, scheme: str = "light", *, script: bool = True) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        context.set_default_timeout(15_000)
        one = Visit(context.new_page(), live_server.url)
        one.page.on("console", one.note)
        one.page.on("pageerror", lambda error: one.complaints.append(f"{one.page.url}: {error}"))
        one.page.on("request", lambda request: _foreign(one, request.url))
        visits.append(one)
        return one

    yield start
    for one in visits:
        one.page.context.close()
    assert [complaint for one in visits for complaint in one.complaints] == []


def _foreign(one: Visit, url: str) -> None:
    if not url.startswith((one.base + "/", "data:")):
        one.complaints.append(f"{one.page.url} asked for {url}")


def tab_to(page: Page, name: str, limit: int = 80) -> None:
    """Press Tab until the element with this text has the focus."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()").startswith(name):
            return
    pytest.fail(f"no “{name}” within {limit} tabs")
