"""Hostile clients and hostile mail: they hurt themselves at most."""

import asyncio
import time

import pytest
from embedded.postoffice import ADA, BEN, MAIL, PASSWORD, Office, Wire
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymap.parsing.specials import FetchRequirement

from postroom.embedded import connections
from postroom.embedded.filing import MessageRow
from postroom.embedded.imap_messages import LoadedMessage, Message
from postroom.embedded.imap_structure import parse_bounded


async def still_serves(office: Office) -> None:
    """A mail goes through, and within a second."""
    before = len(await office.mail(BEN))
    async with asyncio.timeout(5):
        await office.submit(ADA, [BEN], MAIL)
    assert len(await office.mail(BEN)) == before + 1


@pytest.mark.parametrize(
    "bomb",
    [
        b"a LOGIN {999999999+}\r\n",
        b"a LOGIN {5000+}\r\n" + b"x" * 5000,
        b"a APPEND INBOX {30000000+}\r\n",
        b"x" * 200_000,
        b"a LOGIN " + b"{1+}\r\nx" * 300 + b"\r\n",
    ],
)
async def test_a_stranger_cannot_make_imap_hold_much(office: Office, bomb: bytes) -> None:
    wire = await office.raw_imap()
    wire.send(bomb)
    ended = await wire.rest()  # by BYE, unless a reset for what was not read overtakes it
    assert b"BYE" in ended or not ended
    await still_serves(office)


async def test_a_stranger_is_asked_for_no_large_literal(office: Office) -> None:
    wire = await office.raw_imap()
    wire.send(b"a APPEND INBOX {30000000}\r\n")
    assert b"BYE" in await wire.line()


async def test_a_literal_that_is_too_large_after_login_ends_the_connection(office: Office) -> None:
    wire = await office.raw_imap(ADA)
    wire.send(b"a APPEND INBOX {999999999+}\r\n")
    assert b"BYE" in await wire.rest()
    wire = await office.raw_imap(ADA)
    assert (await wire.reply("a APPEND INBOX {40000000}")).startswith(b"a BAD")


@pytest.mark.parametrize(
    "line",
    [
        b"\x00\xff\xfe\r\n",
        b"(" * 5000 + b"\r\n",
        b"a\r\n",
        b"\r\n",
        b"a b c d\r\n",
        b"GET / HTTP/1.1\r\n",
    ],
)
async def test_garbage_is_answered_or_the_connection_ends(office: Office, line: bytes) -> None:
    for wire in (await office.raw_imap(), await office.raw_smtp()):
        wire.send(line * 20)
        assert await wire.line()
    await still_serves(office)


async def test_deeply_nested_search_hurts_nobody(office: Office) -> None:
    wire = await office.raw_imap(ADA)
    await wire.ask("b SELECT INBOX", b"b OK")
    wire.send(b"c SEARCH " + b"(" * 20_000 + b"ALL" + b")" * 20_000 + b"\r\n")
    assert await wire.line()
    await still_serves(office)


async def test_a_command_line_without_end_is_not_kept(office: Office) -> None:
    wire = await office.raw_smtp()
    wire.send(b"EHLO " + b"x" * 1_000_000 + b"\r\n")
    assert (await wire.line()).startswith(b"500 ")
    await wire.ask("EHLO client.test", b"250 ")


async def test_a_thousand_strangers_keep_nobody_out(office: Office) -> None:
    wires: list[Wire] = []
    for number in range(1000):
        port = office.ports.imap if number % 2 else office.ports.smtp
        wires.append(await Wire.connect(port))
        if number % 100 == 99:
            await still_serves(office)
    for wire in wires:
        wire.close()
    await still_serves(office)


async def test_a_stranger_who_only_talks_is_shown_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "STRANGER_SECONDS", 0.2)
    imap, smtp = await office.raw_imap(), await office.raw_smtp()
    known = await office.raw_imap(ADA)
    for _ in range(3):
        await smtp.ask("NOOP", b"250 ")
        await imap.ask("a NOOP", b"a OK")
    assert b"BYE" in await imap.rest()
    assert (await smtp.rest()).startswith(b"421 ")
    assert (await known.reply("b NOOP")).startswith(b"b OK")


async def test_one_mailbox_cannot_take_all_connections(office: Office) -> None:
    for _ in range(connections.MAX_PER_MAILBOX):
        await office.raw_imap(ADA)
    wire = await office.raw_imap()
    await wire.ask(f"a LOGIN {ADA} {PASSWORD}", b"a NO [LIMIT]")
    await still_serves_ben(office)


async def still_serves_ben(office: Office) -> None:
    await office.submit(BEN, [BEN], MAIL)
    assert len(await office.mail(BEN)) == 1


async def test_a_client_that_does_not_read_holds_up_nobody(office: Office) -> None:
    await office.imap(ADA, lambda c: c.append("INBOX", "", "", b"x" * 5_000_000 + b"\r\n"))
    wire = await office.raw_imap(ADA)
    await wire.ask("b SELECT INBOX", b"b OK")
    for _ in range(20):
        wire.send(b"c FETCH 1 (BODY.PEEK[])\r\n")
    await still_serves(office)
    async with asyncio.timeout(5):
        await office.server.stop()


HOSTILE = {
    "many addresses": b"To: " + b"a@b.example, " * 50_000 + b"\r\n\r\nx",
    "many parameters": b"Content-Type: text/plain"
    + b"".join(b";\r\n a*%d=x" % n for n in range(20_000))
    + b"\r\n\r\nx",
    "deep": b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(3000)
    ),
    "deep rfc822": b"Content-Type: message/rfc822\r\n\r\n" * 3000,
    "many parts": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    + b"--b\r\n\r\nx\r\n" * 50_000,
    "bad address": b"From: <[x@y]>\r\nTo: <@>\r\nSender: ,;:\r\n\r\nx",
    "bad charset": b"Subject: =?nope?b?x?=\r\nContent-Type: text/plain; charset=\x00\xff\r\n\r\nx",
    "no header": b"x" * 200_000,
    "inner header": b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: "
    + b"a@b.example, " * 50_000
    + b"\r\n\r\nx",
    "forwarded header": b"Content-Type: message/rfc822\r\n\r\nTo: "
    + b"a@b.example, " * 50_000
    + b"\r\n\r\nx",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_hostile_mail_is_shown_quickly_and_whole(office: Office, name: str) -> None:
    mail = HOSTILE[name].replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if not mail.endswith(b"\r\n"):
        mail += b"\r\n"
    await office.submit(ADA, [ADA], mail)
    wire = await office.raw_imap(ADA)
    await wire.ask("b SELECT Sent", b"b OK")
    began = time.monotonic()
    await wire.ask("c FETCH 1 (ENVELOPE BODYSTRUCTURE)", b"c OK")
    assert (await wire.ask("d SEARCH SUBJECT x", b"d OK"))[-1].startswith(b"d OK")
    assert time.monotonic() - began < 5
    assert await office.mail(ADA, "Sent") == [mail]


@given(st.binary(max_size=400))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_bytes_have_a_structure(raw: bytes) -> None:
    parse_bounded(raw)
    row = MessageRow(uid=1, arrived=0.0, flags="", size=len(raw), email=1)
    message = Message(None, 1, row)  # type: ignore[arg-type]  # loads nothing here
    loaded = LoadedMessage(message, FetchRequirement.CONTENT, raw, parse=True)
    assert bytes(loaded.get_body()) == raw
    assert bytes(loaded.get_body_structure())
    assert loaded.get_header(b"subject") is not None
