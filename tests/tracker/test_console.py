"""What of the children's logs reaches the console, and how large they get."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.console import Step, Tail, say


def test_only_what_is_new_and_serious_is_said(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_text("ERROR before the start\n")
    tail = Tail("Web", log)
    with log.open("a") as out:
        out.write("INFO all is well\nWARNING the disk fills\nERROR half a li")
    assert tail.news() == ["WARNING the disk fills"]
    with log.open("a") as out:
        out.write("ne\nERROR half a line\nINFO\n")
    assert tail.news() == ["ERROR half a line"]
    assert tail.news() == []


@pytest.mark.parametrize(
    "line",
    [
        "# WARNING Memory overcommit must be enabled! Without it, ...",
        "2026-11-22 12:00:00,000 WARNING django.request: Not Found: /favicon.ico",
    ],
)
def test_what_nobody_needs_to_act_on_is_not_said(tmp_path: Path, line: str) -> None:
    tail = Tail("Web", tmp_path / "log")
    (tmp_path / "log").write_text(f"{line}\n")
    assert tail.news() == []


def test_a_command_is_quoted_whole(tmp_path: Path) -> None:
    tail = Tail("Demo", tmp_path / "log", everything=True)
    (tmp_path / "log").write_text("8 outlets\n\n40 articles\n")
    assert tail.news() == ["8 outlets", "40 articles"]


def test_a_log_that_grew_too_large_is_moved_aside_and_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    with log.open("ab") as writer:
        tail = Tail("Web", log)
        writer.write(b"ERROR one\n" * 100)
        writer.flush()
        tail.bound(largest=500)
        writer.write(b"ERROR two\n")
        writer.flush()
        assert log.read_bytes() == b"ERROR two\n"
        assert (tmp_path / "web.log.1").read_bytes() == b"ERROR one\n" * 100
        assert tail.news() == ["ERROR two"]


def test_a_log_that_is_not_there_yet_is_empty(tmp_path: Path) -> None:
    tail = Tail("Web", tmp_path / "none.log")
    tail.bound()
    assert tail.news() == []


def test_a_step_is_one_line_with_its_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    Step("Web").done()
    Step("Web", quiet=True).done()
    say("x" * 1000)
    step, long = capsys.readouterr().out.splitlines()
    assert step.split() == ["Web", "0.0", "s"]
    assert len(long) == 240
