"""Where the network or the server fails: what is asked again, what is not, and what is told."""

import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from served import Served, served
from servers.certificates import self_signed

from postroom.client import (
    AsyncPostroom,
    ConnectionLost,
    InvalidRequest,
    PeerError,
    PeerTimeout,
    Postroom,
    PostroomError,
    Unavailable,
)

PIECE = 65_536

CREATED = b'{"address": "a@b", "display_name": "", "status": "live", "existed": false, '
CREATED += b'"reach": "local", "next_step": ""}'
EMPTY = b'{"mailboxes": [], "as_of": ""}'


class Between:
    """A server that answers each connection as the next of ``answers`` says: with these bytes, or
    with what a function makes of the request. It keeps the requests."""

    def __init__(self, *answers: bytes | Callable[[bytes], bytes]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._answers = iter(answers)
        self.requests: list[bytes] = []
        self.thread = threading.Thread(target=self._serve)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def keys(self) -> Counter[bytes]:
        """How many requests came with each idempotency key."""
        lines = [line for request in self.requests for line in request.split(b"\r\n")]
        return Counter(line for line in lines if line.lower().startswith(b"idempotency-key:"))

    def _serve(self) -> None:
        with self._listener:
            for answer in self._answers:
                connection, _ = self._listener.accept()
                with connection:
                    request = whole(connection)
                    self.requests.append(request)
                    connection.sendall(answer if isinstance(answer, bytes) else answer(request))


@contextmanager
def between(*answers: bytes | Callable[[bytes], bytes]) -> Iterator[Between]:
    server = Between(*answers)
    server.thread.start()
    yield server
    server.thread.join(10)
    assert not server.thread.is_alive()


def whole(connection: socket.socket) -> bytes:
    """One request or answer, with its body."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(PIECE)
    head, _, body = read.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    size = int(fields.get(b"content-length", 0))
    while len(body) < size:
        body += connection.recv(PIECE)
    return head + b"\r\n\r\n" + body


def answer(status: int, body: bytes, *fields: str) -> bytes:
    head = [f"HTTP/1.1 {status} ", f"Content-Length: {len(body)}", "Connection: close", *fields]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def dying(room: Served) -> Callable[[bytes], bytes]:
    """The room is asked, and its answer lost."""

    def ask(request: bytes) -> bytes:
        handed_on(room)(request)
        return b""

    return ask


def handed_on(room: Served) -> Callable[[bytes], bytes]:
    """As the room answers it."""
    host, _, port = room.url.removeprefix("http://").partition(":")

    def ask(request: bytes) -> bytes:
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(request)
            return whole(connection)

    return ask


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("home")) as found:
        yield found


def test_a_mail_goes_once_though_its_server_died_after_taking_it(room: Served) -> None:
    with Postroom(room.url, room.token) as post:
        ada = post.mailboxes.create(username="ada").address
        ben = post.mailboxes.create(username="ben").address
        with between(dying(room), dying(room), handed_on(room)) as gate:
            through = Postroom(gate.url, room.token)
            sent = through.messages.send(mailbox=ada, to=ben, subject="Once", text="Only.")
            through.close()
        assert (sent.duplicate, list(gate.keys().values())) == (True, [3])
        came = post.messages.wait(mailbox=ben)
        assert len(came.messages) == 1
        assert post.threads.get(came.messages[0].thread_id or "").messages[1:] == ()
        assert len(post.threads.list(mailbox=ben).threads) == 1


def test_two_mails_that_say_the_same_have_keys_of_their_own() -> None:
    lost = answer(500, b"")
    with between(lost, lost) as gate, Postroom(gate.url, "token") as post:
        for _ in range(2):
            with pytest.raises(PeerError):
                post.messages.send(mailbox="a@b", to="c@d", text="Yes.")
    assert list(gate.keys().values()) == [1, 1]


async def test_what_has_a_name_of_its_own_is_made_once(room: Served) -> None:
    """No username is named: without a key each try would make another mailbox."""
    with between(dying(room), handed_on(room)) as gate:
        async with AsyncPostroom(gate.url, room.operators_token) as through:
            made = await through.mailboxes.create(agent="once")
    with Postroom(room.url, room.operators_token) as desk:
        found = [box.address for box in desk.mailboxes.iterate() if box.agent == "once"]
    assert found == [made.address]


def test_what_might_be_done_twice_is_not_asked_again() -> None:
    with between(b"") as gate, Postroom(gate.url, "token") as post:
        with pytest.raises(ConnectionLost, match="look before you ask again"):
            post.outbox.cancel("s_1")
        assert len(gate.requests) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_whoever_is_told_to_wait_waits_and_asks_again(status: int) -> None:
    busy, done = answer(status, b"{}", "Retry-After: 0"), answer(201, CREATED)
    with between(busy, done) as gate, Postroom(gate.url, "token") as post:
        assert post.mailboxes.create().address == "a@b"
    assert list(gate.keys().values()) == [2]
    with between(busy, answer(200, EMPTY)) as gate:
        async with AsyncPostroom(gate.url, "token") as later:
            assert (await later.mailboxes.list()).mailboxes == ()


@pytest.mark.parametrize("told", ["3600", "soon", ""])
def test_nobody_is_kept_for_an_hour_or_for_who_knows_how_long(told: str) -> None:
    with (
        between(answer(503, b"", f"Retry-After: {told}")) as gate,
        Postroom(gate.url, "token") as post,
        pytest.raises(Unavailable),
    ):
        post.mailboxes.list()


def test_trying_ends() -> None:
    busy = answer(503, b"{}", "Retry-After: 0")
    with (
        between(*[busy] * 5) as gate,
        Postroom(gate.url, "token") as post,
        pytest.raises(Unavailable),
    ):
        post.mailboxes.list()
    assert len(gate.requests) == 5


def test_a_certificate_that_is_not_known_is_named(tmp_path: Path) -> None:
    made, home = self_signed(tmp_path), tmp_path / "home"
    home.mkdir(mode=0o700)
    files = f'tls_certificate = "{made.certificate}"\ntls_key = "{made.key}"\n'
    (home / "postroom.toml").write_text(f"[serve]\n{files}")
    with served(home) as room:
        with Postroom(room.url, room.token) as post, pytest.raises(ConnectionLost) as lost:
            post.mailboxes.list()
        assert lost.value.code == "server_untrusted"
        assert "certificate" in lost.value.message
        trusting = ssl.create_default_context(cafile=made.certificate)
        with httpx2.Client(verify=trusting) as web:
            assert Postroom(f"{room.url}/v1/", room.token, web=web).mailboxes.list()


def test_a_server_that_starts_meanwhile_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    found: list[object] = []
    asking = Postroom(f"http://127.0.0.1:{port}", "wrong")
    with pytest.raises(ConnectionLost) as lost:
        asking.mailboxes.list()
    assert lost.value.code == "server_unreachable"
    assert isinstance(lost.value, ConnectionError)

    def ask() -> None:
        try:
            asking.mailboxes.list()
        except PostroomError as error:
            found.append(error.code)

    thread = threading.Thread(target=ask)
    thread.start()
    with socket.create_server(("127.0.0.1", port)) as listener:
        connection, _ = listener.accept()
        with connection:
            whole(connection)
            connection.sendall(answer(401, b'{"code": "token_required", "detail": "No."}'))
        thread.join(10)
    asking.close()
    assert found == ["token_required"]


def test_a_server_that_says_nothing_is_not_waited_for_forever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        with Postroom(url, "token", timeout=0.05) as post, pytest.raises(PeerTimeout) as late:
            post.outbox.cancel("s_1")
    assert isinstance(late.value, TimeoutError)


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, b"<html>"), (200, b"[]"), (302, b""), (500, b'{"detail": 1}')],
)
def test_what_is_no_post_room_is_not_taken_for_one(status: int, body: bytes) -> None:
    with (
        between(answer(status, body)) as gate,
        Postroom(gate.url, "token") as post,
        pytest.raises(PeerError),
    ):
        post.mailboxes.list()


def test_a_file_that_does_not_come_whole_is_not_there(tmp_path: Path) -> None:
    cut = b"HTTP/1.1 200 \r\nContent-Length: 100\r\n\r\nhalf of it"
    with (
        between(cut) as gate,
        Postroom(gate.url, "token") as post,
        pytest.raises(ConnectionLost),
        post.attachments.download("a_1") as file,
    ):
        file.save(tmp_path / "file")
    assert not (tmp_path / "file").exists()


@pytest.mark.parametrize(
    ("url", "token", "code"),
    [
        ("ftp://127.0.0.1", "token", "url_malformed"),
        ("127.0.0.1:8765", "token", "url_malformed"),
        ("http://a:b", "token", "url_malformed"),
        ("http://", "token", "url_malformed"),
        ("http://127.0.0.1", "to\nken", "token_malformed"),
        ("http://127.0.0.1", "tökén", "token_malformed"),
        ("http://127.0.0.1", "\n", "token_malformed"),
    ],
)
@pytest.mark.parametrize("client", [Postroom, AsyncPostroom])
def test_what_is_no_url_or_no_token_is_said(
    client: type[Postroom | AsyncPostroom], url: str, token: str, code: str
) -> None:
    with pytest.raises(InvalidRequest) as error:
        client(url, token)
    assert error.value.code == code
    assert "to\nken" not in str(error.value)
