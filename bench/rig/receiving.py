"""A web server on loopback, in a thread, that knows when each request was in its hands."""

import json
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_SECONDS = 30.0
ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


class Receiver:
    """What came: (moment on the clock of `time.time`, body)."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._came: queue.Queue[tuple[float, bytes]] = queue.Queue()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def next(self) -> tuple[float, dict[str, object]]:
        """When the next one came, and what it says."""
        at, body = self._came.get(timeout=PATIENCE_SECONDS)
        return at, json.loads(body)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as lines:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while lines.readline():
                length = 0
                while (line := lines.readline().strip()) != b"":
                    name, _, value = line.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                body = lines.read(length)
                self._came.put((time.time(), body))
                connection.sendall(ANSWER)

    def close(self) -> None:
        self._listener.close()


@contextmanager
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    try:
        yield made
    finally:
        made.close()


def closed_port() -> int:
    """One at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
