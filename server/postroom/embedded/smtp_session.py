"""One SMTP connection: aiosmtpd's protocol with our logins, limits and reading of DATA."""

import asyncio
import sys
from base64 import b64decode
from collections import defaultdict
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, LoginPassword

from postroom.embedded.connections import Connections
from postroom.embedded.smtp_policy import Session, SubmissionPolicy
from postroom.embedded.strangers import is_web_request
from postroom.maildata import TooLarge, read_data
from postroom.model.limits import MAX_MESSAGE_BYTES

MAX_COMMAND_BYTES = 2048
"""A command line, bytes: RFC 5321 §4.5.3.1.4 asks for 512; MAIL and AUTH parameters add to it."""

MAX_LOGINS = 3
"""AUTH commands on one connection, as for IMAP."""

IDLE_SECONDS = 300.0
"""RFC 5321 §4.5.3.2.7: a server waits at least five minutes for the next command."""


class SubmissionConnection(SMTP):
    """SMTP submission (RFC 6409) on loopback: AUTH without TLS, and nothing before AUTH."""

    line_length_limit = 64 * 1024  # the size of the pieces in which a connection is read

    def __init__(self, policy: SubmissionPolicy, connections: Connections, hostname: str) -> None:
        # aiosmtpd keeps this in the class, shared and cleared by each new connection.
        self.command_size_limits = defaultdict(lambda: MAX_COMMAND_BYTES)
        self.command_size_limit = MAX_COMMAND_BYTES
        super().__init__(
            policy,
            hostname=hostname,
            ident="Postroom",
            data_size_limit=MAX_MESSAGE_BYTES,
            enable_SMTPUTF8=True,
            decode_data=False,
            timeout=IDLE_SECONDS,
            auth_require_tls=False,
            command_call_limit={"AUTH": MAX_LOGINS, "*": sys.maxsize},
            loop=asyncio.get_running_loop(),
        )
        self._policy = policy
        self._connections = connections
        self._storing = False
        self._dropped = False
        self._first_line: bytearray | None = bytearray()

    def _create_session(self) -> Session:
        return Session(self.loop)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._connections.opened(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._connections.closed(self)
        super().connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._first_line is not None:
            self._first_line += data
            if is_web_request(self._first_line):
                self.drop()
                return
            if b"\n" in data or len(self._first_line) > MAX_COMMAND_BYTES:
                self._first_line = None
        super().data_received(data)

    def drop(self) -> None:
        """Ends the connection; a mail that is being stored is answered first."""
        self._dropped = True
        if self._storing:
            return
        if isinstance(self.transport, asyncio.Transport):
            self.transport.write(b"421 4.3.2 The connection is closed by the server\r\n")
            self.transport.close()

    async def check_auth_needed(self, caller_method: str) -> bool:
        """As ``auth_required``, without its warning for each connection that there is no TLS."""
        if self.session is not None and self.session.authenticated:
            return False
        await self.push("530 5.7.0 Authentication required")
        return True

    async def auth_PLAIN(self, _: Any, args: list[str]) -> AuthResult:
        """RFC 4616. Nobody acts for another mailbox."""
        response = await self._auth_response(args, b"")
        if response is None:
            return _HANDLED
        authzid, _, rest = response.partition(b"\0")
        login, _, password = rest.partition(b"\0")
        return await self._log_in(login, password) if authzid in (b"", login) else _INVALID

    async def auth_LOGIN(self, _: Any, args: list[str]) -> AuthResult:
        """The older mechanism that some mail programs still prefer (draft-murchison-sasl-login)."""
        login = await self._auth_response(args, b"User Name\0")
        if login is None:
            return _HANDLED
        password = await self.challenge_auth(b"Password\0")
        return _HANDLED if password is MISSING else await self._log_in(login, password)

    async def _auth_response(self, args: list[str], challenge: bytes) -> bytes | None:
        if len(args) == 1:
            answer = await self.challenge_auth(challenge)
            return None if answer is MISSING else bytes(answer)
        if args[1] == "=":  # RFC 4954 §4: an initial response that is empty
            return b""
        try:
            return b64decode(args[1].encode(), validate=True)
        except ValueError:
            await self.push("501 5.5.2 Cannot decode the response")
            return None

    async def _log_in(self, login: bytes, password: bytes) -> AuthResult:
        account = await self._policy.login(
            login.decode("utf-8", "surrogateescape"), password.decode("utf-8", "surrogateescape")
        )
        if account is None:
            return _INVALID
        if not self._connections.logged_in(self, account.address):
            return AuthResult(
                success=False, handled=False, message="421 4.7.0 Too many connections"
            )
        return AuthResult(success=True, auth_data=account.address)

    def _authenticate(self, mechanism: str, auth_data: LoginPassword) -> AuthResult:
        """Never: both mechanisms ask the directory, which is awaited."""
        return _INVALID

    async def smtp_DATA(self, arg: str | None) -> None:
        if await self.check_helo_needed() or await self.check_auth_needed("DATA"):
            return
        assert self.envelope is not None
        if not self.envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
        elif arg:
            await self.push("501 5.5.4 Syntax: DATA")
        else:
            await self.push("354 End data with <CR><LF>.<CR><LF>")
            reply = await self._take_data()
            self.envelope = self._create_envelope()
            await self.push(reply)
            if self._dropped:
                self.drop()

    async def _take_data(self) -> str:
        assert self.envelope is not None
        try:
            self.envelope.content = await read_data(self._reader, MAX_MESSAGE_BYTES)
        except TooLarge:
            return f"552 5.3.4 A message has at most {MAX_MESSAGE_BYTES} bytes"
        self._storing = True
        try:
            return str(await self._call_handler_hook("DATA"))
        finally:
            self._storing = False


_HANDLED = AuthResult(success=False, handled=True)
_INVALID = AuthResult(success=False, handled=False)
