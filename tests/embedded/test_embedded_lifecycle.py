"""Starting, stopping and forgetting."""

import asyncio
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from embedded.postoffice import ADA, BEN, MAIL, DictDirectory, Office, eventually, post_office

from postroom.embedded.database import connect
from postroom.embedded.server import EmbeddedServer, Ports
from postroom.model.errors import Unavailable


@pytest.mark.parametrize("which", ["imap", "smtp"])
async def test_a_taken_port_is_named_and_nothing_stays_open(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = Ports(**({"imap": 0, "smtp": 0} | {which: port}))
        server = EmbeddedServer(tmp_path / "mail.db", DictDirectory(), ports=ports, clock=time.time)
        with pytest.raises(Unavailable, match=str(port)) as raised:
            await server.start()
    assert raised.value.code == "port_taken"


async def test_the_same_ports_can_be_used_again_at_once(tmp_path: Path) -> None:
    directory = DictDirectory()
    directory.open(ADA, BEN)
    ports = Ports(0, 0)
    for _ in range(3):
        async with post_office(tmp_path / "mail.db", directory, ports) as office:
            assert ports in (Ports(0, 0), office.ports)
            ports = office.ports
            wire = await office.raw_imap(ADA)
            await office.submit(ADA, [BEN], MAIL)
            assert (await wire.reply("a NOOP")).startswith(b"a OK")


async def test_stopping_ends_every_connection_and_is_quick(tmp_path: Path) -> None:
    directory = DictDirectory()
    directory.open(ADA)
    async with post_office(tmp_path / "mail.db", directory) as office:
        idle = await office.raw_imap(ADA)
        await idle.ask("b SELECT INBOX", b"b OK")
        await idle.ask("c IDLE", b"+ ")
        others = [await office.raw_imap(), await office.raw_smtp(), await office.raw_smtp(ADA)]
        async with asyncio.timeout(3):
            await office.server.stop()
        assert b"BYE" in await idle.rest()
        assert [b"BYE" in await others[0].rest(), await others[2].rest()] == [
            True,
            b"421 4.3.2 The connection is closed by the server\r\n",
        ]


async def test_what_was_accepted_before_stopping_is_stored(tmp_path: Path) -> None:
    directory = DictDirectory()
    directory.open(ADA, BEN)
    async with post_office(tmp_path / "mail.db", directory) as office:
        wire = await office.raw_smtp(ADA)
        await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
        await wire.ask(f"RCPT TO:<{BEN}>", b"250 ")
        await wire.ask("DATA", b"354 ")
        wire.send(MAIL + b".\r\n")
        await asyncio.sleep(0)
        await office.server.stop()
        accepted = b"250 2.0.0" in await wire.rest()
    async with post_office(tmp_path / "mail.db", directory) as office:
        assert len(await office.mail(BEN)) == len(await office.mail(ADA, "Sent"))
        assert accepted <= bool(await office.mail(BEN))


async def test_a_forgotten_mailbox_loses_connections_and_mail(office: Office) -> None:
    await office.submit(ADA, [BEN], MAIL)
    imap, smtp, other = (
        await office.raw_imap(BEN),
        await office.raw_smtp(BEN),
        await office.raw_imap(ADA),
    )
    await imap.ask("b SELECT INBOX", b"b OK")
    await imap.ask("c IDLE", b"+ ")
    office.directory.close(BEN)
    await office.server.forget(BEN)
    assert b"BYE" in await imap.rest()
    assert (await smtp.rest()).startswith(b"421 ")
    assert (await other.reply("d NOOP")).startswith(b"d OK")
    office.directory.open(BEN)
    assert await office.mail(BEN) == []
    assert await office.mail(ADA, "Sent") == [MAIL]


async def test_a_forgotten_mailbox_leaves_no_bytes_of_its_own(tmp_path: Path) -> None:
    directory = DictDirectory()
    directory.open(ADA, BEN)
    async with post_office(tmp_path / "mail.db", directory) as office:
        await office.submit(ADA, [BEN], MAIL)
        await office.server.forget(BEN)
        await office.server.forget(ADA)
        db = connect(office.path)
        counts = [
            db.execute(f"SELECT count(*) FROM {t}").fetchone()[0]
            for t in ("folder", "message", "content")
        ]
        db.close()
    assert counts == [0, 0, 0]


async def test_one_mail_to_many_is_stored_once(office: Office) -> None:
    everyone = [f"m{n}@post.localhost" for n in range(50)]
    office.directory.open(*everyone)
    await office.submit(ADA, everyone, MAIL)
    db = connect(office.path)
    assert db.execute("SELECT count(*) FROM content").fetchone() == (1,)
    assert db.execute("SELECT count(*) FROM message").fetchone() == (51,)
    db.close()


async def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    db = connect(tmp_path / "mail.db")
    db.execute("PRAGMA user_version=99")
    db.close()
    server = EmbeddedServer(
        tmp_path / "mail.db", DictDirectory(), ports=Ports(0, 0), clock=time.time
    )
    with pytest.raises(Unavailable, match="newer version"):
        await server.start()


async def test_a_full_disk_is_a_temporary_refusal_and_stores_nothing(office: Office) -> None:
    blocker = connect(office.path)
    blocker.execute(
        "CREATE TRIGGER full BEFORE INSERT ON message BEGIN SELECT RAISE(ABORT,'x'); END"
    )
    wire = await office.raw_smtp(ADA)
    await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
    await wire.ask(f"RCPT TO:<{BEN}>", b"250 ")
    await wire.ask("DATA", b"354 ")
    assert (await wire.reply(MAIL.decode() + ".")).startswith(b"451 4.3.0 ")
    blocker.execute("DROP TRIGGER full")
    blocker.close()
    assert await office.mail(ADA, "Sent") == []
    await office.submit(ADA, [BEN], MAIL)
    assert len(await office.mail(BEN)) == 1


async def test_folders_leave_memory_with_their_last_session(office: Office) -> None:
    running = office.server._running
    assert running is not None
    await office.mail(ADA)
    await eventually(lambda: len(running._open_folders._open) == 0)


def test_the_protocol_libraries_are_imported_by_nothing_else() -> None:
    rooms = {"pymap": {"embedded"}, "pysasl": {"embedded"}, "aiosmtpd": {"embedded", "lmtp"}}
    found = [
        (path, name)
        for path in Path(__file__).parents[2].joinpath("server").rglob("*.py")
        for name, allowed in rooms.items()
        if not allowed & set(path.parts)
        and any(f"{word} {name}" in path.read_text() for word in ("import", "from"))
    ]
    assert found == []


def test_the_directory_can_be_imported_without_the_libraries() -> None:
    code = "import sys, postroom.embedded.directory as d; print('pymap' in sys.modules)"
    source = str(Path(__file__).parents[2] / "server")
    ran = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.insert(0, {source!r}); {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "False\n"


async def test_what_was_accepted_before_that_was_remembered_is_known(tmp_path: Path) -> None:
    directory = DictDirectory()
    directory.open(ADA, BEN)
    path = tmp_path / "mail.db"
    async with post_office(path, directory) as office:
        await office.submit(ADA, [BEN], MAIL)
        await office.imap(ADA, lambda client: client.rename("Sent", "Sent-2025"))
    older = connect(path)
    older.executescript("DROP TABLE accepted; PRAGMA user_version=1;")
    older.close()
    async with post_office(path, directory) as office:
        assert await office.server.took(ADA, "1@x")
        assert not await office.server.took(BEN, "1@x")
        assert not await office.server.took(ADA, "2@x")
        await office.submit(ADA, [BEN], MAIL.replace(b"<1@x>", b"<2@x>"))
        assert await office.server.took(ADA, "2@x")
