"""What the server of a real account says of a recipient, and what that suppresses."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from elsewhere.frail_account import Frail, came_to, frail_account
from rooms import Agent, rows

from postroom.model.callers import operator

BEN, DAN = "ben@elsewhere.example", "dan@elsewhere.example"


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        yield made


async def test_a_server_that_knows_no_such_mailbox_is_asked_once(frail: Frail) -> None:
    frail.smtp.answers["RCPT"] = b"550 5.1.1 nobody\r\n"
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        assert (await ada.send(to=BEN)).status == "failed"
        (one,) = (await room.desk.suppressions.list(operator())).suppressions
        assert (one.address, one.cause, one.untrusted_note) == (BEN, "bounce", "5.1.1")
        assert one.scope == f"mailbox:{ada.address}"
        assert (await ada.send("Again.", to=BEN)).status == "denied"


async def test_who_is_put_off_and_then_suppressed_does_not_get_what_others_have(
    frail: Frail,
) -> None:
    frail.smtp.answers["RCPT TO:<BEN"] = b"450 4.2.1 later\r\n"
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await ada.send(to=(BEN, DAN))
        await room.desk.suppressions.add(operator(), BEN)
        del frail.smtp.answers["RCPT TO:<BEN"]
        await frail.jump(room, 31)
        assert f"Nothing more is sent to {BEN}" in await came_to(room, "sent")
        asked = "SELECT address, outcome FROM recipients ORDER BY address"
        assert await room.index.read(lambda con: rows(con, asked)) == [
            (BEN, "refused"),
            (DAN, "accepted"),
        ]
    assert len(frail.smtp.messages) == 1
