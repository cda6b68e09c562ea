"""Mail goes out from an address that names its send, through a real Postfix, and what comes back to
that address finds the send: whatever it returns, and whoever else wrote it."""

import secrets
import smtplib
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from domain_reports import DAY, aggregate, sent_as_usual
from elsewhere import worlds
from elsewhere.one_account import STRANGER
from elsewhere.worlds import World
from rooms import Agent, eventually, rows
from servers.mail_host import MailHost

from postroom.build import PostRoom
from postroom.mime.bounce_addresses import parted
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator

BOUNCE = (
    "From: Mail Delivery System <MAILER-DAEMON@far.example>\r\nTo: {to}\r\n"
    "Subject: Undelivered Mail Returned to Sender\r\n\r\n"
    "I'm sorry, your mail could not be delivered.\r\n\r\n<{who}>: 550 5.1.1 no such user\r\n"
)
"""One that returns nothing, not even a header, and names no id."""


def world_of(kind: str, folder: Path, host: MailHost, **dns: Any) -> World:
    world: World = getattr(worlds, kind)(folder, host)
    world.operator["dns"] = {host.domain: dns}
    return world


async def sent_to(room: PostRoom, host: MailHost) -> tuple[Agent, SendAnswer, str, str]:
    """An agent, what it sent to whoever has a mailbox there, who that is, and from which address
    the mail came, as the recipient's server says."""
    ben, _ = host.new("ben")
    ada = await Agent(room, "ada").open(f"ada-{secrets.token_hex(4)}")
    sent = await ada.send("Hello.", ben)
    assert sent.status == "sent", sent.reason

    async def came() -> list[bytes]:
        return host.mail(ben)

    (raw,) = await eventually(came, 30)
    return ada, sent, ben, str(message_from_bytes(raw)["Return-Path"]).strip("<>")


def brought(host: MailHost, to: str, raw: bytes) -> None:
    """Postfix takes a mail from the null sender (RFC 5321 §4.5.5)."""
    with smtplib.SMTP("127.0.0.1", host.smtp_port, timeout=20) as smtp:
        smtp.sendmail("", [to], raw)


async def bounces(room: PostRoom) -> int:
    """How many have come."""
    asked = "SELECT 1 FROM messages WHERE kind = 'bounce'"
    return len(await room.index.read(lambda con: rows(con, asked)))


async def status(room: PostRoom, sent: SendAnswer) -> object:
    asked = "SELECT status FROM sends WHERE public_id = ?"
    return (await room.index.read(lambda con: rows(con, asked, sent.send_id)))[0][0]


@pytest.mark.parametrize("kind", ["on_directory", "on_account"])
async def test_a_bounce_without_anything_returned_marks_the_very_send(
    tmp_path: Path, mail_host: MailHost, kind: str
) -> None:
    dns = {"bounce_addresses": "verp"} if kind == "on_account" else {}
    world = world_of(kind, tmp_path, mail_host, **dns)
    async with world.open() as room:
        ada, sent, ben, sender = await sent_to(room, mail_host)
        address, tag = parted(sender)
        assert (address, len(tag)) == (ada.address, 16)
        other = await ada.send("Later.", ben)
        made_up = sender.replace(tag, tag[::-1])
        stranger = BOUNCE.format(to=made_up, who=ben).encode()
        brought(mail_host, made_up, stranger)
        assert await eventually(lambda: bounces(room), 30) == 1
        assert await status(room, sent) == "sent"
        bounce = BOUNCE.format(to=sender, who="somebody@forwarded.example").encode()
        brought(mail_host, sender, bounce)
        got = await ada.wait(sent.thread_id, sent.after, timeout=30)
        assert (got.outcome, got.messages[0].thread_id) == ("bounce", sent.thread_id)
        assert await status(room, sent) == "bounced"
        assert await status(room, other) == "sent"


async def test_a_bounce_of_postfix_itself_comes_back_to_the_address_of_the_send(
    tmp_path: Path, handing_host: MailHost
) -> None:
    ghost = f"ghost-{secrets.token_hex(4)}@{handing_host.domain}"
    handing_host.add(ghost)
    async with world_of("by_lmtp", tmp_path, handing_host).open() as room:
        ada = await Agent(room, "ada").open(f"ada-{secrets.token_hex(4)}")
        sent = await ada.send("Hello.", ghost)
        got = await ada.wait(sent.thread_id, sent.after, timeout=30)
        assert got.outcome == "bounce"
        raw = await room.desk.messages.raw(ada.caller, got.messages[0].message_id)
        address, tag = parted(str(message_from_bytes(raw)["To"]))
        assert (address, len(tag)) == (ada.address, 16)
        assert await status(room, sent) == "bounced"


@pytest.mark.parametrize(
    ("kind", "dns"),
    [("on_account", {}), ("on_directory", {"bounce_addresses": "plain"})],
)
async def test_where_it_is_not_known_to_come_back_mail_goes_out_as_from_the_mailbox(
    tmp_path: Path, mail_host: MailHost, kind: str, dns: dict[str, Any]
) -> None:
    async with world_of(kind, tmp_path, mail_host, **dns).open() as room:
        ada, _, _, sender = await sent_to(room, mail_host)
        assert sender == ada.address


async def test_a_report_about_the_domain_arrives_through_postfix_and_is_summed(
    tmp_path: Path, handing_host: MailHost
) -> None:
    domain = handing_host.domain
    async with world_of("by_lmtp", tmp_path, handing_host).open() as room:

        async def live() -> bool:
            found = (await room.desk.mailboxes.list(operator())).mailboxes
            return [(one.address, one.status) for one in found] == [(f"reports@{domain}", "live")]

        await eventually(live)
        yesterday = int(room.index.clock() // DAY * DAY) - DAY
        report = sent_as_usual(aggregate(domain=domain, begin=yesterday), sender=STRANGER)
        brought(handing_host, f"reports+dmarc@{domain}", report)

        async def counted() -> int:
            found = await room.desk.domain_reports.show(operator(), domain)
            return found.sources[0].unverified if found.sources else 0

        assert await eventually(counted, 30) == 3
