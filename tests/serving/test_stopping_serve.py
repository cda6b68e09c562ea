"""`postroom serve` is told to stop: what it has in hand is finished, or found by the next one."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cli.shell import Program
from elsewhere.frail_account import Frail, frail_account
from elsewhere.worlds import World
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from rooms import eventually
from servers import postroom_processes as processes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")

THEM = "ben@elsewhere.example"
PATIENCE = 40


@dataclass
class Served:
    """A process that serves the account, and sends a mail whose answer its server holds back."""

    program: Program
    process: "subprocess.Popen[bytes]"
    url: str
    token: str

    async def ends(self) -> int:
        """Its exit code."""
        _, err = await asyncio.to_thread(self.process.communicate, timeout=PATIENCE)
        assert b"Traceback" not in err, err
        return self.process.returncode

    async def call(self, tool: str, **given: object) -> dict[str, Any]:
        """What a tool answers."""
        headers = {"Authorization": f"Bearer {self.token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as web,
            Client(streamable_http_client(self.url, http_client=web), mode="auto") as client,
        ):
            return (await client.call_tool(tool, given)).structured_content or {}


@asynccontextmanager
async def served(home: Path, person: Path) -> AsyncIterator[Served]:
    program = Program(home, person)
    process = program.start("serve", "--port", "0", "--json", "--agent", "ada")
    assert process.stdout is not None
    line = await asyncio.to_thread(process.stdout.readline)
    assert line, await asyncio.to_thread(process.communicate)
    said = json.loads(line)["says"]
    url = next(word for word in said.split() if word.startswith("http"))
    try:
        yield Served(program, process, url, (home / "token").read_text().strip())
    finally:
        await asyncio.to_thread(program.end_all)


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        World("account", made.home, made.operator).write_settings()
        made.smtp.hold = asyncio.Event()
        yield made


async def sending(frail: Frail, face: Served) -> "asyncio.Task[dict[str, Any]]":
    """A mail is handed over, and its server says nothing yet."""
    await face.call("create_mailbox", username="ada")
    sent = asyncio.create_task(face.call("send_email", to=[THEM], subject="A", text="Hello."))
    await eventually(lambda: asyncio.sleep(0, bool(frail.smtp.messages)), 30)
    return sent


def status(home: Path) -> list[str]:
    return [str(row[0]) for row in processes.ask(home, "SELECT status FROM sends")]


async def test_a_submission_in_flight_is_finished(frail: Frail, tmp_path: Path) -> None:
    assert frail.smtp.hold is not None
    async with served(frail.home, tmp_path / "person") as face:
        asked = await sending(frail, face)
        face.process.send_signal(signal.SIGTERM)
        await eventually(lambda: asyncio.sleep(0, not listens(face.url)), 20)
        await asyncio.wait({asked})  # cut off, or answered that it is queued yet
        assert face.process.poll() is None
        frail.smtp.hold.set()
        assert await face.ends() == 0
    assert status(frail.home) == ["sent"]
    assert len(frail.smtp.messages) == 1


async def test_told_twice_it_ends_at_once_and_the_next_one_finds_what_it_had_in_hand(
    frail: Frail, tmp_path: Path
) -> None:
    assert frail.smtp.hold is not None
    async with served(frail.home, tmp_path / "person") as face:
        asked = await sending(frail, face)
        face.process.send_signal(signal.SIGTERM)
        await eventually(lambda: asyncio.sleep(0, not listens(face.url)), 20)
        face.process.send_signal(signal.SIGTERM)
        assert await face.ends() == 128 + signal.SIGTERM
        await asyncio.wait({asked})
    assert status(frail.home) == ["submitting"]
    frail.smtp.hold.set()
    frail.imap.deliver(frail.smtp.messages[0].removesuffix(b".\r\n"), "Sent")
    async with served(frail.home, tmp_path / "person"):
        await processes.eventually(lambda: status(frail.home) == ["sent"], 60)
    assert len(frail.smtp.messages) == 1


def listens(url: str) -> bool:
    port = int(url.rpartition(":")[2].partition("/")[0])
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_a_service_manager_is_told_when_it_is_ready_and_when_it_stops(tmp_path: Path) -> None:
    (tmp_path / "person").mkdir()
    program = Program(tmp_path / "home", tmp_path / "person")
    path = os.path.relpath(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(path)
        manager.settimeout(PATIENCE)
        serving = program.start("serve", "--port", "0", NOTIFY_SOCKET=str(tmp_path / "notify"))
        try:
            assert manager.recv(100) == b"READY=1"
            serving.terminate()
            assert manager.recv(100) == b"STOPPING=1"
            serving.communicate(timeout=PATIENCE)
        finally:
            program.end_all()
    assert serving.returncode == 0
