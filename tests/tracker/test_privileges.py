"""Root hands PostgreSQL to an account that exists, with no more rights than the way to the checkout needs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tracker import privileges

linux_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="only root on Linux hands a program to another account"
)
# What a process may do (proc(5)): the account, and the capabilities in force.
STATUS = ("/usr/bin/env", "grep", "-E", "^(Uid|Groups|CapEff|CapAmb)", "/proc/self/status")
READ_SEARCH = f"{1 << privileges.CAP_DAC_READ_SEARCH:016x}"
NOTHING = f"{0:016x}"


def started(program: tuple[str, ...], account: str, directory: Path) -> subprocess.CompletedProcess[str]:
    line = privileges.command(program, ends_with_parent=signal.SIGTERM, account=account, directory=directory)
    return subprocess.run(line, capture_output=True, text=True, check=False, cwd="/")


def status(output: str) -> dict[str, list[str]]:
    return {name: values.split() for name, _, values in (line.partition(":") for line in output.splitlines())}


@linux_root
def test_an_account_that_can_reach_its_directory_keeps_no_right_of_root() -> None:
    fields = status(started(STATUS, "nobody", Path("/")).stdout)
    assert "0" not in fields["Uid"]
    assert "0" not in fields["Groups"]
    assert fields["CapEff"] == fields["CapAmb"] == [NOTHING]


@linux_root
def test_a_closed_directory_on_the_way_costs_the_right_to_pass_directories_and_no_other(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (inside := closed / "inside").mkdir(parents=True)
    closed.chmod(0o700)
    fields = status(started(STATUS, "nobody", inside).stdout)
    assert "0" not in fields["Uid"]
    assert fields["CapEff"] == fields["CapAmb"] == [READ_SEARCH]
    assert closed.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_uid == 0


@linux_root
def test_without_that_right_the_line_says_what_to_do(tmp_path: Path) -> None:
    setpriv = shutil.which("setpriv")
    assert setpriv, "util-linux is part of every Linux that has root tests"
    (closed := tmp_path / "closed").mkdir(mode=0o700)
    line = privileges.command(STATUS, ends_with_parent=signal.SIGTERM, account="nobody", directory=closed)
    weak = [setpriv, "--bounding-set=-dac_read_search,-dac_override", *line]
    # setpriv becomes the launcher itself, so the parent that the line names is still this process.
    refused = subprocess.run(weak, capture_output=True, text=True, check=False, cwd="/")
    assert refused.returncode == privileges.CANNOT_START
    assert f"the account nobody cannot reach {closed}" in refused.stderr
    assert "set DATABASE_URL" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_program_that_is_not_there_is_one_line() -> None:
    refused = started(("/no/such/program",), privileges.NO_ACCOUNT, Path("/"))
    assert refused.returncode == privileges.CANNOT_START
    assert refused.stderr == "cannot start /no/such/program: No such file or directory\n"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ties a child's life to its parent's")
def test_a_child_whose_parent_died_before_it_could_ask_does_not_start() -> None:
    line = privileges.command(STATUS, ends_with_parent=signal.SIGTERM)
    line[line.index(str(os.getpid()))] = "1" if os.getppid() != 1 else "2"
    refused = subprocess.run(line, capture_output=True, text=True, check=False)
    assert refused.returncode == privileges.CANNOT_START
    assert refused.stderr == "the supervisor is gone\n"
