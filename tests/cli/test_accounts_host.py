"""`postroom accounts check` and `show` of a domain whose mailboxes are rows of a table."""

import asyncio
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from cli.shell import Ended, Program
from elsewhere.worlds import lines
from servers.daemons import free_ports
from servers.mail_host import MailHost
from servers.postgres import Postgres


@pytest.fixture
def host(postroom: Program, mail_host: MailHost) -> dict[str, Any]:
    """What an operator writes of the mail host, STARTTLS on both; `write` puts it into the file."""
    trusted = {"security": "starttls", "certificates": str(mail_host.certificate)}
    options = mail_host.options
    return {
        "provisioner": "directory",
        "database": {"sqlite": str(mail_host.table.path)},  # type: ignore[attr-defined]  # an SqliteTable
        "imap": {"host": "127.0.0.1", "port": options.imap_port, **trusted},
        "smtp": {"host": "127.0.0.1", "port": options.submission_port, **trusted},
    }


def write(program: Program, host: dict[str, Any]) -> None:
    program.home.mkdir(exist_ok=True)
    table = {"domain": "agents.test", "domains": {"agents.test": host}}
    (program.home / "postroom.toml").write_text("\n".join(lines(table)) + "\n")


async def run(program: Program, *words: str, **environment: str) -> Ended:
    def ran() -> Ended:
        return program("accounts", *words, input=b"", **environment)

    return await asyncio.to_thread(ran)


async def parts(program: Program, code: int, **environment: str) -> dict[str, Any]:
    """What is found of each part, by name."""
    ended = await run(program, "check", "agents.test", "--json", **environment)
    assert ended.code == code, ended.out + ended.err
    return {part["name"]: part for part in ended.json["parts"]}


async def test_a_host_that_works_is_well_and_nothing_is_left_in_its_table(
    postroom: Program, host: dict[str, Any]
) -> None:
    write(postroom, host)
    path = Path(host["database"]["sqlite"])
    before = sqlite3.connect(path).execute("SELECT count(*) FROM postroom_mailboxes").fetchone()
    found = await parts(postroom, 0)
    assert set(found) == {"database", "imap", "smtp"}
    assert "STARTTLS" in found["imap"]["says"]
    assert "STARTTLS" in found["smtp"]["says"]
    after = sqlite3.connect(path).execute("SELECT count(*) FROM postroom_mailboxes").fetchone()
    assert before == after
    people = await run(postroom, "check", "agents.test")
    assert "database            its table can be written" in people.out
    assert "logged in" not in people.out


async def test_each_part_that_is_not_well_is_told_with_what_to_do(
    postroom: Program, host: dict[str, Any]
) -> None:
    (port,) = free_ports(1)
    del host["imap"]["certificates"]
    write(
        postroom,
        {
            **host,
            "database": {"postgresql": {"env": "DIRECTORY_OF_TEST"}},
            "smtp": {"host": "127.0.0.1", "port": port, "security": "none"},
            "lmtp": {"port": port},
        },
    )
    found = await parts(postroom, 1)
    codes = {name: part["failure"]["code"] for name, part in found.items()}
    assert codes == {
        "database": "secret_missing",
        "imap": "imap_tls_failed",
        "smtp": "smtp_unreachable",
        "inlet": "inlet_unreachable",
    }
    assert all(part["failure"]["next_step"] for part in found.values())
    assert "postroom serve" in found["inlet"]["failure"]["next_step"]


async def test_a_wrong_password_of_the_database_is_told_without_it(
    postroom: Program, host: dict[str, Any], postgres: Postgres
) -> None:
    write(postroom, {**host, "database": {"postgresql": {"env": "DIRECTORY_OF_TEST"}}})
    conninfo = postgres.conninfo().replace(postgres.password, "hunter2")
    found = await parts(postroom, 1, DIRECTORY_OF_TEST=conninfo)
    assert found["database"]["failure"]["code"] == "directory_login_refused"
    assert "hunter2" not in str(found)
    made = postgres.directory()
    assert (await parts(postroom, 0, DIRECTORY_OF_TEST=made.table.conninfo))["database"]["says"]


async def test_what_listens_at_the_inlet_and_is_none_is_told(
    postroom: Program, host: dict[str, Any]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(30)

        def answer() -> None:
            client, _ = listener.accept()
            with client:
                client.sendall(b"* OK IMAP4rev1\r\n")

        write(postroom, {**host, "lmtp": {"port": listener.getsockname()[1]}})
        answering = asyncio.create_task(asyncio.to_thread(answer))
        found = await parts(postroom, 1)
        await answering
    assert found["inlet"]["failure"]["code"] == "inlet_garbage"


async def test_a_host_is_shown_with_its_database_and_no_secret(
    postroom: Program, host: dict[str, Any]
) -> None:
    write(postroom, {**host, "database": {"postgresql": {"env": "DIRECTORY_OF_TEST"}}})
    told = await run(postroom, "show", "agents.test", DIRECTORY_OF_TEST="password=hunter2")
    assert told.code == 0, told.err
    assert "PostgreSQL, as the environment variable DIRECTORY_OF_TEST says" in told.out
    assert "untried" in told.out
    assert "hunter2" not in told.out
    shown = await run(postroom, "show", "agents.test", "--json")
    assert shown.json["table"]["state"] == "untried"


async def test_a_host_has_no_mailbox_of_its_own_to_send_from(
    postroom: Program, host: dict[str, Any]
) -> None:
    write(postroom, host)
    ended = await run(postroom, "check", "agents.test", "--send", "--json")
    assert (ended.code, ended.error["code"]) == (2, "no_own_mailbox")
