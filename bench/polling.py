"""How fast feeds are polled: fetched, parsed, stored; in the production code, on a database of the bench's own.

    python bench/polling.py feeds [--feeds 2000] [--entries 40] [--per-host 2] [--processes 2]
        feeds of bench/feedserver.py (50 ms latency): all new, then 70 % answering 304, then 304 alone
    python bench/polling.py opml URL [--newsboat] [--copy]
        the feeds of an OPML list, twice; the same with newsboat beside it, where that is installed; with --copy their
        bodies are served by bench/feedserver.py, where the list's own server is what takes the time

The pollers are started beforehand, as workers are; each takes some two seconds for that.

Figures: seconds, feeds a second, CPU seconds of the pollers (parsers included), of PostgreSQL, and of the server asked.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

PORT = 8977
NEWSBOAT_THREADS = 32


def work() -> None:
    """One poller: batches until nothing is due any more; prints what it used."""
    import resource  # noqa: PLC0415

    import django  # noqa: PLC0415

    django.setup()
    from django.db import connection  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stories.ingest import isolated  # noqa: PLC0415
    from stories.models import Feed  # noqa: PLC0415
    from stories.services import polling  # noqa: PLC0415

    connection.ensure_connection()
    print("ready", flush=True)
    sys.stdin.readline()
    feeds = found = 0
    began = timezone.now()
    while True:
        polled = polling.poll(timezone.now)
        feeds, found = feeds + polled.feeds, found + polled.found
        if not polled.feeds and not polled.more:
            if not Feed.objects.filter(active=True, next_poll_at__lte=began).exists():
                break
            time.sleep(0.05)
    isolated.close()
    cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(json.dumps({"feeds": feeds, "found": found, "cpu": cpu, "peak_mb": peak}))


def poll_all(label: str, processes: int, server: int) -> float:
    """Make every feed due and let the pollers run; prints one line, returns the seconds."""
    import psutil  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from stories.models import Feed, Host  # noqa: PLC0415

    Feed.objects.update(next_poll_at=timezone.now(), turn_at=None)
    Host.objects.update(next_start_at=None)
    workers = [_poller() for _ in range(processes)]
    before = sum(psutil.Process(server).cpu_times()[:2]), _cpu(_postgres())
    started = time.perf_counter()
    reports = [json.loads(out.splitlines()[-1]) for out in _run(workers)]
    took = time.perf_counter() - started
    feeds, cpu = sum(r["feeds"] for r in reports), sum(r["cpu"] for r in reports)
    served = sum(psutil.Process(server).cpu_times()[:2]) - before[0]
    print(
        f"{label:28} {took:6.1f} s {feeds:6d} feeds {sum(r['found'] for r in reports):7d} new "
        f"{feeds / took:6.0f} feeds/s; CPU: pollers {cpu:5.1f} s ({feeds / cpu:4.0f} feeds per CPU s), "
        f"PostgreSQL {_cpu(_postgres()) - before[1]:5.1f} s, server {served:5.1f} s; "
        f"peak {max(r['peak_mb'] for r in reports):4.0f} MB a poller",
        flush=True,
    )
    return took


def _poller() -> subprocess.Popen[str]:
    """A poller that waits for its word."""
    command = [sys.executable, __file__, "work"]
    poller = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if poller.stdout is not None:
        poller.stdout.readline()
    return poller


def _run(pollers: Sequence[subprocess.Popen[str]]) -> list[str]:
    """Let them all go; what each printed at its end."""
    for poller in pollers:
        if poller.stdin is not None:
            poller.stdin.write("go\n")
            poller.stdin.flush()
    return [poller.communicate()[0] for poller in pollers]


def _postgres() -> list[Any]:
    import psutil  # noqa: PLC0415

    return [p for p in psutil.process_iter(["name"]) if (p.info["name"] or "").startswith("postgres")]


def _cpu(processes: Sequence[Any]) -> float:
    """CPU seconds of processes and of those of their children that have ended."""
    import psutil  # noqa: PLC0415

    total = 0.0
    for process in processes:
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.Error:
            continue
    return total


@contextmanager
def database() -> Iterator[None]:
    """An empty database and broker of the bench's own, with Django ready."""
    folder = tempfile.mkdtemp(prefix="firsthand-bench-")
    Path(folder).chmod(0o711)
    os.environ.update(VAR_DIR=folder, FETCH_ALLOW="127.0.0.0/8", LOG_LEVEL="WARNING", STATIC_MANIFEST="0")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
    from tracker import up  # noqa: PLC0415

    try:
        with up.reachable("a bench"):
            import django  # noqa: PLC0415

            django.setup()
            from django.core.management import call_command  # noqa: PLC0415

            call_command("migrate", verbosity=0)
            yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def subscribe(urls: Sequence[str]) -> None:
    """A feed and an outlet for each address."""
    from django.utils import timezone  # noqa: PLC0415

    from stories.models import Feed, Outlet  # noqa: PLC0415

    outlets = Outlet.objects.bulk_create(Outlet(name=f"Outlet {n}", slug=f"outlet-{n}") for n in range(len(urls)))
    Feed.objects.bulk_create(
        Feed(outlet=outlet, url=url, next_poll_at=timezone.now()) for outlet, url in zip(outlets, urls, strict=True)
    )


def feeds(arguments: argparse.Namespace) -> None:
    """Feeds of our own server: cold, 70 % unchanged, unchanged."""
    server = subprocess.Popen([sys.executable, str(ROOT / "bench" / "feedserver.py"), str(PORT)])
    try:
        with database():
            hosts = max(1, arguments.feeds // arguments.per_host)
            path = f"{PORT}/feed/%d.xml?entries={arguments.entries}"
            subscribe([f"http://{_loopback(n % hosts)}:{path % n}" for n in range(arguments.feeds)])
            poll_all(f"all new, {arguments.entries} entries each", arguments.processes, server.pid)
            _post("/turn?changed=0.3")
            poll_all("70 % not modified", arguments.processes, server.pid)
            poll_all("all not modified", arguments.processes, server.pid)
            print(urllib.request.urlopen(f"http://127.0.0.1:{PORT}/stats.json").read().decode())
    finally:
        server.kill()
        server.wait()


def _loopback(number: int) -> str:
    """One of the addresses of 127.0.0.0/8, a host of its own to whoever asks."""
    return f"127.{1 + number // 62500}.{number // 250 % 250}.{1 + number % 250}"


def _post(path: str) -> None:
    urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{PORT}{path}", method="POST")).read()


def opml(arguments: argparse.Namespace) -> None:
    """The feeds of a list, twice with us and, if wanted, twice with newsboat before and after."""
    from stories.ingest import opml as lists  # noqa: PLC0415

    urls = [o.feed_url for o in lists.read(urllib.request.urlopen(arguments.url).read())]
    if arguments.copy:
        with _copies(urls) as (urls, arguments.server):
            _twice(urls, arguments)
    else:
        _twice(urls, arguments)
    shutil.rmtree(_newsboat_home(), ignore_errors=True)


@contextmanager
def _copies(urls: Sequence[str]) -> Iterator[tuple[list[str], int]]:
    """The same feeds at the same hosts from a server of ours, and its process."""
    server = subprocess.Popen([sys.executable, str(ROOT / "bench" / "feedserver.py"), str(PORT)])
    try:
        time.sleep(2)
        copies = []
        for number, url in enumerate(urls):
            copy = f"http://{urlsplit(url).hostname}:{PORT}/copy/{number}.xml"
            body = urllib.request.urlopen(url).read()
            urllib.request.urlopen(urllib.request.Request(copy, data=body, method="PUT")).read()
            copies.append(copy)
        yield copies, server.pid
    finally:
        server.kill()
        server.wait()


def _twice(urls: Sequence[str], arguments: argparse.Namespace) -> None:
    with database():
        subscribe(urls)
        for label in ("Firsthand, first time", "Firsthand, second time"):
            if arguments.newsboat:
                _newsboat(urls, label)
            poll_all(label, arguments.processes, arguments.server or os.getpid())


def _newsboat_home() -> Path:
    return Path(tempfile.gettempdir()) / f"firsthand-newsboat-{os.getpid()}"


def _newsboat(urls: Sequence[str], label: str) -> None:
    home = _newsboat_home()
    home.mkdir(exist_ok=True)
    (home / "urls").write_text("\n".join(urls) + "\n")
    (home / "config").write_text(f"reload-threads {NEWSBOAT_THREADS}\n")
    started = time.perf_counter()
    files = {"-u": "urls", "-c": "cache.db", "-C": "config"}
    command = ["newsboat", "-x", "reload", *(part for flag, name in files.items() for part in (flag, str(home / name)))]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(f"{label.replace('Firsthand', 'newsboat'):28} {time.perf_counter() - started:6.1f} s", flush=True)


def main() -> None:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["feeds", "opml", "work"])
    parser.add_argument("url", nargs="?", default="")
    parser.add_argument("--feeds", type=int, default=2000)
    parser.add_argument("--entries", type=int, default=40)
    parser.add_argument("--per-host", type=int, default=2)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--newsboat", action="store_true")
    parser.add_argument("--copy", action="store_true")
    parser.add_argument("--server", type=int, default=0, help="process of the server asked, for its CPU seconds")
    arguments = parser.parse_args()
    if arguments.what == "work":
        work()
    else:
        {"feeds": feeds, "opml": opml}[arguments.what](arguments)


if __name__ == "__main__":
    main()
