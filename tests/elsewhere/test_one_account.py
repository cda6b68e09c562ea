"""One real account, many agents: sub-addresses of it, routed."""

import asyncio
import secrets

import pytest
from elsewhere.one_account import Account
from rooms import Agent, directions, eventually, letter, rows

from postroom.index import folders
from postroom.model.account_answers import Stray
from postroom.model.callers import operator
from postroom.work import looks


async def test_mail_to_a_sub_address_reaches_its_agent_and_no_other(one: Account) -> None:
    ada, ben = await Agent(one.room, "ada").open(), await Agent(one.room, "ben").open()
    assert (ada.address, ben.address) == (one.sub("ada"), one.sub("ben"))
    await asyncio.to_thread(one.bring, [ada.address], letter(to=ada.address, text="For Ada."))
    came = await ada.wait(timeout=30)
    assert [m.untrusted_text for m in came.messages] == ["For Ada."]
    assert (await ben.wait(timeout=0)).outcome == "timeout"


async def test_mail_for_nobody_here_is_left_alone_and_listed(one: Account) -> None:
    ada = await Agent(one.room, "ada").open()
    await asyncio.to_thread(one.bring, [one.address], letter(to=one.address, text="Private."))
    await asyncio.to_thread(one.bring, [ada.address], letter(to=ada.address, text="For Ada."))
    await ada.wait(timeout=30)

    async def left() -> list[str]:  # Postfix delivers the two in any order
        strays = await one.room.index.read(lambda con: folders.strays(con, 10))
        return [row["addresses"] for row in strays]

    assert await eventually(left, 30) == [one.address]
    words = await one.room.index.read(lambda con: rows(con, "SELECT text FROM messages"))
    assert words == [("For Ada.",)]
    assert len(await asyncio.to_thread(one.folder, "INBOX")) == 2


async def test_a_new_mailbox_sees_only_mail_that_came_after_it_was_made(one: Account) -> None:
    ada = await Agent(one.room, "ada").open()
    ben = one.sub("ben")
    await asyncio.to_thread(one.deliver, ben, letter(to=ben, text="Before."))
    await asyncio.to_thread(one.bring, [ada.address], letter(to=ada.address, text="Go on."))
    await ada.wait(timeout=30)
    later = await Agent(one.room, "ben").open()
    await asyncio.to_thread(one.deliver, ben, letter(to=ben, text="After."))
    came = await later.wait(timeout=30)
    assert [m.untrusted_text for m in came.messages] == ["After."]


async def test_an_answer_is_routed_by_what_it_answers_whatever_it_is_addressed_to(
    one: Account,
) -> None:
    """A provider may drop the sub-address from From; the answer then comes to the bare address."""
    ada = await Agent(one.room, "ada").open()
    await Agent(one.room, "ben").open()
    other, _ = one.host.new("customer")
    sent = await ada.send("A question?", to=other, subject="Hello")
    assert sent.status == "sent", sent
    answer = letter(
        sender=other,
        to=one.address,
        text="An answer.",
        id=f"{secrets.token_hex(6)}@customer.test",
        follows=f"{sent.send_id}@{one.host.domain}",
    )
    await asyncio.to_thread(one.deliver, one.address, answer)
    came = await ada.wait(sent.thread_id, sent.after, timeout=30)
    assert [m.untrusted_text for m in came.messages] == ["An answer."]


async def test_what_is_sent_names_the_mailbox_as_sender_and_for_replies_and_lies_in_sent_once(
    one: Account,
) -> None:
    ada = await Agent(one.room, "ada").open()
    other, _ = one.host.new("customer")
    sent = await ada.send("Hello.", to=other, subject="Hello")
    assert sent.status == "sent", sent
    (raw,) = await eventually(lambda: asyncio.to_thread(one.host.mail, other))
    assert f"From: ada <{ada.address}>".encode() in raw
    assert f"Reply-To: ada <{ada.address}>".encode() in raw

    async def copies() -> list[bytes]:
        return await asyncio.to_thread(one.folder, "Sent")

    (copy,) = await eventually(copies)
    assert str(sent.send_id).encode() in copy


async def test_mail_in_junk_is_told_as_such(one: Account) -> None:
    ada = await Agent(one.room, "ada").open()
    await asyncio.to_thread(one.file, "Junk", letter(to=ada.address, text="Buy!"))
    came = await ada.wait(timeout=60)
    assert [(m.untrusted_text, m.in_spam) for m in came.messages] == [("Buy!", True)]


async def test_what_a_person_answers_from_the_account_joins_the_thread_as_ours(
    one: Account,
) -> None:
    ada = await Agent(one.room, "ada").open()
    question = letter(to=ada.address, text="Who answers?", id="question@customer.test")
    await asyncio.to_thread(one.deliver, ada.address, question)
    came = await ada.wait(timeout=30)
    answer = letter(
        sender=one.address,
        to="ben@elsewhere.example",
        text="I do, Ada's owner.",
        id="answer@laptop.test",
        follows="question@customer.test",
    )
    await asyncio.to_thread(one.file, "Sent", answer)
    thread_id = str(came.messages[0].thread_id)

    async def joined() -> bool:  # as the operator sees it: Ada is not shown it by this
        thread = await one.room.desk.reading.thread(operator(), thread_id)
        return directions(thread) == ["received", "sent"]

    await eventually(joined, 60)
    refused = await ada.send("I answer too.", thread_id=thread_id)
    assert refused.status == "thread_moved"
    assert [m.text for m in refused.new_messages or ()] == ["I do, Ada's owner."]


async def test_mail_for_a_deleted_mailbox_goes_to_no_other_one_that_it_names(one: Account) -> None:
    ada, ben = await Agent(one.room, "ada").open(), await Agent(one.room, "ben").open()
    await one.room.desk.mailboxes.delete(operator(), ben.address)
    secret = letter(to=ben.address, text="For Ben's eyes.", more=f"Cc: {ada.address}")
    await asyncio.to_thread(one.bring, [ben.address], secret)
    await asyncio.to_thread(one.bring, [one.sub("nobody")], secret)
    await asyncio.to_thread(one.bring, [ada.address], letter(to=ada.address, text="For Ada."))
    came = await ada.wait(timeout=30)
    assert [m.untrusted_text for m in came.messages] == ["For Ada."]

    async def left() -> bool:
        return len((await one.room.desk.accounts.strays(operator())).strays) == 2

    await eventually(left, 30)
    assert await one.texts() == ["For Ada."]


@pytest.mark.parametrize("waiting", [False, True], ids=["nobody waits", "the agent waits"])
async def test_an_answer_is_not_sent_where_a_person_has_just_answered(
    one: Account, waiting: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "PATIENCE_SECONDS", 30.0)  # the machine may be busy
    ada = await Agent(one.room, "ada").open()
    customer, _ = one.host.new("customer")
    question = letter(customer, to=ada.address, text="Who answers?", id="question@customer.test")
    await asyncio.to_thread(one.deliver, ada.address, question)
    came = await ada.wait(timeout=30)
    thread_id = str(came.messages[0].thread_id)
    answer = letter(
        sender=one.address,
        to=customer,
        text="I do, Ada's owner.",
        id="answer@laptop.test",
        follows="question@customer.test",
    )
    if waiting:
        another = asyncio.create_task(ada.wait(after=came.after, timeout=60))
    else:
        await eventually(lambda: idles(one), 60)
    await asyncio.to_thread(one.file, "Sent", answer)
    sent = await ada.send("I answer too.", thread_id=thread_id)
    # It may have been found before the agent wrote, where somebody waits.
    assert sent.status in ("failed", "thread_moved")
    if sent.status == "failed":
        assert "A person answered this conversation" in str(sent.reason)
        thread = await one.room.desk.reading.thread(operator(), thread_id)
        assert directions(thread) == ["received", "sent", "sent"]
        assert [m.status for m in thread.messages] == [None, None, "failed"]
    if waiting:
        assert (await another).outcome in ("failed", "timeout")
    assert await asyncio.to_thread(one.host.mail, customer) == []
    again = await ada.send("More of it.", thread_id=thread_id, confirm=True)
    assert again.status == "sent", again


async def idles(one: Account) -> bool:
    shown = await one.room.desk.accounts.show(operator(), "work")
    return bool(shown.login_state.state == "idle")


async def test_the_operator_sees_how_the_account_stands_and_what_was_left(one: Account) -> None:
    ada = await Agent(one.room, "ada").open()
    await asyncio.to_thread(one.bring, [one.address], letter(to=one.address, text="Private."))
    await asyncio.to_thread(one.bring, [ada.address], letter(to=ada.address, text="For Ada."))
    await ada.wait(timeout=30)

    async def idles() -> bool:
        shown = await one.room.desk.accounts.show(operator(), "work")
        return (shown.login_state.state, shown.mailboxes) == ("idle", 1)

    async def left() -> tuple[Stray, ...]:  # Postfix delivers the two in any order
        return (await one.room.desk.accounts.strays(operator())).strays

    (stray,) = await eventually(left)
    await eventually(idles, 60)
    assert (stray.account, stray.folder, stray.addresses) == ("work", "INBOX", one.address)
    health = await one.room.desk.health.report(operator())
    checks = {check.name: check for check in health.checks}
    assert checks["account work"].ok
    assert checks["account work"].says.startswith("idle since ")
    assert checks["strays"].says.startswith("1 left where they lie in the last day")
    assert checks["open files"].ok
    assert health.ok, health


async def test_mail_to_two_of_our_mailboxes_at_once_arrives_in_both_once_each(
    one: Account,
) -> None:
    ada, ben = await Agent(one.room, "ada").open(), await Agent(one.room, "ben").open()
    both = f"{ada.address}, {ben.address}"
    raw = letter(to=both, text="For both.", id=f"{secrets.token_hex(6)}@customer.test")
    await asyncio.to_thread(one.bring, [ada.address, ben.address], raw)
    for agent in (ada, ben):
        came = await agent.wait(timeout=30)
        assert [m.untrusted_text for m in came.messages] == ["For both."]
    assert len(await one.texts()) == 2


async def test_an_answer_to_one_mailbox_with_a_copy_to_another_arrives_in_both_once_each(
    one: Account,
) -> None:
    ada, ben = await Agent(one.room, "ada").open(), await Agent(one.room, "ben").open()
    other, _ = one.host.new("customer")
    sent = await ada.send("A question?", to=other, cc=(ben.address,), subject="Hello")
    assert sent.status == "sent", sent
    first = await ben.wait(timeout=30)
    answer = letter(
        sender=other,
        to=ada.address,
        text="An answer to all.",
        id=f"{secrets.token_hex(6)}@customer.test",
        follows=f"{sent.send_id}@{one.host.domain}",
        more=f"Cc: {ben.address}",
    )
    await asyncio.to_thread(one.bring, [ada.address, ben.address], answer)
    came = await ada.wait(sent.thread_id, sent.after, timeout=30)
    assert [m.untrusted_text for m in came.messages] == ["An answer to all."]
    copy = await ben.wait(after=first.after, timeout=30)
    assert [m.untrusted_text for m in copy.messages] == ["An answer to all."]
    assert (await one.texts()).count("An answer to all.") == 2


async def test_a_delivered_to_that_a_stranger_wrote_is_not_believed(one: Account) -> None:
    ada, ben = await Agent(one.room, "ada").open(), await Agent(one.room, "ben").open()
    forged = letter(to=ada.address, text="For Ada.", more=f"Delivered-To: {ben.address}")
    await asyncio.to_thread(one.bring, [ada.address], forged)
    came = await ada.wait(timeout=30)
    assert [m.untrusted_text for m in came.messages] == ["For Ada."]
    assert (await ben.wait(timeout=0)).outcome == "timeout"
