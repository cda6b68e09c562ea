"""Whom a bounce or a complaint suppresses, and whom it cannot."""

import pytest
from reports_of_sends import report
from rooms import FORGED, Agent, Postman, letter
from work.test_reports_of_sends import id_of, taken

from postroom.build import PostRoom
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator
from postroom.model.sends import RecipientOutcome, RecipientReply
from postroom.work import suppressing

BEN = "ben@far.example"
EVE = "eve@far.example"
VERIFIED = "Authentication-Results: post.localhost; dmarc=pass header.from=far.example"


@pytest.fixture
async def sent(quiet_room: PostRoom, ada: Agent) -> SendAnswer:
    answer = await ada.send("Hello.", BEN)
    await taken(quiet_room, answer)
    return answer


async def held(room: PostRoom) -> list[tuple[str, str, str, str | None]]:
    found = (await room.desk.suppressions.list(operator())).suppressions
    return [(one.address, one.scope, one.cause, one.untrusted_note) for one in found]


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.10"])
async def test_a_bounce_for_good_suppresses_for_the_mailbox(
    quiet_room: PostRoom, ada: Agent, postman: Postman, sent: SendAnswer, status: str
) -> None:
    await postman.bring(ada.address, report((BEN, "failed", status), id=id_of(sent)))
    assert await held(quiet_room) == [(BEN, f"mailbox:{ada.address}", "bounce", status)]
    again = await ada.send("Again.", BEN)
    assert again.status == "denied"
    assert "there is no such mailbox" in str(again.reason)
    await ada.open("second")
    assert (await ada.send("Again.", BEN)).status == "queued"


@pytest.mark.parametrize(
    ("action", "status"),
    [("failed", "5.7.1"), ("failed", "5.2.2"), ("failed", "5.1.8"), ("failed", "4.1.1"),
     ("delayed", "4.4.1")],
)  # fmt: skip
async def test_a_refusal_of_the_mail_or_for_a_while_suppresses_nobody(
    quiet_room: PostRoom, ada: Agent, postman: Postman, sent: SendAnswer, action: str, status: str
) -> None:
    await postman.bring(ada.address, report((BEN, action, status), id=id_of(sent)))
    assert await held(quiet_room) == []


@pytest.mark.parametrize(
    "raw",
    [
        report((BEN, "failed", "5.1.1")),
        report((BEN, "failed", "5.1.1"), id="made-up@far.example"),
        report((BEN, "failed", "5.1.1"), envelope="s_0000000000"),
    ],
    ids=["an address alone", "another id", "another envelope"],
)
async def test_a_report_that_names_no_mail_of_ours_suppresses_nobody(
    quiet_room: PostRoom, ada: Agent, postman: Postman, sent: SendAnswer, raw: bytes
) -> None:
    await postman.bring(ada.address, raw)
    assert await held(quiet_room) == []


async def test_a_forged_report_and_one_of_a_stranger_to_the_mail_suppress_nobody(
    quiet_room: PostRoom, ada: Agent, postman: Postman, sent: SendAnswer
) -> None:
    forged = report((BEN, "failed", "5.1.1"), id=id_of(sent), sender="mailer-daemon@bank.example")
    await postman.bring(ada.address, f"{FORGED}\r\n".encode() + forged)
    await postman.bring(ada.address, report((EVE, "failed", "5.1.1"), id=id_of(sent)))
    assert await held(quiet_room) == []


async def test_a_report_to_another_mailbox_suppresses_nobody(
    quiet_room: PostRoom, ada: Agent, postman: Postman, sent: SendAnswer
) -> None:
    other = await Agent(quiet_room, "cleo").open()
    await postman.bring(other.address, report((BEN, "failed", "5.1.1"), id=id_of(sent)))
    assert await held(quiet_room) == []


async def test_whoever_writes_verified_is_alive_whatever_a_bounce_said(
    quiet_room: PostRoom, ada: Agent, postman: Postman, sent: SendAnswer
) -> None:
    await postman.bring(ada.address, report((BEN, "failed", "5.1.1"), id=id_of(sent)))
    await postman.bring(ada.address, letter(BEN, id="1@far.example"))
    assert len(await held(quiet_room)) == 1
    await postman.bring(ada.address, letter(BEN, id="2@far.example", more=VERIFIED, text="Here."))
    assert await held(quiet_room) == []
    assert (await ada.send("Again.", BEN)).status == "queued"


def complaint(id: str) -> bytes:
    """A report of abuse as mailbox providers write it (RFC 5965)."""
    text = (
        "From: fbl@far.example\nTo: ada@agents.localhost\nSubject: Abuse\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\n\nAn abuse report.\n--b\nContent-Type: message/feedback-report\n\n"
        "Feedback-Type: abuse\nUser-Agent: Far/1\nVersion: 1\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nTo: {BEN}\nMessage-ID: <{id}>\n\n--b--\n"
    )
    return text.replace("\n", "\r\n").encode()


async def test_a_complaint_suppresses_for_the_tenant_and_no_mail_lifts_it(
    quiet_room: PostRoom, ada: Agent, postman: Postman, sent: SendAnswer
) -> None:
    await postman.bring(ada.address, report((BEN, "failed", "5.1.1"), id=id_of(sent)))
    await postman.bring(ada.address, complaint(id_of(sent)))
    await postman.bring(ada.address, letter(BEN, id="2@far.example", more=VERIFIED))
    assert await held(quiet_room) == [(BEN, "tenant:default", "complaint", None)]
    await ada.open("second")
    assert (await ada.send("Again.", BEN)).status == "denied"


@pytest.mark.parametrize(
    ("code", "text", "suppresses"),
    [
        (550, "5.1.1 User unknown", True),
        (550, "No such user", False),
        (550, "5.7.1 Refused 5.1.1", False),
        (450, "5.1.1 Later", False),
    ],
)
async def test_a_server_that_knows_no_such_mailbox_suppresses(
    quiet_room: PostRoom, sent: SendAnswer, code: int, text: str, suppresses: bool
) -> None:
    reply = RecipientReply(address=EVE, outcome=RecipientOutcome.REFUSED, code=code, text=text)
    await quiet_room.index.write(lambda con: suppressing.by_refusal(con, 1.0, 1, 1, reply))
    assert bool(await held(quiet_room)) is suppresses
