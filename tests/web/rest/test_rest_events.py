"""REST at /v1: events as pages and as a stream."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest
from mcp_faces import Serving, serving
from rooms import PATIENCE, Agent, eventually

from postroom.build import PostRoom, open_room
from postroom.desk.events import feed
from postroom.index import journal
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.events import EventType
from postroom.model.operator_event_answers import TYPES
from postroom.web.rest import event_stream, streams


@pytest.fixture
async def face(tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving(tmp_path) as running:
        yield running


@pytest.fixture
async def room(face: Serving) -> AsyncIterator[PostRoom]:
    """The same post room, opened once more: what others do there."""
    async with open_room(face.settings, program="test") as opened:
        yield opened


@pytest.fixture
async def ada(room: PostRoom) -> Agent:
    return await Agent(room, "ada").open()


def client(face: Serving, token: str | None = None) -> httpx2.AsyncClient:
    given = {"Authorization": f"Bearer {face.token if token is None else token}"}
    return httpx2.AsyncClient(base_url=face.url.removesuffix("/mcp"), headers=given, timeout=20)


async def happen(room: PostRoom, count: int) -> None:
    def change(con: Connection) -> None:
        for _ in range(count):
            journal.append(con, 1.0, EventType.MAILBOX_PROBLEM, "worker", mailbox_id=1)

    await room.index.write(change)


class Reader:
    """A client of a stream, as a browser's EventSource is one."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines
        self.last_id = ""
        self.retry = 0

    async def event(self) -> dict[str, str]:
        """The next one that has data."""
        block: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if line:
                    field, _, value = line.partition(":")
                    block[field] = value.strip()
                    continue
                self.last_id = block.get("id", self.last_id)
                self.retry = int(block.get("retry", self.retry))
                if "data" in block:
                    return block
                block = {}
        raise EOFError

    async def ends(self) -> bool:
        try:
            while await self.event():
                pass
        except EOFError:
            return True
        return False


@asynccontextmanager
async def reading(
    face: Serving, token: str | None = None, last_id: str = "", **asked: str
) -> AsyncIterator[Reader]:
    headers = {"Accept": "text/event-stream"} | ({"Last-Event-ID": last_id} if last_id else {})
    async with (
        client(face, token) as web,
        web.stream("GET", "/v1/events", params=asked, headers=headers) as response,
    ):
        assert response.status_code == 200, await response.aread()
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Reader(response.aiter_lines())


async def test_a_mail_is_told_on_a_stream_and_a_page_as_the_same_event(
    face: Serving, room: PostRoom, ada: Agent
) -> None:
    ben = await Agent(room, "ben").open()
    async with reading(face, after="begin", type="message.*") as mine:
        await ben.send("Hello.", ada.address)
        block = await mine.event()
    event = json.loads(block["data"])
    assert (block["event"], block["id"]) == ("message.received", event["id"])
    assert event["from"] == ben.address
    assert event["mailbox"] == ada.address
    assert mine.retry
    async with client(face) as web:
        page = await web.get("/v1/events", params={"after": "begin", "type": "message.*"})
    assert page.json()["events"] == [event]


async def test_a_stream_goes_on_behind_the_last_id_and_tells_nothing_twice(
    face: Serving, room: PostRoom, ada: Agent
) -> None:
    told: list[str] = []
    async with reading(face) as stream:
        await happen(room, 3)
        told += [(await stream.event())["id"] for _ in range(2)]
    await happen(room, 2)
    async with reading(face, last_id=stream.last_id, after="begin") as stream:
        await happen(room, 1)
        told += [(await stream.event())["id"] for _ in range(4)]
    numbers = [int(id.partition("-")[2]) for id in told]
    assert numbers == list(range(numbers[0], numbers[0] + 6))


async def reached(stream: Reader, position: int) -> bool:
    return stream.last_id.endswith(f"-{position}")


async def has_place(web: httpx2.AsyncClient) -> bool:
    """Whether one more stream or wait of the token would be taken."""
    return (await web.get("/v1/events")).status_code == 200


async def test_what_is_not_for_a_reader_moves_its_place_on(
    face: Serving, room: PostRoom, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.0)
    monkeypatch.setattr(feed, "BEAT_SECONDS", 0.02)
    async with reading(face, type="message.*") as stream:
        await happen(room, 5)
        position = await room.index.position()
        pending = asyncio.create_task(stream.event())
        await eventually(lambda: reached(stream, position))
        pending.cancel()
        await asyncio.wait({pending})


async def test_a_token_that_is_revoked_hears_nothing_more(
    face: Serving, room: PostRoom, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feed, "BEAT_SECONDS", 0.02)
    monkeypatch.setattr(streams, "LOOK_SECONDS", 0.02)
    begun, look = list[str](), streams.Streams.until_over

    async def until_over(self: streams.Streams, token_id: str) -> None:
        begun.append(token_id)
        await look(self, token_id)

    monkeypatch.setattr(streams.Streams, "until_over", until_over)
    made = await room.desk.tokens.create(operator(), "ada", scopes=("read",))
    async with reading(face, made.secret) as stream:
        await happen(room, 1)
        await stream.event()
        waits = [asyncio.create_task(_wait(face, made.secret, path)) for path in WAITS]
        await eventually(lambda: _both(begun))
        async with reading(face) as other:
            await room.desk.tokens.revoke(operator(), made.token.token_id)
            assert await stream.ends()
            await happen(room, 1)
            assert await other.event()
    for told in await asyncio.wait_for(asyncio.gather(*waits), PATIENCE):
        assert (told.status_code, told.json()["code"]) == (401, "token_required")
    async with client(face, made.secret) as web:
        assert (await web.get("/v1/events")).status_code == 401


WAITS = ("/v1/events?wait=60", "/v1/messages/wait?timeout_seconds=60")


async def _wait(face: Serving, token: str, path: str) -> httpx2.Response:
    async with client(face, token) as web:
        return await web.get(path)


async def _both(begun: list[str]) -> bool:
    return len(begun) == len(WAITS)


async def test_streams_are_so_many_at_a_time(
    face: Serving, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "MAX_STREAMS_OF_TOKEN", 2)
    async with client(face) as web:
        for _ in range(3):
            async with reading(face), reading(face):
                refused = await web.get("/v1/events")
                assert (refused.status_code, refused.json()["code"]) == (503, "too_many_streams")
            await eventually(lambda: has_place(web))  # seen that its readers left


async def test_a_reader_that_takes_nothing_is_cut_and_goes_on_without_loss(
    face: Serving, room: PostRoom, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_stream, "WRITE_SECONDS", 0.2)
    monkeypatch.setattr(streams, "MAX_STREAMS_OF_TOKEN", 1)
    host, port = face.url.split("/")[2].split(":")
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((host, int(port)))
        asked = f"GET /v1/events?stream=true HTTP/1.1\r\nHost: {host}:{port}\r\n"
        slow.sendall(f"{asked}Authorization: Bearer {face.token}\r\n\r\n".encode())
        head = await asyncio.to_thread(slow.recv, 4096)
        assert b" 200 " in head
        async with client(face) as web:
            assert not await has_place(web)
            await happen(room, 20_000)
            await eventually(lambda: has_place(web))
        taken = await asyncio.to_thread(_all, slow)
    lines = (head + taken).decode().splitlines()
    ids = [line.removeprefix("id: ") for line in lines if line.startswith("id: ")]
    last = int(ids[-1].partition("-")[2])
    assert last < await room.index.position()
    async with reading(face, last_id=ids[-1]) as stream:
        assert (await stream.event())["id"].endswith(f"-{last + 1}")


def _all(slow: socket.socket) -> bytes:
    """Every whole block until the other side ends it."""
    slow.settimeout(PATIENCE)
    found = b""
    while chunk := slow.recv(65536):
        found += chunk
    return found[: found.rfind(b"\n\n") + 2]


async def test_a_stream_ends_whole_when_the_server_stops(tmp_path: Path) -> None:
    async with serving(tmp_path) as face, reading(face) as stream:
        waits = asyncio.create_task(_long_wait(face))
        face.stop.set()
        assert await stream.ends()
        await asyncio.wait({waits})


async def _long_wait(face: Serving) -> None:
    async with client(face) as web:
        await web.get("/v1/events", params={"wait": 30})


async def test_a_page_waits_and_says_where_to_go_on(
    face: Serving, room: PostRoom, ada: Agent
) -> None:
    async with client(face) as web:
        begun = (await web.get("/v1/events")).json()
        assert begun["events"] == []
        asked = asyncio.create_task(
            web.get("/v1/events", params={"after": begun["after"], "wait": 20})
        )
        await happen(room, 3)
        first = (await asked).json()
        rest = (await web.get("/v1/events", params={"after": first["after"], "limit": 500})).json()
        both = [one["id"] for one in first["events"] + rest["events"]]
        assert len(both) == len(set(both)) == 3


async def test_the_headers_of_a_stream_are_given_alone(face: Serving) -> None:
    async with client(face) as web:
        answer = await web.head("/v1/events", headers={"Accept": "text/event-stream"})
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.content == b""


async def test_what_is_asked_wrong_is_a_problem_and_no_stream(
    face: Serving, room: PostRoom, ada: Agent
) -> None:
    eve = await Agent(room, "eve").open()
    async with client(face) as web:
        for asked, status, code in (
            ({"after": "0000-1"}, 400, "event_id_of_another_history"),
            ({"after": "nonsense"}, 400, "event_id_invalid"),
            ({"type": "message.arrived"}, 400, "event_type_unknown"),
            ({"mailbox": eve.address}, 404, "mailbox_not_found"),
            ({"thread_id": "t_nobodys"}, 404, "thread_not_found"),
            ({"types": "message.*"}, 422, "request_malformed"),
            ({"wait": "61"}, 422, "request_malformed"),
        ):
            for accept in ("application/json", "text/event-stream"):
                answer = await web.get("/v1/events", params=asked, headers={"Accept": accept})
                assert (answer.status_code, answer.json()["code"]) == (status, code)
        both = {"Accept": "application/json, text/event-stream"}
        page = await web.get("/v1/events", headers=both)
        assert page.headers["content-type"] == "application/json"


async def test_events_are_described_one_schema_a_type(face: Serving) -> None:
    async with client(face) as web:
        said = (await web.get("/v1/openapi.json")).json()
    described = said["paths"]["/v1/events"]["get"]["responses"]["200"]["content"]
    assert set(described) == {"application/json", "text/event-stream"}
    schemas = said["components"]["schemas"]
    each = schemas["EventPage"]["properties"]["events"]["items"]
    named = {one["$ref"].rpartition("/")[2] for one in each["oneOf"]}
    assert {schemas[name]["properties"]["type"]["const"] for name in named} == TYPES
    assert not any("__" in name for name in schemas)
