"""What is told of a sender: the verdict, why, and what only pretends to be a check."""

import sqlite3

from index.derived import again
from rooms import FORGED, Agent, Postman, letter, rows

from postroom.build import PostRoom
from postroom.model.answers import StepKind
from postroom.model.callers import operator

VERIFIED = "Authentication-Results: post.localhost; dmarc=pass header.from={}"
BORDER = "Received: from mx.elsewhere.example by post.localhost; Fri, 27 Nov 2026 12:00:00 +0000"


def verified(sender: str, **more: str) -> bytes:
    """A letter that the trusted server vouches for."""
    return letter(sender, more=VERIFIED.format(sender.rpartition("@")[2]), **more)


async def evidence(agent: Agent, id: str) -> str:
    trace = await agent.room.desk.tracing.trace(operator(), f"<{id}>")
    [found] = [s for s in trace.steps if s.what.startswith("sender taken for")]
    assert found.kind is StepKind.READ
    return f"{found.what}: {found.detail}"


async def test_a_forged_message_says_why_and_a_verified_one_says_nothing(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter("boss@bank.example", id="1@x", more=FORGED))
    await postman.bring(ada.address, verified("ben@elsewhere.example", id="2@x"))
    got = await ada.wait()
    assert [(m.sender_verdict, m.sender_evidence) for m in got.messages] == [
        ("forged", "dmarc=fail, says post.localhost"),
        ("verified", None),
    ]


async def test_a_claim_that_only_a_sender_can_have_written_is_told(
    ada: Agent, postman: Postman
) -> None:
    raw = f"{BORDER}\r\nMessage-ID: <1@x>\r\n{VERIFIED.format('bank.example')}\r\n".encode()
    await postman.bring(ada.address, raw + b"From: boss@bank.example\r\n\r\nPay now.\r\n")
    [message] = (await ada.wait()).messages
    assert message.sender_verdict == "unverified"
    assert message.sender_evidence == "falsely claims to have been checked by post.localhost"
    assert "where only a sender can have written it" in await evidence(ada, "1@x")


async def test_a_trace_tells_what_the_verdict_rests_on(ada: Agent, postman: Postman) -> None:
    field = VERIFIED.format("elsewhere.example") + "; dkim=pass header.d=elsewhere.example"
    await postman.bring(ada.address, letter(id="1@x", more=field))
    told = await evidence(ada, "1@x")
    assert told == (
        "sender taken for verified: dmarc=pass, says post.localhost; post.localhost: dmarc=pass"
        " header.from=elsewhere.example, dkim=pass header.d=elsewhere.example; for the From"
        " domain: dkim"
    )


async def test_a_rebuild_finds_the_evidence_of_mail_from_before_it_was_kept(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter("boss@bank.example", id="1@x", more=FORGED))
    question = "SELECT verdict, evidence FROM messages"
    before = await quiet_room.index.read(lambda con: rows(con, question))

    def forget(con: sqlite3.Connection) -> None:
        con.execute("UPDATE messages SET evidence = '', verdict = 'unverified'")

    await quiet_room.index.write(forget)
    await again(quiet_room)
    assert await quiet_room.index.read(lambda con: rows(con, question)) == before
