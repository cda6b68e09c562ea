"""How a folder stands that is not open."""

import pytest
from imap.scripted_imap import PATIENCE, Peer, scripted

from postroom.imap.connection import ImapConnection
from postroom.imap.folders import FolderStatus
from postroom.model.errors import PeerError


async def told(untagged: bytes, end: bytes = b"OK done") -> FolderStatus | None:
    """What is read of a server's answer."""

    async def script(peer: Peer) -> None:
        await peer.log_in()
        await peer.answer(b'STATUS "Sent" (UIDVALIDITY UIDNEXT)', untagged, end)

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        try:
            return await connection.status("Sent")
        finally:
            await connection.close()


async def test_a_folder_that_is_not_open_tells_where_its_uids_go_on() -> None:
    answer = b"* STATUS Sent (UIDNEXT 44 UIDVALIDITY 7)\r\n"
    assert await told(answer) == FolderStatus(uidvalidity=7, uidnext=44)


@pytest.mark.parametrize(
    ("untagged", "end"),
    [
        (b"", b"OK done"),
        (b"", b"NO there is none"),
        (b"", b"BAD what?"),
        (b"* STATUS Sent (UIDNEXT 44)\r\n", b"OK done"),
        (b"* STATUS Sent (UIDNEXT many UIDVALIDITY 7)\r\n", b"OK done"),
        (b"* STATUS Sent\r\n", b"OK done"),
        (b"* STATUS Sent (UIDVALIDITY)\r\n", b"OK done"),
    ],
)
async def test_what_a_server_does_not_tell_is_not_known(untagged: bytes, end: bytes) -> None:
    assert await told(untagged, end) is None


async def test_an_answer_that_makes_no_sense_ends_the_connection() -> None:
    with pytest.raises(PeerError):
        await told(b"* STATUS Sent (UIDNEXT 44\r\n")


async def test_the_open_folder_stays_open_and_its_news_is_kept(
    inbox: ImapConnection, other: ImapConnection
) -> None:
    await other.append("INBOX", b"Subject: One\r\n\r\nHello.\r\n")
    before = await inbox.status("Sent")
    await other.append("Sent", b"Subject: Two\r\n\r\nHello.\r\n")
    after = await inbox.status("Sent")
    assert before is not None
    assert after is not None
    assert (after.uidvalidity, after.uidnext) == (before.uidvalidity, before.uidnext + 1)
    assert await inbox.noop()
    assert len([mail async for mail in inbox.fetch_after(0)]) == 1
