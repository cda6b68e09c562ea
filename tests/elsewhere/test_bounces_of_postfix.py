"""A bounce that a real Postfix writes, from the send to what its agent reads."""

import secrets
from pathlib import Path

import pytest
from elsewhere import worlds
from elsewhere.worlds import World
from rooms import Agent, rows
from servers.mail_host import MailHost

from postroom.model.answers import YOU


@pytest.fixture
def world(tmp_path: Path, handing_host: MailHost) -> World:
    return worlds.by_lmtp(tmp_path, handing_host)


async def test_a_bounce_of_postfix_wakes_the_thread_and_marks_the_send(
    world: World, handing_host: MailHost
) -> None:
    """Postfix takes mail for whoever stands in its table; the room, where it hands it in, knows
    nobody of that name."""
    ghost = f"ghost-{secrets.token_hex(4)}@{handing_host.domain}"
    handing_host.add(ghost)
    async with world.open() as room:
        ada = await Agent(room, "ada").open(f"ada-{secrets.token_hex(4)}")
        sent = await ada.send("Hello.", ghost)
        assert sent.status == "sent", sent.reason
        got = await ada.wait(sent.thread_id, sent.after, timeout=30)
        assert (got.outcome, got.messages[0].thread_id) == ("bounce", sent.thread_id)
        assert got.messages[0].reported == (f"{ghost} permanent 5.1.1 dead",)
        view = await room.desk.reading.thread(ada.caller, sent.thread_id)
        (ours,) = [m for m in view.messages if m.from_ == YOU]
        assert ours.status == "bounced"
        assert ghost in str(ours.reason)
        asked = "SELECT about_send FROM messages WHERE kind = 'bounce'"
        assert await room.index.read(lambda con: rows(con, asked)) == [(sent.send_id,)]
