"""aiosmtplib's client, which keeps every reply in a dialogue.

Its own methods speak more than one command each (a login tries one mechanism after another), so
the dialogue is kept where they all pass: in ``execute_command``.
"""

from typing import Literal

import aiosmtplib
from aiosmtplib.response import SMTPResponse
from aiosmtplib.typing import Default

from postroom.model.servers import Security
from postroom.smtp.account import SmtpLogin
from postroom.smtp.dialogue import Dialogue, hushed, in_brief
from postroom.smtp.replies import Answer, cleaned

OUR_NAME = "[127.0.0.1]"
"""What EHLO says we are (RFC 5321 §4.1.4: an address literal where there is no public name). The
machine's own name would cost a look-up and tell every recipient where the agent runs."""

NETWORK = (aiosmtplib.SMTPException, OSError, ValueError)
"""What aiosmtplib raises for anything that a server or a network does. A TimeoutError and a
failed TLS verification are OSErrors; ValueError is an answer that it could not decode."""


class TellingClient(aiosmtplib.SMTP):
    """A client whose ``dialogue`` is that of the attempt under way."""

    def __init__(self, login: SmtpLogin, dialogue: Dialogue, timeout: float) -> None:
        # STARTTLS is asked for by ``greet``, so that each step has its line.
        super().__init__(
            hostname=login.host,
            port=login.port,
            use_tls=login.security is Security.TLS,
            start_tls=False,
            local_hostname=OUR_NAME,
            timeout=timeout,
        )
        self.dialogue = dialogue
        self._account = login

    async def greet(self) -> None:
        """Connect, upgrade to TLS wherever that is offered, and know what the server offers."""
        await self._connect()
        await self._hello()
        if self._account.security is Security.STARTTLS:
            await self._upgrade()
            await self._hello()

    async def _connect(self) -> None:
        where = f"connection to {self._account.host}:{self._account.port}"
        try:
            self.dialogue.note(where, answer_of(await self.connect()))
        except NETWORK as error:
            self.dialogue.note(where, failure(error))
            raise

    async def _upgrade(self) -> None:
        try:
            self.dialogue.note("STARTTLS", answer_of(await self.starttls()))
        except NETWORK as error:
            self.dialogue.note("STARTTLS", failure(error))
            raise

    async def _hello(self) -> None:
        try:
            await self.ehlo()
        except aiosmtplib.SMTPHeloError:
            if not self.is_connected:
                raise
            await self.helo()  # RFC 5321 §3.2: a server from before EHLO

    async def execute_command(
        self,
        *args: bytes,
        timeout: float | Literal[Default.token] | None = Default.token,
    ) -> SMTPResponse:
        said = in_brief(args)
        try:
            response = await super().execute_command(*args, timeout=timeout)
        except NETWORK as error:
            self._note(said, args, failure(error))
            raise
        self._note(said, args, Answer(response.code, response.message))
        return response

    def _note(self, said: str, args: tuple[bytes, ...], answer: Answer) -> None:
        text = answer.text
        if said.startswith("AUTH"):
            sent = [arg.decode() for arg in (args if "," in said else args[2:])]
            text = hushed(text, [*sent, self._account.password])
        self.dialogue.note(said, Answer(answer.code, text))


def answer_of(response: SMTPResponse) -> Answer:
    """A reply as aiosmtplib read it, cleaned and cut."""
    return Answer(response.code, cleaned(response.message))


def failure(error: Exception) -> Answer:
    """What came in place of a good answer: the server's code and words, or code 0 and why not."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        # A code below 0 is aiosmtplib's own, for what is no reply at all.
        return Answer(max(error.code, 0), error.message)
    if isinstance(error, TimeoutError):
        return Answer(0, "no answer in time")
    return Answer(0, cleaned(f"no answer: {error}"))
