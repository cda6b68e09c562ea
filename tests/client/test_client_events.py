"""Events by the client: pages, and a stream that goes on whatever happens to its connections."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from itertools import islice

import pytest
from served import Served, served

from postroom.client import AsyncPostroom, ConnectionLost, InvalidRequest, Postroom, Refused
from postroom.client.following import event_of
from postroom.model.event_answers import MailboxOpened, PublicEvent

PIECE = 65_536


class Cutting:
    """A way to the room on which each connection ends after so many bytes of its answer."""

    def __init__(self, room: Served, most: int) -> None:
        host, _, port = room.url.removeprefix("http://").partition(":")
        self._to = (host, int(port))
        self._most = most
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.connections = 0
        self._there: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> "Cutting":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        if self._there is not None and self._there.fileno() != -1:
            self._there.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, socket.create_connection(self._to) as there:
                self._there = there
                there.sendall(connection.recv(PIECE))
                self._hand_back(there, connection)

    def _hand_back(self, there: socket.socket, connection: socket.socket) -> None:
        left = self._most
        while left and (piece := there.recv(min(left, PIECE))):
            try:
                connection.sendall(piece)
            except OSError:
                return
            left -= len(piece)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture
def post(room: Served) -> Iterator[Postroom]:
    with Postroom(room.url, room.token) as client:
        yield client


def made(post: Postroom, name: str, count: int) -> list[str]:
    return [post.mailboxes.create(username=f"{name}-{n}").address for n in range(count)]


def opened(events: Iterator[PublicEvent], count: int) -> list[str]:
    of_mailboxes = (each.mailbox for each in events if isinstance(each, MailboxOpened))
    return list(islice(of_mailboxes, count))


def test_pages_go_on_where_the_last_one_ended(post: Postroom) -> None:
    start = post.events.list(wait=0).after
    boxes = made(post, "page", 3)
    first = post.events.list(after=start, type=["mailbox.created"], limit=2)
    then = post.events.list(after=first.after, type=["mailbox.created"], wait=1)
    told = [each for page in (first, then) for each in page.events]
    assert [each.mailbox for each in told if isinstance(each, MailboxOpened)] == boxes


def test_a_stream_that_is_cut_again_and_again_tells_each_event_once(
    room: Served, post: Postroom
) -> None:
    start = post.events.list().after
    boxes = made(post, "cut", 12)
    with Cutting(room, 900) as way, Postroom(way.url, room.token) as through:
        events = through.events.stream(after=start, type=["mailbox.created"])
        assert opened(events, 12) == boxes
        events.close()  # type: ignore[attr-defined]  # it is a generator
        assert way.connections > 2


async def test_what_comes_while_it_is_awaited_is_told(room: Served) -> None:
    async with AsyncPostroom(room.url, room.token) as post:
        events = post.events.stream(type=["mailbox.created"])
        coming = asyncio.ensure_future(anext(events))
        while not coming.done():
            made_now = await post.mailboxes.create()
            await asyncio.wait({coming}, timeout=0.2)
        event = await coming
        assert isinstance(event, MailboxOpened)
        assert made_now.address.endswith("@agents.localhost")
        await events.aclose()  # type: ignore[attr-defined]  # it is a generator


def test_what_is_wrong_with_the_first_connection_is_raised(room: Served, post: Postroom) -> None:
    with pytest.raises(InvalidRequest):
        next(post.events.stream(after="no such place"))
    with Postroom(room.url, "wrong") as stranger, pytest.raises(Refused):
        next(stranger.events.stream())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Postroom(f"http://127.0.0.1:{port}", "token") as nobody, pytest.raises(ConnectionLost):
        next(nobody.events.stream())


def test_a_stream_ends_when_its_token_is_good_no_more(room: Served, post: Postroom) -> None:
    with Postroom(room.url, room.operators_token) as desk:
        token = desk.tokens.create(agent="gone")
        with Postroom(room.url, token.secret) as gone:
            gone.mailboxes.create(username="gone")
            events = gone.events.stream(after="begin")
            assert next(events).type == "mailbox.created"
            desk.tokens.revoke(token.token.token_id)
            with pytest.raises(Refused):
                list(events)


def test_an_event_that_only_a_newer_server_knows_is_one_all_the_same() -> None:
    found = event_of('{"id": "1-2", "type": "moon.rose", "at": "2026-11-28T06:00:00.000Z"}')
    assert (found.id, found.type) == ("1-2", "moon.rose")
