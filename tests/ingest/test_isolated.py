"""Parsing in a child that can be killed: same results, bounded harm, and nothing left behind."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import billiard
import pytest

from stories.ingest import extract, feeds, isolated, isolated_child, opml
from stories.ingest.errors import Permanent, Temporary
from stories.ingest.replies import Blocked

URL = "https://herald.example/feed.xml"
FEED = b"<rss><channel><title>The Herald</title><item><title>One</title><guid>1</guid></item></channel></rss>"
# Many elements and one entry: some five seconds' work.
SLOW = b"<rss><channel><item>" + b"<b>x</b>" * 600_000 + b"</item></channel></rss>"
PAGE = (
    b"<html><body><article><h1>Bridge</h1>"
    + b"<p>%s</p>" % (b"The old bridge was closed. " * 20)
    + b"</article></body></html>"
)
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def one_child() -> Iterator[None]:
    isolated.close()
    yield
    isolated.close()


@pytest.fixture
def read(now: datetime):  # type: ignore[no-untyped-def]
    return lambda body, **headers: isolated.feed(body, url=URL, headers=headers, now=now)


@pytest.fixture
def submit(now: datetime):  # type: ignore[no-untyped-def]
    return lambda body: isolated.submit_feed(body, url=URL, headers={}, now=now)


def child_pid() -> int:
    queue = isolated._here.queue
    assert queue is not None and queue.child is not None
    return queue.child.pid


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def ends(pid: int, seconds: float = 8) -> bool:
    deadline = time.monotonic() + seconds
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not is_running(pid)


def test_what_comes_back_is_what_the_parsers_say(read, now: datetime) -> None:  # type: ignore[no-untyped-def]
    assert read(FEED) == feeds.parse(FEED, url=URL, now=now)
    page = isolated.page(PAGE, url=URL, content_type="text/html", now=now)
    assert page == extract.extract(PAGE, url=URL, content_type="text/html", now=now)
    assert "The old bridge was closed." in page.text


def test_failures_keep_their_kind_and_their_words(read, now: datetime) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Permanent, match="answers with a web page"):
        read(b"<html></html>")
    with pytest.raises(Permanent, match="no article text"):
        isolated.page(b"<html><body>short</body></html>", url=URL, now=now)
    check = b"<html><head><title>Just a moment...</title></head><body><script>_cf_chl_opt</script></body></html>"
    with pytest.raises(Blocked, match=r"herald\.example blocked us") as blocked:
        read(check)
    assert (blocked.value.status, blocked.value.retry_after_s) == (200, None)


def test_a_poison_ends_in_time_and_its_neighbours_are_read(submit, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    before = submit(FEED)
    assert before.result().title == "The Herald"
    first = child_pid()
    monkeypatch.setattr(isolated, "FEED_SECONDS", 1.0)
    futures = [submit(FEED), submit(SLOW), submit(FEED), submit(SLOW), submit(FEED)]
    started = time.monotonic()
    for future in (futures[1], futures[3]):
        with pytest.raises(Permanent, match=r"The feed could not be read within 1 s"):
            future.result()
    assert time.monotonic() - started < 20
    assert [futures[number].result().title for number in (0, 2, 4)] == ["The Herald"] * 3
    assert child_pid() != first
    assert ends(first)


def test_a_page_made_to_be_slow_ends_in_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "PAGE_SECONDS", 1.0)
    slow = (
        b"<html><body><article><p " + b" ".join(b'a%d="1"' % number for number in range(300_000)) + b">x</p></article>"
    )
    with pytest.raises(Permanent, match=r"The page could not be read within 1 s"):
        isolated.page(slow, url=URL, now=now)
    # A second is little for a child that begins anew while others work.
    monkeypatch.undo()
    assert isolated.page(PAGE, url=URL, now=now).lang == "en"


def test_lists_of_feeds_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(isolated, "LIST_SECONDS", 1.0)
    lists = '<opml><body><outline text="a" xmlUrl="https://a.example/" {}/></body></opml>'
    assert isolated.outlines(lists.format("").encode()) == opml.read(lists.format("").encode())
    with pytest.raises(Permanent, match="not OPML"):
        isolated.outlines(b"x")
    with pytest.raises(Permanent, match=r"The list could not be read within 1 s"):
        isolated.outlines(lists.format(" ".join(f'a{number}="1"' for number in range(150_000))).encode())


def test_the_alarm_comes_even_if_this_thread_blocks_it(submit, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(isolated, "FEED_SECONDS", 1.0)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM, signal.SIGTERM})
    try:
        future = submit(SLOW)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    with pytest.raises(Permanent, match="within 1 s"):
        future.result(timeout=20)


def test_memory_is_bounded(read) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(Permanent, match="The feed takes more memory to read than a feed may"):
        read(b'{"version": "https://jsonfeed.org/version/1", "items": [' + b'{"a":1},' * 3_000_000 + b"0]}")
    assert read(FEED).title == "The Herald"


def test_a_killed_child_is_no_verdict_on_the_feed(submit, read) -> None:  # type: ignore[no-untyped-def]
    read(FEED)
    future = submit(SLOW)
    time.sleep(0.2)
    os.kill(child_pid(), signal.SIGKILL)
    with pytest.raises(Temporary, match="interrupted"):
        future.result()
    os.kill(child_pid_after(read), signal.SIGTERM)
    with pytest.raises(Temporary, match="interrupted"):
        read(SLOW)
    assert read(FEED).title == "The Herald"


def child_pid_after(read) -> int:  # type: ignore[no-untyped-def]
    read(FEED)
    return child_pid()


def test_a_crash_of_the_parser_is_one(submit, read) -> None:  # type: ignore[no-untyped-def]
    read(FEED)
    future = submit(SLOW)
    time.sleep(0.2)
    os.kill(child_pid(), signal.SIGSEGV)
    with pytest.raises(Permanent, match="it makes the parser fail"):
        future.result()
    assert read(FEED).title == "The Herald"


def test_interruptions_from_the_terminal_are_for_the_parent(read) -> None:  # type: ignore[no-untyped-def]
    pid = child_pid_after(read)
    os.kill(pid, signal.SIGINT)
    assert read(FEED).title == "The Herald"
    assert child_pid() == pid
    assert os.getsid(pid) != os.getsid(0)


def test_a_child_retires_after_a_while(submit) -> None:  # type: ignore[no-untyped-def]
    first = child_pid_after(lambda body: submit(body).result())
    futures = [submit(FEED) for _ in range(2001)]
    assert {future.result().title for future in futures} == {"The Herald"}
    assert child_pid() != first
    assert ends(first)


def test_libraries_count_as_no_growth(read, now: datetime) -> None:  # type: ignore[no-untyped-def]
    first = child_pid_after(read)
    for _ in range(3):
        isolated.page(PAGE, url=URL, now=now)
    assert child_pid_after(read) == first


def test_closing_ends_the_child_and_cancels_what_waits(submit, read) -> None:  # type: ignore[no-untyped-def]
    pid = child_pid_after(read)
    working, waiting = submit(SLOW), submit(FEED)
    time.sleep(0.2)
    isolated.close()
    assert waiting.cancelled()
    with pytest.raises(Temporary):
        working.result(timeout=5)
    assert ends(pid)
    assert read(FEED).title == "The Herald"


def test_the_child_is_told_no_secrets_and_imports_no_django(read, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SECRET_KEY", "not-for-children")
    pid = child_pid_after(read)
    assert b"not-for-children" not in Path(f"/proc/{pid}/environ").read_bytes()
    assert "Max core file size        0 " in Path(f"/proc/{pid}/limits").read_text()
    code = "import sys, stories.ingest.isolated_main, stories.ingest.feeds; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


HOST = """
import os, sys, time
from datetime import UTC, datetime
from stories.ingest import isolated
isolated.FEED_SECONDS = 60
feed = {"url": "https://a.example/", "headers": {}, "now": datetime(2026, 2, 18, tzinfo=UTC)}
isolated.feed(b"<rss><channel><title>x</title></channel></rss>", **feed)
if sys.argv[1] == "busy":
    isolated.submit_feed(b"<rss><channel><item>" + b"<b>x</b>" * 3000000, **feed)
elif sys.argv[1] == "forked" and not os.fork():
    time.sleep(20)  # holds on to whatever it inherited
    os._exit(0)
time.sleep(0.3)
print(isolated._here.queue.child.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("state", ["idle", "busy", "forked"])
def test_the_child_dies_with_its_parent_whatever_happens(state: str) -> None:
    command = [sys.executable, "-c", HOST, state]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, start_new_session=True) as host:
        assert host.stdout is not None
        pid = int(host.stdout.readline())
        assert is_running(pid)
        os.kill(host.pid, signal.SIGKILL)
        host.wait()
        gone = ends(pid)
        if state == "forked":
            os.killpg(host.pid, signal.SIGKILL)
    assert gone


def _in_another_process(pipe, now: datetime) -> None:  # type: ignore[no-untyped-def]
    feed = isolated.feed(FEED, url=URL, headers={}, now=now)
    pipe.send((feed.title, os.getpid(), child_pid()))
    pipe.recv()
    os._exit(0)


def test_celerys_own_kind_of_process_gets_a_child_of_its_own(read, now: datetime) -> None:  # type: ignore[no-untyped-def]
    ours = child_pid_after(read)
    here, there = billiard.Pipe()
    process = billiard.Process(target=_in_another_process, args=(there, now))
    process.daemon = True  # as Celery's pool starts them; the standard library lets such a process start no other
    process.start()
    assert here.poll(20)
    title, pid, theirs = here.recv()
    assert title == "The Herald"
    assert theirs != ours and pid != os.getpid()
    assert read(FEED).title == "The Herald" and child_pid() == ours
    here.send("enough")
    process.join(10)
    assert ends(theirs)
    assert is_running(ours)


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/false"])
def test_a_child_that_cannot_start_is_a_reason_to_try_again(read, monkeypatch: pytest.MonkeyPatch, python: str) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "executable", python)
    with pytest.raises(Temporary, match="process that reads feeds"):
        read(FEED)
    monkeypatch.undo()
    assert read(FEED).title == "The Herald"


class Evil:
    def __reduce__(self):  # type: ignore[no-untyped-def]
        return os.system, ("true",)


@pytest.mark.parametrize("answer", [("result", Evil()), ("failure", Evil, {}), ("result", subprocess.Popen)])
def test_a_child_that_was_taken_over_can_hand_back_no_code(answer: object) -> None:
    work = isolated_child.Work("feed", 1, b"", {})
    with pytest.raises(pickle.UnpicklingError):
        isolated_child.Child.value(work, pickle.dumps(answer))


def test_a_fault_of_ours_is_a_sentence_too() -> None:
    work = isolated_child.Work("page", 1, b"", {})
    with pytest.raises(Permanent, match=r"The page could not be read \(TypeError\)"):
        isolated_child.Child.value(work, pickle.dumps(("fault", "TypeError", "its trace")))
