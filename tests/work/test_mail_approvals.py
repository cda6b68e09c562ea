"""The approver is asked by mail, and decides by answering: once, and for what they were shown."""

import re

import pytest
from rooms import FORGED, Agent, Postman, TestClock, letter, rows

from postroom.accounts.approvals import Approvals
from postroom.build import PostRoom
from postroom.index import journal
from postroom.mime.parse import parse
from postroom.model.callers import operator
from postroom.model.errors import NotFound
from postroom.model.requests import AttachmentRequest, Edit
from postroom.provision.builtin import BuiltinProvisioner
from postroom.work.mail_approvals import MOST_OPEN, MailApprovals
from postroom.work.question import said_in
from postroom.work.term import Term

BEN, BOSS = "ben@elsewhere.example", "boss@corp.example"
ASKING = "approvals@agents.localhost"
VERIFIED = "Authentication-Results: post.localhost; dmarc=pass header.from=corp.example"
WHY = "The price is new."


class Boss:
    """The approver, and the worker that asks them, in a room where nobody else works."""

    def __init__(self, room: PostRoom, postman: Postman, approver: str = BOSS) -> None:
        self.room, self.postman = room, postman
        self.settings = Approvals(approver=approver, mailbox=ASKING)

    async def round(self) -> None:
        index = self.room.index
        number = await index.write(
            lambda con: (
                int(journal.sql.meta(con, key="term"))
                or journal.begin_term(con, index.clock(), 1, "test")
            )
        )
        term = Term(index, number)
        provisioner = BuiltinProvisioner("agents.localhost")
        decide = self.room.desk.held.answering
        await MailApprovals(term, self.settings, provisioner, decide).round()

    async def mails(self) -> list[bytes]:
        """What they were asked, oldest first."""
        found = await self.room.index.read(
            lambda con: rows(
                con,
                "SELECT r.bytes FROM raw r JOIN sends s ON s.mail_id = r.mail_id"
                " WHERE s.actor = 'worker' ORDER BY s.id",
            )
        )
        return [row[0] for row in found if isinstance(row[0], bytes)]

    async def answers(self, text: str, *, sender: str = BOSS, more: str = VERIFIED) -> None:
        asked = parse((await self.mails())[-1])
        reply = letter(
            sender,
            ASKING,
            f"{text}\n\nOn Monday, Postroom wrote:\n> Shall this mail go out?\n",
            subject=f"Re: {asked.subject}",
            follows=asked.message_id.strip("<>"),
            more=more,
        )
        await self.postman.bring(ASKING, reply)
        await self.round()


@pytest.fixture
async def boss(quiet_room: PostRoom, postman: Postman) -> Boss:
    return Boss(quiet_room, postman)


async def held(ada: Agent, boss: Boss, text: str = "Ten euros.", **more: object) -> str:
    sent = await ada.send(text, BEN, subject="The offer", hold_for_review=WHY, **more)
    await boss.round()
    return str(sent.send_id)


async def status(boss: Boss, send_id: str) -> str:
    return (await boss.room.desk.held.show(operator(), send_id)).status


async def test_the_approver_is_asked_once_and_shown_everything(ada: Agent, boss: Boss) -> None:
    files = (AttachmentRequest(filename="plan.txt", text="The plan."),)
    await held(
        ada,
        boss,
        "Ten euros.\nBcc: nobody",
        bcc=("dan@elsewhere.example",),
        html="<p>Twenty euros.</p>",
        attachments=files,
    )
    await boss.round()
    (raw,) = await boss.mails()
    asked = parse(raw)
    assert [person.address for person in asked.to] == [BOSS]
    for line in (
        f"From: {ada.address}",
        f"To: {BEN}",
        "Bcc: dan@elsewhere.example",
        "Asked for by: agent:default/ada",
        f"> {WHY}",
        "> The offer",
        "> Bcc: nobody",
        "> - Ten euros.",
        "> + Twenty euros.",
        "> plan.txt (text/plain, 9 bytes)",
    ):
        assert line in asked.text.splitlines()


@pytest.mark.parametrize(
    ("words", "end", "note"),
    [
        ("Approve", "queued", None),
        ("APPROVE. Fine with me.\nThanks", "queued", "Fine with me. Thanks"),
        ("*deny* it is too cheap", "denied", "it is too cheap"),
    ],
)
async def test_an_answer_decides_and_its_words_go_to_the_agent(
    ada: Agent, boss: Boss, words: str, end: str, note: str | None
) -> None:
    send_id = await held(ada, boss)
    await boss.answers(words)
    shown = await boss.room.desk.held.show(operator(), send_id)
    assert (shown.status, shown.operator_note) == (end, note)
    events = (await boss.room.desk.tracing.events(operator())).events
    (decided,) = [e for e in events if e.type in ("send.approved", "send.denied")]
    assert (decided.actor, decided.detail) == ("operator", "by mail")


@pytest.mark.parametrize(
    ("sender", "more"),
    [
        (BOSS, ""),
        (BOSS, FORGED.replace("bank.example", "corp.example")),
        (BOSS, "Authentication-Results: evil.example; dmarc=pass header.from=corp.example"),
        ("eve@corp.example", VERIFIED),
        ("ada@agents.localhost", VERIFIED),
        (BOSS, f"{VERIFIED}\nAuto-Submitted: auto-replied"),
    ],
)
async def test_nobody_but_the_verified_approver_decides(
    ada: Agent, boss: Boss, sender: str, more: str
) -> None:
    send_id = await held(ada, boss)
    await boss.answers("Approve", sender=sender, more=more)
    assert await status(boss, send_id) == "held"
    await boss.answers("Approve")  # the token was not used up by that
    assert await status(boss, send_id) == "queued"


async def test_an_approver_with_a_mailbox_here_decides_nothing(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    eve = await Agent(quiet_room, "eve").open()
    boss = Boss(quiet_room, postman, approver=eve.address)
    send_id = await held(ada, boss)
    await boss.answers("Approve", sender=eve.address, more=VERIFIED)
    assert await status(boss, send_id) == "held"


async def test_a_token_counts_once(ada: Agent, boss: Boss) -> None:
    send_id = await held(ada, boss)
    await boss.answers("Approve")
    await boss.room.index.write(
        lambda con: con.execute("UPDATE sends SET status = 'held' WHERE actor <> 'worker'").rowcount
    )
    await boss.answers("Approve")
    assert await status(boss, send_id) == "held"


async def test_a_token_counts_for_what_was_shown_alone(ada: Agent, boss: Boss) -> None:
    send_id = await held(ada, boss)
    desk = boss.room.desk.held
    hash = (await desk.show(operator(), send_id)).hash
    await desk.edit(operator(), send_id, hash, Edit(text="Twelve."))
    await boss.answers("Approve")
    assert await status(boss, send_id) == "held"
    assert len(await boss.mails()) == 2  # asked anew about what it is now
    await boss.answers("Approve")
    assert await status(boss, send_id) == "queued"


async def test_a_token_of_one_mail_decides_no_other(ada: Agent, boss: Boss) -> None:
    one = await held(ada, boss, "One.")
    two = await held(ada, boss, "Two.")
    await boss.answers("Approve")
    assert (await status(boss, one), await status(boss, two)) == ("held", "queued")


async def test_an_answer_that_comes_too_late_decides_nothing(
    ada: Agent, boss: Boss, clock: TestClock
) -> None:
    send_id = await held(ada, boss)
    clock.jump(73 * 3600)
    await boss.answers("Approve")
    assert await status(boss, send_id) == "held"


@pytest.mark.parametrize(
    "words",
    ["", "I approve", "> approve", "Approved?!", "Why?", "On Monday: approve"],
)
async def test_an_answer_that_does_not_begin_with_the_word_decides_nothing(
    ada: Agent, boss: Boss, words: str
) -> None:
    send_id = await held(ada, boss)
    await boss.answers(words)
    assert await status(boss, send_id) == "held"


async def test_no_agent_sees_what_was_asked(ada: Agent, boss: Boss) -> None:
    await held(ada, boss)
    for name in ("ada", "approvals", "operator"):
        agent = Agent(boss.room, name)
        listed = await boss.room.desk.mailboxes.list(agent.caller)
        assert ASKING not in [box.address for box in listed.mailboxes]
        agent.address = ASKING
        with pytest.raises(NotFound):
            await agent.wait(timeout=0)
    (question,) = await boss.mails()
    token = re.search(rb"ask-[0-9a-f]{32}", question)
    assert token is not None
    found = await boss.room.desk.reading.threads(ada.caller, query=token[0].decode())
    assert found.threads == ()


async def test_an_agent_that_took_the_asking_mailbox_is_asked_nothing(
    quiet_room: PostRoom, postman: Postman, ada: Agent
) -> None:
    await Agent(quiet_room, "eve").open("approvals")
    boss = Boss(quiet_room, postman)
    await held(ada, boss)
    assert await boss.mails() == []


async def test_a_mail_that_is_too_long_to_be_read_is_left_to_the_command_line(
    ada: Agent, boss: Boss
) -> None:
    send_id = await held(ada, boss, "Ten euros.\n" * 10_000)
    await boss.round()
    assert await boss.mails() == []
    assert await status(boss, send_id) == "held"


def test_the_word_is_the_first_one() -> None:
    assert said_in("approve") is not None
    assert said_in("approval") is None
    assert said_in("denying") is None


@pytest.mark.parametrize(
    "words",
    [
        "Approve? No, never.", "approve: NOT", "Approve, but only after lunch",
        "approve-nothing", "Approve if Bob agrees, else deny",
        "approved by nobody", "deny-listed?", "approve\u200bd", "I approve", "",
    ],
)  # fmt: skip
async def test_words_that_only_look_like_one_of_the_two_decide_nothing(
    ada: Agent, boss: Boss, words: str
) -> None:
    send_id = await held(ada, boss)
    await boss.answers(words)
    assert await status(boss, send_id) == "held"


async def test_an_answer_that_begins_with_the_questions_subject_decides_nothing(
    ada: Agent, boss: Boss
) -> None:
    send_id = await held(ada, boss)
    await boss.answers(f"{parse((await boss.mails())[-1]).subject}: your mail was received.")
    assert await status(boss, send_id) == "held"


@pytest.mark.parametrize("subject", ["Offer ask-" + "0" * 32, "ask-" + "ab" * 16 + " x"])
async def test_what_looks_like_a_token_in_an_agents_words_is_none(
    ada: Agent, boss: Boss, subject: str
) -> None:
    sent = await ada.send(f"Take ask-{'c' * 32}.", BEN, subject=subject, hold_for_review=WHY)
    await boss.round()
    await boss.answers("deny")
    assert await status(boss, str(sent.send_id)) == "denied"


async def test_an_agent_fills_nobodys_mailbox_with_questions(ada: Agent, boss: Boss) -> None:
    ben = await Agent(ada.room, "ben").open()
    for n in range(MOST_OPEN + 5):
        await ada.send(f"Text {n}", BEN, subject=f"Mine {n}", hold_for_review=WHY)
    await ben.send("Text", BEN, subject="Of another", hold_for_review=WHY)
    await boss.round()
    subjects = [parse(raw).subject for raw in await boss.mails()]
    assert len(subjects) == MOST_OPEN + 1
    assert "Of another" in subjects[-1]
    await boss.answers("approve")
    await boss.room.desk.held.deny(operator(), await first_held(boss))
    await boss.round()
    assert len(await boss.mails()) == MOST_OPEN + 2


async def first_held(boss: Boss) -> str:
    return (await boss.room.desk.held.list(operator())).sends[0].send_id


async def test_an_answer_that_says_an_agent_wrote_it_decides_nothing(
    ada: Agent, boss: Boss
) -> None:
    send_id = await held(ada, boss)
    await boss.answers("approve", more=f"{VERIFIED}\r\nPostroom-Writer: agent")
    assert await status(boss, send_id) == "held"
