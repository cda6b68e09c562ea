"""From a login to a client that is logged in: connection, TLS, EHLO, AUTH."""

import asyncio

from postroom.model.errors import PostroomError, Unavailable
from postroom.model.sends import Obstacle
from postroom.model.servers import Security
from postroom.smtp.account import SmtpLogin
from postroom.smtp.client import NETWORK, TellingClient, stage_failed
from postroom.smtp.dialogue import Dialogue
from postroom.smtp.login import LoginRefused, log_in
from postroom.smtp.replies import Answer, StageFailed
from postroom.smtp.starttls import UpgradeFailed
from postroom.smtp.tls import NoCertificates, tls_failure, trust


class NoToken(StageFailed):
    """There was no access token to log in with: the mail server has not been asked."""

    def __init__(self, error: PostroomError) -> None:
        said = f"{error.message} {error.next_step}".strip()
        super().__init__(Answer(0, said), Obstacle.LOGIN)
        self.error = error


OPENING_PARTS = 4
"""Connecting, TLS, EHLO and the login may each take the timeout; a server that drips its answers
may not take longer than these together."""


async def open_client(login: SmtpLogin, dialogue: Dialogue, timeout: float) -> TellingClient:
    """A client that may send mail. A token that is refused is tried once more, as a fresh one on a
    fresh connection: many a server hangs up on who was refused.

    Raises StageFailed with the server's answer or with ours, and with what stood in the way.
    """
    patience = OPENING_PARTS * timeout
    secret = await _secret(login, dialogue, patience)
    try:
        return await _open(login, secret, dialogue, timeout)
    except LoginRefused:
        if login.token is None:
            raise
    secret = await _secret(login, dialogue, patience, secret)
    return await _open(login, secret, dialogue, timeout)


async def _secret(login: SmtpLogin, dialogue: Dialogue, patience: float, refused: str = "") -> str:
    if login.token is None or not login.user:
        return login.password
    try:
        async with asyncio.timeout(patience):
            return await login.token(refused=refused)
    except PostroomError as error:
        failed = NoToken(error)
    except TimeoutError:
        message = "No OAuth 2 token could be had in time."
        failed = NoToken(Unavailable("oauth_timeout", message, "Try again later."))
    dialogue.note("OAuth 2 token", failed.answer)
    raise failed


async def _open(login: SmtpLogin, secret: str, dialogue: Dialogue, timeout: float) -> TellingClient:
    client = await _client(login, secret, dialogue, timeout)
    try:
        async with asyncio.timeout(OPENING_PARTS * timeout):
            await _greet(client, login)
            if login.user:
                await log_in(client, login, secret)
    except TimeoutError as error:
        client.close()
        failed = stage_failed("The SMTP server is too slow", error, Obstacle.UNREACHABLE)
        dialogue.note("connection", failed.answer)
        raise failed from None
    except BaseException:  # cancelled, too
        client.close()
        raise
    return client


async def _client(
    login: SmtpLogin, secret: str, dialogue: Dialogue, timeout: float
) -> TellingClient:
    try:
        trusted = None if login.security is Security.NONE else await trust(login.certificates)
    except NoCertificates as error:
        answer = Answer(0, str(error))
        dialogue.note("certificates", answer)
        raise StageFailed(answer, Obstacle.UNTRUSTED) from None
    return TellingClient(login, dialogue, timeout, secret=secret, trust=trusted)


async def _greet(client: TellingClient, login: SmtpLogin) -> None:
    try:
        await client.greet()
    except UpgradeFailed as failed:
        raise StageFailed(failed.answer, Obstacle.UNTRUSTED) from None
    except NETWORK as error:
        if words := tls_failure(error, login):
            raise StageFailed(Answer(0, words), Obstacle.UNTRUSTED) from None
        what = "The connection to the SMTP server failed"
        raise stage_failed(what, error, Obstacle.UNREACHABLE) from None
