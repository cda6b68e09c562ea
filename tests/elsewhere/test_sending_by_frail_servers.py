"""The courier on an account whose servers refuse, fall silent, or die after the final dot."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from elsewhere.frail_account import (
    DOMAIN,
    Frail,
    came_to,
    events,
    frail_account,
    minutes_pass,
    problem,
    received,
    sends,
    taken_for,
    well_again,
)
from rooms import Agent, directions, eventually, letter, rows
from servers.frail_imap import frail_imap
from smtp.scripted_smtp import HANG_UP, scripted_smtp

from postroom.build import PostRoom
from postroom.index import mail
from postroom.model.callers import operator

THEM = "ben@elsewhere.example"


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        yield made


async def test_an_answer_that_was_lost_is_found_in_sent_under_our_message_id(frail: Frail) -> None:
    frail.smtp.once["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THEM)
        assert answer.status == "unknown"
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        await came_to(room, "sent")
    assert len(frail.smtp.messages) == 1


async def test_an_answer_that_was_lost_is_found_in_sent_under_the_providers_message_id(
    frail: Frail,
) -> None:
    frail.smtp.once["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THEM)
        assert answer.status == "unknown"
        frail.imap.deliver(renamed(frail.smtp.messages[0], str(answer.send_id)), "Sent")
        await frail.jump(room, 31)
        await came_to(room, "sent", seconds=60)


async def test_a_copy_in_sent_proves_nothing_for_whom_its_server_put_off_or_refused(
    frail: Frail,
) -> None:
    frail.smtp.answers["RCPT TO:<BEN"] = b"450 4.2.1 later\r\n"
    frail.smtp.answers["RCPT TO:<CAM"] = b"550 5.1.1 nobody\r\n"
    frail.smtp.once["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THREE)
        assert answer.status == "unknown"
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        assert "(450)" in await came_to(room, "queued")
        assert await outcomes(room) == {"ben": "deferred", "cam": "refused", "dan": "accepted"}
        del frail.smtp.answers["RCPT TO:<BEN"]
        await frail.jump(room, 2)
        reason = await came_to(room, "sent")
        assert reason == "The mail server refused cam@elsewhere.example (550)."
        assert await outcomes(room) == {"ben": "accepted", "cam": "refused", "dan": "accepted"}
    assert taken_for(frail) == ["ben", "cam", "dan", "ben"]


async def test_who_is_put_off_until_time_is_up_is_told_when_the_copy_is_found(
    frail: Frail,
) -> None:
    frail.smtp.answers["RCPT TO:<BEN"] = b"450 4.2.1 later\r\n"
    frail.operator["retry_hours"] = 0.001
    frail.smtp.once["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await ada.send(to=THREE)
        await frail.jump(room, 10)
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        assert "ben@elsewhere.example (450)" in await came_to(room, "sent")
        assert (await outcomes(room))["ben"] == "deferred"


@pytest.mark.parametrize("on_unknown", ["hold", "resend"])
async def test_the_copy_of_an_earlier_attempt_proves_nothing_of_a_later_one(
    frail: Frail, on_unknown: str
) -> None:
    frail.account["on_unknown"] = on_unknown
    frail.smtp.answers["RCPT TO:<BEN"] = b"450 4.2.1 later\r\n"
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THREE)
        assert answer.status == "queued"
        frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
        del frail.smtp.answers["RCPT TO:<BEN"]
        frail.smtp.once["DOT"] = HANG_UP
        await frail.jump(room, 2)
        await came_to(room, "unknown")
        if on_unknown == "hold":
            assert "goes to them again" in await minutes_pass(frail, room, "held")
            assert await outcomes(room) == {"ben": "unknown", "cam": "accepted", "dan": "accepted"}
        else:
            await minutes_pass(frail, room, "sent")
            assert taken_for(frail) == ["ben", "cam", "dan", "ben", "ben"]


async def test_a_second_doubt_is_looked_into_for_as_long_as_the_first(frail: Frail) -> None:
    frail.account["on_unknown"] = "resend"
    frail.smtp.answers["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await ada.send(to=THEM)

        async def gone_again() -> bool:
            await frail.jump(room, 2)
            return len(frail.smtp.messages) >= 2

        await eventually(gone_again, 60)
        await came_to(room, "unknown")
        ((since,),) = await sends(room, "doubt_since")
        assert isinstance(since, float)
        assert frail.clock() - since < 30


THREE = tuple(f"{name}@elsewhere.example" for name in ("ben", "cam", "dan"))


async def outcomes(room: PostRoom) -> dict[str, str]:
    found = await room.index.read(
        lambda con: rows(con, "SELECT address, outcome FROM recipients ORDER BY address")
    )
    return {str(address).partition("@")[0]: str(outcome) for address, outcome in found}


def renamed(raw: bytes, send_id: str) -> bytes:
    """A Sent copy as a provider keeps it that puts its own Message-ID in the place of ours."""
    field = f"Message-ID: <{send_id}@{DOMAIN}>".encode()
    raw = raw.removesuffix(b".\r\n")
    assert field in raw
    theirs = b"Message-ID: <theirs@mail.provider.example>\r\nX-Google-Original-" + field
    return raw.replace(field, theirs)


async def test_what_is_not_in_sent_for_a_minute_is_held_for_a_person(frail: Frail) -> None:
    frail.smtp.once["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THEM)
        assert answer.status == "unknown"
        assert "A person decides" in await minutes_pass(frail, room, "held")
        assert "send.held" in await events(room)
        waited = await ada.wait(answer.thread_id, answer.after, timeout=0)
        assert waited.outcome == "held"
    assert len(frail.smtp.messages) == 1


async def test_what_is_not_in_sent_goes_again_with_the_same_message_id_where_that_was_set(
    frail: Frail,
) -> None:
    frail.account["on_unknown"] = "resend"
    frail.smtp.once["DOT"] = HANG_UP
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THEM)
        await minutes_pass(frail, room, "sent")
    first, second = frail.smtp.messages
    assert first == second
    assert f"<{answer.send_id}@{DOMAIN}>".encode() in first


async def test_a_login_that_is_refused_fails_no_mail_and_is_told(frail: Frail) -> None:
    frail.smtp.answers["AUTH"] = b"535 5.7.8 no\r\n"
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THEM)
        assert answer.status == "queued"
        assert "does not let this mailbox send" in str(answer.reason)
        del frail.smtp.answers["AUTH"]
        await frail.jump(room, 61)
        await came_to(room, "sent")


async def test_a_secret_that_vanishes_is_told_and_mended_without_a_restart(frail: Frail) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        frail.secret.unlink()
        frail.imap.cut()
        await problem(ada, f"The secret in the file {frail.secret} cannot be read")
        answer = await ada.send(to=THEM)
        assert answer.status == "queued"
        assert "cannot be read" in str(answer.reason)
        frail.secret.write_text(frail.imap.password)
        frail.secret.chmod(0o600)
        await frail.jump(room, 31)
        await came_to(room, "sent")
        await well_again(ada)


async def test_a_secret_file_that_is_just_being_edited_fails_no_mail(frail: Frail) -> None:
    frail.secret.write_text("two\nlines\n")
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THEM)
        assert answer.status == "queued"
        assert "more than one line" in str(answer.reason)


async def test_a_secret_in_the_environment_is_read_anew(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    frail.account["password"] = {"env": "FRAIL_PASSWORD"}
    monkeypatch.delenv("FRAIL_PASSWORD", raising=False)
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await problem(ada, "The environment variable FRAIL_PASSWORD is not set.")
        monkeypatch.setenv("FRAIL_PASSWORD", frail.imap.password)
        await well_again(ada)
        answer = await ada.send(to=THEM)
        assert answer.status == "sent"


async def test_recipients_that_are_deferred_or_refused_are_so_each_by_itself(frail: Frail) -> None:
    frail.smtp.answers["RCPT TO:<BEN"] = b"450 4.2.1 later\r\n"
    frail.smtp.answers["RCPT TO:<CAM"] = b"550 5.1.1 nobody\r\n"
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        to = tuple(f"{name}@elsewhere.example" for name in ("ben", "cam", "dan"))
        answer = await ada.send(to=to)
        assert answer.status == "queued"
        del frail.smtp.answers["RCPT TO:<BEN"]
        await frail.jump(room, 2)
        assert "cam@" in await came_to(room, "sent")
        found = await room.index.read(
            lambda con: rows(con, "SELECT address, outcome FROM recipients ORDER BY address")
        )
        outcomes = [str(outcome) for _, outcome in found]
        assert outcomes == ["accepted", "refused", "accepted"]


async def test_a_server_that_hangs_keeps_no_other_accounts_mail_waiting(
    tmp_path: Path, frail: Frail
) -> None:
    async with frail_imap(password=frail.imap.password) as imap, scripted_smtp() as smtp:
        frail.operator["accounts"]["other"] = {
            **frail.account,
            "address": "agent@other.test",
            "imap": {"host": "127.0.0.1", "port": imap.port, "security": "none"},
            "smtp": {"host": "127.0.0.1", "port": smtp.port, "security": "none"},
        }
        frail.operator["domains"]["other.test"] = {"provisioner": "account", "account": "other"}
        frail.smtp.hold = asyncio.Event()
        async with frail.open() as room:
            ada = await Agent(room, "ada").open()
            stuck = [
                asyncio.create_task(ada.send(f"Mail {number}.", to=THEM)) for number in range(20)
            ]
            await eventually(lambda: asyncio.sleep(0, len(frail.smtp.messages) >= 2))
            made = await room.desk.mailboxes.create(ada.caller, "quick", domain="other.test")
            answer = await ada.send("Quick.", to=THEM, mailbox=made.address)
            assert answer.status == "sent"
            found = await sends(room, "status")
            assert found.count(("submitting",)) == 2
            frail.smtp.hold.set()
            await asyncio.gather(*stuck)


@pytest.mark.parametrize("answered", [True, False])
async def test_a_copy_is_filed_once_in_sent_where_the_provider_files_none(
    frail: Frail, answered: bool
) -> None:
    frail.account["files_sent"] = False
    frail.imap.append_ends = 0 if answered else 1
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THEM)
        assert answer.status == "sent"
        await eventually(lambda: nothing_to_file(room))
    (copy, _), *more = frail.imap.folders["Sent"].mails.values()
    assert f"<{answer.send_id}@{DOMAIN}>".encode() in copy
    assert not more


@pytest.mark.parametrize("below", ["", "INBOX/"])
async def test_sent_is_made_where_an_account_has_none(frail: Frail, below: str) -> None:
    frail.account["files_sent"] = False
    frail.imap.below = below
    del frail.imap.folders["Sent"]
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        answer = await ada.send(to=THEM)
        await eventually(lambda: nothing_to_file(room))
    ((copy, _),) = frail.imap.folders[f"{below}Sent"].mails.values()
    assert f"<{answer.send_id}@{DOMAIN}>".encode() in copy


async def nothing_to_file(room: PostRoom) -> bool:
    return await sends(room, "to_file") == [(0,)]


OUTLOOK = "theirs@AM0PR01MB1234.eurprd01.prod.exchangelabs.com"


@pytest.mark.parametrize("told", ["by its answer", "by its copy in Sent"])
async def test_a_mail_that_its_provider_renamed_is_known_by_both_names(
    frail: Frail, told: str
) -> None:
    theirs = "theirs@mail.provider.example"
    if told == "by its answer":
        theirs = OUTLOOK
        said = f"250 2.0.0 OK <{theirs}> [Hostname=AM0PR01MB1234.eurprd01.prod.outlook.com]\r\n"
        frail.smtp.answers["DOT"] = said.encode()
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        sent = await ada.send(to=THEM)
        assert sent.status == "sent"
        if told == "by its copy in Sent":
            frail.imap.deliver(renamed(frail.smtp.messages[0], str(sent.send_id)), "Sent")
            await frail.jump(room, 1)
        await eventually(lambda: known_as(room, theirs), 40)
        ours = f"{sent.send_id}@{DOMAIN}"
        for number, id in enumerate((ours, theirs)):
            answer = letter(sender=THEM, to="agent@corp.test", text=f"To {number}.", follows=id)
            frail.imap.deliver(answer)
            await eventually(lambda n=number: has_received(room, n + 1))  # type: ignore[misc]  # a default
        await in_one_thread(room, ada, str(sent.thread_id))
        await room.desk.health.rebuild(operator(), lambda done, total: None)
        await in_one_thread(room, ada, str(sent.thread_id))
        late = letter(sender=THEM, to="agent@corp.test", text="Late.", follows=theirs)
        frail.imap.deliver(late)
        await eventually(lambda: has_received(room, 3))
        thread = await room.desk.reading.thread(ada.caller, str(sent.thread_id))
        assert len(thread.messages) == 4


async def known_as(room: PostRoom, message_id: str) -> bool:
    return bool(await room.index.read(lambda con: mail.by_message_id(con, message_id)))


async def has_received(room: PostRoom, count: int) -> bool:
    return len(await received(room)) == count


async def in_one_thread(room: PostRoom, ada: Agent, thread_id: str) -> None:
    thread = await room.desk.reading.thread(ada.caller, thread_id)
    assert directions(thread) == ["sent", "received", "received"]


async def test_the_password_is_in_no_log_no_event_no_answer_and_not_in_the_index(
    frail: Frail, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    password = frail.imap.password
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        assert (await ada.send(to=THEM)).status == "sent"
        frail.imap.password = "changed"
        frail.smtp.answers["AUTH"] = b"535 5.7.8 no: " + password.encode() + b"\r\n"
        frail.smtp.messages_each = 1
        frail.imap.cut()
        await problem(ada, "The mail server refuses the login.")
        await ada.send("Again.", to=THEM)
        report = await room.desk.health.report(operator())
        said = json.dumps([report.model_dump(), await sends(room, "reason")])
        assert password not in said
        assert password not in repr(room) + repr(frail.settings)
    assert password not in caplog.text
    files = [file for file in frail.home.iterdir() if file.is_file()]
    for file in files:
        if file.name.startswith("postroom.db"):
            # What a server says is kept in the trace, and it may say anything: a server that knows
            # the password already tells nobody else.
            assert file.read_bytes().count(password.encode()) == 0, file


async def test_a_domain_that_is_gone_keeps_its_mail_waiting_and_says_so(frail: Frail) -> None:
    frail.smtp.answers["MAIL"] = b"451 4.3.0 later\r\n"
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        assert (await ada.send(to=THEM)).status == "queued"
    kept = dict(frail.operator)
    frail.operator.clear()
    async with frail.open() as room:
        ada = Agent(room, "ada", address=ada.address)
        await problem(ada, "postroom.toml did not name its domain when the worker started.")
        assert not (await room.desk.health.report(operator())).ok
        await frail.jump(room, 40)
        await eventually(
            lambda: waits_for(room, f"postroom.toml did not name {DOMAIN} when the worker")
        )
        builtin = await Agent(room, "ben").open()
        assert (await builtin.send(to=builtin.address)).status == "sent"
    frail.operator.update(kept)
    frail.smtp.answers.clear()
    async with frail.open() as room:
        await frail.jump(room, 40)
        await well_again(Agent(room, "ada", address=ada.address))

        async def all_sent() -> bool:
            return {row[0] for row in await sends(room, "status")} == {"sent"}

        await eventually(all_sent)


async def waits_for(room: PostRoom, reason: str) -> bool:
    return any(
        status == "queued" and str(said).startswith(reason)
        for status, said in await sends(room, "status", "reason")
    )
