"""A PostgreSQL that takes connections and then says nothing more, as one whose host is frozen."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

SSL, GSS = 80877103, 80877104
"""What a client asks for before it says who it is (PostgreSQL, 55.7)."""


class Stage(StrEnum):
    """How far it goes."""

    AT_ONCE = "at once"
    """It takes the connection."""
    READY = "ready"
    """It lets the client in, and is ready for a query."""


@dataclass(frozen=True)
class SilentPostgres:
    port: int

    @property
    def conninfo(self) -> str:
        return f"host=127.0.0.1 port={self.port} dbname=mail user=postroom"


@contextmanager
def silent_postgres(stage: Stage = Stage.READY) -> Iterator[SilentPostgres]:
    """The server, until the end of the block."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, stage, taken), daemon=True)
        thread.start()
        try:
            yield SilentPostgres(listener.getsockname()[1])
        finally:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(10)
            for one in taken:
                one.close()


def _serve(listener: socket.socket, stage: Stage, taken: list[socket.socket]) -> None:
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return
        taken.append(client)
        if stage is Stage.READY:
            with contextlib.suppress(OSError, struct.error):
                _let_in(client)


def _let_in(client: socket.socket) -> None:
    while _asked(client) in (SSL, GSS):
        client.sendall(b"N")
    client.sendall(
        _message(b"R", struct.pack("!I", 0))  # AuthenticationOk
        + _message(b"S", b"server_version\x0015.0\x00")
        + _message(b"S", b"client_encoding\x00UTF8\x00")
        + _message(b"S", b"standard_conforming_strings\x00on\x00")
        + _message(b"K", struct.pack("!II", 1, 2))
        + _message(b"Z", b"I")  # ReadyForQuery
    )


def _asked(client: socket.socket) -> int:
    (length,) = struct.unpack("!I", client.recv(4, socket.MSG_WAITALL))
    body = client.recv(length - 4, socket.MSG_WAITALL)
    (code,) = struct.unpack("!I", body[:4])
    return int(code)


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body
