"""Feedback loops tell one address of all of a domain's mail: each complaint finds the very send."""

from collections.abc import Callable

import pytest
from domain_reports import complaint
from rooms import Agent, Postman, TestClock
from work.test_domain_reports import FORGED, Reading, settings
from work.test_reports_of_sends import id_of, ours, taken

from postroom.build import PostRoom
from postroom.index import bounce_addresses, sends
from postroom.index.database import Connection
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator

__all__ = ["settings"]

BEN, EVE = "ben@corp.example", "eve@corp.example"


@pytest.fixture
async def reading(quiet_room: PostRoom, postman: Postman, clock: TestClock) -> Reading:
    made = Reading(quiet_room, postman, clock)
    await made.round()
    return made


@pytest.fixture
async def sent(quiet_room: PostRoom, ada: Agent) -> SendAnswer:
    answer = await ada.send("Our news.", BEN)
    await taken(quiet_room, answer)
    return answer


async def tag_of(room: PostRoom, sent: SendAnswer) -> str:
    def draw(con: Connection) -> str:
        row = sends.by_public_id(con, str(sent.send_id))
        assert row is not None
        return bounce_addresses.tag_of(con, row["id"])

    return await room.index.write(draw)


async def suppressed(room: PostRoom) -> list[tuple[str, str, str]]:
    found = (await room.desk.suppressions.list(operator())).suppressions
    return [(one.address, one.scope, one.cause) for one in found]


Written = Callable[[str, str, str], bytes]
"""A complaint that names a send by its id, its Message-ID or its tag."""

WAYS: dict[str, Written] = {
    "Message-ID": lambda _, id, __: complaint(returned=f"Message-ID: <{id}>\n"),
    "envelope id": lambda send, _, __: complaint(about=f"Original-Envelope-Id: {send}\n"),
    "link to unsubscribe": lambda send, _, __: complaint(
        returned=f"List-Unsubscribe: <https://post.example/unsubscribe/{send}-{'0' * 24}>\n"
    ),
    "mail to unsubscribe": lambda send, _, __: complaint(
        returned=f"List-Unsubscribe:\n <mailto:ada@agents.localhost?subject=unsubscribe%20{send}>\n"
    ),
    "envelope sender": lambda _, __, tag: complaint(
        about=f"Original-Mail-From: <ada+b-{tag}@agents.localhost>\n"
    ),
    "Return-Path": lambda _, __, tag: complaint(
        returned=f"Return-Path: <ada+B-{tag.upper()}@agents.localhost>\n"
    ),
}


@pytest.mark.parametrize("way", WAYS)
async def test_a_complaint_without_a_recipient_finds_its_send(
    reading: Reading, ada: Agent, sent: SendAnswer, way: str
) -> None:
    tag = await tag_of(reading.room, sent)
    await reading.came(WAYS[way](str(sent.send_id), id_of(sent), tag))
    assert await suppressed(reading.room) == [(BEN, "tenant:default", "complaint")]
    assert "is called unwanted by" in str((await ours(ada, sent)).reason)
    events = await reading.room.desk.events.list(operator(), "begin", types=("message.complained",))
    assert len(events.events) == 1


@pytest.mark.parametrize(
    "raw",
    [
        complaint(returned="Message-ID: <made-up@agents.localhost>\n"),
        complaint(about="Original-Mail-From: <ada+b-0123456789abcdef@agents.localhost>\n"),
        complaint(about="Original-Envelope-Id: s_0000000000\n"),
        complaint(),
    ],
    ids=["another id", "a made-up tag", "another envelope", "nothing"],
)
async def test_a_complaint_that_names_no_mail_of_ours_does_nothing(
    reading: Reading, sent: SendAnswer, raw: bytes
) -> None:
    await reading.came(raw)
    assert await suppressed(reading.room) == []


async def test_a_forged_complaint_does_nothing(reading: Reading, sent: SendAnswer) -> None:
    raw = complaint(returned=f"Message-ID: <{id_of(sent)}>\n", top=FORGED)
    await reading.came(raw)
    assert await suppressed(reading.room) == []


async def test_of_several_recipients_nobody_is_guessed(reading: Reading, ada: Agent) -> None:
    sent = await ada.send("Our news.", (BEN, EVE))
    await taken(reading.room, sent)
    await reading.came(complaint(returned=f"Message-ID: <{id_of(sent)}>\n"))
    assert await suppressed(reading.room) == []
    named = complaint(
        about=f"Original-Rcpt-To: <{EVE}>\n", returned=f"Message-ID: <{id_of(sent)}>\n"
    )
    await reading.came(named)
    assert await suppressed(reading.room) == [(EVE, "tenant:default", "complaint")]


@pytest.mark.parametrize(
    ("sender", "whose"), [("fbl@corp.example", BEN), (EVE, EVE)], ids=["a provider", "a recipient"]
)
async def test_a_complaint_is_of_one_recipient_whomever_it_names(
    reading: Reading, ada: Agent, sender: str, whose: str
) -> None:
    answer = await ada.send("Our news.", (EVE, BEN, "dan@other.example"))
    await taken(reading.room, answer)
    named = (BEN, "dan@other.example", EVE)
    about = "".join(f"Original-Rcpt-To: {address}\n" for address in named)
    raw = complaint(about=about, returned=f"Message-ID: <{id_of(answer)}>\n")
    await reading.came(raw.replace(b"fbl@corp.example", sender.encode()))
    assert await suppressed(reading.room) == [(whose, "tenant:default", "complaint")]


async def test_a_complaint_about_mail_of_another_domain_does_nothing(
    reading: Reading, sent: SendAnswer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reports of one domain do not speak for the mail of another."""
    own = reading.room.settings.operator.dns
    monkeypatch.setitem(
        own,
        "agents.localhost",
        own["agents.localhost"].model_copy(update={"reports": "elsewhere@agents.localhost"}),
    )
    await reading.round()
    await reading.came(complaint(returned=f"Message-ID: <{id_of(sent)}>\n"))
    assert await suppressed(reading.room) == []
