"""Lines from standard input, read so that waiting for one can be given up.

The SDK reads them in worker threads that nothing can interrupt: a process told to stop would hang
until its client writes once more. Here a daemon thread sits in a plain `os.read`, holding no
lock that the interpreter wants at its end.
"""

import asyncio
import logging
import os
import re
import threading
from collections import deque
from collections.abc import AsyncIterator, Iterator

from postroom.mcp.bounds import MAX_REQUEST_BYTES
from postroom.mcp.structure import has_too_much

log = logging.getLogger("postroom.mcp")

READ_BYTES = 1 << 16

LINES_AHEAD = 64
"""Lines read before somebody takes them: a flood waits in the pipe, not in our memory."""


class StandardInput:
    """The lines of a file descriptor, as text; invalid UTF-8 is replaced (RFC 3629)."""

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._ready: deque[bytes] = deque()
        self._room = threading.Semaphore(LINES_AHEAD)
        self._news = asyncio.Event()
        self._finished = False
        self.ended = asyncio.Event()
        """Set when there will be no more lines, before the last ones are taken."""

    def start(self) -> None:
        threading.Thread(target=self._read, name="postroom-stdin", daemon=True).start()

    async def __aiter__(self) -> AsyncIterator[str]:
        while True:
            while self._ready:
                line = self._ready.popleft()
                self._room.release()
                if has_too_much(line):
                    log.error("a message with more elements than any tool takes was passed over")
                elif not line.isspace() and line:
                    yield _whole(line.decode("utf-8", "replace"))
            if self._finished:
                return
            self._news.clear()
            await self._news.wait()

    def _read(self) -> None:
        """In the thread: until the end, an error, or the loop is gone."""
        try:
            for line in _split(self._descriptor):
                self._room.acquire()
                self._loop.call_soon_threadsafe(self._add, line)
            self._loop.call_soon_threadsafe(self.end)
        except RuntimeError:
            # The loop is closed: nobody reads any more.
            return

    def _add(self, line: bytes) -> None:
        self._ready.append(line)
        self._news.set()

    def end(self) -> None:
        """Give out no more lines than were read so far; the thread is left to itself."""
        self._finished = True
        self._news.set()
        self.ended.set()


_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})(?:\\u([dD][c-fC-F][0-9a-fA-F]{2}))?|.)")


def _whole(line: str) -> str:
    """The line with half surrogate pairs in JSON escapes replaced (U+FFFD): JavaScript writes them
    for half an emoji, and a parser that refuses them leaves the request without an answer."""
    return _ESCAPE.sub(_mended, line) if "\\ud" in line or "\\uD" in line else line


def _mended(escape: re.Match[str]) -> str:
    first, second = escape.group(1), escape.group(2)
    if first is None or not 0xD800 <= int(first, 16) <= 0xDFFF:
        return escape.group() if second is None else f"\\u{first}" + "\\ufffd"
    is_pair = second is not None and int(first, 16) < 0xDC00
    return escape.group() if is_pair else "\\ufffd" * (2 if second is not None else 1)


def _split(descriptor: int) -> Iterator[bytes]:
    rest = bytearray()
    while True:
        try:
            chunk = os.read(descriptor, READ_BYTES)
        except OSError:
            # A terminal that went away, a handle that was closed: no more lines, either way.
            return
        if len(rest) > MAX_REQUEST_BYTES:
            log.error(
                "a line of more than %s bytes came in; the connection ends", MAX_REQUEST_BYTES
            )
            return
        if not chunk:
            # What stands after the last line end is no whole message.
            return
        first, *others = chunk.split(b"\n")
        rest += first
        for other in others:
            yield bytes(rest)
            rest = bytearray(other)
