"""Servers of our own: where their sockets go, who may connect, and what is in their way."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tracker.embedded import (
    LONGEST_SOCKET_PATH,
    POSTGRES_SOCKET,
    PostgreSQL,
    Valkey,
    drop_socket_directories,
    socket_directory,
)
from tracker.processes import Child, StartError, stop

SECONDS = 60.0


@pytest.fixture
def var(tmp_path: Path) -> Path:
    for name in ("run", "log"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def short(tmp_path: Path) -> Iterator[None]:
    """Whatever goes to a short directory is removed again."""
    yield
    for folder in {note.parent for note in tmp_path.rglob("*.socket")}:
        drop_socket_directories(folder)


def test_a_socket_lies_beside_its_data_where_the_path_is_short(tmp_path: Path) -> None:
    assert socket_directory(tmp_path, "s", tmp_path / "note") == tmp_path
    assert not (tmp_path / "note").exists()


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize("name", ["x" * LONGEST_SOCKET_PATH, "a b", "one,two", "ärger"])
def test_a_path_that_is_too_long_or_needs_quoting_gets_a_private_directory_that_stays(
    tmp_path: Path, name: str
) -> None:
    (deep := tmp_path / name).mkdir()
    note = tmp_path / "x.socket"
    found = socket_directory(deep, POSTGRES_SOCKET, note)
    assert found != deep
    assert len(os.fsencode(found / POSTGRES_SOCKET)) <= LONGEST_SOCKET_PATH
    assert stat.S_IMODE(found.stat().st_mode) == 0o700
    assert socket_directory(deep, POSTGRES_SOCKET, note) == found
    drop_socket_directories(tmp_path)
    assert not found.exists()
    assert not note.exists()


@pytest.mark.usefixtures("short")
def test_a_remembered_directory_that_others_may_enter_is_not_used(tmp_path: Path) -> None:
    (deep := tmp_path / ("x" * LONGEST_SOCKET_PATH)).mkdir()
    (foreign := tmp_path / "foreign").mkdir()
    foreign.chmod(0o777)
    (note := tmp_path / "x.socket").write_text(str(foreign))
    assert socket_directory(deep, POSTGRES_SOCKET, note) != foreign


def test_files_of_another_kind_are_not_overwritten(var: Path) -> None:
    (var / "postgres").mkdir()
    (var / "postgres" / "diary.txt").write_text("mine")
    with pytest.raises(StartError, match="is in the way and holds no database"):
        PostgreSQL(var, os.environ, durable=False).prepare()
    assert (var / "postgres" / "diary.txt").read_text() == "mine"


def test_a_cluster_of_another_release_is_named_and_left_as_it_is(var: Path) -> None:
    (var / "postgres").mkdir()
    (var / "postgres" / "PG_VERSION").write_text("9\n")
    with pytest.raises(StartError, match="was made by PostgreSQL 9 and this is"):
        PostgreSQL(var, os.environ, durable=False).prepare()


@pytest.mark.usefixtures("short")
def test_a_deep_checkout_that_nobody_else_may_enter(tmp_path: Path) -> None:
    """As root this is the case where PostgreSQL's account cannot pass the directories above its data."""
    var = tmp_path / "closed" / ("deep " * 20)
    for name in ("run", "log"):
        (var / name).mkdir(parents=True)
    (tmp_path / "closed").chmod(0o700)
    database, broker = PostgreSQL(var, os.environ, durable=False), Valkey(var, os.environ, durable=False)
    assert database.prepare()
    broker.prepare()
    servers: list[PostgreSQL | Valkey] = [database, broker]
    children = [Child(server.service()) for server in servers]
    try:
        for child, server in zip(children, servers, strict=True):
            child.start()
            child.wait_until(server.ready, SECONDS)
        database.create()
        database.create()
        _check_roles(database.url)
    finally:
        assert stop(children, 10) == []
    assert stat.S_IMODE((tmp_path / "closed").stat().st_mode) == 0o700
    assert not database.prepare()


def _check_roles(url: str) -> None:
    with psycopg.connect(url) as connection:
        superuser = connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone()
        assert superuser == (False,)
        names = {name for (name,) in connection.execute("SELECT extname FROM pg_extension")}
        assert names >= {"vector", "pg_trgm", "unaccent"}
        folded = connection.execute("SELECT lower('ÄRGER'), unaccent('é')").fetchone()
        assert folded == ("ärger", "e")


def test_only_the_account_that_started_it_is_let_in(var: Path) -> None:
    database = PostgreSQL(var, os.environ, durable=False)
    database.prepare()
    rules = (database.data / "pg_hba.conf").read_text()
    assert rules == "local all postgres,firsthand peer map=up\n"
    assert {line.split()[2] for line in (database.data / "pg_ident.conf").read_text().splitlines()} == {
        "postgres",
        "firsthand",
    }
