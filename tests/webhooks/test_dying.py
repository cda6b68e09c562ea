"""Whoever posts may be killed at any moment: nothing is lost, and what comes twice has one id."""

import asyncio
import signal
import sys
from pathlib import Path

import pytest
from servers import postroom_processes as processes
from servers.rooms import until
from webhooks.receiver import Receiver

from postroom.build import open_room
from postroom.model.callers import Caller, operator
from postroom.settings import Settings, load
from postroom.work.seat import Standing

CHILD = Path(__file__).with_name("dying_child.py")


async def killed(home: Path, side: str) -> None:
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), str(home), side,
        env={"PYTHONPATH": processes.SEARCH}, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        _, said = await asyncio.wait_for(child.communicate(), 60)
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    assert child.returncode == -signal.SIGKILL, said.decode()


@pytest.mark.parametrize(("side", "times"), [("before", 2), ("after", 1)])
async def test_killed_around_the_write_behind_an_answer(
    settings: Settings, receiver: Receiver, side: str, times: int
) -> None:
    home = settings.home
    config = f'[webhooks]\nallow = ["127.0.0.1:{receiver.port}"]\n'
    (home / "postroom.toml").write_text(config)
    async with open_room(load(home), program="test") as room:
        made = await room.desk.webhooks.create(operator(), receiver.url, types=("mailbox.created",))
        await room.desk.mailboxes.create(Caller(agent="ada"), "ada")
    await killed(home, side)
    assert len(receiver.taken) == 1
    async with open_room(load(home), program="test") as room:
        await room.worker.start()
        await processes.eventually(lambda: room.worker.standing is Standing.SEATED)
        done = await room.desk.webhooks.test(operator(), made.webhook.webhook_id)
        assert done.delivery is not None
        moved = "SELECT 1 FROM webhooks WHERE delivered_at IS NOT NULL"
        assert await until(room, lambda con: con.execute(moved).fetchone())
        await receiver.until(
            lambda: [each.type for each in receiver.taken].count("mailbox.created") >= times
        )
    came = [each.id for each in receiver.taken if each.type == "mailbox.created"]
    assert len(came) == times
    assert len(set(came)) == 1
