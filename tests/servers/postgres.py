"""A PostgreSQL of the tests' own, in a folder and on a port of its own."""

import os
import secrets
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from servers.daemons import LOOPBACK, end, free_ports, listens, open_folder, run, until

from postroom.provision.postfix_dovecot.options import host_options
from postroom.provision.postfix_dovecot.render import render
from postroom.provision.postgres_table import PostgresTable

OWNER, READER = "postroom", "mailhost"


@dataclass(frozen=True)
class Directory:
    """A fresh database with the printed table in it: how Postroom writes, and how servers read."""

    table: PostgresTable
    database: dict[str, Any]
    """What `HostOptions.database` is for it."""


@dataclass(frozen=True)
class Postgres:
    port: int
    password: str

    def conninfo(self, database: str = "postgres", user: str = "postgres") -> str:
        return (
            f"host={LOOPBACK} port={self.port} dbname={database} user={user}"
            f" password={self.password}"
        )

    def directory(self) -> Directory:
        """A new database, made with the SQL that `postroom provision print` writes."""
        name = f"mail_{secrets.token_hex(4)}"
        with psycopg.connect(self.conninfo(), autocommit=True) as con:
            con.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER)
                )
            )
        database = {
            "kind": "postgresql",
            "host": LOOPBACK,
            "port": self.port,
            "database": name,
            "user": READER,
            "password": self.password,
        }
        printed = render(host_options(domain=["agents.test"], database=database))["directory.sql"]
        with psycopg.connect(self.conninfo(name, OWNER)) as con:
            con.execute(printed.encode())
        return Directory(PostgresTable(self.conninfo(name, OWNER)), database)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A server with an owner of tables and a reader; skips where PostgreSQL is absent."""
    programs = _programs()
    with open_folder() as folder:
        server = Postgres(free_ports(1)[0], secrets.token_hex(12))
        data = _initialised(programs, folder, server.password)
        try:
            _start(programs, folder, data, server)
            _make_roles(server)
            yield server
        finally:
            end(data / "postmaster.pid", signal.SIGINT)  # it waits for no client


def _programs() -> Path:
    """Where Debian has the newest server; it keeps each version in a folder of its own."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    plain = shutil.which("initdb")
    if not found and plain is None:
        pytest.skip("PostgreSQL is not installed: make servers")
    return found[-1].parent if found else Path(str(plain)).parent


def _user() -> str | None:
    """PostgreSQL refuses to run as root; Debian has a user for it."""
    return "postgres" if os.geteuid() == 0 else None


def _initialised(programs: Path, folder: Path, password: str) -> Path:
    secret = folder / "password"
    secret.write_text(password)
    if user := _user():
        shutil.chown(folder, user)
    run(
        programs / "initdb",
        *("--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256"),
        *("--encoding=UTF8", "--no-locale", "-D", folder / "data"),
        user=_user(),
    )
    return folder / "data"


def _start(programs: Path, folder: Path, data: Path, server: Postgres) -> None:
    log = folder / "postgres.log"
    settings = f"-c listen_addresses={LOOPBACK} -p {server.port} -k {folder}"
    run(programs / "pg_ctl", "-D", data, "-w", "-l", log, "-o", settings, "start", user=_user())
    until(lambda: listens(server.port), "PostgreSQL does not listen")


def _make_roles(server: Postgres) -> None:
    with psycopg.connect(server.conninfo(), autocommit=True) as con:
        for role in (OWNER, READER):
            con.execute(
                sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(
                    sql.Identifier(role), sql.Literal(server.password)
                )
            )
