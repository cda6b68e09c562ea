"""Whether the final dot had left, in the clear and over TLS, where a connection ends at the worst
moment: with the last octets written by us and not taken by the system yet."""

import asyncio
import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from servers.certificates import self_signed_file, server_side

from postroom.model.sends import Envelope, Submission
from postroom.model.servers import Security
from postroom.smtp.account import SmtpLogin
from postroom.smtp.dialogue import Dialogue
from postroom.smtp.session import SmtpSession
from postroom.smtp.transmission import PIECE

ONE = Envelope(sender="ada@x.test", recipients=("ben@x.test",))
SMALLEST = 2048
"""Octets that a socket is asked to buffer; systems round it up to a few thousand."""

IN_ONE_PIECE = b"Subject: s\r\n\r\n" + b"x" * (PIECE - 100) + b"\r\n"
LARGE = b"Subject: s\r\n\r\n" + (b"x" * 76 + b"\r\n") * 20_000


@dataclass
class Reader:
    """A server of a thread's own, which reads no octet more than it means to."""

    listening: socket.socket
    context: ssl.SSLContext | None
    takes: int = 0
    """Octets of the message that it reads, or -1: to its end, in sips."""
    go_on: threading.Event = field(default_factory=threading.Event)
    """Set: it hangs up, or after a whole message has been read, answers."""
    gone: threading.Event = field(default_factory=threading.Event)
    """It has closed the connection."""
    reads_on: bool = False
    """Set: it does not hang up then, but reads what comes to its end."""
    tail: bytes = b""
    """The last octets of that."""

    def run(self) -> None:
        peer, _ = self.listening.accept()
        peer.settimeout(20)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # RST
        with contextlib.suppress(OSError):
            if self.context is not None:
                peer = self.context.wrap_socket(peer, server_side=True)
            self.talk(peer)
        peer.close()
        self.gone.set()

    def talk(self, peer: socket.socket) -> None:
        peer.sendall(b"220 hi\r\n")
        for answer in (b"250 post\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n"):
            peer.recv(1000)
            peer.sendall(answer)
        end, left = b"", self.takes
        while left and end != b"\r\n.\r\n":
            heard = peer.recv(min(left, 3000) if left > 0 else 3000)
            end, left = (end + heard)[-5:], left - len(heard) if left > 0 else left
        self.go_on.wait(10)
        if end == b"\r\n.\r\n":
            peer.sendall(b"250 2.0.0 taken\r\n")
            peer.recv(1000)
        while self.reads_on and (heard := peer.recv(3000)):
            self.tail = (self.tail + heard)[-5:]


@contextlib.contextmanager
def reading(context: ssl.SSLContext | None, takes: int) -> Iterator[Reader]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALLEST)
        reader = Reader(listening, context, takes)
        thread = threading.Thread(target=reader.run)
        thread.start()
        try:
            yield reader
        finally:
            reader.go_on.set()
            thread.join(10)


@pytest.fixture(params=[Security.NONE, Security.TLS])
def security(request: pytest.FixtureRequest) -> Security:
    chosen: Security = request.param
    return chosen


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return self_signed_file(tmp_path / "own.pem")


async def opened(reader: Reader, security: Security, own: Path, timeout: float) -> SmtpSession:
    """A session on which the system buffers next to nothing."""
    port = reader.listening.getsockname()[1]
    login = SmtpLogin("127.0.0.1", port, "", "", security, certificates=own)
    session = await SmtpSession.open(login, Dialogue(), timeout=timeout, final_timeout=5)
    wire = session._client.get_transport_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALLEST)
    return session


def context(security: Security, own: Path) -> ssl.SSLContext | None:
    return server_side(own) if security is Security.TLS else None


async def told(submitting: "asyncio.Task[Submission]") -> tuple[str, str]:
    (reply,) = (await asyncio.wait_for(submitting, 10)).replies
    return reply.outcome.value, reply.text


@pytest.mark.parametrize("raw", [IN_ONE_PIECE, LARGE], ids=["one piece", "large"])
async def test_a_dot_that_is_written_and_not_sent_when_the_server_dies_has_not_left(
    security: Security, own: Path, raw: bytes
) -> None:
    with reading(context(security, own), takes=100) as reader:
        session = await opened(reader, security, own, timeout=5)
        submitting = asyncio.create_task(session.submit(ONE, raw, Dialogue()))
        await asyncio.wait({submitting}, timeout=0.3)
        reader.go_on.set()
        assert (await told(submitting))[0] == "deferred"
        await session.close()


@pytest.mark.parametrize("raw", [IN_ONE_PIECE, LARGE], ids=["one piece", "large"])
async def test_a_server_that_reads_no_further_is_given_up_on_before_the_dot(
    security: Security, own: Path, raw: bytes
) -> None:
    with reading(context(security, own), takes=100) as reader:
        session = await opened(reader, security, own, timeout=0.5)
        submitting = asyncio.create_task(session.submit(ONE, raw, Dialogue()))
        outcome, words = await told(submitting)
        assert (outcome, words) == ("deferred", "The SMTP server stopped reading the message.")
        await session.close()


async def test_a_server_that_was_given_up_on_gets_no_dot_later(
    security: Security, own: Path
) -> None:
    """The mail goes again by itself: it must not arrive by this connection as well."""
    with reading(context(security, own), takes=100) as reader:
        reader.reads_on = True
        session = await opened(reader, security, own, timeout=0.5)
        submitting = asyncio.create_task(session.submit(ONE, IN_ONE_PIECE, Dialogue()))
        assert (await told(submitting))[0] == "deferred"
        reader.go_on.set()
        await asyncio.wait({asyncio.create_task(asyncio.to_thread(reader.gone.wait, 10))})
        await session.close()
    assert reader.gone.is_set()
    assert reader.tail != b"\r\n.\r\n"


@pytest.mark.parametrize("raw", [IN_ONE_PIECE, LARGE], ids=["one piece", "large"])
async def test_a_server_that_sips_has_the_whole_message(
    security: Security, own: Path, raw: bytes
) -> None:
    with reading(context(security, own), takes=-1) as reader:
        reader.go_on.set()
        session = await opened(reader, security, own, timeout=5)
        submitting = asyncio.create_task(session.submit(ONE, raw, Dialogue()))
        assert await told(submitting) == ("accepted", "2.0.0 taken")
        await session.close()


async def test_a_server_that_dies_with_the_whole_message_leaves_it_unknown(
    security: Security, own: Path
) -> None:
    raw = b"Subject: s\r\n\r\nwords\r\n"
    with reading(context(security, own), takes=10) as reader:
        session = await opened(reader, security, own, timeout=5)
        submitting = asyncio.create_task(session.submit(ONE, raw, Dialogue()))
        await asyncio.wait({submitting}, timeout=0.3)
        reader.go_on.set()
        assert (await told(submitting))[0] == "unknown"
        await session.close()
