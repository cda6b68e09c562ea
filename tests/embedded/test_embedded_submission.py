"""Submission: who may send what to whom, and what becomes of it."""

import asyncio
import base64
import smtplib

import aiosmtplib
import pytest
from embedded.postoffice import ADA, BEN, EVE, MAIL, PASSWORD, Office, Wire

from postroom.model.limits import MAX_MESSAGE_BYTES


async def test_a_submission_reaches_every_inbox_and_the_senders_sent_folder(office: Office) -> None:
    await office.submit(ADA, [BEN, EVE], MAIL)
    assert await office.mail(ADA, "Sent") == [MAIL]
    assert await office.mail(ADA) == []
    for reader in (BEN, EVE):
        (copy,) = await office.mail(reader)
        assert copy.endswith(MAIL)


async def test_a_delivered_copy_carries_its_trace_on_top(office: Office) -> None:
    await office.submit(ADA, ["Ben+Orders@post.localhost"], MAIL)
    (copy,) = await office.mail(BEN)
    lines = copy.removesuffix(MAIL).decode().split("\r\n")
    assert lines[:2] == [f"Return-Path: <{ADA}>", "Delivered-To: Ben+Orders@post.localhost"]
    assert lines[2].startswith("Received: from ")
    assert " with ESMTPA id " in lines[3]
    assert lines[6:] == [
        "Authentication-Results: post.localhost;",
        f"\tauth=pass smtp.auth={ADA}",
        "",
    ]


async def test_the_sent_copy_is_seen_and_the_delivered_one_is_not(office: Office) -> None:
    await office.submit(ADA, [BEN], MAIL)
    sent = await office.imap(ADA, lambda c: (c.select("Sent"), c.search(None, "SEEN"))[1])
    unseen = await office.imap(BEN, lambda c: (c.select(), c.search(None, "UNSEEN"))[1])
    assert sent == unseen == ("OK", [b"1"])


async def test_a_claim_in_our_name_is_struck_and_nothing_else(office: Office) -> None:
    forged = b"Authentication-Results: post.localhost; dkim=pass\r\n"
    other = b"Authentication-Results: mx.example; dkim=pass\r\n"
    await office.submit(ADA, [BEN], forged + other + MAIL)
    (copy,) = await office.mail(BEN)
    assert copy.endswith(f"smtp.auth={ADA}\r\n".encode() + b"Struck-" + forged + other + MAIL)
    assert await office.mail(ADA, "Sent") == [forged + other + MAIL]


async def test_two_addresses_of_one_mailbox_make_one_copy_that_names_both(office: Office) -> None:
    given = ["ben+a@post.localhost", "ben+b@post.localhost"]
    await office.submit(ADA, given, MAIL)
    (copy,) = await office.mail(BEN)
    assert [x for x in given if f"Delivered-To: {x}\r\n".encode() in copy] == given


async def test_a_mailbox_is_live_with_its_row_and_dead_without_it(office: Office) -> None:
    new = "new@post.localhost"
    wire = await office.raw_smtp(ADA)
    await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
    assert (await wire.reply(f"RCPT TO:<{new}>")).startswith(b"550 5.1.1 ")
    office.directory.open(new)
    assert (await wire.reply(f"RCPT TO:<{new}>")).startswith(b"250 ")
    office.directory.close(new)
    assert (await wire.reply(f"RCPT TO:<{new}>")).startswith(b"550 5.1.1 ")


async def test_every_recipient_is_asked_for_by_its_bare_address(office: Office) -> None:
    await office.submit(ADA, ["BEN+x@Post.Localhost"], MAIL)
    assert office.directory.asked[-1] == BEN


async def test_an_outside_address_is_refused_at_rcpt_with_the_reason(office: Office) -> None:
    wire = await office.raw_smtp(ADA)
    await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
    reply = await wire.reply("RCPT TO:<someone@example.com>")
    assert reply.startswith(b"550 5.7.1 ")
    assert b"outside" in reply
    assert b"no real mail account is connected" in reply


@pytest.mark.parametrize(
    "sender", [ADA, "ada+later@post.localhost", "ADA@POST.localhost", ""], ids=str
)
async def test_the_envelope_sender_may_be_the_mailbox_itself_or_null(
    office: Office, sender: str
) -> None:
    wire = await office.raw_smtp(ADA)
    assert (await wire.reply(f"MAIL FROM:<{sender}>")).startswith(b"250 ")
    await wire.ask(f"RCPT TO:<{BEN}>", b"250 ")
    await wire.ask("DATA", b"354 ")
    wire.send(MAIL + b".\r\n")
    await wire.until(b"250 ")
    (copy,) = await office.mail(BEN)
    assert copy.startswith(f"Return-Path: <{sender}>\r\n".encode())
    assert await office.mail(ADA, "Sent") == [MAIL]


@pytest.mark.parametrize("sender", [BEN, "ada@example.com", "xada@post.localhost"])
async def test_another_envelope_sender_is_refused(office: Office, sender: str) -> None:
    wire = await office.raw_smtp(ADA)
    assert (await wire.reply(f"MAIL FROM:<{sender}>")).startswith(b"550 5.7.1 ")


async def test_nothing_is_accepted_before_auth(office: Office) -> None:
    wire = await office.raw_smtp()
    await wire.ask("EHLO client.test", b"250 ")
    for command in (f"MAIL FROM:<{ADA}>", f"RCPT TO:<{BEN}>", "DATA", "VRFY ben"):
        assert (await wire.reply(command)).startswith(b"530 5.7.0 ")


@pytest.mark.parametrize("mechanism", ["auth_plain", "auth_login"])
async def test_both_mechanisms_log_in(office: Office, mechanism: str) -> None:
    def log_in() -> tuple[int, bytes]:
        with smtplib.SMTP("127.0.0.1", office.ports.smtp) as client:
            client.ehlo()
            client.user, client.password = ADA, PASSWORD
            return client.auth(mechanism.removeprefix("auth_").upper(), getattr(client, mechanism))

    code, _ = await asyncio.to_thread(log_in)
    assert code == 235


@pytest.mark.parametrize(
    "response",
    [
        f"\0{ADA}\0wrong",
        f"\0{ADA}\0",
        "\0nobody@post.localhost\0x",
        f"{BEN}\0{ADA}\0{PASSWORD}",
        "",
    ],
)
async def test_wrong_credentials_are_refused_alike(office: Office, response: str) -> None:
    wire = await office.raw_smtp()
    await wire.ask("EHLO client.test", b"250 ")
    token = base64.b64encode(response.encode()).decode() or "="
    assert await wire.reply(f"AUTH PLAIN {token}") == (
        b"535 5.7.8 Authentication credentials invalid\r\n"
    )


async def test_guessing_ends_the_connection(office: Office) -> None:
    wire = await office.raw_smtp()
    await wire.ask("EHLO client.test", b"250 ")
    token = base64.b64encode(f"\0{ADA}\0wrong".encode()).decode()
    for _ in range(3):
        await wire.ask(f"AUTH PLAIN {token}", b"535 ")
    assert (await wire.reply(f"AUTH PLAIN {token}")).startswith(b"421 ")
    assert await wire.rest() == b""


async def test_a_hundred_recipients_fit_and_no_more(office: Office) -> None:
    wire = await office.raw_smtp(ADA)
    await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
    for number in range(100):
        await wire.ask(f"RCPT TO:<ben+{number}@post.localhost>", b"250 ")
    assert (await wire.reply(f"RCPT TO:<{EVE}>")).startswith(b"452 4.5.3 ")


async def test_size_is_announced_and_kept(office: Office) -> None:
    wire = await office.raw_smtp()
    offered = b"".join(await wire.ask("EHLO client.test", b"250 "))
    assert b"SIZE %d\r\n" % MAX_MESSAGE_BYTES in offered
    assert b"SMTPUTF8\r\n" in offered
    assert b"8BITMIME\r\n" in offered
    token = base64.b64encode(f"\0{ADA}\0{PASSWORD}".encode()).decode()
    await wire.ask(f"AUTH PLAIN {token}", b"235 ")
    reply = await wire.reply(f"MAIL FROM:<{ADA}> SIZE={MAX_MESSAGE_BYTES + 1}")
    assert reply.startswith(b"552 ")
    await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
    await wire.ask(f"RCPT TO:<{BEN}>", b"250 ")
    await wire.ask("DATA", b"354 ")
    wire.send(b"x" * MAX_MESSAGE_BYTES + b"\r\n.\r\n")
    assert (await wire.line()).startswith(b"552 5.3.4 ")
    await wire.ask("NOOP", b"250 ")  # the connection is still in step
    assert await office.mail(BEN) == []


async def test_mail_in_every_script_passes_with_smtputf8(office: Office) -> None:
    office.directory.open("jürgen@post.localhost")
    mail = "From: ada@post.localhost\r\nSubject: Grüße\r\n\r\nこんにちは\r\n".encode()
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=office.ports.smtp, start_tls=False)
    async with client:
        await client.login(ADA, PASSWORD)
        await client.sendmail(
            ADA, ["jürgen@post.localhost"], mail, mail_options=["SMTPUTF8", "BODY=8BITMIME"]
        )
    (sent,) = await office.mail(ADA, "Sent")
    assert sent == mail


async def test_an_address_that_is_not_ascii_needs_smtputf8(office: Office) -> None:
    office.directory.open("jürgen@post.localhost")
    wire = await office.raw_smtp(ADA)
    await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
    assert (await wire.reply("RCPT TO:<jürgen@post.localhost>")).startswith(b"553 5.6.7 ")


@pytest.mark.parametrize(
    "end", [b"\n.\n", b"\r.\r", b"\n.\r\n", b"\r\n.\n", b"\r.\r\n", b"\r\n\x00.\r\n"]
)
async def test_a_bare_newline_cannot_smuggle_a_second_mail(office: Office, end: bytes) -> None:
    smuggled = f"MAIL FROM:<{ADA}>\r\nRCPT TO:<{EVE}>\r\nDATA\r\nevil\r\n.\r\n".encode()
    wire = await _data(office, ADA, BEN)
    wire.send(b"Subject: x\r\n\r\nbody" + end + smuggled)
    reply = await wire.line()
    await wire.ask("NOOP", b"250 ")
    assert await office.mail(EVE) == []
    if b"\x00" not in end:
        assert reply.startswith(b"550 5.6.0 ")
        assert await office.mail(BEN) == []


@pytest.mark.parametrize(
    ("wired", "stored"),
    [
        (b".\r\n", b""),
        (b"\r\n.\r\n", b"\r\n"),
        (b"..\r\n.\r\n", b".\r\n"),
        (b"A: b\r\n\r\n..a\r\n...\r\na.\r\n.b\r\n.\r\n", b"A: b\r\n\r\n.a\r\n..\r\na.\r\nb\r\n"),
        (b"x" * 300_000 + b"\r\n.\r\n", b"x" * 300_000 + b"\r\n"),
        (b"x" * 65_533 + b".\r\n.\r\n", b"x" * 65_533 + b".\r\n"),
    ],
)
async def test_dots_and_long_lines_arrive_as_they_were_meant(
    office: Office, wired: bytes, stored: bytes
) -> None:
    for chunk in (1, 7, len(wired)):
        if len(wired) // chunk > 1000:
            continue
        wire = await _data(office, ADA, BEN)
        for start in range(0, len(wired), chunk):
            wire.send(wired[start : start + chunk])
            await wire.writer.drain()
        await wire.until(b"250 ")
        assert (await office.mail(ADA, "Sent"))[-1] == stored


async def test_an_address_cannot_bring_a_header_of_its_own(office: Office) -> None:
    wire = await office.raw_smtp(ADA)
    await wire.ask(f"MAIL FROM:<{ADA}>", b"250 ")
    for address in ("ben+a\rX-Evil: 1\r@post.localhost", 'ben+"a b"@post.localhost', "ben+(c)"):
        assert (await wire.reply(f"RCPT TO:<{address}>"))[:1] == b"5"


async def test_a_client_cannot_name_itself_into_the_trace(office: Office) -> None:
    wire = await office.raw_smtp()
    await wire.ask("EHLO x (evil\rX-Evil: 1", b"250 ")
    token = base64.b64encode(f"\0{ADA}\0{PASSWORD}".encode()).decode()
    await wire.ask(f"AUTH PLAIN {token}", b"235 ")
    await _transaction(wire, ADA, BEN)
    wire.send(MAIL + b".\r\n")
    await wire.until(b"250 ")
    (copy,) = await office.mail(BEN)
    assert b"Received: from unknown ([127.0.0.1])\r\n" in copy
    assert b"evil" not in copy


async def test_a_mailbox_deleted_during_a_transaction_gets_nothing(office: Office) -> None:
    wire = await _data(office, ADA, BEN)
    office.directory.close(BEN)
    await office.server.forget(BEN)
    wire.send(MAIL + b".\r\n")
    assert (await wire.line()).startswith(b"451 4.2.1 ")
    office.directory.open(BEN)
    assert await office.mail(BEN) == []


async def test_many_submissions_at_once_all_arrive_once(office: Office) -> None:
    async def one(number: int) -> None:
        mail = MAIL + b"number %d\r\n" % number
        client = aiosmtplib.SMTP(hostname="127.0.0.1", port=office.ports.smtp, start_tls=False)
        async with client:
            await client.login(ADA, PASSWORD)
            for _ in range(5):
                await client.sendmail(ADA, [BEN], mail)

    await asyncio.gather(*(one(number) for number in range(20)))
    bodies = [mail.rpartition(b"number ")[2] for mail in await office.mail(BEN)]
    assert sorted(bodies) == sorted(b"%d\r\n" % n for n in range(20) for _ in range(5))


async def _data(office: Office, sender: str, recipient: str) -> Wire:
    wire = await office.raw_smtp(sender)
    await _transaction(wire, sender, recipient)
    return wire


async def _transaction(wire: Wire, sender: str, recipient: str) -> None:
    await wire.ask(f"MAIL FROM:<{sender}>", b"250 ")
    await wire.ask(f"RCPT TO:<{recipient}>", b"250 ")
    await wire.ask("DATA", b"354 ")
