"""A proxy before a post room that hands requests on and keeps some answers to itself: a call that
is slow, or whose answer was lost, while what it asked for was done."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit


class Swallowing:
    """Hands bytes on both ways, but for the answers to the first calls of a tool."""

    def __init__(self, url: str, tool: str, times: int) -> None:
        split = urlsplit(url)
        self._behind = (str(split.hostname), split.port)
        self._tool = f'"name":"{tool}"'.encode()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._times = times
        self._open: list[socket.socket] = []
        self.swallowed = 0
        """How many answers it kept."""
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def accept(self) -> None:
        """Until the end."""
        with suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                server = socket.create_connection(self._behind)
                self._open += [client, server]
                dumb = threading.Event()
                for pump in (self._ask, self._answer):
                    threading.Thread(target=pump, args=(client, server, dumb)).start()

    def end(self) -> None:
        for each in [self._listener, *self._open]:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _ask(self, client: socket.socket, server: socket.socket, dumb: threading.Event) -> None:
        with suppress(OSError), closing(server):
            while data := client.recv(1 << 16):
                if self._tool in data and self.swallowed < self._times:
                    self.swallowed += 1
                    dumb.set()
                server.sendall(data)

    def _answer(self, client: socket.socket, server: socket.socket, dumb: threading.Event) -> None:
        with suppress(OSError):
            while data := server.recv(1 << 16):
                if not dumb.is_set():
                    client.sendall(data)


@contextmanager
def swallowing(url: str, tool: str, times: int) -> Iterator[Swallowing]:
    proxy = Swallowing(url, tool, times)
    thread = threading.Thread(target=proxy.accept)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.end()
        thread.join()
