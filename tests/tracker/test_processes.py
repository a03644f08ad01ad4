"""Children end with what they started; what a killed supervisor left is found, and nobody else's process is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tracker.processes import Child, Service, StartError, birth, last_words, left_behind, stop, stop_left_behind

# Starts a grandchild that ignores the polite signal, says its number, and waits.
STUBBORN_FAMILY = """
import subprocess, sys, time
ignoring = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
grandchild = subprocess.Popen([sys.executable, "-c", ignoring], stdout=subprocess.PIPE)
grandchild.stdout.readline()
print(grandchild.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def service(tmp_path: Path) -> Callable[[str], Service]:
    records = tmp_path / "run"
    records.mkdir()

    def make(code: str) -> Service:
        command = (str(Path(sys.executable).absolute()), "-c", code)
        return Service("Some", command, tmp_path / "some.log", records, dict(os.environ))

    return make


@pytest.fixture
def family(service: Callable[[str], Service]) -> Iterator[Child]:
    child = Child(service(STUBBORN_FAMILY))
    child.start()
    child.wait_until(lambda: child.service.log.read_text().strip() != "", 20)
    yield child
    stop([child], 0)


def test_stopping_a_child_ends_what_it_started_even_where_that_ignores_the_signal(family: Child) -> None:
    grandchild = psutil.Process(int(family.service.log.read_text()))
    stop([family], 1)
    assert not family.running()
    assert not grandchild.is_running() or grandchild.status() == psutil.STATUS_ZOMBIE
    assert not list(family.service.records.glob("*.json"))


def test_a_child_that_ends_at_once_says_why(service: Callable[[str], Service]) -> None:
    child = Child(service("raise SystemExit('ValueError: the reason')"))
    child.start()
    with pytest.raises(StartError, match="Some stopped while starting: ValueError: the reason"):
        child.wait_until(lambda: False, 20)
    assert "with status 1" in child.ending()


def test_a_child_that_is_never_ready_is_given_up(service: Callable[[str], Service]) -> None:
    child = Child(service("import time; time.sleep(60)"))
    child.start()
    with pytest.raises(StartError, match="was not ready after"):
        child.wait_until(lambda: False, 0.2)
    stop([child], 2)


def test_a_full_disk_is_named_whatever_else_the_log_says(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text('FATAL: could not write file "x": No space left on device\nLOG: shutting down\n')
    assert last_words(log) == "the disk is full (No space left on device)"


def test_the_last_words_are_those_of_this_process_and_not_of_an_earlier_one(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("FATAL: of yesterday\n")
    began = log.stat().st_size
    assert last_words(log, began) == f"it said nothing; see {log}"
    log.write_text("FATAL: of yesterday\nTypeError: of today\nbye\n")
    assert last_words(log, began) == "TypeError: of today"


def test_what_a_killed_supervisor_left_is_ended(family: Child, tmp_path: Path) -> None:
    members = family.members()
    assert len(members) == 2
    assert stop_left_behind(tmp_path / "run", 0.5) == ["some"]
    assert family.process is not None
    family.process.wait(5)
    assert psutil.wait_procs(members, timeout=5)[1] == []


def test_a_grandchild_is_found_when_its_leader_is_dead(family: Child, tmp_path: Path) -> None:
    assert family.process is not None
    os.kill(family.process.pid, signal.SIGKILL)
    family.process.wait()
    grandchild = int(family.service.log.read_text())
    assert [process.pid for process in left_behind(tmp_path / "run")["some"]] == [grandchild]
    stop_left_behind(tmp_path / "run", 0.2)
    assert not psutil.pid_exists(grandchild) or psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE


def test_a_number_that_went_to_another_process_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    record = {"process": other.pid, "birth": "1", "executable": str(Path(sys.executable).resolve()), "stop_signal": 15}
    (tmp_path / "some.json").write_text(json.dumps(record))
    assert stop_left_behind(tmp_path, 0.2) == []
    assert other.poll() is None
    assert not (tmp_path / "some.json").exists()
    other.kill()
    other.wait()


def test_another_program_in_the_session_is_left_alone(tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    record = {"process": other.pid, "birth": birth(other.pid), "executable": "/usr/bin/another", "stop_signal": 15}
    (tmp_path / "some.json").write_text(json.dumps(record))
    assert stop_left_behind(tmp_path, 0.2) == []
    assert other.poll() is None
    other.kill()
    other.wait()


@pytest.mark.parametrize("content", ["", "{}", "[1]", '{"process": 1}', "not json"])
def test_a_broken_record_is_thrown_away(tmp_path: Path, content: str) -> None:
    (tmp_path / "some.json").write_text(content)
    assert left_behind(tmp_path) == {}
    assert not (tmp_path / "some.json").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent's")
def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    code = f"""
import os, sys, time
from pathlib import Path
from tracker.processes import Child, Service
python, here = str(Path(sys.executable).absolute()), Path({str(tmp_path)!r})
child = Child(Service("Some", (python, "-c", "import time; time.sleep(60)"), here / "log", here, dict(os.environ)))
child.start()
time.sleep(1)
print(child.process.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = psutil.Process(int(parent.stdout.readline()))
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 10
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
