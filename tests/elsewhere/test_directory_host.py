"""Agents whose mailboxes are rows of a table that Postfix and Dovecot read."""

import secrets

import pytest
from rooms import Agent, directions, eventually
from servers.mail_host import MailHost

from postroom.build import PostRoom
from postroom.model.callers import operator
from postroom.work import vigil


def unique(name: str) -> str:
    return f"{name}-{secrets.token_hex(4)}"


async def test_two_agents_talk_over_a_real_host(hosted: PostRoom) -> None:
    ada = await Agent(hosted, "ada").open(unique("ada"))
    ben = await Agent(hosted, "ben").open(unique("ben"))
    made = await hosted.desk.mailboxes.create(ada.caller, ada.address)
    assert (made.status, made.existed, made.reach) == ("live", True, "internet")
    sent = await ada.send("How are you?", to=ben.address, subject="Hello")
    assert sent.status == "sent", sent
    came = await ben.wait(timeout=20)
    assert (came.outcome, came.messages[0].untrusted_text) == ("reply", "How are you?")
    assert came.messages[0].sender_verdict == "verified"
    answer = await ben.send("Well.", thread_id=came.messages[0].thread_id)
    assert answer.status == "sent", answer
    back = await ada.wait(sent.thread_id, sent.after, timeout=20)
    assert [m.untrusted_text for m in back.messages] == ["Well."]
    thread = await hosted.desk.reading.thread(ada.caller, sent.thread_id)
    assert directions(thread) == ["sent", "received"]
    await ada.send("And now?", thread_id=sent.thread_id)
    [more] = (await ben.wait(after=came.after, timeout=20)).messages
    assert (more.sender_verdict, more.sender_known) == ("verified", True)


async def test_whom_a_host_that_sends_nothing_to_elsewhere_refuses_is_told_why(
    hosted: PostRoom,
) -> None:
    """Its configuration was printed with --relay none; the 550 is its own."""
    ada = await Agent(hosted, "ada").open(unique("ada"))
    sent = await ada.send("Anybody there?", to="x@world.example", subject="Hello")
    assert sent.status == "failed"
    assert "printed with --relay none" in str(sent.reason)
    nobody = await ada.send("And you?", to=unique("nobody") + f"@{ada.address.partition('@')[2]}")
    assert nobody.status == "failed"
    assert "--relay" not in str(nobody.reason)


async def test_what_a_person_answers_from_the_mailbox_joins_the_thread(
    hosted: PostRoom, mail_host: MailHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 1.0)
    ada = await Agent(hosted, "ada").open(unique("ada"))
    ben = await Agent(hosted, "ben").open(unique("ben"))
    sent = await ada.send("Who answers?", to=ben.address, subject="Hello")
    came = await ben.wait(timeout=20)
    known = await hosted.desk.mailboxes.credentials(operator(), ben.address)
    raw = (
        f"From: {ben.address}\r\nTo: {ada.address}\r\nSubject: Re: Hello\r\n"
        f"Message-ID: <{secrets.token_hex(8)}@laptop.test>\r\n"
        f"In-Reply-To: <{sent.send_id}@{mail_host.domain}>\r\n\r\nI do.\r\n"
    )
    mail_host.submit(ben.address, known.password, [ada.address], raw.encode())

    async def answered() -> bool:
        thread = await hosted.desk.reading.thread(ben.caller, str(came.messages[0].thread_id))
        return directions(thread) == ["received", "sent"]

    await eventually(answered, 60)
    listed = await hosted.desk.mailboxes.list(ben.caller)
    assert listed.mailboxes[0].awaiting_answer == 0
