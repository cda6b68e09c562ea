"""What a connection has come to: pymap's state, with bounded logins and a FETCH that shares."""

from collections.abc import Callable, Sequence

from pymap.bytes import WriteStream
from pymap.exceptions import InvalidAuth, ResponseError
from pymap.fetch import MessageAttributes
from pymap.imap.state import ConnectionState
from pymap.interfaces.message import MessageInterface
from pymap.interfaces.session import SessionInterface
from pymap.parsing.command.select import FetchCommand
from pymap.parsing.response import (
    CommandResponse,
    ResponseBye,
    ResponseCode,
    ResponseNo,
    ResponseOk,
)
from pymap.parsing.response.specials import FetchResponse
from pymap.selected import SelectedMailbox
from pysasl.creds.server import ServerCredentials

from postroom.embedded.imap_login import ImapConfig, Login

MAX_FAILED_LOGINS = 3
"""On one connection, as for SMTP AUTH; the guesser has to connect again."""


class LoginRefused(ResponseError):
    """The connection ends with it: too many guesses, or too many connections."""

    def __init__(self, text: bytes) -> None:
        super().__init__(text)
        self._text = text

    def get_response(self, tag: bytes) -> ResponseNo:
        response = ResponseNo(tag, self._text, ResponseCode.of(b"LIMIT"))
        response.add_untagged(ResponseBye(self._text))
        return response


class LoginState(ConnectionState):
    """pymap's state of a connection, with bounded logins."""

    def __init__(self, login: Login, config: ImapConfig, admit: Callable[[str], bool]) -> None:
        super().__init__(login, config)
        self._admit = admit
        self._failures = 0

    @property
    def is_logged_in(self) -> bool:
        return self._session is not None

    async def _login(self, creds: ServerCredentials) -> SessionInterface:
        try:
            session = await super()._login(creds)
        except InvalidAuth:
            self._failures += 1
            if self._failures >= MAX_FAILED_LOGINS:
                raise LoginRefused(b"Too many failed logins.") from None
            raise
        if not self._admit(session.owner):
            raise LoginRefused(b"Too many connections to this mailbox.")
        return session

    async def do_fetch(self, cmd: FetchCommand) -> tuple[CommandResponse, SelectedMailbox | None]:
        if not cmd.uid:
            self.selected.hide_expunged = True  # RFC 3501 §7.4.1
        see = not self.selected.readonly and any(item.set_seen for item in cmd.attributes)
        messages, updates = await self.session.fetch_messages(self.selected, cmd.sequence_set, see)
        return FetchAnswer(cmd, list(messages), self.selected), updates


class FetchAnswer(ResponseOk):
    """The answer to FETCH, made message by message as it is written.

    pymap makes all of it before it writes the first byte, without letting go of the loop: ten
    seconds for the flags of 100,000 messages.
    """

    def __init__(
        self,
        command: FetchCommand,
        messages: Sequence[tuple[int, MessageInterface]],
        selected: SelectedMailbox,
    ) -> None:
        gone = any(message.expunged for _, message in messages)
        code = ResponseCode.of(b"EXPUNGEISSUED") if gone else None  # RFC 5530 §3
        super().__init__(command.tag, command.command + b" completed.", code)
        self._messages = messages
        self._attributes = command.attributes
        self._selected = selected

    async def async_write(self, writer: WriteStream) -> None:
        for number, message in self._messages:
            values = MessageAttributes(message, self._selected, self._attributes)
            fetched = FetchResponse(number, values, writing_hook=values.load_hook())
            await fetched.async_write(writer)
        await super().async_write(writer)
