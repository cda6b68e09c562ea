"""What is told of a sender: the verdict, why, and what only pretends to be a check."""

import sqlite3
from functools import partial

import pytest
from index.derived import again
from rooms import FORGED, Agent, Postman, letter, rows

from postroom.build import PostRoom
from postroom.index import correspondents, mailboxes, purge
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


async def test_a_claim_that_a_server_struck_out_is_told_whoever_the_sender_is(
    ada: Agent, postman: Postman
) -> None:
    struck = "Struck-Authentication-Results: post.localhost; dmarc=pass"
    vouched = VERIFIED.format("far.example")
    await postman.bring(
        ada.address,
        letter("boss@bank.example", id="1@x", more=f"{vouched}\r\n{struck}"),
        letter("ben@far.example", id="2@x", more=f"{vouched}\r\n{struck}"),
        letter("boss@bank.example", id="3@x", more=f"{FORGED}\r\n{struck}"),
        letter("boss@bank.example", id="4@x", more=struck.replace("post.l", "other.l")),
    )
    told = "falsely claims to have been checked by post.localhost"
    assert [(m.sender_verdict, m.sender_evidence) for m in (await ada.wait()).messages] == [
        ("unverified", told),
        ("verified", told),
        ("forged", f"dmarc=fail, says post.localhost; {told}"),
        ("unverified", None),
    ]
    assert "struck out: in the name of post.localhost" in await evidence(ada, "1@x")


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


# -- who is known, and who looks like them


async def told_of(agent: Agent) -> list[tuple[str | None, bool | None, str | None]]:
    """The verdict, whether known, and whose lookalike, of each message that nobody answered."""
    got = await agent.wait()
    return [(m.sender_verdict, m.sender_known, m.lookalike_of) for m in got.messages]


async def test_a_sender_is_known_from_the_second_verified_mail_on(
    ada: Agent, postman: Postman
) -> None:
    ben = "Ben@Elsewhere.example"
    await postman.bring(ada.address, letter(ben, id="0@x"), verified(ben, id="1@x"))
    await postman.bring(ada.address, verified(ben.lower(), id="2@x"), letter(ben, id="3@x"))
    assert await told_of(ada) == [
        ("unverified", None, None),
        ("verified", None, None),
        ("verified", True, None),
        ("unverified", None, None),
    ]
    assert "wrote before, verified" in await evidence(ada, "2@x")


async def test_a_sender_is_known_in_all_mailboxes_of_an_owner_and_in_no_others(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    second = await Agent(quiet_room, "ada").open("second")
    other = await Agent(quiet_room, "eve").open()
    for number, agent in enumerate((ada, second, other)):
        await postman.bring(agent.address, verified("ben@elsewhere.example", id=f"{number}@x"))
    assert [(await told_of(agent))[0][1] for agent in (ada, second, other)] == [None, True, None]


@pytest.mark.parametrize(
    ("known", "sender", "taken_for"),
    [
        ("ben@example.com", "ben@exarnple.com", "ben@example.com"),
        ("ben@example.com", "billing@examp1e.com", "ben@example.com"),
        ("ben@example.com", "ben@ex\u0430mple.com", "ben@example.com"),
        ("ben@example.com", "ben@xn--exmple-4nf.com", "ben@example.com"),
        ("bill@mail.example", "bi11@mail.example", "bill@mail.example"),
        ("ben@example.com", "\u042cen@example.com", None),
        ("ben@example.com", "b\u0435n@example.com", "ben@example.com"),
        ("ben@b\u00fccher.example", "ben@bucher.example", "ben@xn--bcher-kva.example"),
        ("ben@example.com", "eve@example.com", None),
        ("ben@example.com", "ben@example.net", None),
        ("ben@example.com", "BEN@EXAMPLE.COM", None),
        ("ben@elsewhere.example", "eve@agents.1ocalhost", "agents.localhost"),
        ("ben@elsewhere.example", "ada@agents.localhost", None),
    ],
)
async def test_who_can_be_taken_for_somebody_known_is_told(
    ada: Agent, postman: Postman, known: str, sender: str, taken_for: str | None
) -> None:
    await postman.bring(ada.address, verified(known, id="1@x"))
    await postman.bring(ada.address, letter(sender, id="2@x"), verified(sender, id="3@x"))
    found = await told_of(ada)
    assert [lookalike for _, _, lookalike in found] == [None, taken_for, taken_for]
    # The verified one is known by now, and is a lookalike all the same.
    await postman.bring(ada.address, verified(sender, id="4@x"))
    assert (await told_of(ada))[-1] == ("verified", True, taken_for)


ANNA = "anna@example.com"


@pytest.mark.parametrize(
    ("sender", "taken_for"),
    [
        (f'"Anna Berg <{ANNA}>" <x@evil.example>', ANNA),
        (f'"{ANNA}" <x@evil.example>', ANNA),
        ('"anna\uff20example.com" <x@evil.example>', ANNA),
        ('"ada@agents.localhost" <x@evil.example>', "ada@agents.localhost"),
        ('"pay.now.and.tell.nobody.of@evil.example" <x@evil.example>',
         "unusual-address@evil.example"),
        ('"X@Evil.example" <x@evil.example>', None),
        ('"x@evil.example" <x+lists@evil.example>', None),
        ('"Anna @ Berg" <x@evil.example>', None),
        ("Anna Berg <x@evil.example>", ANNA),
        ('"BERG, Anna" <x@evil.example>', ANNA),
        ('"\u0410nna B\u0435rg" <x@evil.example>', ANNA),
        ("Anna <x@evil.example>", None),
        ("Anna Bergmann <x@evil.example>", None),
        (f"Anna Berg <{ANNA}>", None),
        (f"Anna Berg <{ANNA.replace('@', '+home@')}>", None),
        ("Anna Berg <anna@mail.example.com>", None),
        ("<x@evil.example>", None),
    ],
)  # fmt: skip
async def test_a_name_that_belongs_to_another_address_is_told(
    ada: Agent, postman: Postman, sender: str, taken_for: str | None
) -> None:
    domain = sender.rpartition("@")[2].rstrip(">")
    await postman.bring(
        ada.address,
        letter(f"Anna Berg <{ANNA}>", id="1@x", more=VERIFIED.format("example.com")),
        letter(sender, id="2@x", more=VERIFIED.format(domain)),
    )
    assert await told_of(ada) == [
        ("verified", None, None),
        ("verified", True if sender.endswith(f"<{ANNA}>") else None, taken_for),
    ]


async def test_a_known_name_at_an_address_that_we_wrote_to_is_nothing_to_tell(
    ada: Agent, postman: Postman
) -> None:
    for number, address in enumerate((ANNA, "anna@home.example")):
        await ada.send("Hello.", f"Anna Berg <{address}>")
        await postman.bring(ada.address, letter(f"Anna Berg <{address}>", id=f"{number}@x"))
    assert [other for _, _, other in await told_of(ada)] == [None, None]


async def test_a_neighbour_who_goes_by_the_name_of_another_is_told(
    ada: Agent, postman: Postman
) -> None:
    for number, name in enumerate(("ben", "eve")):
        more = VERIFIED.format("agents.localhost")
        mail = letter(f"Ben <{name}@agents.localhost>", id=f"{number}@x", more=more)
        await postman.bring(ada.address, mail)
    assert [other for _, _, other in await told_of(ada)] == [None, "ben@agents.localhost"]


async def test_who_was_written_to_is_known_well_enough_to_be_looked_like(
    ada: Agent, postman: Postman
) -> None:
    await ada.send("Your offer, please.", "sales@supplier.example")
    await postman.bring(ada.address, verified("sales@supp1ier.example", id="1@x"))
    assert await told_of(ada) == [("verified", None, "sales@supplier.example")]


async def test_one_who_is_not_verified_is_nobody_to_be_taken_for(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter("ben@examp1e.com", id="1@x"))
    await postman.bring(ada.address, verified("ben@example.com", id="2@x"))
    assert [lookalike for _, _, lookalike in await told_of(ada)] == [None, None]


async def test_a_rebuild_finds_again_who_is_known_and_who_looks_like_them(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await ada.send("Hello.", "cleo@third.example")
    for number, sender in enumerate(["ben@example.com", "ben@exarnple.com", "ben@example.com"]):
        await postman.bring(ada.address, verified(sender, id=f"{number}@x"))
    questions = (
        "SELECT sender_known, lookalike_of FROM messages ORDER BY mail_id",
        "SELECT * FROM correspondents ORDER BY mail_id, address",
    )

    async def found() -> list[list[tuple[object, ...]]]:
        return [await quiet_room.index.read(partial(rows, question=q)) for q in questions]

    before = await found()
    assert before[0] == [(0, ""), (0, ""), (0, "ben@example.com"), (1, "")]

    def forget(con: sqlite3.Connection) -> None:
        con.execute("UPDATE messages SET sender_known = 0, lookalike_of = ''")
        con.execute("DELETE FROM correspondents")

    await quiet_room.index.write(forget)
    await again(quiet_room)
    assert await found() == before


async def test_older_mail_that_is_read_later_makes_a_sender_known(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, verified("ben@example.com", id="1@x"))

    def older(con: sqlite3.Connection) -> None:
        box = mailboxes.by_address(con, ada.address)
        assert box is not None
        message = {
            "direction": "received", "verdict": "verified", "from_address": "ben@example.com",
            "mailbox_id": box.id, "mail_id": 99, "at": 1000.0, "from_name": "",
        }  # fmt: skip
        correspondents.remember(con, message)

    await quiet_room.index.write(older)
    assert await told_of(ada) == [("verified", True, None)]


async def test_a_purged_mailbox_leaves_nobody_known(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, verified("ben@example.com", id="1@x"))
    await quiet_room.desk.mailboxes.delete(operator(), ada.address)
    await quiet_room.index.write(lambda con: purge.some(con, 1, 10))
    question = "SELECT * FROM correspondents"
    assert await quiet_room.index.read(lambda con: rows(con, question)) == []
