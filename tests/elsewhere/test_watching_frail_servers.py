"""An account whose IMAP server does what it should not: what the watcher makes of it."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from elsewhere.frail_account import (
    ADDRESS,
    DOMAIN,
    Frail,
    events,
    frail_account,
    problem,
    received,
    state,
    well_again,
)
from rooms import Agent, eventually, letter, rows
from servers.frail_imap import Idling, frail_imap

from postroom.build import PostRoom
from postroom.index import folders
from postroom.model.callers import operator
from postroom.work import tries, vigil, watch
from postroom.work.folder_reader import FolderReader
from postroom.work.intake import Intake

TO = f"agent+ada@{DOMAIN}"


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        yield made


def mail(text: str) -> bytes:
    return letter(to=TO, text=text, more=f"X-Trace: {text}")


@pytest.mark.parametrize("idling", [Idling.ABSENT, Idling.REFUSED])
async def test_a_server_without_idle_is_polled_and_told_of(frail: Frail, idling: Idling) -> None:
    frail.imap.idling = idling
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "polling")
        frail.imap.deliver(mail("Polled."))
        await eventually(lambda: received(room))
    assert frail.imap.asked["idle"] <= (1 if idling is Idling.REFUSED else 0)


async def test_mail_that_idle_does_not_tell_of_is_found_by_the_next_look(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 1.0)
    frail.imap.idling = Idling.SILENT
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        frail.imap.deliver(mail("Untold."))
        await eventually(lambda: received(room))


async def test_a_wait_polls_at_the_pace_that_was_set_and_idle_resumes_with_its_end(
    frail: Frail,
) -> None:
    frail.imap.idling = Idling.SILENT
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await state(room, "idle")
        waiting = asyncio.create_task(ada.wait(timeout=60))
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["noop"] >= 5))
        begun = time.monotonic()
        before = frail.imap.asked["noop"]
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["noop"] >= before + 20))
        assert time.monotonic() - begun > 20 * 0.05 * 0.9
        idles = frail.imap.asked["idle"]
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["idle"] > idles))


async def test_a_wait_sees_mail_at_once_though_idle_is_silent(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 600.0)  # nothing but the wait looks
    frail.imap.idling = Idling.SILENT
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await state(room, "idle")
        waiting = asyncio.create_task(ada.wait(timeout=30))
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["noop"] >= 2))
        frail.imap.deliver(mail("Now."))
        came = await waiting
        assert [m.untrusted_text for m in came.messages] == ["Now."]


async def test_a_message_that_is_listed_and_not_handed_out_is_passed_by_told_and_listed(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        frail.imap.unreadable.add(frail.imap.inbox.uidnext)
        frail.imap.inbox.put(mail("Never."))
        frail.imap.deliver(mail("After."))
        await eventually(lambda: received(room))
        await eventually(lambda: happened(room, "message.left", 1))
        assert await received(room) == ["After."]
        (stray,) = await room.index.read(lambda con: folders.strays(con, 10))
        assert stray["why"] == "its server does not hand it out"
        assert stray["uid"] == 1


@pytest.mark.parametrize("behind", [1, 600])
async def test_a_message_over_which_the_server_falls_stops_nobody(
    frail: Frail, behind: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With much mail behind it, it is met on the way down of a first look."""
    monkeypatch.setattr(tries, "FIRST_PAUSE", 0.1)
    first = frail.imap.inbox.put(mail("Never."))
    frail.imap.fatal.add(first + behind // 2)
    for number in range(behind):
        frail.imap.inbox.put(mail(f"Mail {number}."))
    async with frail.open() as room:
        await Agent(room, "ada").open()

        async def all_but_one() -> bool:
            left = await room.index.read(lambda con: folders.strays(con, 10))
            return len(await received(room)) == behind and len(left) == 1

        await eventually(all_but_one, 60)
        await state(room, "idle")


async def test_a_server_that_was_put_back_loses_no_new_mail_and_brings_no_old_one_twice(
    frail: Frail,
) -> None:
    """UIDVALIDITY stays, and UIDs are used again for other mail: a backup was restored."""
    async with frail.open() as room:
        await Agent(room, "ada").open()
        for number in range(6):
            frail.imap.deliver(mail(f"Mail {number}."))
        await eventually(lambda: all_of(room, 6))
        before = await ids(room)
    inbox = frail.imap.inbox
    for uid in (4, 5, 6):
        del inbox.mails[uid]
    inbox.uidnext = 4
    assert inbox.put(mail("New.")) == 4
    async with frail.open() as room:
        await eventually(lambda: all_of(room, 7))
        assert (await received(room))[-1] == "New."
        assert (await ids(room))[:6] == before
        await eventually(lambda: happened(room, "message.expunged", 3))
        frail.imap.deliver(mail("And on."))
        await eventually(lambda: all_of(room, 8))


async def test_a_server_that_was_put_back_has_no_private_mail_listed_from_before_our_time(
    frail: Frail,
) -> None:
    inbox = frail.imap.inbox
    inbox.put(letter(to=ADDRESS, text="Private."), at=time.time() - 30 * 86400)
    async with frail.open() as room:
        await Agent(room, "ada").open()
        for number in range(3):
            frail.imap.deliver(mail(f"Mail {number}."))
        await eventually(lambda: all_of(room, 3))
    for uid in (3, 4):
        del inbox.mails[uid]
    inbox.uidnext = 3
    inbox.put(mail("New."))
    async with frail.open() as room:
        await eventually(lambda: all_of(room, 4))
        assert (await received(room))[-1] == "New."
        assert not await room.index.read(lambda con: folders.strays(con, 10))


async def all_of(room: PostRoom, count: int) -> bool:
    return len(await received(room)) == count


async def happened(room: PostRoom, what: str, times: int) -> bool:
    return (await events(room)).count(what) == times


async def ids(room: PostRoom) -> list[object]:
    question = "SELECT public_id FROM mail WHERE direction = 'received' ORDER BY id"
    return [row[0] for row in await room.index.read(lambda con: rows(con, question))]


async def test_a_server_whose_uidnext_is_not_true_is_not_read_anew_again_and_again(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 0.2)
    monkeypatch.setattr(watch, "COMPARE_SECONDS", 0.2)  # each round opens every folder
    async with frail.open() as room:
        await Agent(room, "ada").open()
        for number in range(3):
            frail.imap.deliver(mail(f"Mail {number}."))
        await eventually(lambda: all_of(room, 3))
        frail.imap.inbox.uidnext = 1
        selects = frail.imap.asked["examine"]
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["examine"] > selects + 9))
        fetches = frail.imap.asked["fetch"]
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["examine"] > selects + 18))
        assert frail.imap.asked["fetch"] == fetches


async def test_what_is_left_alone_is_listed_once_however_often_a_folder_is_renumbered(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        frail.imap.inbox.put(letter(to=ADDRESS, text="Private."))
        frail.imap.deliver(mail("Ours."))
        await eventually(lambda: received(room))
    for uidvalidity in (2, 3):
        frail.imap.inbox.uidvalidity = uidvalidity
        async with frail.open() as room:
            await state(room, "idle")
            strays = await room.index.read(lambda con: folders.strays(con, 10))
            assert [row["addresses"] for row in strays] == [ADDRESS]
            assert await received(room) == ["Ours."]


async def test_a_login_that_is_refused_later_is_told_with_each_mailbox_and_mends_itself(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        ada, ben = await Agent(room, "ada").open(), await Agent(room, "ben").open()
        await state(room, "idle")
        frail.imap.password = "changed"
        frail.imap.cut()
        for agent in (ada, ben):
            await problem(agent, "The mail server refuses the login. Since 20")
        await state(room, "down")
        assert not (await room.desk.health.report(operator())).ok
        frail.secret.write_text("changed")
        await well_again(ada)
        await well_again(ben)
        await state(room, "idle")
        assert (await events(room)).count("login.state") >= 4


async def test_an_account_that_hangs_does_not_slow_another(tmp_path: Path, frail: Frail) -> None:
    async with frail_imap(password="other") as other:
        other_secret = tmp_path / "other"
        other_secret.write_text("other")
        other_secret.chmod(0o600)
        frail.operator["accounts"]["other"] = {
            **frail.account,
            "address": "agent@other.test",
            "password": {"file": str(other_secret)},
            "imap": {"host": "127.0.0.1", "port": other.port, "security": "none"},
        }
        frail.operator["domains"]["other.test"] = {"provisioner": "account", "account": "other"}
        frail.imap.hangs = True
        async with frail.open() as room:
            await Agent(room, "ada").open()
            made = await room.desk.mailboxes.create(
                Agent(room, "ben").caller, "ben", domain="other.test"
            )
            ben = Agent(room, "ben", address=made.address)
            await state(room, "idle", "other")
            other.deliver(letter(to=ben.address, text="Quick."))
            came = await ben.wait(timeout=10)
            assert [m.untrusted_text for m in came.messages] == ["Quick."]


async def test_mail_that_waited_for_a_first_look_is_in_its_order(frail: Frail) -> None:
    """It is read newest first; ids and conversations are in order of arrival all the same."""
    for number in range(150):
        follows = "root@customer.test" if number else ""
        id = f"{number}@customer.test" if number else "root@customer.test"
        raw = letter(to=TO, text=f"Mail {number}.", id=id, follows=follows)
        frail.imap.inbox.put(raw, at=frail.clock() - 30 + number // 10)
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await eventually(lambda: all_of(room, 150))
        wanted = [f"Mail {number}." for number in range(150)]
        assert await received(room) == wanted
        by_id = "SELECT text FROM messages WHERE direction = 'received' ORDER BY mail_id"
        found = await room.index.read(lambda con: rows(con, by_id))
        assert [str(text).strip() for (text,) in found] == wanted
        (listed,) = (await room.desk.reading.threads(ada.caller)).threads
        assert listed.message_count == 150


async def test_mail_that_came_between_the_first_mailbox_and_the_first_login_is_read(
    frail: Frail,
) -> None:
    frail.imap.hangs = True
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        frail.clock.jump(600)
        frail.imap.inbox.put(mail("Meanwhile."), at=frail.clock() - 300)
        frail.imap.hangs = False
        frail.imap.cut()
        came = await ada.wait(timeout=30)
        assert [m.untrusted_text for m in came.messages] == ["Meanwhile."]


async def test_each_address_of_a_catch_all_domain_is_a_mailbox_and_the_others_are_left_alone(
    frail: Frail,
) -> None:
    frail.operator["domains"][DOMAIN]["addresses"] = "catch-all"
    async with frail.open() as room:
        ada, ben = await Agent(room, "ada").open(), await Agent(room, "ben").open()
        assert ada.address == f"ada@{DOMAIN}"
        await state(room, "idle")
        lists = "list@elsewhere.example"
        frail.imap.inbox.put(b"X-Original-To: ada@corp.test\r\n" + letter(to=lists, text="Ada."))
        frail.imap.inbox.put(b"Delivered-To: BEN@corp.test\r\n" + letter(to=lists, text="Ben."))
        frail.imap.inbox.put(letter(to=f"Cam <cam@{DOMAIN}>", text="Nobody."))
        frail.imap.deliver(letter(to=f"ada@{DOMAIN}", text="By its header."))
        await eventually(lambda: has(room, ada.address, 2))
        await eventually(lambda: has(room, ben.address, 1))
        for agent, wanted in ((ada, ["Ada.", "By its header."]), (ben, ["Ben."])):
            came = await agent.wait(timeout=0)
            assert [m.untrusted_text for m in came.messages] == wanted
        strays = await room.index.read(lambda con: folders.strays(con, 10))
        assert [row["addresses"] for row in strays] == [f"cam@{DOMAIN}"]


async def has(room: PostRoom, address: str, count: int) -> bool:
    question = (
        "SELECT 1 FROM messages g JOIN mailboxes b ON b.id = g.mailbox_id"
        " WHERE b.address = ? AND g.direction = 'received'"
    )
    return len(await room.index.read(lambda con: rows(con, question, address))) == count


async def test_no_more_connections_are_open_at_a_time_than_the_operator_allows(
    frail: Frail,
) -> None:
    frail.account["connections"] = 2
    frail.account["files_sent"] = False
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await state(room, "idle")
        frail.smtp.once["DOT"] = b""  # the connection ends there
        texts = [f"Mail {number}." for number in range(8)]
        await asyncio.gather(*(ada.send(text, to="ben@elsewhere.example") for text in texts))

        async def all_filed() -> bool:
            question = "SELECT 1 FROM sends WHERE status = 'sent' AND to_file = 0"
            return len(await room.index.read(lambda con: rows(con, question))) == 7

        await eventually(all_filed, 20)

        async def one_is_held() -> bool:
            await frail.jump(room, 61)
            return await happened(room, "send.held", 1)

        await eventually(one_is_held, 30)
    assert frail.imap.most_at_once <= 2


async def test_a_folder_that_is_renumbered_under_idle_brings_no_mail_twice(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 0.5)
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        for number in range(3):
            frail.imap.deliver(mail(f"Mail {number}."))
        await eventually(lambda: all_of(room, 3))
        before = await ids(room)
        inbox = frail.imap.inbox
        inbox.uidvalidity = 9
        inbox.mails = {uid + 40: kept for uid, kept in inbox.mails.items()}
        inbox.uidnext = 44
        frail.imap.deliver(mail("New."))
        await eventually(lambda: all_of(room, 4))
        assert (await ids(room))[:3] == before
        assert (await events(room)).count("message.received") == 4


async def test_a_server_that_was_put_back_and_took_more_mail_since_loses_none_of_it(
    frail: Frail,
) -> None:
    """It is beyond the last UID that we know already: only the mail there tells."""
    async with frail.open() as room:
        await Agent(room, "ada").open()
        for number in range(3):
            raw = letter(to=TO, text=f"Mail {number}.", id=f"{number}@customer.test")
            frail.imap.deliver(raw)
        await eventually(lambda: all_of(room, 3))
        before = await ids(room)
    inbox = frail.imap.inbox
    del inbox.mails[3]
    inbox.uidnext = 3
    for number in range(3):
        inbox.put(letter(to=TO, text=f"New {number}.", id=f"new{number}@customer.test"))
    async with frail.open() as room:
        await eventually(lambda: all_of(room, 6))
        assert set(before) < set(await ids(room))
        assert {f"New {number}." for number in range(3)} < set(await received(room))


async def test_mail_that_is_told_of_as_a_round_ends_is_read(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A server tells of it once: to the last look of a round, or to what follows that.
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 0.6)
    frail.imap.idling = Idling.SILENT
    frail.account["poll_seconds"] = 10
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await state(room, "idle")
        cursor = None
        for number in range(3):
            waiting = asyncio.create_task(ada.wait(after=cursor, timeout=10))
            await asyncio.sleep(0.3)  # in the midst of the round's only pause
            frail.imap.deliver(mail(f"Number {number}."))
            got = await waiting
            assert [m.untrusted_text for m in got.messages] == [f"Number {number}."]
            cursor = got.after


async def test_a_server_that_ends_each_connection_once_it_was_read_is_asked_less_and_less(
    frail: Frail,
) -> None:
    frail.imap.idling = Idling.SILENT
    async with frail.open() as room:
        await Agent(room, "ada").open()
        async with asyncio.timeout(60):
            for _ in range(4):
                await state(room, "idle")
                begun = asyncio.get_running_loop().time()
                frail.imap.cut()
                await state(room, "down")
        await state(room, "idle")
    # 0.5, 1, 2, 4 seconds, each drawn between half and the whole of it.
    assert asyncio.get_running_loop().time() - begun >= 2


async def test_new_mail_below_an_old_one_that_was_copied_to_the_top_is_taken(frail: Frail) -> None:
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
    texts = [f"Number {number}." for number in range(3)]
    for text in texts:
        frail.imap.deliver(mail(text))
    frail.imap.deliver(mail("Old."), at=time.time() - 90 * 86_400)
    async with frail.open() as room:

        async def all_of_them() -> bool:
            found = await room.index.read(lambda con: rows(con, "SELECT text FROM messages"))
            return sorted(str(text) for (text,) in found) == texts

        await eventually(all_of_them)


async def test_what_was_left_alone_and_is_taken_away_is_listed_no_longer(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 0.2)
    monkeypatch.setattr(watch, "COMPARE_SECONDS", 0.2)
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        uid = frail.imap.deliver(letter(to=ADDRESS, text="Private."))
        stays = frail.imap.deliver(letter(to=ADDRESS, text="Private too."))

        async def left(*uids: int) -> bool:
            found = await room.index.read(lambda con: folders.strays(con, 10))
            return {row["uid"] for row in found} == set(uids)

        await eventually(lambda: left(uid, stays))
        del frail.imap.inbox.mails[uid]
        await eventually(lambda: left(stays))


async def test_mail_that_came_after_its_mailbox_is_taken_although_its_server_has_a_slow_clock(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        frail.imap.deliver(mail("In time."))
        await eventually(lambda: received(room))
        frail.imap.deliver(mail("From a slow clock."), at=time.time() - 180)
        await eventually(lambda: came(room, "In time.", "From a slow clock."))


async def test_a_mailbox_that_is_made_later_gets_what_comes_from_then_on_whatever_its_date(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        await Agent(room, "cam").open()
        await state(room, "idle")
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["idle"]))
        idles = frail.imap.asked["idle"]
        await Agent(room, "ada").open()
        await eventually(lambda: asyncio.sleep(0, frail.imap.asked["idle"] > idles))
        frail.imap.deliver(mail("From a slow clock."), at=time.time() - 180)
        await eventually(lambda: came(room, "From a slow clock."))


class Hold:
    """Holds what was fetched back from the index, until it is let go."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.holds = asyncio.Event()
        self.let_go = asyncio.Event()
        take = Intake.take

        async def taken(*asked: Any, **more: Any) -> bool:
            self.holds.set()
            await self.let_go.wait()
            return await take(*asked, **more)

        patch.setattr(Intake, "take", taken)


@pytest.mark.parametrize("lies", [True, False], ids=["at the first look", "as it comes"])
async def test_mail_on_its_way_into_the_index_is_for_no_mailbox_that_is_made_meanwhile(
    frail: Frail, lies: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = letter(to=f"agent+ben@{DOMAIN}", text="Before.")
    hold = Hold(monkeypatch)
    if lies:
        frail.imap.deliver(before)
    async with frail.open() as room:
        await Agent(room, "ada").open()
        if not lies:
            await state(room, "idle")
            frail.imap.deliver(before)
        await asyncio.wait_for(hold.holds.wait(), 20)
        ben = await Agent(room, "ben").open()
        hold.let_go.set()
        frail.imap.deliver(letter(to=ben.address, text="After."))
        await eventually(lambda: is_left(room, ben.address), 30)
        await eventually(lambda: received(room), 30)
        assert await received(room) == ["After."]


async def test_what_a_first_look_has_not_come_down_to_is_for_no_mailbox_that_is_made_meanwhile(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes during a first look is read before it, and wakes who may make a mailbox."""
    frail.imap.deliver(letter(to=f"agent+ben@{DOMAIN}", text="Before."))
    begin = FolderReader._begin

    async def begun(reader: FolderReader, exists: int) -> None:
        await begin(reader, exists)
        if len(frail.imap.inbox.mails) == 1:
            frail.imap.deliver(mail("Go on."))

    async def slices(reader: FolderReader) -> int:
        if not made.done():
            made.set_result(await Agent(room, "ben").open())
        return await one_slice(reader)

    one_slice = FolderReader._slice
    made: asyncio.Future[Agent] = asyncio.get_running_loop().create_future()
    monkeypatch.setattr(FolderReader, "_begin", begun)
    monkeypatch.setattr(FolderReader, "_slice", slices)
    async with frail.open() as room:
        await Agent(room, "ada").open()
        ben = await asyncio.wait_for(made, 20)
        await eventually(lambda: is_left(room, ben.address), 30)
        frail.imap.deliver(letter(to=ben.address, text="After."))
        await eventually(lambda: came(room, "Go on.", "After."), 30)


async def is_left(room: PostRoom, address: str) -> bool:
    strays = await room.index.read(lambda con: folders.strays(con, 10))
    return [row["addresses"] for row in strays] == [address]


async def test_mail_that_is_much_older_than_its_mailbox_is_listed_as_left_when_it_is_moved_there(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        frail.imap.deliver(mail("In time."))
        await eventually(lambda: received(room))
        uid = frail.imap.deliver(mail("From an archive."), at=time.time() - 2 * 3600)

        async def left() -> bool:
            found = await room.index.read(lambda con: folders.strays(con, 10))
            return [row["uid"] for row in found] == [uid]

        await eventually(left)
        assert await received(room) == ["In time."]


async def test_mail_that_came_in_a_short_outage_is_taken_although_its_server_has_a_slow_clock(
    frail: Frail,
) -> None:
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        frail.imap.deliver(mail("In time."))
        await eventually(lambda: received(room))
        frail.imap.hangs = True
        frail.imap.cut()
        await state(room, "down")
        frail.imap.deliver(mail("In the outage."), at=time.time() - 300)
        frail.imap.hangs = False
        await eventually(lambda: came(room, "In time.", "In the outage."), 60)


@pytest.mark.parametrize("gone", [0, 4])
async def test_new_mail_under_numbers_that_were_a_persons_own_mail_is_read(
    frail: Frail, gone: int
) -> None:
    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")
        frail.imap.deliver(mail("One."))
        for number in range(3):
            private = letter(to=ADDRESS, text="Private.", id=f"private-{number}@x")
            frail.imap.deliver(private)

        async def all_seen() -> bool:
            return len(await room.index.read(lambda con: folders.strays(con, 10))) == 3

        await eventually(all_seen)
    inbox = frail.imap.inbox
    for uid in (2, 3, 4):  # its server is put back to the first mail, and goes on
        del inbox.mails[uid]
    inbox.uidnext = 2
    for number in range(2, 6):
        inbox.put(mail(f"Number {number}."))
    inbox.mails.pop(gone, None)
    wanted = {"One.", *(f"Number {number}." for number in range(2, 6) if number != gone)}
    async with frail.open() as room:

        async def all_read() -> bool:
            return set(await received(room)) == wanted

        await eventually(all_read, 30)


async def test_a_server_that_numbers_anew_each_time_does_not_make_the_index_grow(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 0.2)
    async with frail.open() as room:
        await Agent(room, "ada").open()
        for number in range(20):
            frail.imap.deliver(mail(f"Number {number}."))
        await eventually(lambda: so_many(room, 20))
        for uidvalidity in range(2, 8):
            frail.imap.inbox.uidvalidity = uidvalidity
            frail.imap.folders["Junk"].uidnext += 1  # INBOX is opened anew with it
            await eventually(lambda v=uidvalidity: read_under(room, v), 30)  # type: ignore[misc]
        copies = await room.index.read(lambda con: rows(con, "SELECT count(*) FROM copies"))
        assert copies == [(20,)]
        assert len(await received(room)) == 20


async def so_many(room: PostRoom, count: int) -> bool:
    return len(await received(room)) == count


async def read_under(room: PostRoom, uidvalidity: int) -> bool:
    asked = "SELECT count(*) FROM copies WHERE uidvalidity = ?"
    return await room.index.read(lambda con: rows(con, asked, uidvalidity)) == [(20,)]


async def came(room: PostRoom, *texts: str) -> bool:
    return await received(room) == list(texts)
