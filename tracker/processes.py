"""Child processes of `manage.py up`: how they start and end, and how what a killed supervisor left is found.

Every child leads a session of its own, so a Ctrl-C at the console reaches the supervisor alone, and what a child starts
is found again by its session. A record under var/run names each leader and its birth.
It refuses to signal a process that it cannot tell to be ours, and it knows nothing of databases or Django.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from tracker import privileges

TICK = 0.05
# With less than this free, a program that died without a word could not write one.
NO_SPACE_BYTES = 1024 * 1024


class StartError(Exception):
    """Why the system does not start: one line for the person at the console, and the exit status that goes with it."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True)
class Service:
    """A program to run: what, how it is asked to stop, where it writes, and as whom where we are root."""

    name: str
    command: tuple[str, ...]
    log: Path
    records: Path
    environment: Mapping[str, str]
    stop_signal: signal.Signals = signal.SIGTERM
    account: str = privileges.NO_ACCOUNT
    directory: Path | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What tells a process from a later one of the same number: its birth and its executable."""

    process: int
    birth: str
    executable: str
    stop_signal: int


def birth(process: int) -> str:
    """When a process began, in the kernel's own count, which a change of the clock does not touch; "" if it is gone."""
    try:
        # proc(5): field 22, counted after the name, which may hold spaces and brackets.
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        pass
    try:
        return str(psutil.Process(process).create_time())
    except psutil.Error:
        return ""


class Child:
    """One service, running or dead; `start` again after a death makes a new process."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.log_began = 0

    def start(self) -> None:
        """Starts the program in a session of its own and writes its record. The caller must live in its main thread."""
        service = self.service
        line = privileges.command(
            service.command,
            ends_with_parent=service.stop_signal,
            account=service.account,
            directory=service.directory,
        )
        with service.log.open("ab") as log:
            self.log_began = log.tell()
            self.process = subprocess.Popen(  # noqa: S603  our own command lines
                line,
                env=dict(service.environment),
                cwd=service.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started_at = time.monotonic()
        executable = str(Path(service.command[0]).resolve())
        record = Record(self.process.pid, birth(self.process.pid), executable, int(service.stop_signal))
        # On a full disk it runs without one: only after a kill of the supervisor would it be missed.
        with contextlib.suppress(OSError):
            _record_path(service).write_text(json.dumps(asdict(record)))

    def running(self) -> bool:
        """Whether the leader lives; reaps it if not."""
        return self.process is not None and self.process.poll() is None

    def succeeded(self) -> bool:
        """Whether it has ended, and well."""
        return self.process is not None and self.process.poll() == 0

    def ending(self) -> str:
        """How a dead child ended; its last words where it ended of itself, for a killed one had none about it."""
        status = self.process.poll() if self.process else None
        if status is not None and status < 0:
            return f"ended by signal {-status}"
        return f"ended with status {status}: {self.last_words()}"

    def last_words(self) -> str:
        """What this process, not an earlier one, said last in its log."""
        return last_words(self.service.log, self.log_began)

    def end_orphans(self) -> None:
        """Kills what a dead leader has left in its session."""
        _kill(self.members())

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Returns once `ready()`; raises StartError, with the log's last line, when the child dies or time runs out."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.running():
                raise StartError(f"{self.service.name} stopped while starting: {self.last_words()}")
            if time.monotonic() > deadline:
                raise StartError(f"{self.service.name} was not ready after {seconds:.0f} s; see {self.service.log}")
            time.sleep(TICK)

    def members(self) -> list[psutil.Process]:
        """The leader and what it started, as far as they live."""
        return _session(self.process.pid) if self.process else []


def _record_path(service: Service) -> Path:
    return service.records / f"{service.name.lower()}.json"


def last_words(log: Path, began: int = 0) -> str:
    """What a program that died said about it, from byte `began` of its log: its last error, else its last line."""
    lines: list[str] = []
    with contextlib.suppress(OSError), log.open("rb") as file:
        file.seek(began)
        lines = [line for line in file.read().decode(errors="replace").splitlines()[-40:] if line.strip()]
    full = any("No space left on device" in line for line in lines)
    if full or (not lines and shutil.disk_usage(log.parent).free < NO_SPACE_BYTES):
        return "the disk is full (No space left on device)"
    errors = [line for line in lines if "FATAL" in line or "rror" in line]
    return (errors or lines or [f"it said nothing; see {log}"])[-1].strip()[:300]


def _session(leader: int) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        # A process that ended in between, or a zombie, is not a member.
        with contextlib.suppress(psutil.Error, ProcessLookupError, PermissionError):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def stop(children: Iterable[Child], seconds: float) -> list[str]:
    """Asks all to stop, waits `seconds` in all, then kills the rest of their sessions; names those it had to kill."""
    alive = [child for child in children if child.process is not None]
    for child in alive:
        if child.running() and child.process:
            child.process.send_signal(child.service.stop_signal)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(child.running() for child in alive):
        time.sleep(TICK)
    killed = [child.service.name for child in alive if child.running()]
    for child in alive:
        _kill(child.members())
        if child.process:
            child.process.wait()
        _record_path(child.service).unlink(missing_ok=True)
    return killed


def _kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(processes, timeout=2)


def left_behind(records: Path) -> dict[str, list[psutil.Process]]:
    """By service name: the living processes of a supervisor that was killed. Removes records that name nobody."""
    found = {}
    for path in sorted(records.glob("*.json")):
        try:
            record = Record(**json.loads(path.read_text()))
        except (ValueError, TypeError):
            path.unlink()
            continue
        processes = _still_ours(record)
        if processes:
            found[path.stem] = processes
        else:
            path.unlink()
    return found


def _still_ours(record: Record) -> list[psutil.Process]:
    """The record's session, unless its number has gone to another process since.

    A number stays taken while any member of the session lives, so a leader with another birth means that ours are gone.
    """
    if psutil.pid_exists(record.process) and birth(record.process) != record.birth:
        return []
    ours = []
    for process in _session(record.process):
        with contextlib.suppress(psutil.Error):
            if str(Path(process.exe()).resolve()) == record.executable:
                ours.append(process)
    return ours


def stop_left_behind(records: Path, seconds: float) -> list[str]:
    """Ends what a killed supervisor left, each with its own signal, killing after `seconds`; returns the names."""
    found = left_behind(records)
    everyone = [process for processes in found.values() for process in processes]
    for name, processes in found.items():
        record = Record(**json.loads((records / f"{name}.json").read_text()))
        leaders = [process for process in processes if process.pid == record.process] or processes
        for process in leaders:
            with contextlib.suppress(psutil.Error):
                process.send_signal(record.stop_signal)
    _, stubborn = psutil.wait_procs(everyone, timeout=seconds)
    _kill(stubborn)
    for name in found:
        (records / f"{name}.json").unlink(missing_ok=True)
    return sorted(found)
