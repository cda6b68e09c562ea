"""What is told of a PostgreSQL that cannot be had: each fault by its name, and never a secret."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from provision.silent_postgres import SilentPostgres, Stage, silent_postgres
from servers.postgres import Postgres

from postroom.model.errors import Refused, Unavailable
from postroom.provision import postgres_table
from postroom.provision.directory_table import TABLE, Row
from postroom.provision.postgres_table import PostgresTable

ADA = "ada@agents.test"
SECRET = "very-secret"


def fault(conninfo: str) -> Unavailable:
    """What is said of it, in each of the ways in which it is asked."""
    table = PostgresTable(conninfo)
    found = []
    asked: list[Callable[[], None]] = [lambda: table.put(Row(ADA, "x")), table.prepare]
    for ask in [*asked, table.rehearse]:
        with pytest.raises(Unavailable) as error:
            ask()
        assert SECRET not in f"{error.value!s}{error.value!r}{table!r}"
        assert error.value.next_step
        found.append(error.value)
    assert len({error.code for error in found}) == 1
    return found[0]


def test_a_connection_that_is_refused_is_told() -> None:
    told = fault(f"host=127.0.0.1 port=1 dbname=mail user=me password={SECRET}")
    assert told.code == "directory_unreachable"
    assert "refused" in told.message


def test_a_host_without_an_address_is_told() -> None:
    told = fault(f"host=none.invalid dbname=mail user=me password={SECRET}")
    assert told.code == "directory_unreachable"
    assert "no address" in told.message


def test_a_socket_that_is_not_there_is_told() -> None:
    told = fault(f"host=/nowhere dbname=mail user=me password={SECRET}")
    assert "no socket" in told.message


def test_a_connection_string_that_is_none_is_told_without_a_word_of_it() -> None:
    for conninfo in (SECRET, f"passwort={SECRET}", f"host=127.0.0.1 port={SECRET}"):
        assert fault(conninfo).code == "directory_conninfo_malformed"


def test_a_wrong_password_and_none_are_told(postgres: Postgres) -> None:
    for wrong in (SECRET, "''"):
        told = fault(postgres.conninfo().replace(postgres.password, wrong))
        assert told.code == "directory_login_refused"
        assert "SQLSTATE 28" in told.message


def test_a_role_that_is_not_there_is_told(postgres: Postgres) -> None:
    assert fault(postgres.conninfo(user="nobody")).code == "directory_login_refused"


def test_a_database_that_is_not_there_is_told(postgres: Postgres) -> None:
    told = fault(postgres.conninfo("nowhere"))
    assert told.code == "directory_database_missing"
    assert "SQLSTATE 3D000" in told.message


def test_a_table_that_is_not_there_leads_to_the_printed_sql(postgres: Postgres) -> None:
    told = fault(postgres.conninfo())
    assert told.code == "directory_table_missing"
    assert "Run the directory.sql" in told.next_step


def test_who_only_reads_is_told_to_name_the_owner(postgres: Postgres) -> None:
    made = postgres.directory()
    told = fault(postgres.conninfo(made.database["database"], made.database["user"]))
    assert told.code == "directory_not_writable"
    assert "owns the table" in told.next_step


def test_tls_that_is_wanted_and_not_there_is_told(postgres: Postgres) -> None:
    assert fault(f"{postgres.conninfo()} sslmode=require").code == "directory_untrusted"


def test_a_database_that_is_read_only_is_told(postgres: Postgres) -> None:
    made = postgres.directory()
    name, owner = made.database["database"], "postroom"
    with psycopg.connect(postgres.conninfo(name), autocommit=True) as con:
        con.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
    assert fault(postgres.conninfo(name, owner)).code == "directory_read_only"


def test_a_row_that_is_refused_is_no_fault_of_the_database(postgres: Postgres) -> None:
    made = postgres.directory()
    with psycopg.connect(postgres.conninfo(made.database["database"])) as con:
        con.execute(f"ALTER TABLE {TABLE} ADD CHECK (address LIKE 'b%')".encode())
    made.table.rehearse()
    made.table.put(Row("ben@agents.test", "x"))
    with pytest.raises(Refused) as error:
        made.table.put(Row(ADA, "x"))
    assert error.value.code == "directory_refused"


def test_a_lock_that_somebody_holds_ends_in_time(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_table, "PATIENCE_SECONDS", 1)
    made = postgres.directory()
    with psycopg.connect(postgres.conninfo(made.database["database"])) as holder:
        holder.execute(f"LOCK TABLE {TABLE}".encode())
        with pytest.raises(Unavailable) as error:
            made.table.put(Row(ADA, "x"))
        assert error.value.code == "directory_timeout"
        holder.rollback()
    made.table.put(Row(ADA, "x"))


# -- A server that falls silent


@pytest.fixture(params=list(Stage))
def silent(request: pytest.FixtureRequest) -> Iterator[SilentPostgres]:
    with silent_postgres(request.param) as server:
        yield server


def test_a_server_that_falls_silent_keeps_nobody(
    silent: SilentPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_table, "PATIENCE_SECONDS", 2)  # libpq takes no less
    monkeypatch.setattr(postgres_table, "SILENCE_SECONDS", 0.5)
    begun = time.monotonic()
    assert fault(silent.conninfo).code == "directory_timeout"
    assert time.monotonic() - begun < 3 * 5


def test_a_change_that_went_well_leaves_no_watch_and_no_socket(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    copies: list[socket.socket] = []
    real = socket.fromfd

    def fromfd(*given: int) -> socket.socket:
        copies.append(real(*given))
        return copies[-1]

    monkeypatch.setattr(socket, "fromfd", fromfd)
    made = postgres.directory()
    for _ in range(3):
        made.table.put(Row(ADA, "x"))
    assert [copy.fileno() for copy in copies] == [-1, -1, -1]
    assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
