"""Stories: clients that are killed, hang up in the midst of things, or come back later."""

import asyncio
import os
import sys
import time
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from servers import postroom_processes as processes
from servers.postroom_processes import eventually, is_alive, started, worker, working

DOMAIN = "agents.localhost"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="it looks for processes by their pid")

TESTS = Path(__file__).resolve().parents[1]

CLIENT = """
import asyncio, sys
from pathlib import Path
from servers.postroom_processes import parameters
from mcp import Client
async def main():
    async with Client(parameters(Path(sys.argv[1]), "ada")) as ada:
        await ada.call_tool("create_mailbox", {"username": "ada"})
        print("ready", flush=True)
        await ada.call_tool("wait_for_reply", {"timeout_seconds": 200})
asyncio.run(main())
"""


@POSIX
async def test_a_client_that_is_killed_leaves_no_process_behind(tmp_path: Path) -> None:
    client = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", CLIENT, str(tmp_path)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": f"{processes.SEARCH}{os.pathsep}{TESTS}"},
    )
    try:
        assert client.stdout
        assert await asyncio.wait_for(client.stdout.readline(), 30) == b"ready\n"
        server = (await eventually(lambda: working(tmp_path)))["pid"]
        assert server != client.pid
    finally:
        client.kill()
        await client.communicate()
    killed = time.monotonic()
    await eventually(lambda: not is_alive(server), 10)
    assert time.monotonic() - killed < 2


async def test_a_submission_that_was_begun_when_the_client_hung_up_is_finished(
    tmp_path: Path,
) -> None:
    async with started(tmp_path, "ada") as ada:
        made = await ada.done("create_mailbox", username="ada")
        await eventually(lambda: working(tmp_path))
        file = {"filename": "words.txt", "text": "word " * 2_000_000}
        ada.call("send_email", to=made["address"], subject="Big", text="See.", attachments=[file])
        submitting = "SELECT status FROM sends WHERE status <> 'queued'"
        await eventually(lambda: processes.ask(tmp_path, submitting))
        ada.hang_up()
        assert await ada.ended(12) == 0
    rows = processes.ask(tmp_path, "SELECT status FROM sends")
    assert [row["status"] for row in rows] == ["sent"]
    async with started(tmp_path, "ada") as ada:
        heard = await ada.done("wait_for_reply", timeout_seconds=20)
        assert [m["untrusted_subject"] for m in heard["messages"]] == ["Big"]


async def test_a_wait_goes_on_with_its_cursor_after_the_server_was_killed(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        ben = await stack.enter_async_context(started(tmp_path, "ben"))
        await ben.done("create_mailbox", username="ben")
        async with started(tmp_path, "ada") as ada:
            await ada.done("create_mailbox", username="ada")
            sent = await ada.done("send_email", to=f"ben@{DOMAIN}", subject="Q", text="Well?")
            ada.call("wait_for_reply", thread_id=sent["thread_id"], after=sent["after"])
            ada.process.kill()
        (heard,) = (await ben.done("wait_for_reply", timeout_seconds=20))["messages"]
        await ben.done("send_email", thread_id=heard["thread_id"], text="Well.")
        async with started(tmp_path, "ada") as ada:
            back = await ada.done(
                "wait_for_reply",
                thread_id=sent["thread_id"],
                after=sent["after"],
                timeout_seconds=20,
            )
            assert [m["untrusted_text"] for m in back["messages"]] == ["Well."]


async def test_mail_that_nobody_could_carry_goes_when_any_client_starts(tmp_path: Path) -> None:
    async with started(tmp_path, "ada") as ada:
        await ada.done("create_mailbox", username="ada")
        await eventually(lambda: working(tmp_path))
        ada.call("send_email", to=f"ada@{DOMAIN}", subject="Late", text="Hello.")
        await eventually(lambda: processes.ask(tmp_path, "SELECT 1 FROM sends"))
        ada.process.kill()
    async with started(tmp_path, "ben"):
        await eventually(
            lambda: processes.ask(tmp_path, "SELECT 1 FROM messages WHERE direction = 'received'"),
            5,
        )


async def test_every_process_ends_within_two_seconds_when_all_clients_hang_up_at_once(
    tmp_path: Path,
) -> None:
    async with AsyncExitStack() as stack:
        lines = [
            await stack.enter_async_context(started(tmp_path, agent))
            for agent in ("a1", "b2", "c3")
        ]
        for line in lines:
            await line.done("create_mailbox")
        assert worker(tmp_path)
        for line in lines:
            line.hang_up()
        begun = time.monotonic()
        codes = await asyncio.gather(*(line.ended(5) for line in lines))
        assert codes == [0, 0, 0]
        assert time.monotonic() - begun < 2
