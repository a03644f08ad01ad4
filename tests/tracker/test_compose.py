"""docker-compose.yml: valid to the tool that reads it, complete, and without a secret."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tracker.supervisor import WORKERS

ROOT = Path(__file__).resolve().parents[2]
FILE = ROOT / "docker-compose.yml"


def compose() -> list[str]:
    """The tool, as a plugin of docker or a program of its own."""
    plugin = (
        subprocess.run(["docker", "compose", "version"], capture_output=True, check=False) if _has("docker") else None
    )
    if plugin and plugin.returncode == 0:
        return ["docker", "compose"]
    if _has("docker-compose"):
        return ["docker-compose"]
    if os.environ.get("CI"):
        pytest.fail("CI has neither `docker compose` nor `docker-compose`; .ci/run installs it")
    pytest.skip("neither `docker compose` nor `docker-compose` is installed here")


def _has(program: str) -> bool:
    return shutil.which(program) is not None


def settled(folder: Path, **values: str) -> subprocess.CompletedProcess[str]:
    """What the tool makes of the file beside an .env that sets these values and has the example's others."""
    lines = (ROOT / ".env.example").read_text().splitlines()
    filled = [next((f"{n}={v}" for n, v in values.items() if line == f"{n}="), line) for line in lines]
    (folder / ".env").write_text("\n".join(filled))
    shutil.copy(FILE, folder)
    clean = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run([*compose(), "config"], cwd=folder, env=clean, capture_output=True, text=True, check=False)


def services() -> dict[str, Any]:
    loaded = yaml.safe_load(FILE.read_text())["services"]
    assert isinstance(loaded, dict)
    return loaded


def test_the_tool_accepts_it_and_fills_in_the_secrets(tmp_path: Path) -> None:
    done = settled(tmp_path, SECRET_KEY="k" * 60, POSTGRES_PASSWORD="p4ss")
    assert done.returncode == 0, done.stderr
    web = yaml.safe_load(done.stdout)["services"]["web"]
    assert web["environment"]["DATABASE_URL"] == "postgres://firsthand:p4ss@postgres:5432/firsthand"
    assert web["environment"]["BEHIND_PROXY"] == "1"


def test_a_missing_secret_is_named(tmp_path: Path) -> None:
    done = settled(tmp_path, POSTGRES_PASSWORD="p4ss")
    assert done.returncode != 0
    assert "set SECRET_KEY in .env" in done.stderr


def test_no_secret_stands_in_the_file() -> None:
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        values = re.findall(rf"{name}: (.*)", FILE.read_text())
        assert values
        assert all(value.startswith("${" + name + ":?") for value in values)


def test_every_queue_has_a_worker_and_grouping_has_one_process() -> None:
    commands = [service.get("command", "") for service in services().values()]
    workers = [command for command in commands if " worker " in command]
    assert {re.findall(r"--queues (\S+)", command)[0] for command in workers} == set(
        ",".join(queues for queues, _ in WORKERS.values()).split(",")
    )
    assert "--concurrency 1 " in next(command for command in workers if "--queues group" in command)


def test_everything_that_lasts_is_watched_and_nothing_starts_before_the_migrations() -> None:
    for name, service in services().items():
        if name != "migrate":
            assert service["healthcheck"]["test"], name
        if name not in ("migrate", "postgres", "valkey"):
            assert service["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}
    broker = services()["valkey"]["command"]
    assert "--appendonly yes" in broker
    assert "--maxmemory-policy noeviction" in broker
