"""What hostile servers cost: python bench/hostile.py [--only WORD].

Each hostile thing goes through the product's own fetcher and its parser in a child, alone, in a fresh process: how long
it took, how far memory rose (that process and its children, sampled), and the sentence that the feeds page would show.
Then all of them in one batch with ten honest feeds: how long those took. Ends with status 1 if anything took more than
25 s or 100 MB, or if what lies inside was ever asked. Needs Linux, where every 127.x.y.z is an address of its own.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from aiohttp.abc import AbstractResolver, ResolveResult

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import hostile_server
from stories.ingest import fetch, isolated, replies, wire
from stories.ingest.errors import Failure

MOST_S = 25.0
MOST_MB = 100.0
SAMPLE_S = 0.02
# Longer than any of them may take, so that a hang is a row of the table too.
HANG_S = 120.0


@dataclass(frozen=True, slots=True)
class Target:
    """One server: its name, what it serves (feed or page), its address and the exception that lets us in."""

    name: str
    kind: str
    url: str
    endpoint: str


class Rebinding(AbstractResolver):
    """Tells a server's own address the first time and this machine's from then on."""

    first = ""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """One address, another one from the second time on."""
        address, Rebinding.first = Rebinding.first or "127.0.0.1", ""
        return [ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is open."""


# In the child: one process per hostile thing.


def policy(targets: Sequence[Target]) -> fetch.Policy:
    """The product's own limits, and leave to ask these servers."""
    return fetch.Policy(
        user_agent="Firsthand/bench (+https://firsthand.example)", allow=tuple(t.endpoint for t in targets)
    )


def submitted(kind: str, response: fetch.Response) -> Future[Any]:
    """Hand an answer to the parser's child."""
    now = datetime.now(UTC)
    if kind == "page":
        content_type = response.headers.get("content-type", "")
        return isolated.submit_page(response.body, url=response.final_url, content_type=content_type, now=now)
    return isolated.submit_feed(response.body, url=response.final_url, headers=response.headers, now=now)


def sentence(target: Target, response: fetch.Response) -> str:
    """What an operator reads about an answer: the failure's reason, or what was found."""
    if replies.looks_like_challenge(response.headers, response.body[:65536]):
        return f"(as a success) {target.name}: recognised as blocked"
    try:
        found = submitted(target.kind, response).result()
    except Failure as failure:
        return failure.reason
    if target.kind == "page":
        return f"read: an article text of {len(found.text):,} characters"
    first = f", first: {found.entries[0].title[:30]!r}" if found.entries else ""
    entries = "entry" if len(found.entries) == 1 else "entries"
    return f"read: {len(found.entries):,} {entries}{first}"


def asked(target: Target) -> str:
    """Fetch and read one server; a name that rebinds is asked a second time, when it leads inside."""
    accept = fetch.ACCEPT_PAGE if target.kind == "page" else fetch.ACCEPT_FEED
    if "rebinding" in target.url:
        wire.make_resolver = Rebinding
        Rebinding.first = target.endpoint.partition(":")[0]
        fetch.fetch_one(fetch.Request(target.url, accept=accept), policy([target]))
    try:
        return sentence(target, fetch.fetch_one(fetch.Request(target.url, accept=accept), policy([target])))
    except Failure as failure:
        return failure.reason


def together(targets: Sequence[Target]) -> dict[str, float]:
    """All in one batch: seconds until the honest ones were fetched, were read, and until the last hostile one ended."""
    begun = time.perf_counter()
    times = {"fetched": 0.0, "read": 0.0, "all": 0.0}

    def note(name: str, *keys: str) -> None:
        for key in keys:
            if key == "all" or name.startswith("honest"):
                times[key] = max(times[key], time.perf_counter() - begun)

    def read(name: str, _: Future[Any]) -> None:
        note(name, "read", "all")

    pending = []
    requests = [fetch.Request(target.url, accept=fetch.ACCEPT_FEED) for target in targets]
    for index, answer in fetch.fetch_as_done(requests, policy(targets)):
        target = targets[index]
        note(target.name, "fetched", "all")
        if isinstance(answer, fetch.Response):
            future = submitted(target.kind, answer)
            future.add_done_callback(partial(read, target.name))
            pending.append(future)
    for future in pending:
        future.exception()
    return times


def child(job: str, rows: list[dict[str, str]]) -> None:
    """Warm up on an honest feed, say so, wait for the word, do the job, print what came of it."""
    targets = [Target(**row) for row in rows]
    sentence(targets[-1], fetch.fetch_one(fetch.Request(targets[-1].url), policy(targets)))
    print("ready", flush=True)
    sys.stdin.readline()
    begun = time.perf_counter()
    result: Any = asked(targets[0]) if job == "one" else together(targets)
    print(json.dumps({"seconds": time.perf_counter() - begun, "result": result}), flush=True)
    isolated.close()


# In the parent: starts, watches, prints.


def memory_mb(process: psutil.Process) -> float:
    """Resident memory of a process and all below it; pages that they share count for each."""
    total = 0
    for one in [process, *process.children(recursive=True)]:
        try:
            total += one.memory_info().rss
        except psutil.Error:
            continue
    return total / 2**20


def watched(job: str, targets: Sequence[Target]) -> tuple[float, float, Any]:
    """Run a job in a fresh process: seconds, MB risen, and its result."""
    command = [sys.executable, __file__, "--child", job]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin is not None and run.stdout is not None
        hang = threading.Timer(HANG_S, run.kill)
        hang.start()
        run.stdin.write(json.dumps([asdict(target) for target in targets]) + "\n")
        run.stdin.flush()
        run.stdout.readline()
        process = psutil.Process(run.pid)
        before = peak = memory_mb(process)
        lines: list[str] = []
        reader = threading.Thread(target=lambda: lines.append(run.stdout.readline()) if run.stdout else None)
        run.stdin.write("go\n")
        run.stdin.flush()
        reader.start()
        while reader.is_alive():
            peak = max(peak, memory_mb(process))
            reader.join(SAMPLE_S)
        hang.cancel()
    if not lines or not lines[0]:
        return HANG_S, peak - before, "the process hung or died"
    answer = json.loads(lines[0])
    return answer["seconds"], peak - before, answer["result"]


def main(only: str) -> int:
    """Print the table; 0 if all is well."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=hostile_server.serve, args=(theirs,), daemon=True)
    server.start()
    theirs.close()
    try:
        targets = [Target(*row) for row in ours.recv()]
        hostile, honest = targets[: -hostile_server.HONEST], targets[-hostile_server.HONEST :]
        chosen = [target for target in hostile if only in target.name]
        bad = 0
        print(f"{'what':38} {'s':>6} {'MB':>6}  what the operator reads")
        for target in chosen:
            seconds, risen, said = watched("one", [target, honest[0]])
            over = seconds > MOST_S or risen > MOST_MB
            bad += over
            print(f"{target.name:38} {seconds:6.2f} {risen:6.1f}{' !' if over else '  '}{said}", flush=True)
        for label, batch in (
            ("alone", honest),
            ("with all of the above", [*(t for t in chosen if "rebinding" not in t.url), *honest]),
        ):
            _, risen, times = watched("together", batch)
            print(
                f"{len(honest)} honest feeds {label}: fetched after {times['fetched']:.2f} s, read after "
                f"{times['read']:.2f} s; everything ended after {times['all']:.1f} s; {risen:.0f} MB",
                flush=True,
            )
        ours.send("done")
        visitors = ours.recv()
        print(
            f"visits to what lies inside: {len(visitors)}; over {MOST_S:g} s or {MOST_MB:g} MB: {bad} of {len(chosen)}"
        )
        return 1 if bad or visitors else 0
    finally:
        server.kill()
        server.join()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only what has this word in its name")
    parser.add_argument("--child", default="", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child, json.loads(sys.stdin.readline()))
    else:
        sys.exit(main(arguments.only))
