"""aiosmtplib's client, which keeps every reply in a dialogue.

Its own methods speak more than one command each, so the dialogue is kept where they all pass: in
``execute_command``. What it does by itself and must not (upgrading where TLS is offered, throwing
away what was injected behind STARTTLS, trying one login after another) is done beside it instead.
"""

import asyncio
import ssl
from typing import Literal, cast

import aiosmtplib
from aiosmtplib.response import SMTPResponse
from aiosmtplib.typing import Default

from postroom.model.sends import Obstacle
from postroom.model.servers import Security
from postroom.smtp.account import SmtpLogin
from postroom.smtp.dialogue import Dialogue, hushed, in_brief
from postroom.smtp.replies import Answer, StageFailed, cleaned
from postroom.smtp.starttls import Upgrade, UpgradeFailed
from postroom.smtp.tls import tls_failure

OUR_NAME = "[127.0.0.1]"
"""What EHLO says we are (RFC 5321 §4.1.4: an address literal where there is no public name). The
machine's own name would cost a look-up and tell every recipient where the agent runs."""

NETWORK = (aiosmtplib.SMTPException, OSError, ValueError)
"""What aiosmtplib raises for anything that a server or a network does. A TimeoutError and a
failed TLS verification are OSErrors; ValueError is an answer that it could not decode."""

NO_STARTTLS = (
    "The SMTP server at {where} offers no STARTTLS, and nothing is sent in the clear: check the"
    " port, or set security in smtp = {{ … }} of postroom.toml to tls where it speaks TLS from the"
    " first byte."
)

OUT_OF_STEP = "The server said more than it was asked"


class TellingClient(aiosmtplib.SMTP):
    """A client whose ``dialogue`` is that of the attempt under way. It needs what to ``trust``
    wherever the login asks for TLS, and keeps ``secret`` out of the dialogue."""

    def __init__(
        self,
        login: SmtpLogin,
        dialogue: Dialogue,
        timeout: float,
        *,
        secret: str,
        trust: ssl.SSLContext | None,
    ) -> None:
        # STARTTLS is asked for by ``greet``.
        super().__init__(
            hostname=login.host,
            port=login.port,
            use_tls=login.security is Security.TLS,
            start_tls=False,
            tls_context=trust,
            local_hostname=OUR_NAME,
            timeout=timeout,
        )
        self.dialogue = dialogue
        self._account = login
        self._secret = secret
        self._trust = trust
        self._patience = timeout

    async def greet(self) -> None:
        """Connect, with TLS as the login asks, and know what the server offers.

        Raises UpgradeFailed where STARTTLS is asked for and cannot be had: there is no way on in
        the clear. What was offered before TLS is forgotten (RFC 3207 §4.2).
        """
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
            self.dialogue.note(where, self._failure(error))
            raise

    async def _upgrade(self) -> None:
        try:
            answer = await self._encrypted()
        except UpgradeFailed as failed:
            self.dialogue.note("STARTTLS", failed.answer)
            raise
        except NETWORK as error:
            self.dialogue.note("STARTTLS", self._failure(error))
            raise
        self.dialogue.note("STARTTLS", answer)

    async def _encrypted(self) -> Answer:
        """The answer to STARTTLS, where TLS now holds. aiosmtplib's own would forgive what is
        injected behind it."""
        if not self.supports_extension("starttls"):
            where = f"{self._account.host}:{self._account.port}"
            raise UpgradeFailed(Answer(0, NO_STARTTLS.format(where=where)))
        if self.protocol is None or self._trust is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        upgrade = Upgrade(cast(asyncio.Transport, self.transport))
        async with asyncio.timeout(self._patience):
            answer = await upgrade.ask()
        upgraded = await upgrade.shake_hands(
            self.protocol, self._trust, self._account.host, self._patience
        )
        self.transport = self.protocol.transport = upgraded
        self._reset_server_state()
        return answer

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
            self._stay_in_step()
            response = await super().execute_command(*args, timeout=timeout)
        except NETWORK as error:
            self._note(said, args, failure(error))
            raise
        self._note(said, args, Answer(response.code, response.message))
        return response

    def close(self) -> None:
        """End the connection at once. A transport that is closed politely goes on sending what it
        holds, and that may be the final dot of a mail that is about to go again."""
        if self.transport is not None:
            cast(asyncio.Transport, self.transport).abort()
        super().close()

    @property
    def in_step(self) -> bool:
        """False where the server has said more than it was asked: its next reply would be taken for
        the answer to another command than it is."""
        return self.protocol is None or not self.protocol._buffer

    def _stay_in_step(self) -> None:
        if not self.in_step:
            self.close()
            raise aiosmtplib.SMTPServerDisconnected(OUT_OF_STEP)

    def _note(self, said: str, args: tuple[bytes, ...], answer: Answer) -> None:
        text = answer.text
        if said.startswith("AUTH"):
            sent = [arg.decode() for arg in (args if "," in said else args[2:])]
            text = hushed(text, [*sent, self._secret])
        self.dialogue.note(said, Answer(answer.code, text))

    def _failure(self, error: Exception) -> Answer:
        words = tls_failure(error, self._account)
        return Answer(0, words) if words else failure(error)


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


def stage_failed(what: str, error: Exception, obstacle: Obstacle | None = None) -> StageFailed:
    """The failure as a stage's: the server's code and words where it answered, else why not."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        code = error.code if 400 <= error.code < 600 else 0
        return StageFailed(Answer(code, cleaned(f"{what}: {error.message}")), obstacle)
    if isinstance(error, TimeoutError):
        return StageFailed(Answer(0, f"{what}: it did not answer in time."), obstacle)
    return StageFailed(Answer(0, cleaned(f"{what}: {error}")), obstacle)
