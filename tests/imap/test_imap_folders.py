"""Folders: their names on the wire, and which is the one for what."""

import pytest
from imap.scripted_imap import PATIENCE, Peer, scripted

from postroom.imap.connection import ImapConnection
from postroom.imap.folders import FolderName
from postroom.imap.special import special_folder
from postroom.imap.utf7 import encode_name
from postroom.model.errors import NotFound, Refused


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


async def test_a_name_in_raw_utf_8_is_looked_up_and_goes_back_as_a_literal() -> None:
    raw = "Entwürfe".encode()

    async def script(peer: Peer) -> None:
        await peer.log_in()
        await peer.answer(b"LIST ", b'* LIST () "." "' + raw + b'"\r\n')
        tag = await peer.hear(b"EXAMINE {%d}" % len(raw))
        await peer.say(b"+ go on\r\n")
        assert await peer.reader.readline() == raw + b"\r\n"
        await peer.say(b"* OK [UIDVALIDITY 7] v\r\n" + tag.encode() + b" OK\r\n")
        tag = await peer.hear(b"APPEND {%d}" % len(raw))
        await peer.say(b"+ go on\r\n")
        assert await peer.reader.readline() == raw + b" (\\Seen) {4}\r\n"
        await peer.say(b"+ go on\r\n")
        assert await peer.reader.readline() == b"mail\r\n"
        await peer.say(tag.encode() + b" OK\r\n")
        await peer.until_gone()

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        await connection.select("Entwürfe")
        await connection.append("Entwürfe", b"mail")
        await connection.close()


async def test_special_uses_are_asked_for_where_that_is_offered_and_true() -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in(b"IMAP4rev1 LIST-EXTENDED SPECIAL-USE")
        await peer.answer(b'LIST "" "*" RETURN (SPECIAL-USE)', b'* LIST (\\Junk) "/" "X"\r\n')
        await peer.answer(b'LIST "" "*" RETURN (SPECIAL-USE)', end=b"BAD what")
        await peer.answer(b'LIST "" "*"\r\n', b'* LIST () "/" "INBOX"\r\n')
        await peer.answer(b'LIST "" "*"\r\n', b'* LIST () "/" "INBOX"\r\n')
        await peer.until_gone()

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        assert [f.special_use for f in await connection.folders()] == ["\\Junk"]
        for _ in range(2):
            assert [f.name for f in await connection.folders()] == ["INBOX"]
        await connection.close()


@pytest.mark.parametrize(
    ("end", "error"),
    [
        (b"NO no such mailbox", NotFound),
        (b"NO [NONEXISTENT] no", NotFound),
        (b"NO [UNAVAILABLE] later", Refused),
        (b"NO [INUSE] locked", Refused),
        (b"BAD User is authenticated but not connected.", Refused),
    ],
)
async def test_a_folder_that_cannot_be_opened_now_is_not_taken_for_absent(
    end: bytes, error: type[Exception]
) -> None:
    async def script(peer: Peer) -> None:
        await peer.log_in()
        await peer.answer(b"EXAMINE ", end=end)
        await peer.open_inbox(2)
        await peer.until_gone()

    async with scripted(script) as login:
        connection = await ImapConnection.open(login, timeout=PATIENCE)
        with pytest.raises(error):
            await connection.select("INBOX")
        assert (await connection.select("INBOX")).exists == 2
        await connection.close()


def listed(*names: str, delimiter: str = "/") -> list[FolderName]:
    """Folders by name; attributes before a space: ``\\Sent Gesendet``."""
    folders = []
    for name in names:
        words = name.split(" ")
        attributes = frozenset(word for word in words if word.startswith("\\"))
        bare = " ".join(word for word in words if word not in attributes)
        folders.append(FolderName(bare, delimiter, attributes, encode_name(bare).encode()))
    return folders


@pytest.mark.parametrize(
    ("names", "delimiter", "sent", "junk"),
    [
        # Gmail, in English and German
        (["INBOX", "\\Sent [Gmail]/Sent Mail", "\\Junk [Gmail]/Spam"], "/", 1, 2),
        (["\\Sent [Google Mail]/Gesendet", "\\junk [Google Mail]/Spam", "Spam"], "/", 0, 1),
        (["[Gmail]/Sent Mail", "[Gmail]/Spam"], "/", 0, 1),
        # Outlook, Fastmail, iCloud, Yahoo, GMX
        (["INBOX", "Junk Email", "Sent Items"], "/", 2, 1),
        (["Sent Messages", "Junk"], "/", 0, 1),
        (["Sent", "Bulk Mail"], "/", 0, 1),
        (["Gesendet", "Spamverdacht"], "/", 0, 1),
        # names below the INBOX (Courier, Cyrus, Dovecot), in any case
        (["INBOX", "INBOX.Sent", "INBOX.spam"], ".", 1, 2),
        (["INBOX", "INBOX/ÉLÉMENTS ENVOYÉS", "INBOX/Courrier indésirable"], "/", 1, 2),
        (["Отправленные", "Спам"], "|", 0, 1),
        # decomposed, as macOS writes it
        (["E\u0301le\u0301ments envoye\u0301s", "Junk"], "/", 0, 1),
        # what the server says goes before a name, and the likeliest name before others
        (["Sent", "\\Sent Ausgang", "Junk", "\\Junk Müll"], "/", 1, 3),
        (["Sent Items", "Sent", "Spam", "Junk"], "/", 1, 3),
        # not what lies deep in somebody's archive, and not what cannot be opened
        (["Archive/2019/Sent", "Work/Spam"], "/", None, None),
        (["\\Noselect Sent", "\\Noselect \\Junk Junk"], "/", None, None),
        (["INBOX"], "", None, None),
    ],
)
def test_the_folders_for_sent_mail_and_junk_are_found(
    names: list[str], delimiter: str, sent: int | None, junk: int | None
) -> None:
    folders = listed(*names, delimiter=delimiter)
    assert special_folder(folders, "\\Sent") == (None if sent is None else folders[sent])
    assert special_folder(folders, "\\Junk") == (None if junk is None else folders[junk])


def test_a_use_without_well_known_names_goes_by_what_the_server_says() -> None:
    folders = listed("Flagged", "\\Flagged Stars")
    assert special_folder(folders, "\\Flagged") == folders[1]
    assert special_folder(folders[:1], "\\Flagged") is None
