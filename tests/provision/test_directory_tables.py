"""The table that Postfix and Dovecot read, in SQLite and in PostgreSQL: the same promises."""

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from provision.letters import mailbox
from pydantic import SecretStr
from servers.postgres import Postgres

from postroom.model.errors import Refused, Unavailable
from postroom.provision import sqlite_table
from postroom.provision.directory import DirectoryProvisioner
from postroom.provision.directory_table import TABLE, DirectoryTable, Row, ssha512
from postroom.provision.postgres_table import PostgresTable
from postroom.provision.sqlite_table import SqliteTable

ADA = "ada@agents.test"
posix = pytest.mark.skipif(os.name != "posix", reason="only on POSIX: modes of files")


@dataclass
class Watched:
    """A table, and how to see what is in it from outside."""

    table: DirectoryTable
    ask: Callable[[str], list[tuple[Any, ...]]]

    def rows(self) -> list[tuple[Any, ...]]:
        return self.ask(f"SELECT address, password, active, quota_mb FROM {TABLE}")


def in_sqlite(path: Path) -> Watched:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        con = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
        try:
            return con.execute(sql).fetchall()
        finally:
            con.close()

    return Watched(SqliteTable(path), ask)


def in_postgres(server: Postgres) -> Watched:
    made = server.directory()

    def ask(sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(
            server.conninfo(made.database["database"], made.database["user"])
        ) as con:
            return con.execute(sql.encode()).fetchall()

    return Watched(made.table, ask)


@pytest.fixture(params=["sqlite", "postgresql"])
def watched(request: pytest.FixtureRequest, tmp_path: Path) -> Watched:
    if request.param == "sqlite":
        return in_sqlite(tmp_path / "directory.db")
    return in_postgres(request.getfixturevalue("postgres"))


async def test_provisioning_twice_is_provisioning_once(watched: Watched) -> None:
    provisioner = DirectoryProvisioner("agents.test", watched.table, quota_mb=50)
    for _ in range(2):
        await provisioner.provision(mailbox(ADA, "secret"))
    [(address, password, active, quota)] = watched.rows()
    assert (address, active, quota) == (ADA, 1, 50)
    assert password.startswith("{SSHA512}")
    assert "secret" not in password


async def test_a_retired_mailbox_keeps_its_password_and_can_come_back(watched: Watched) -> None:
    provisioner = DirectoryProvisioner("agents.test", watched.table)
    await provisioner.provision(mailbox(ADA, "old"))
    [(_, before, _, _)] = watched.rows()
    await provisioner.retire(ADA)
    assert watched.rows() == [(ADA, before, 0, 0)]
    await provisioner.provision(mailbox(ADA, "new"))
    [(_, after, active, _)] = watched.rows()
    assert active == 1
    assert after != before


async def test_several_mailboxes_are_provisioned_retired_and_removed_together(
    watched: Watched,
) -> None:
    provisioner = DirectoryProvisioner("agents.test", watched.table)
    await provisioner.provision(mailbox(ADA, "a"), mailbox("ben@agents.test", "b"))
    assert [(row[0], row[2]) for row in watched.rows()] == [(ADA, 1), ("ben@agents.test", 1)]
    await provisioner.retire(ADA, "ben@agents.test")
    assert [row[2] for row in watched.rows()] == [0, 0]
    await provisioner.remove(ADA, "ben@agents.test")
    assert watched.rows() == []


def test_where_one_of_several_rows_is_refused_none_is_written(watched: Watched) -> None:
    nothing: Any = None
    watched.table.put(Row("cam@agents.test", "z"))
    with pytest.raises(Refused):
        watched.table.put(Row(ADA, "x"), Row("ben@agents.test", nothing))
    assert [row[0] for row in watched.rows()] == ["cam@agents.test"]


async def test_what_is_not_there_can_be_retired_and_removed(watched: Watched) -> None:
    provisioner = DirectoryProvisioner("agents.test", watched.table)
    await provisioner.provision(mailbox(ADA, "secret"))
    await provisioner.retire("ben@agents.test")
    await provisioner.remove("ben@agents.test")
    await provisioner.remove(ADA)
    await provisioner.remove(ADA)
    assert watched.rows() == []


def test_a_rehearsal_leaves_no_trace(watched: Watched) -> None:
    watched.table.put(Row(ADA, "x"))
    before = watched.rows()
    watched.table.rehearse()
    assert watched.rows() == before


def test_values_are_values_whatever_they_hold(watched: Watched) -> None:
    odd = "o'brien\"; DROP TABLE x;--%(address)s:address@agents.test"
    watched.table.put(Row(odd, "{SSHA512}'%s"))
    assert watched.rows() == [(odd, "{SSHA512}'%s", 1, 0)]


def test_a_hash_shows_no_password_and_is_never_the_same() -> None:
    assert ssha512(SecretStr("a")) != ssha512(SecretStr("a"))
    assert "{SSHA512}x" not in repr(Row(ADA, "{SSHA512}x"))


def test_dovecot_knows_the_hash(dovecot: object) -> None:
    for password in ("abc", "with space and 'quote' and Ünïcode", "x" * 200):
        checked = subprocess.run(
            ["doveadm", "pw", "-t", ssha512(SecretStr(password)), "-p", password],
            capture_output=True,
            check=False,
            timeout=30,
        )
        assert b"(verified)" in checked.stdout, checked.stderr


# -- SQLite


@posix
def test_the_file_is_readable_by_its_group_and_by_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "directory.db"
    old = os.umask(0)
    try:
        SqliteTable(path).prepare()
    finally:
        os.umask(old)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


@posix
def test_the_file_takes_the_group_of_a_folder_that_hands_it_on(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        os.chown(tmp_path, -1, 8)
    tmp_path.chmod(0o2750)
    SqliteTable(tmp_path / "directory.db").prepare()
    assert (tmp_path / "directory.db").stat().st_gid == tmp_path.stat().st_gid


@posix
def test_a_group_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as error:
        SqliteTable(tmp_path / "directory.db", group="no-such-group").prepare()
    assert error.value.code == "no_such_group"
    assert not (tmp_path / "directory.db").exists()


def test_the_file_keeps_a_rollback_journal(tmp_path: Path) -> None:
    path = tmp_path / "directory.db"
    before = sqlite3.connect(path)
    before.execute("PRAGMA journal_mode = WAL")
    before.close()
    watched = in_sqlite(path)
    watched.table.put(Row(ADA, "x"))
    assert watched.ask("PRAGMA journal_mode") == [("delete",)]
    assert [file.name for file in tmp_path.iterdir()] == ["directory.db"]


def test_a_change_waits_for_who_holds_the_file_and_then_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = in_sqlite(tmp_path / "directory.db")
    watched.table.put(Row(ADA, "x"))
    holder = sqlite3.connect(
        tmp_path / "directory.db", isolation_level=None, check_same_thread=False
    )
    holder.execute("BEGIN EXCLUSIVE")
    later = threading.Timer(0.3, lambda: holder.execute("COMMIT"))
    later.start()
    watched.table.put(Row(ADA, "y"))
    later.join()

    monkeypatch.setattr(sqlite_table, "PATIENCE_SECONDS", 0.05)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Unavailable) as error:
        watched.table.put(Row(ADA, "z"))
    holder.execute("COMMIT")
    holder.close()
    assert error.value.code == "directory_unreachable"
    assert "locked" in error.value.message


def test_a_change_that_a_crash_cut_short_is_undone_at_the_next_start(tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    in_sqlite(before / "directory.db").table.put(Row(ADA, "x"))
    dying = sqlite3.connect(before / "directory.db", isolation_level=None)
    dying.execute("PRAGMA cache_size = 1")  # so that half of the change is in the file already
    dying.execute("BEGIN")
    for number in range(500):
        dying.execute(f"INSERT INTO {TABLE} (address, password) VALUES ({number}, 'y')")
    shutil.copytree(before, after)
    dying.close()
    assert (after / "directory.db-journal").exists()

    watched = in_sqlite(after / "directory.db")
    SqliteTable(after / "directory.db").prepare()
    assert watched.rows() == [(ADA, "x", 1, 0)]
    assert not (after / "directory.db-journal").exists()


def test_a_rehearsal_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(Unavailable) as error:
        SqliteTable(tmp_path / "directory.db").rehearse()
    assert error.value.code == "directory_not_made"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = tmp_path / "none" / "directory.db"
    with pytest.raises(Unavailable) as error:
        SqliteTable(path).put(Row(ADA, "x"))
    assert str(path) in error.value.message


# -- PostgreSQL (its faults: test_postgres_faults.py)


def test_without_the_driver_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(Unavailable) as error:
        PostgresTable("").put(Row(ADA, "x"))
    assert error.value.code == "postgres_support_missing"
    assert "postroom[postgres]" in error.value.next_step
