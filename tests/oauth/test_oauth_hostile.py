"""Token end points that are none, never answer, never end, or send us elsewhere."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from oauth.rig import tokens
from rooms import TestClock
from servers.tokens import granted, token_server
from starlette.responses import RedirectResponse, Response

from postroom.model.errors import PeerError, PostroomError, Unavailable

PATIENCE = 0.3
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

Script = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[str]:
    """The URL of a server that follows the script once the head of a request is there."""
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await script(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.ensure_future(serve(reader, writer)))

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/token"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def refusal(url: str, clock: TestClock) -> PostroomError:
    """The error, got in bounded time; it and its chain hold no secret."""
    source = tokens(url, clock, {"REFRESH": "hunter2"}, patience=PATIENCE)
    async with asyncio.timeout(20):
        with pytest.raises(PostroomError) as refused:
            await source()
    error: BaseException | None = refused.value
    while error is not None:
        assert "hunter2" not in f"{error!s} {error!r}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return refused.value


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass


async def trickling(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(PATIENCE / 10)


async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"\r\n")
    while True:
        writer.write(b" " * 65536)
        await writer.drain()


async def endless_head(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK)
    while True:
        writer.write(b"X-More: " + b"x" * 60000 + b"\r\n")
        await writer.drain()


async def broken_off(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"Content-Length: 500\r\n\r\n{")
    await writer.drain()


async def no_http(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"220 mail.example.com ESMTP\r\n")
    await writer.drain()


async def hangs_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    return


@pytest.mark.parametrize(
    ("script", "kind", "code"),
    [
        (silent, Unavailable, "oauth_unreachable"),
        (trickling, Unavailable, "oauth_unreachable"),
        (endless, PeerError, "oauth_garbage"),
        (endless_head, Unavailable, "oauth_unreachable"),
        (broken_off, Unavailable, "oauth_unreachable"),
        (no_http, Unavailable, "oauth_unreachable"),
        (hangs_up, Unavailable, "oauth_unreachable"),
    ],
)
async def test_a_server_that_does_not_do_its_part_is_an_error_in_bounded_time(
    clock: TestClock, script: Script, kind: type[PostroomError], code: str
) -> None:
    async with scripted(script) as url:
        error = await refusal(url, clock)
    assert (type(error), error.code) == (kind, code)


async def test_nobody_there_is_unavailable(clock: TestClock) -> None:
    listening = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    await listening.wait_closed()
    error = await refusal(f"http://127.0.0.1:{port}/token", clock)
    assert (type(error), error.code) == (Unavailable, "oauth_unreachable")


async def test_a_server_without_tls_gets_nothing_of_what_is_for_https(clock: TestClock) -> None:
    heard = bytearray()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.extend(await reader.read(65536))
        writer.close()

    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    error = await refusal(f"https://127.0.0.1:{port}/token", clock)
    server.close()
    assert (type(error), error.code) == (Unavailable, "oauth_unreachable")
    assert b"hunter2" not in heard


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_is_not_followed(clock: TestClock, status: int) -> None:
    async with token_server(granted("stolen")) as elsewhere:

        def away(_: dict[str, str]) -> Response:
            return RedirectResponse(elsewhere.url, status)

        async with token_server(away) as server:
            error = await refusal(server.url, clock)
        assert (type(error), error.code) == (PeerError, "oauth_garbage")
        assert elsewhere.asked == []


async def test_no_secret_and_no_token_is_in_any_log(
    clock: TestClock, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with token_server(granted("hunter3", refresh_token="hunter4")) as server:
        source = tokens(server.url, clock, {"REFRESH": "hunter2"})
        assert await source() == "hunter3"
    assert caplog.records
    assert "hunter" not in caplog.text
