"""kill -9 at every arrow of the state table (model/sends.py), just before its transaction is
committed and just behind it: what follows is one mail, or an honest word that nobody knows."""

import asyncio
import imaplib
import re
from collections import Counter
from pathlib import Path

import pytest
from rooms import approve, rows
from servers.rooms import ADA, BEN, mailbox, opened, send, sends_in, until
from work.crashing import SIDES, crash

from postroom.build import PostRoom
from postroom.model.callers import operator
from postroom.model.requests import SendRequest

WORDS = {"subject": "A", "text": "Ten euros."}


async def two(home: Path) -> str:
    """Ben's address, in a room with Ada's and his mailboxes."""
    async with opened(home) as room:
        await mailbox(room, ADA)
        return await mailbox(room, BEN)


async def held(home: Path, to: str) -> str:
    async with opened(home) as room:
        sent = await send(room, ADA, to=(to,), **WORDS, hold_for_review="Look.")
        return str(sent.send_id)


async def copies(room: PostRoom) -> Counter[str]:
    """How many mails of each Message-ID lie with Ben, once nothing moves by itself any more."""
    await until(room, lambda con: not sends_in("queued", "submitting")(con))
    known = await room.desk.mailboxes.credentials(operator(), "ben@agents.localhost")
    return await asyncio.to_thread(_copies, known.imap_port, known.user, known.password)


def _copies(port: int, user: str, password: str) -> Counter[str]:
    with imaplib.IMAP4("127.0.0.1", port) as imap:
        imap.login(user, password)
        imap.select("INBOX", readonly=True)
        _, found = imap.fetch("1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
        text = b"".join(part[1] for part in found if isinstance(part, tuple))
        return Counter(each.decode() for each in re.findall(rb"<([^>]+)>", text))


async def statuses(room: PostRoom) -> list[str]:
    return [
        str(row[0])
        for row in await room.index.read(lambda con: rows(con, "SELECT status FROM sends"))
    ]


@SIDES
@pytest.mark.parametrize("arrow", ["nothing → queued", "queued → submitting", "submitting → sent"])
async def test_a_mail_whose_sender_asks_again_is_one_mail(
    tmp_path: Path, arrow: str, side: str
) -> None:
    asked = {"to": [await two(tmp_path)], **WORDS}
    await crash(tmp_path, "send", asked, arrow, side)
    async with opened(tmp_path) as room:
        again = await send(room, ADA, **asked)
        assert again.duplicate is (
            None if (arrow, side) == ("nothing → queued", "before") else True
        )
        assert await copies(room) == {f"{again.send_id}@agents.localhost": 1}
        assert await statuses(room) == ["sent"]


@SIDES
async def test_a_mail_that_is_held_is_held_once(tmp_path: Path, side: str) -> None:
    asked = {"to": [await two(tmp_path)], **WORDS, "hold_for_review": "Look."}
    await crash(tmp_path, "send", asked, "nothing → held", side)
    async with opened(tmp_path) as room:
        again = await send(room, ADA, **asked)
        assert (again.status, again.duplicate) == ("held", True if side == "after" else None)
        await approve(room, again.send_id)
        assert await copies(room) == {f"{again.send_id}@agents.localhost": 1}


@SIDES
async def test_a_mail_that_is_denied_stays_so(tmp_path: Path, side: str) -> None:
    await two(tmp_path)
    asked = {"to": [f"p{number}@agents.localhost" for number in range(51)], **WORDS}
    await crash(tmp_path, "send", asked, "nothing → denied", side)
    async with opened(tmp_path) as room:
        assert (await send(room, ADA, **asked)).status == "denied"
        assert await copies(room) == {}


@SIDES
async def test_an_approval_that_is_given_again_is_one_mail(tmp_path: Path, side: str) -> None:
    send_id = await held(tmp_path, await two(tmp_path))
    await crash(tmp_path, "approve", {"send_id": send_id}, "held → queued", side)
    async with opened(tmp_path) as room:
        if side == "before":
            await approve(room, send_id)
        assert await copies(room) == {f"{send_id}@agents.localhost": 1}


@SIDES
@pytest.mark.parametrize(
    ("what", "end"), [("deny", "denied"), ("cancel", "cancelled"), ("wait", "expired")]
)
async def test_a_held_mail_that_ends_goes_to_nobody(
    tmp_path: Path, what: str, end: str, side: str
) -> None:
    send_id = await held(tmp_path, await two(tmp_path))
    speed = 100_000 if what == "wait" else 1
    await crash(tmp_path, what, {"send_id": send_id}, f"held → {end}", side, speed)
    async with opened(tmp_path) as room:
        assert await copies(room) == {}
        assert await statuses(room) == [end if side == "after" else "held"]
        if side == "before":  # and can be decided again
            await approve(room, send_id)
            assert await copies(room) == {f"{send_id}@agents.localhost": 1}


@SIDES
async def test_an_edit_is_there_whole_or_not_at_all(tmp_path: Path, side: str) -> None:
    send_id = await held(tmp_path, await two(tmp_path))
    await crash(tmp_path, "edit", {"send_id": send_id, "text": "Nine."}, "held → edited", side)
    async with opened(tmp_path) as room:
        shown = await room.desk.held.show(operator(), send_id)
        words = "Nine." if side == "after" else "Ten euros."
        assert (shown.text, bool(shown.operator_changes)) == (words, side == "after")
        await room.desk.held.approve(operator(), send_id, shown.hash)
        assert await copies(room) == {f"{send_id}@agents.localhost": 1}
        arrived = await until(
            room,
            lambda con: rows(con, "SELECT text FROM messages WHERE direction = 'received'"),
        )
        assert arrived == [(words,)]


@SIDES
async def test_what_is_not_what_was_approved_goes_to_nobody(tmp_path: Path, side: str) -> None:
    to = await two(tmp_path)
    send_id = await held(tmp_path, to)
    async with opened(tmp_path, working=False) as room:
        change = "UPDATE sends SET status = 'queued', approved = 'another'"
        await room.index.write(lambda con: con.execute(change).rowcount)
    await crash(tmp_path, "wait", {}, "queued → held", side)
    async with opened(tmp_path) as room:
        await until(room, sends_in("held"))
        assert await copies(room) == {}
        assert (await room.desk.held.list(operator())).sends[0].send_id == send_id


@SIDES
async def test_a_scheduled_mail_that_is_taken_back_goes_to_nobody(
    tmp_path: Path, side: str
) -> None:
    to = await two(tmp_path)
    async with opened(tmp_path) as room:
        asked = SendRequest.model_validate({"to": (to,), **WORDS})
        send_id = str((await room.desk.sending.send(ADA, asked, "2h")).send_id)
    await crash(tmp_path, "cancel", {"send_id": send_id}, "queued → cancelled", side)
    async with opened(tmp_path) as room:
        if side == "before":
            await room.desk.unsent.cancel(operator(), send_id)
        assert await copies(room) == {}
        assert await statuses(room) == ["cancelled"]


@SIDES
async def test_a_mail_whose_bytes_have_gone_fails_and_goes_to_nobody(
    tmp_path: Path, side: str
) -> None:
    to = await two(tmp_path)
    async with opened(tmp_path, working=False) as room:
        asked = SendRequest.model_validate({"to": (to,), **WORDS})
        await room.desk.sending.send(ADA, asked, "2h")
        await room.index.write(lambda con: con.execute("DELETE FROM raw").rowcount)
        await room.index.write(lambda con: con.execute("UPDATE sends SET not_before = 0").rowcount)
    await crash(tmp_path, "wait", {}, "queued → failed", side)
    async with opened(tmp_path) as room:
        await until(room, sends_in("failed"))
        assert await copies(room) == {}
