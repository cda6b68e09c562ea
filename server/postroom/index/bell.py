"""The bell: how the processes of one post room hear at once that the index has grown.

Each process listens on a loopback UDP port and leaves a file named after it in ``bells/``. After a
commit the writer sends one byte to every port listed there (0.2 ms). The byte says only "look": a
lost or forged one costs a look and nothing else. Every process looks by itself now and then, so a
lost byte costs a quarter of a second and never a message.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from postroom.clock import Clock

STALE_SECONDS = 180.0
"""A bell whose file has not been touched for so long belongs to a process that died."""

TOUCH_SECONDS = 60.0


class Bell:
    """This process's bell, and the way to ring all others."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock
        self._file: Path | None = None
        self._transport: asyncio.DatagramTransport | None = None
        self._own_port = 0
        self._out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._out.setblocking(False)

    async def hang(self, rung: Callable[[], None]) -> None:
        """Listen, and call ``rung`` on the event loop whenever another process has committed."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Listener(rung), local_addr=("127.0.0.1", 0)
        )
        self._own_port = self._transport.get_extra_info("sockname")[1]
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = self._folder / f"{self._own_port}-{os.getpid()}"
        self._file.touch()

    def touch(self) -> None:
        """Say that this process lives; called every `TOUCH_SECONDS`."""
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.touch()

    def ring(self) -> None:
        """Tell every other process. Safe on any thread; never blocks, never raises."""
        try:
            entries = list(os.scandir(self._folder))
        except OSError:
            return
        for entry in entries:
            port = _port(entry.name)
            if port and port != self._own_port:
                self._ring_one(port, entry)

    def _ring_one(self, port: int, entry: "os.DirEntry[str]") -> None:
        with contextlib.suppress(OSError):  # gone, full, or refused: their own look will do
            if self._clock() - entry.stat().st_mtime > STALE_SECONDS:
                os.unlink(entry.path)
                return
            self._out.sendto(b"\x07", ("127.0.0.1", port))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
        if self._file is not None:
            with contextlib.suppress(OSError):
                self._file.unlink()
        self._out.close()


def _port(name: str) -> int:
    port, _, pid = name.partition("-")
    return int(port) if port.isdecimal() and pid.isdecimal() and int(port) < 65536 else 0


class _Listener(asyncio.DatagramProtocol):
    def __init__(self, rung: Callable[[], None]) -> None:
        self._rung = rung

    def datagram_received(self, data: bytes, addr: object) -> None:
        self._rung()
