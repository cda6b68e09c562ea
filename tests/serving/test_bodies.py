"""How much a request may bring, and how slowly."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mcp_faces import Serving, serving
from serving.asking import by_hand, web

from postroom.accounts.serve import MEGABYTE
from postroom.serving import bodies, connection, under_way
from postroom.serving.bodies import STRANGERS_BYTES
from postroom.serving.under_way import OF_ALL, OF_ONE, UnderWay

FACES = ("/v1/mailboxes", "/mcp", "/unsubscribe/x", "/nothing")


async def chunks(size: int) -> AsyncIterator[bytes]:
    """A body of that size whose length is not said before."""
    for _ in range(size // 65536 + 1):
        yield b" " * 65536


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
async def test_every_face_refuses_more_than_a_request_may_bring(
    tmp_path: Path, declared: bool
) -> None:
    async with serving(tmp_path, max_request_bytes=2 * MEGABYTE) as face, web(face) as client:
        json_type = {"Content-Type": "application/json"}
        for path in ("/v1/mailboxes", "/mcp"):
            body = b" " * (3 * MEGABYTE) if declared else chunks(3 * MEGABYTE)
            told = await client.post(path, content=body, headers=json_type)
            assert told.status_code == 413, path
            said = told.json()
            assert "request_too_large" in (said.get("code"), said.get("error"))
        fits = json.dumps({"to": "x"}).encode() + b" " * (2 * MEGABYTE - 100)
        told = await client.post("/v1/messages/send", content=fits, headers=json_type)
        assert told.status_code not in (401, 413)


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "chunked"])
async def test_nobody_without_a_good_token_has_much_read(tmp_path: Path, declared: bool) -> None:
    async with serving(tmp_path) as face:
        for token in ("", "postroom_wrong"):
            async with web(face, token) as client:
                size = STRANGERS_BYTES + 65536
                body = b" " * size if declared else chunks(size)
                told = await client.post("/v1/mailboxes", content=body)
                assert (told.status_code, told.json()["code"]) == (401, "token_required")
                assert told.headers["www-authenticate"].startswith("Bearer")


async def test_a_body_that_does_not_come_is_not_waited_for(
    running: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(connection, "REST_SECONDS", 0.2)
    for path in ("/v1/mailboxes", "/mcp"):
        answer = await by_hand(running, head(running, path, b"Content-Length: 100") + b'{"u')
        assert answer.startswith(b"HTTP/1.1 408 "), path
        assert b"request_too_slow" in answer


async def test_a_request_that_does_not_come_is_not_waited_for(
    running: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HEAD_SECONDS", 0.2)
    assert await by_hand(running, b"") == b""
    assert await by_hand(running, b"GET /v1/mailboxes HTTP/1.1\r\nHost: lo") == b""
    # Nor is the next one, on a connection that has been answered; the first one has to come.
    monkeypatch.setattr(connection, "HEAD_SECONDS", 1.0)
    first = head(running, "/v1/nothing", b"X: y", b"GET")
    answer = await by_hand(running, first + b"GET /v1/")
    assert answer.count(b"HTTP/1.1 ") == 1


async def test_who_reads_nothing_is_let_go(
    running: Serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "STALL_SECONDS", 0.2)
    place = urlsplit(running.url)
    _, writer = await asyncio.open_connection(place.hostname, place.port, limit=1)
    one = head(running, "/v1/openapi.json", b"X: y", b"GET")
    with pytest.raises(ConnectionError):
        await asyncio.wait_for(write_on(writer, one * 100), 60)
    writer.close()


async def write_on(writer: asyncio.StreamWriter, text: bytes) -> None:
    while True:
        writer.write(text)
        await writer.drain()


async def test_a_header_without_end_is_refused(running: Serving) -> None:
    whole = head(running, "/v1", b"X: " + b"y" * 33_000)
    answer = await by_hand(running, whole.rstrip())
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_no_more_connections_are_served_than_may_be(tmp_path: Path) -> None:
    async with serving(tmp_path, connections=2) as face:
        async with web(face) as reader, reader.stream("GET", "/v1/events?stream=true") as stream:
            assert stream.status_code == 200
            assert await status_once(face) == 503
        async with asyncio.timeout(10):
            while await status_once(face) == 503:
                pass


async def status_once(face: Serving) -> int:
    """Of a request by a connection of its own."""
    async with web(face) as client:
        return (await client.get("/v1/mailboxes")).status_code


def head(face: Serving, path: str, field: bytes, method: bytes = b"POST") -> bytes:
    token = face.token.encode()
    return (
        method + b" " + path.encode() + b" HTTP/1.1\r\nHost: localhost\r\n"
        b"Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n"
        b"Authorization: Bearer " + token + b"\r\n" + field + b"\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("version", "more"),
    [
        ("1.1", "Content-Length: 5\r\nTransfer-Encoding: chunked"),
        ("1.0", "Transfer-Encoding: chunked"),
    ],
)
async def test_a_request_whose_end_is_told_in_two_ways_is_refused_and_the_connection_ends(
    running: Serving, version: str, more: str
) -> None:
    host = urlsplit(running.url).netloc
    head = f"POST /v1/mailboxes HTTP/{version}\r\nHost: {host}\r\nConnection: keep-alive\r\n{more}"
    body = "\r\n\r\n2\r\n{}\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    said = await by_hand(running, (head + body).encode())
    assert said.startswith(b"HTTP/1.1 400")
    assert b"length_doubtful" in said
    assert said.count(b"HTTP/1.1 4") == 1
    assert b"HTTP/1.1 2" not in said


def test_one_token_and_all_together_have_only_so_much_under_way() -> None:
    held = UnderWay(10)
    assert held.takes("ada", 10 * OF_ONE)
    assert not held.takes("ada", 1)
    assert held.takes("ben", 1)
    held.release("ada", 5)
    assert held.takes("ada", 5)
    others = OF_ALL // OF_ONE - 2
    assert all(held.takes(f"one-{n}", 10 * OF_ONE) for n in range(others))
    assert held.takes("eve", 10 * OF_ONE - 1)
    assert not held.takes("zoe", 1)


async def test_who_has_too_much_under_way_is_told_to_come_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(under_way, "OF_ONE", 0)
    async with serving(tmp_path) as face, web(face) as client:
        told = await client.post("/v1/mailboxes", json={})
        assert (told.status_code, told.json()["code"]) == (429, "too_much_under_way")
        assert told.headers["retry-after"]


async def test_what_is_answered_is_under_way_no_more(tmp_path: Path) -> None:
    async with serving(tmp_path, max_request_bytes=MEGABYTE) as face, web(face) as client:
        for _ in range(2 * OF_ONE):
            told = await client.post(
                "/v1/messages/send",
                content=b" " * (900 * 1024),
                headers={"Content-Type": "application/json"},
            )
            assert told.status_code == 422
