"""The step from a connection in the clear to TLS (RFC 3207), watched byte by byte.

    client                     server
    STARTTLS            →
                        ←      220 go ahead          and not one byte more
    TLS handshake       ↔

Who sits between may send words of its own right behind the 220, for us to take as the server's
once TLS is up. Nothing may come there, so whatever comes ends the connection: what arrives with
the 220 is seen here, and what arrives later is read as TLS, which it is not.
"""

import asyncio
import ssl

from postroom.smtp.replies import Answer, cleaned

MAX_REPLY_BYTES = 8192
"""The reply to STARTTLS, bytes: one short line; RFC 5321 §4.5.3.1.5 allows 512."""

READY = 220
INJECTED = "The SMTP server, or someone between, sent something in the clear after STARTTLS."


class UpgradeFailed(Exception):
    """The server would not upgrade, or what it sent must not be trusted."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.text)
        self.answer = answer


class Upgrade(asyncio.Protocol):
    """Holds a connection from STARTTLS to the handshake, in the place of its protocol."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._heard = b""
        self._replied = asyncio.get_running_loop().create_future()

    async def ask(self) -> Answer:
        """The server's reply, alone. Nothing more is read until the handshake reads it.

        Raises UpgradeFailed where the reply is no 220, or is not alone.
        """
        self._transport.set_protocol(self)
        self._transport.write(b"STARTTLS\r\n")
        await self._replied
        reply, extra = _split(self._heard)
        answer = _answer(reply)
        if answer.code != READY:
            raise UpgradeFailed(answer)
        if extra:
            raise UpgradeFailed(Answer(0, INJECTED))
        return answer

    async def shake_hands(
        self, to: asyncio.Protocol, context: ssl.SSLContext, host: str, timeout: float
    ) -> asyncio.Transport:
        """The encrypted transport, with ``to`` for its protocol. Raises OSError."""
        upgraded = await asyncio.get_running_loop().start_tls(
            self._transport,
            to,
            context,
            server_hostname=host,
            ssl_handshake_timeout=timeout,
        )
        if upgraded is None:  # as typeshed has it; asyncio raises
            raise ConnectionResetError("Connection lost")
        return upgraded

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if _split(self._heard)[0] or len(self._heard) > MAX_REPLY_BYTES:
            self._transport.pause_reading()
            self._end()

    def eof_received(self) -> None:
        self._end()

    def connection_lost(self, error: Exception | None) -> None:
        self._end()

    def _end(self) -> None:
        if not self._replied.done():
            self._replied.set_result(None)


def _split(heard: bytes) -> tuple[bytes, bytes]:
    """The whole reply (RFC 5321 §4.2.1: its last line has no hyphen) and what stands behind it; no
    reply where it is not whole."""
    end = 0
    while (newline := heard.find(b"\n", end)) >= 0:
        line, end = heard[end : newline + 1], newline + 1
        if line[3:4] != b"-":
            return heard[:end], heard[end:]
    return b"", heard


def _answer(reply: bytes) -> Answer:
    text = reply.decode("utf-8", "replace")
    code = text[:3]
    if not (code.isascii() and code.isdigit() and "2" <= code[0] <= "5"):
        return Answer(0, "The SMTP server ended the connection, or answered with nonsense.")
    return Answer(int(code), cleaned(" ".join(line[4:] for line in text.splitlines())))
