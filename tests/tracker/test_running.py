"""The var directory: one holder at a time, secrets for its owner alone."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tracker import running
from tracker.processes import StartError


def test_one_process_holds_the_directory_and_others_learn_who(tmp_path: Path) -> None:
    running.prepare(tmp_path)
    first, second = running.Lock(tmp_path), running.Lock(tmp_path)
    assert first.take()
    assert not second.take()
    assert second.holder() is None
    first.announce("Firsthand", "http://127.0.0.1:8000", {"SECRET_KEY": "k"})
    assert stat.S_IMODE((tmp_path / "run" / "holder").stat().st_mode) == 0o600
    holder = second.holder()
    assert holder == running.Holder(os.getpid(), "Firsthand", "http://127.0.0.1:8000", {"SECRET_KEY": "k"})
    first.release()
    assert second.take()
    assert second.holder() is None
    second.release()


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    running.prepare(tmp_path)
    code = f"""
import sys, time
from pathlib import Path
from tracker.running import Lock
lock = Lock(Path({str(tmp_path)!r}))
print(lock.take(), flush=True)
lock.announce("Firsthand", "http://127.0.0.1:1", {{}})
print("announced", flush=True)
time.sleep(60)
"""
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert other.stdout is not None
    assert [other.stdout.readline().strip() for _ in range(2)] == ["True", "announced"]
    lock = running.Lock(tmp_path)
    assert not lock.take()
    other.kill()
    other.wait()
    assert lock.take()
    # What the dead one announced is gone with it.
    assert lock.holder() is None
    lock.release()


def test_the_secret_key_is_made_once_for_the_owner_alone(tmp_path: Path) -> None:
    key = running.secret_key(tmp_path)
    assert len(key) >= 50
    assert running.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_a_var_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("")
    with pytest.raises(StartError, match=r"cannot use .*/var: File exists; set VAR_DIR"):
        running.prepare(tmp_path / "var")


def test_a_var_that_may_not_be_read_is_one_line(tmp_path: Path) -> None:
    (closed := tmp_path / "var").mkdir(mode=0o500)
    # Root may read everything, so where the tests run as root another account is asked, its packages loaded before.
    code = f"""
import os
from pathlib import Path
from tracker import running
if os.geteuid() == 0:
    os.setuid(65534)
running.prepare(Path({str(closed)!r}))
"""
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "StartError: cannot use" in said.stderr
    assert "Permission denied; set VAR_DIR" in said.stderr


def test_var_is_in_the_checkout_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    assert running.var_directory() == tmp_path
    monkeypatch.setenv("VAR_DIR", "")
    assert running.var_directory() == running.ROOT / "var"
