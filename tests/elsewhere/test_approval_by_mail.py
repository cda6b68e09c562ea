"""A person far away is asked by mail about a held one, answers, and it goes out."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from elsewhere.frail_account import DOMAIN, Frail, frail_account
from rooms import Agent, eventually, letter
from servers.rooms import until

from postroom.index.database import Connection
from postroom.mime.parse import parse
from postroom.model.errors import InvalidRequest
from postroom.settings import CONFIG_FILE, Operator, load

BEN, BOSS = "ben@elsewhere.example", "boss@far.example"
ASKING = f"agent+approvals@{DOMAIN}"
VERIFIED = "Authentication-Results: mx.corp.test; dmarc=pass header.from=far.example"


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path, trusted=["mx.corp.test"]) as made:
        made.operator["approvals"] = {"approver": BOSS, "mailbox": ASKING}
        yield made


async def test_the_approver_answers_by_mail_and_the_mail_goes_out(frail: Frail) -> None:
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        sent = await ada.send("Ten euros.", BEN, subject="Offer", hold_for_review="Look.")
        question = parse((await eventually(lambda: messages(frail, 1)))[0].removesuffix(b".\r\n"))
        assert [person.address for person in question.to] == [BOSS]
        answer = letter(
            BOSS,
            ASKING,
            "Approve\nGood price.",
            id="answer@far.example",
            subject=f"Re: {question.subject}",
            follows=question.message_id.strip("<>"),
            more=VERIFIED,
        )
        frail.imap.deliver(answer, "INBOX")
        told = await ada.wait(sent.thread_id, sent.after, timeout=30)
        assert (told.outcome, told.operator_note) == ("approved", "Good price.")
        offer = parse((await eventually(lambda: messages(frail, 2)))[1].removesuffix(b".\r\n"))
        assert offer.subject == "Offer"

        def gone(con: Connection) -> bool:
            asked = "SELECT count(*) FROM sends WHERE status <> 'sent'"
            return bool(con.execute(asked).fetchone()[0] == 0)

        await until(room, gone)


async def messages(frail: Frail, count: int) -> list[bytes]:
    return frail.smtp.messages if len(frail.smtp.messages) >= count else []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ('approver = "boss@far.example"', "belong together"),
        (
            'approver = "boss@far.example"\nmailbox = "approvals@agents.localhost"',
            "reaches the internet",
        ),
        ('approver = "boss"\nmailbox = "agent+approvals@corp.test"', "no email address"),
    ],
)
def test_a_table_that_asks_nobody_is_told(tmp_path: Path, said: str, why: str) -> None:
    (tmp_path / CONFIG_FILE).write_text(f"[approvals]\n{said}\n")
    with pytest.raises(InvalidRequest, match=why):
        load(tmp_path)
    assert Operator().approvals.approver is None
