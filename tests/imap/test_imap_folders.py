"""Folders: their names on the wire, and which is the one for what."""

from imap.scripted_imap import PATIENCE, Peer, scripted

from postroom.imap.connection import ImapConnection


async def test_names_are_quoted_and_encoded_and_odd_ones_go_back_as_they_came() -> None:
    heard: list[bytes] = []

    async def script(peer: Peer) -> None:
        await peer.log_in()
        await peer.answer(
            b"LIST ",
            b'* LIST (\\Sent) "/" "&AMQ-rger/\\"x\\""\r\n* LIST () NIL "R&D"\r\n'
            b'* LIST () "/" {5}\r\nliter\r\n',
        )
        for _ in range(3):
            tag = await peer.hear(b"EXAMINE ")
            heard.append(peer.rest)
            await peer.say(b"* OK [UIDVALIDITY 7] v\r\n" + tag.encode() + b" OK\r\n")
        await peer.until_gone()

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        folders = await connection.folders()
        assert [f.name for f in folders] == ['Ärger/"x"', "R&D", "liter"]
        assert folders[0].special_use == "\\Sent"
        for name in ('Ärger/"x"', "R&D", "a & b"):
            await connection.select(name)
        await connection.close()
    assert heard == [
        b'EXAMINE "&AMQ-rger/\\"x\\""',
        b'EXAMINE "R&D"',
        b'EXAMINE "a &- b"',
    ]
