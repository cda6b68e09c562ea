"""No one address keeps others from being served by connections on which it says nothing."""

import asyncio
import contextlib
import socket
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from mcp_faces import serving
from serving.asking import web

MOST = 20


async def test_others_are_served_while_one_holds_as_many_connections_as_there_are(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path, connections=MOST) as face:
        place = urlsplit(face.url)
        halves = []
        async with web(face) as kept:
            assert (await kept.get("/v1/mailboxes")).status_code == 200
            for _ in range(2 * MOST):
                reader, writer = await asyncio.open_connection(place.hostname, place.port)
                writer.write(b"GET /v1/mailboxes HTTP/1.1\r\nHost:")
                halves.append((reader, writer))
            async with web(face) as client:
                for _ in range(3):
                    assert (await client.get("/healthz")).status_code == 200
                    assert (await client.get("/v1/mailboxes")).status_code == 200
        for _, writer in halves:
            writer.close()
        first, _ = halves[0]
        assert await asyncio.wait_for(first.read(), 10) == b""  # the longest went first


async def test_however_many_come_in_one_moment_there_is_room_for_the_next(tmp_path: Path) -> None:
    async with serving(tmp_path, connections=MOST) as face:
        place = urlsplit(face.url)
        crowd = [_silent(place) for _ in range(10 * MOST)]
        async with web(face) as client:
            for _ in range(3):
                assert (await client.get("/v1/mailboxes")).status_code == 200
        for each in crowd:
            each.close()


def _silent(place: SplitResult) -> socket.socket:
    """Connected by the system alone: this process has not yet taken note."""
    made = socket.socket()
    made.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        made.connect((place.hostname, place.port))
    return made
