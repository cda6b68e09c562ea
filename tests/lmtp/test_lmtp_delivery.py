"""Mail that is handed in: one verdict per recipient, and the mail as it came."""

import asyncio
import smtplib
from pathlib import Path

import pytest
from lmtp.inlets import MAIL, NOW, PATIENCE, Post, Running, running

from postroom.lmtp.envelope import LmtpEnvelope, Verdict, copy_for

ADA = "ada@room.test"
SENDER = "ben@elsewhere.test"


async def test_a_plain_client_hands_in_a_mail(inlet: Running) -> None:
    def send() -> dict[str, tuple[int, bytes]]:
        with smtplib.LMTP("127.0.0.1", inlet.port, timeout=PATIENCE) as client:
            return client.sendmail(SENDER, [ADA], MAIL)

    assert await asyncio.to_thread(send) == {}
    ((envelope, raw),) = inlet.post.delivered
    assert raw == MAIL
    assert (envelope.sender, envelope.recipients, envelope.arrived) == (SENDER, (ADA,), NOW)
    assert inlet.post.asked == [ADA]


async def test_a_plain_client_finds_it_at_a_path(tmp_path: Path) -> None:
    path = tmp_path / "lmtp"

    def send() -> dict[str, tuple[int, bytes]]:
        with smtplib.LMTP(str(path), timeout=PATIENCE) as client:
            return client.sendmail(SENDER, [ADA], MAIL)

    async with running(Post(), path=path) as run:
        assert await asyncio.to_thread(send) == {}
        assert [raw for _, raw in run.post.delivered] == [MAIL]


async def test_each_recipient_has_a_verdict_of_its_own_in_order(inlet: Running) -> None:
    wire = await inlet.wire()
    await wire.begin(ADA, "gone@room.test", "busy@room.test", "eve@room.test")
    wire.send(MAIL + b".\r\n")
    assert [reply[:9] for reply in await wire.lines(4)] == [
        "250 2.1.5",
        "550 5.1.1",
        "451 4.3.0",
        "250 2.1.5",
    ]
    assert await wire.reply("NOOP") == "250 OK"


async def test_who_is_unknown_is_refused_at_once_and_has_no_reply_later(inlet: Running) -> None:
    wire = await inlet.wire()
    await wire.reply(f"MAIL FROM:<{SENDER}>")
    assert (await wire.reply("RCPT TO:<nobody@room.test>")).startswith("550 5.1.1 ")
    assert (await wire.reply("RCPT TO:<broken@room.test>")).startswith("451 4.3.0 ")
    assert (await wire.reply(f"RCPT TO:<{ADA}>")).startswith("250 2.1.5 ")
    await wire.reply("DATA")
    wire.send(MAIL + b".\r\nNOOP\r\n")
    assert await wire.lines(2) == ["250 2.1.5 Stored", "250 OK"]
    assert inlet.post.delivered[0][0].recipients == (ADA,)


async def test_a_mail_for_nobody_is_not_asked_for(inlet: Running) -> None:
    wire = await inlet.wire()
    await wire.reply(f"MAIL FROM:<{SENDER}>")
    await wire.reply("RCPT TO:<nobody@room.test>")
    assert (await wire.reply("DATA")).startswith("503 ")


async def test_two_hundred_recipients_have_two_hundred_verdicts(inlet: Running) -> None:
    wire = await inlet.wire()
    names = [f"{'busy' if n % 3 else 'ok'}{n}@room.test" for n in range(200)]
    await wire.begin(*names)
    wire.send(MAIL + b".\r\n")
    replies = await wire.lines(200)
    assert [reply[:3] for reply in replies] == [
        "451" if name.startswith("busy") else "250" for name in names
    ]
    assert len(inlet.post.delivered) == 1


async def test_a_recipient_named_twice_is_delivered_once_and_answered_twice(
    inlet: Running,
) -> None:
    wire = await inlet.wire()
    await wire.begin(ADA, "busy@room.test", ADA)
    wire.send(MAIL + b".\r\n")
    assert [reply[:3] for reply in await wire.lines(3)] == ["250", "451", "250"]
    assert inlet.post.delivered[0][0].recipients == (ADA, "busy@room.test")


async def test_commands_in_one_segment_are_answered_one_by_one(inlet: Running) -> None:
    wire = await inlet.wire()
    wire.send(b"MAIL FROM:<>\r\nRCPT TO:<ada@room.test>\r\nDATA\r\n")
    assert [reply[:3] for reply in await wire.lines(3)] == ["250", "250", "354"]
    wire.send(MAIL + b".\r\nQUIT\r\n")
    assert [reply[:3] for reply in await wire.lines(2)] == ["250", "221"]


async def test_what_rfc_2033_wants_offered_is_offered(inlet: Running) -> None:
    wire = await inlet.fresh_wire()
    assert (await wire.line()).startswith("220 room.test ")
    assert (await wire.reply(f"MAIL FROM:<{SENDER}>")) == "503 Error: send LHLO first"
    assert (await wire.reply("EHLO client.test")).startswith("500 ")
    assert (await wire.reply("HELO client.test")).startswith("500 ")
    offered = {line[4:].split()[0] for line in await wire.ask("LHLO client.test", "250 ")}
    assert {"PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SIZE", "SMTPUTF8"} <= offered
    assert "AUTH" not in offered


async def test_a_mail_that_was_stored_is_answered_only_then(inlet: Running) -> None:
    inlet.post.hold = asyncio.Event()
    wire = await inlet.wire()
    await wire.begin(ADA)
    wire.send(MAIL + b".\r\n")
    answer = asyncio.create_task(wire.line())
    done, _ = await asyncio.wait({answer}, timeout=0.2)
    assert not done
    inlet.post.hold.set()
    assert (await answer).startswith("250 ")


async def test_one_slow_delivery_holds_up_no_other_connection(inlet: Running) -> None:
    inlet.post.hold = asyncio.Event()
    slow = await inlet.wire()
    await slow.begin(ADA)
    slow.send(MAIL + b".\r\n")
    other = await inlet.wire()
    assert await other.reply("NOOP") == "250 OK"
    inlet.post.hold.set()
    assert (await slow.line()).startswith("250 ")


# The mail as it came


@pytest.mark.parametrize(
    ("wire_bytes", "raw"),
    [
        (b"A: b\r\n\r\n..x\r\n...\r\n.\r\n", b"A: b\r\n\r\n.x\r\n..\r\n"),
        (b"A: b\r\n\r\nx\n.\ny\r\n.\r\n", b"A: b\r\n\r\nx\n.\ny\r\n"),
        (b"A: b\r\n\r\nx\r.\ry\n.\r\n\r\n.\r\n", b"A: b\r\n\r\nx\r.\ry\n.\r\n\r\n"),
        (b"A: b\nC: d\n\nx\n\r\n.\r\n", b"A: b\nC: d\n\nx\n\r\n"),
        (b"A: b\r\n\r\n\x00\xff\xfe\r\n.\r\n", b"A: b\r\n\r\n\x00\xff\xfe\r\n"),
        (b"A: " + b"x" * 300_000 + b"\r\n.\r\n", b"A: " + b"x" * 300_000 + b"\r\n"),
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b" Delivered-To: evil\r\n\r\nx\r\n.\r\n", b"\r\n Delivered-To: evil\r\n\r\nx\r\n"),
        (b"no field at all\r\n.\r\n", b"\r\nno field at all\r\n"),
    ],
)
async def test_what_another_server_accepted_is_kept_as_it_is(
    inlet: Running, wire_bytes: bytes, raw: bytes
) -> None:
    wire = await inlet.wire()
    await wire.begin(ADA)
    wire.send(wire_bytes)
    assert (await wire.line()).startswith("250 ")
    # Nothing in the message was taken for a command, nor for its end.
    assert await wire.reply("NOOP") == "250 OK"
    assert [kept for _, kept in inlet.post.delivered] == [raw]


@pytest.mark.parametrize(
    ("path", "sender"),
    [
        ("<>", ""),
        ("<a..b.@docomo.test>", "a..b.@docomo.test"),
        ('<"a b>"@x.test>', '"a b>"@x.test'),
        ("<prvs=0123456789=a/b+c@x.test> BODY=8BITMIME", "prvs=0123456789=a/b+c@x.test"),
        (f"<{'v' * 900}@x.test>", f"{'v' * 900}@x.test"),
        ("<bän@x.test> SMTPUTF8 BODY=8BITMIME", "bän@x.test"),
        ("<MAILER-DAEMON> SIZE=100", "MAILER-DAEMON"),
    ],
)
async def test_a_sender_that_others_took_is_taken(inlet: Running, path: str, sender: str) -> None:
    wire = await inlet.wire()
    assert (await wire.reply(f"MAIL FROM:{path}")).startswith("250 ")
    assert (await wire.reply(f"RCPT TO:<{ADA}>")).startswith("250 ")
    await wire.reply("DATA")
    wire.send(MAIL + b".\r\n")
    assert (await wire.line()).startswith("250 ")
    assert inlet.post.delivered[0][0].sender == sender


def test_a_recipients_copy_has_our_fields_on_top() -> None:
    envelope = LmtpEnvelope(SENDER, (ADA, "bän@room.test"), "client.test", NOW)
    raw = b"X-Original-To: ada+x@room.test\r\n" + MAIL
    assert copy_for(envelope, "bän@room.test", raw) == (
        b"Return-Path: <ben@elsewhere.test>\r\n" + "Delivered-To: bän@room.test\r\n".encode() + raw
    )
    nobody = LmtpEnvelope("", (ADA,), "client.test", NOW)
    assert copy_for(nobody, ADA, raw).startswith(
        b"Return-Path: <>\r\nDelivered-To: ada@room.test\r\n"
    )


def test_each_verdict_has_its_reply() -> None:
    assert [verdict.value[:9] for verdict in Verdict] == ["250 2.1.5", "550 5.1.1", "451 4.3.0"]
