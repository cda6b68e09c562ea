"""What becomes of requests when the server is told to stop."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from canary import put
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp_faces import Serving, serving
from rooms import letter
from serving.asking import by_hand, web

from postroom.build import PostRoom, open_room
from postroom.model.callers import operator
from postroom.serving import serve

ADDRESS = "ada@agents.localhost"
PATIENCE = 30


@asynccontextmanager
async def client(face: Serving) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {face.token}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as web,
        Client(streamable_http_client(face.url, http_client=web), mode="auto") as agent,
    ):
        yield agent


@asynccontextmanager
async def beside(home: Path) -> AsyncIterator[PostRoom]:
    """The room in another process's place: it sees what the served one does."""
    async with open_room(Serving(home).settings, program="test") as room:
        yield room


async def open_requests(face: Serving, room: PostRoom) -> float:
    """How many requests are being answered, but for this question."""
    made = await room.desk.tokens.create(operator(), "watcher", ("metrics",))
    bearer = {"Authorization": f"Bearer {made.secret}"}
    async with httpx2.AsyncClient(headers=bearer, timeout=PATIENCE) as web:
        scrape = await web.get(face.url.replace("/mcp", "/metrics"))
    line = next(
        line for line in scrape.text.splitlines() if line.startswith("postroom_http_requests_open ")
    )
    return float(line.split()[1]) - 1


async def wait_for_mail(face: Serving) -> Any:
    async with client(face) as agent:
        await agent.list_tools()  # else it asks for them behind the answer
        waited = await agent.call_tool(
            "wait_for_reply", {"mailbox": ADDRESS, "timeout_seconds": 60}
        )
        return waited.structured_content


async def rest_wait(face: Serving) -> Any:
    async with web(face) as client:
        asked = f"/v1/messages/wait?mailbox={ADDRESS}&timeout_seconds=60"
        return (await client.get(asked)).json()


async def slow_upload(face: Serving) -> bytes:
    """What comes back for a file that never comes whole."""
    head = f"POST /v1/attachments?filename=a.txt HTTP/1.1\r\nHost: {urlsplit(face.url).netloc}\r\n"
    more = f"Authorization: Bearer {face.token}\r\nContent-Length: 1000\r\n"
    return await by_hand(face, f"{head}{more}Content-Type: text/plain\r\n\r\nhalf".encode())


async def begun(face: Serving, room: PostRoom, count: int = 1) -> None:
    """Return once so many requests are being answered."""
    async with asyncio.timeout(PATIENCE):
        async with web(face) as client:
            while not (await client.get("/readyz")).is_success:
                pass  # the worker takes its seat behind the first answers
        while await open_requests(face, room) < count:
            pass


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time enough to end by itself: what is cut off fails the test by its time."""
    monkeypatch.setattr(serve, "GOODBYE_SECONDS", 60)


@pytest.mark.usefixtures("patient")
async def test_a_call_in_flight_is_answered(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, beside(tmp_path) as room:
        await room.desk.mailboxes.create(operator("ada"), username="ada")
        waiting = asyncio.create_task(wait_for_mail(face))
        await begun(face, room)
        face.stop.set()
        await put(room, ADDRESS, letter("ben@far.test", ADDRESS, "Hello."))
        assert (await asyncio.wait_for(waiting, PATIENCE))["outcome"] == "reply"


async def test_what_goes_on_when_its_time_is_over_is_answered(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(tmp_path) as face, beside(tmp_path) as room:
        await room.desk.mailboxes.create(operator("ada"), username="ada")
        by_tool = asyncio.create_task(wait_for_mail(face))
        by_rest = asyncio.create_task(rest_wait(face))
        uploaded = asyncio.create_task(slow_upload(face))
        await begun(face, room, 3)
        face.stop.set()
        assert (await asyncio.wait_for(by_tool, PATIENCE))["outcome"] == "timeout"
        waited = await asyncio.wait_for(by_rest, PATIENCE)
        assert waited["outcome"] == "timeout"
        assert waited["after"]
        head = (await asyncio.wait_for(uploaded, PATIENCE)).lower()
        assert head.startswith(b"http/1.1 503")
        assert b"retry-after: 5" in head
        assert b"server_stops" in head
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []


@pytest.mark.usefixtures("patient")
async def test_a_stream_is_ended_in_order(tmp_path: Path) -> None:
    about = {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "t", "version": "1"},
    }
    begin = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": about}
    async with serving(tmp_path) as face:
        headers = {
            "Accept": "application/json, text/event-stream",
            "Authorization": f"Bearer {face.token}",
        }
        async with httpx2.AsyncClient(timeout=PATIENCE, headers=headers) as web:
            session = (await web.post(face.url, json=begin)).headers["mcp-session-id"]
            own = {"Mcp-Session-Id": session, "Accept": "text/event-stream"}
            async with web.stream("GET", face.url, headers=own) as stream:
                assert stream.status_code == 200
                face.stop.set()
                async for _ in stream.aiter_bytes():  # raises where it ends in the middle
                    continue
