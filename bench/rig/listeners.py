"""Many connections that listen, and the moments at which each of them has heard."""

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rig.mailclients import HOST, PATIENCE_SECONDS


class Listeners:
    """Connections to one server; one thread hears them all."""

    def __init__(self, port: int, count: int, opening: bytes, mark: bytes) -> None:
        """``opening`` is said on each; ``mark`` stands in whatever counts as heard."""
        self._mark = mark
        self._sockets = [
            socket.create_connection((HOST, port), PATIENCE_SECONDS) for _ in range(count)
        ]
        self._selector = selectors.DefaultSelector()
        for each in self._sockets:
            if opening:
                each.sendall(opening)
            self._selector.register(each, selectors.EVENT_READ, bytearray())

    def until_open(self, sign: bytes) -> None:
        """Wait until each has said ``sign``, and forget that."""
        self._hear(sign)

    def heard(self) -> list[float]:
        """Wait until each has heard once more; the moments, on the clock of `time.perf_counter`."""
        return self._hear(self._mark)

    def _hear(self, mark: bytes) -> list[float]:
        moments: list[float] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while len(moments) < len(self._sockets):
            for key, _ in self._selector.select(1):
                moments += self._take(key, mark)
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(moments)} of {len(self._sockets)} heard")
        return moments

    def _take(self, key: selectors.SelectorKey, mark: bytes) -> list[float]:
        assert isinstance(key.fileobj, socket.socket)
        chunk, kept = key.fileobj.recv(65536), key.data
        moment = time.perf_counter()
        if not chunk:
            raise RuntimeError("the server hung up")
        kept += chunk
        if mark not in kept:
            return []
        kept.clear()
        return [moment]

    def close(self) -> None:
        self._selector.close()
        for each in self._sockets:
            each.close()


@contextmanager
def listening(port: int, count: int, opening: bytes, mark: bytes) -> Iterator[Listeners]:
    found = Listeners(port, count, opening, mark)
    try:
        yield found
    finally:
        found.close()
