"""Where a connection's answers go: gathered, and held back while the client does not read."""

from asyncio import StreamWriter
from contextvars import ContextVar

from postroom.model.limits import MAX_MESSAGE_BYTES

MAX_OUTPUT_BYTES = 64 * 1024
"""What is gathered before it is sent: pymap writes an answer in a dozen pieces."""

MAX_HELD_BYTES = 4 * MAX_MESSAGE_BYTES
"""What is held of an answer at once, bytes: all that a FETCH asks of one message. The connection of
a client that asks for the whole of it again and again ends."""


class Output:
    """Where a connection's answers go: gathered, and held back while the client does not read."""

    def __init__(self, writer: StreamWriter) -> None:
        self._writer = writer
        self._pending = bytearray()

    def write(self, data: bytes) -> None:
        if len(self._pending) + len(data) > MAX_HELD_BYTES:
            raise EOFError("An answer is too large to be held.")
        self._pending += data

    async def drain(self) -> None:
        """Before the next message: sends if enough has gathered, and waits for the client."""
        if len(self._pending) >= MAX_OUTPUT_BYTES:
            await self.flush()

    async def flush(self) -> None:
        data, self._pending = self._pending, bytearray()
        self._writer.write(data)
        await self._writer.drain()


OUTPUT: ContextVar[Output] = ContextVar("imap_output")
"""The output of this connection: nothing is loaded while it is full."""
