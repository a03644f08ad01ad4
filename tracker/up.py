"""`manage.py up`: its command line, its checks and its end; and the same servers for any other manage.py command.

The order here is the order of what a person would want to hear first: is it running already, is the port free, is there
room, are the servers that were named there. Only then does anything start.
"""

from __future__ import annotations

import argparse
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final
from urllib.parse import urlsplit

from tracker import preflight, running
from tracker.console import say
from tracker.processes import StartError, stop_left_behind
from tracker.supervisor import Supervisor

LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
LEFT_BEHIND_S: Final = 5.0
TOKEN_BYTES: Final = 18


class StopAsked(BaseException):
    """Ctrl-C or SIGTERM. Not an Exception: nothing on the way may swallow it."""


@dataclass(frozen=True, slots=True)
class Options:
    """The command line of `up`."""

    host: str = "127.0.0.1"
    port: int = 8000
    demo: bool = False
    worker: bool = True

    @property
    def address(self) -> str:
        """Where a person on this machine finds the web server."""
        near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        return f"http://[{near}]:{self.port}" if ":" in near else f"http://{near}:{self.port}"


def options(arguments: list[str]) -> Options:
    """Reads the command line of `up`; exits with argparse's own message where it is wrong."""
    parser = argparse.ArgumentParser(prog="manage.py up", description="Start Firsthand; Ctrl-C stops it.")
    parser.add_argument("--host", default=Options().host, help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=Options().port, help="the port to listen on (%(default)s)")
    parser.add_argument("--demo", action="store_true", help="load the demo world once the server answers")
    parser.add_argument("--no-worker", dest="worker", action="store_false", help="pages only: nothing is polled")
    return Options(**vars(parser.parse_args(arguments)))


def environment(chosen: Options, var: Path, given: Mapping[str, str]) -> dict[str, str]:
    """What the children see: what was given, and for the rest what suits one machine."""
    names = [urlsplit(given.get("PUBLIC_URL") or chosen.address).hostname or chosen.host, chosen.host, *LOOPBACK]
    made = {
        "VAR_DIR": str(var),
        "SECRET_KEY": given.get("SECRET_KEY") or running.secret_key(var),
        "SETUP_TOKEN": secrets.token_urlsafe(TOKEN_BYTES),
        "PUBLIC_URL": chosen.address,
        "ALLOWED_HOSTS": ",".join(dict.fromkeys(f"[{name}]" if ":" in name else name for name in names)),
        # The demo world is served by this very server and polled like any other; nobody outside is shown it.
        "FETCH_ALLOW": chosen.address.removeprefix("http://"),
        "DEMO_WORLD": "1" if chosen.host in LOOPBACK else "0",
    }
    return made | {name: value for name, value in given.items() if value or name not in made}


def main(arguments: list[str]) -> int:
    """Runs until Ctrl-C or SIGTERM. Exit status: 0, 1 where it could not start, 2 for the command line or the port."""
    chosen = options(arguments)
    try:
        var = running.var_directory()
        running.prepare(var)
        lock = running.Lock(var)
        if not lock.take():
            return _beside(lock.holder(), chosen)
        try:
            return _run(chosen, var, lock)
        finally:
            lock.release()
    except StartError as error:
        sys.stderr.write(f"Firsthand cannot start: {error}\n")
        return error.status


def _run(chosen: Options, var: Path, lock: running.Lock) -> int:
    left = stop_left_behind(var / "run", LEFT_BEHIND_S)
    if left:
        say(f"Ended what an earlier run left: {', '.join(left)}")
    env = environment(chosen, var, os.environ)
    _check(chosen, var, env)
    say(f"Firsthand is starting; Ctrl-C stops it. Logs are in {var / 'log'}")
    began = time.monotonic()
    supervisor = Supervisor(var, env)
    endings = [signal.SIGINT, signal.SIGTERM]
    # Under nohup the console's end is to be outlived.
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        endings.append(signal.SIGHUP)
    for number in endings:
        signal.signal(number, _stop_asked)
    try:
        supervisor.start_servers()
        accounts = supervisor.prepare()
        supervisor.start_web(chosen.host, chosen.port)
        if chosen.worker:
            supervisor.start_workers()
        lock.announce("Firsthand", env["PUBLIC_URL"], env)
        say(f"Ready after {time.monotonic() - began:.1f} s: {env['PUBLIC_URL']}")
        if not accounts:
            say(f"No account yet. Make the first at {env['PUBLIC_URL']}/setup/?token={env['SETUP_TOKEN']}")
        if chosen.demo:
            supervisor.start_demo()
        supervisor.watch()
    except StopAsked:
        say("Stopping.")
        began = time.monotonic()
    finally:
        for number in endings:
            signal.signal(number, signal.SIG_IGN)
        supervisor.stop()
    say(f"Stopped in {time.monotonic() - began:.1f} s.")
    return 0


def _check(chosen: Options, var: Path, env: Mapping[str, str]) -> None:
    """Everything that can be known before the first child starts."""
    preflight.port(chosen.host, chosen.port)
    preflight.disk(var)
    if env.get("DATABASE_URL"):
        preflight.database(env["DATABASE_URL"])
    if env.get("REDIS_URL"):
        preflight.broker(env["REDIS_URL"])


def _stop_asked(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  the signature of a handler
    raise StopAsked


def _beside(holder: running.Holder | None, chosen: Options) -> int:
    """What a second `up` does: says where the first is, and gives that one the demo world if asked to."""
    if holder is None:
        raise StartError("another start is under way on the same var directory")
    if not holder.address:
        raise StartError(f"{holder.what} (process {holder.process}) is using the database; try again when it has ended")
    say(f"Firsthand is running already at {holder.address} (process {holder.process}).")
    if not chosen.demo:
        return 0
    command = [sys.executable, str(running.ROOT / "manage.py"), "demo"]
    return subprocess.run(command, env=holder.environment, check=False).returncode  # noqa: S603


@contextmanager
def reachable(what: str) -> Iterator[None]:
    """The environment of a manage.py command: as given, or that of the running system, or servers of its own meanwhile.

    Raises StartError where none of these can be had.
    """
    var = running.var_directory()
    if os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL") and os.environ.get("SECRET_KEY"):
        yield
        return
    running.prepare(var)
    lock = running.Lock(var)
    if not lock.take():
        holder = lock.holder()
        if holder is None:
            raise StartError("Firsthand is just starting on the same var directory; try again in a moment")
        os.environ.update({name: value for name, value in holder.environment.items() if not os.environ.get(name)})
        yield
        return
    env = environment(Options(), var, os.environ)
    supervisor = Supervisor(var, env)
    try:
        stop_left_behind(var / "run", LEFT_BEHIND_S)
        preflight.disk(var)
        supervisor.start_servers(quiet=True)
        lock.announce(what, "", env)
        os.environ.update(env)
        yield
    finally:
        supervisor.stop()
        lock.release()
