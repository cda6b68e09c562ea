"""Requests over kept connections, as fast as a server answers them."""

import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack

PATIENCE_SECONDS = 30.0

CONNECTIONS = 8
"""Each with one request on its way: enough that the server is never without work."""


class WebLoad:
    """Whoever asks one server, with a token."""

    def __init__(self, port: int, token: str = "none") -> None:
        self._port = port
        self._token = token

    def get(self, path: str) -> bytes:
        """What one request is answered; only 200 is an answer."""
        with self._connected() as one:
            one.sendall(self._request(path))
            answer = b""
            while not _is_whole(answer):
                answer += _read(one)
            return _body(answer)

    def rate(self, paths: Sequence[str]) -> float:
        """Requests a second while these are asked, in turn."""
        requests = iter([self._request(path) for path in paths])
        # Connected anew each time: a server ends what is idle while another one is asked.
        with ExitStack() as stack:
            sockets = [stack.enter_context(self._connected()) for _ in range(CONNECTIONS)]
            begin = time.perf_counter()
            answered = _answered(sockets, requests)
            return answered / (time.perf_counter() - begin)

    def _connected(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), timeout=PATIENCE_SECONDS)

    def _request(self, path: str) -> bytes:
        head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._token}"
        return f"{head}\r\n\r\n".encode()


def _answered(sockets: Sequence[socket.socket], requests: Iterator[bytes]) -> int:
    """How many requests were answered, each connection having one on its way."""
    answered, busy, read = 0, 0, dict.fromkeys(sockets, b"")
    with selectors.DefaultSelector() as ready:
        for one in sockets:
            ready.register(one, selectors.EVENT_READ)
            busy += _send_next(one, requests)
        while busy:
            for key, _ in ready.select(PATIENCE_SECONDS):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                read[one] += _read(one)
                if _is_whole(read[one]):
                    _body(read[one])
                    read[one] = b""
                    answered += 1
                    busy += _send_next(one, requests) - 1
    return answered


def _read(one: socket.socket) -> bytes:
    found = one.recv(262_144)
    if not found:
        raise ConnectionError("the server ended a connection")
    return found


def _send_next(one: socket.socket, requests: Iterator[bytes]) -> int:
    """1 where there was another one to send."""
    request = next(requests, None)
    if request is None:
        return 0
    one.sendall(request)
    return 1


def _is_whole(answer: bytes) -> bool:
    end = answer.find(b"\r\n\r\n")
    return end >= 0 and len(answer) == end + 4 + _length(answer[:end])


def _length(head: bytes) -> int:
    (line,) = (line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    return int(line.partition(b":")[2])


def _body(answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 200 "):
        raise RuntimeError(answer[:300].decode(errors="replace"))
    return body
