"""Nothing leaves an INBOX before whoever reads along has it."""

import imaplib
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from embedded.postoffice import ADA, ANY_PORTS, BEN, MAIL, DictDirectory, Office

from postroom.embedded.server import EmbeddedServer


@dataclass
class ReadUpTo:
    """Somebody who has read so far, and gets no further while we wait."""

    upto: int
    down_to: int = 1

    async def has_read(self, address: str, uid_validity: int, uids: Sequence[int]) -> list[int]:
        assert address == ADA
        assert uid_validity > 0
        return [uid for uid in uids if self.down_to <= uid <= self.upto]


@pytest.fixture
def along() -> ReadUpTo:
    return ReadUpTo(2)


@pytest.fixture
async def read_along(tmp_path: Path, along: ReadUpTo) -> AsyncIterator[Office]:
    """An office whose Ada has three mails in her INBOX, of which two have been read."""
    directory = DictDirectory()
    directory.open(ADA, BEN)
    path = tmp_path / "mail.db"
    server = EmbeddedServer(path, directory, ports=ANY_PORTS, clock=time.time, along=along)
    office = Office(server, directory, await server.start(), path)
    for _ in range(3):
        await office.submit(BEN, [ADA], MAIL)
    yield office
    await server.stop()


def marked(client: imaplib.IMAP4) -> None:
    client.select("INBOX")
    assert client.store("1:3", "+FLAGS", r"(\Deleted)")[0] == "OK"


def uids(client: imaplib.IMAP4) -> list[bytes]:
    client.select("INBOX", readonly=True)
    found: list[bytes] = client.uid("SEARCH", "ALL")[1]
    return found


async def test_expunge_takes_what_was_read_and_says_that_the_rest_is_in_use(
    read_along: Office, along: ReadUpTo
) -> None:
    def expunge(client: imaplib.IMAP4) -> tuple[str, list[bytes]]:
        marked(client)
        status, said = client.expunge()
        return status, said

    status, said = await read_along.imap(ADA, expunge)
    assert status == "NO"
    assert b"[INUSE]" in said[0]
    assert await read_along.imap(ADA, uids) == [b"3"]
    along.upto = 3
    assert (await read_along.imap(ADA, expunge_again))[0] == "OK"
    assert await read_along.imap(ADA, uids) == [b""]


async def test_what_was_read_newest_first_may_leave_before_what_is_older(
    read_along: Office, along: ReadUpTo
) -> None:
    along.upto, along.down_to = 3, 2

    def move(client: imaplib.IMAP4, uids: str) -> str:
        client.select("INBOX")
        return client.uid("MOVE", uids, "Trash")[0]

    assert await read_along.imap(ADA, lambda client: move(client, "1")) == "NO"
    assert await read_along.imap(ADA, lambda client: move(client, "2:3")) == "OK"
    assert await read_along.imap(ADA, uids) == [b"1"]


def expunge_again(client: imaplib.IMAP4) -> tuple[str, list[bytes]]:
    client.select("INBOX")
    status, said = client.expunge()
    return status, said


async def test_close_leaves_what_was_not_read(read_along: Office) -> None:
    def close(client: imaplib.IMAP4) -> str:
        marked(client)
        return client.close()[0]

    assert await read_along.imap(ADA, close) == "OK"
    assert await read_along.imap(ADA, uids) == [b"3"]


async def test_a_move_out_of_inbox_waits_for_all_of_it(read_along: Office, along: ReadUpTo) -> None:
    def move(client: imaplib.IMAP4) -> tuple[str, bytes]:
        client.select("INBOX")
        status, said = client.uid("MOVE", "1:3", "Trash")
        return status, said[0] or b""

    status, said = await read_along.imap(ADA, move)
    assert status == "NO"
    assert b"[INUSE]" in said
    assert len(await read_along.mail(ADA)) == 3
    along.upto = 3
    assert (await read_along.imap(ADA, move))[0] == "OK"
    assert len(await read_along.mail(ADA, "Trash")) == 3


async def test_other_folders_are_their_owners_alone(read_along: Office, along: ReadUpTo) -> None:
    along.upto = 0

    def clear_drafts(client: imaplib.IMAP4) -> tuple[str, list[bytes]]:
        client.append("Drafts", "", "", MAIL)
        client.select("Drafts")
        client.store("1", "+FLAGS", r"(\Deleted)")
        status, said = client.expunge()
        return status, said

    assert await read_along.imap(ADA, clear_drafts) == ("OK", [b"1"])
