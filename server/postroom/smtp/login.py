"""Logging in to a submission server: one try, with the best mechanism that it offers.

One and no second with the next mechanism: a wrong password that is tried three times for each mail
locks an account.
"""

import base64
import binascii

from postroom.model.sends import Obstacle
from postroom.model.servers import Security
from postroom.smtp.account import SmtpLogin
from postroom.smtp.client import NETWORK, TellingClient, answer_of, stage_failed
from postroom.smtp.dialogue import hushed
from postroom.smtp.replies import Answer, StageFailed, cleaned
from postroom.smtp.sasl import Mechanism, chosen, mechanism

GO_ON = 334
AUTHENTICATION_REQUIRED = 530

NO_MECHANISM = "The SMTP server offers no way to log in that Postroom knows."
NO_TOKENS = "The SMTP server takes no OAuth 2 tokens (XOAUTH2 or OAUTHBEARER)."
ONLY_ENCRYPTED = (
    "The SMTP server offers STARTTLS and takes no login on a connection in the clear: set"
    " `security` to starttls or tls in its smtp = { … } of postroom.toml."
)


class LoginRefused(StageFailed):
    """The server does not take this user name with this password or token."""


async def log_in(client: TellingClient, login: SmtpLogin, secret: str) -> None:
    """Return when the server has let us in; ``secret`` is the password or a token.

    Raises LoginRefused for a 5yz, and StageFailed where the login was not even looked at: the
    server cannot check it now (4yz), offers nothing we know, or is gone.
    """
    offered = {name.upper() for name in client.server_auth_methods}
    name = chosen(offered, login.token is not None)
    if name is None:
        answer = Answer(AUTHENTICATION_REQUIRED, _why_none(client, login))
        client.dialogue.note("AUTH", Answer(0, answer.text))
        raise StageFailed(answer, Obstacle.LOGIN)
    said = mechanism(name, login.user, secret, login.host, login.port)
    try:
        answer = await _converse(client, said)
    except NETWORK as error:
        raise stage_failed("The SMTP login failed", error, Obstacle.UNREACHABLE) from None
    if not answer.done:
        raise _refusal(Answer(answer.code, hushed(answer.text, _sent(said, secret))))


def _why_none(client: TellingClient, login: SmtpLogin) -> str:
    if login.security is Security.NONE and client.supports_extension("starttls"):
        return ONLY_ENCRYPTED
    return NO_TOKENS if login.token is not None else NO_MECHANISM


async def _converse(client: TellingClient, said: Mechanism) -> Answer:
    """The last answer. However long the server goes on asking, it gets no more than there is."""
    first = [] if said.first is None else [base64.b64encode(said.first)]
    answer = answer_of(await client.execute_command(b"AUTH", said.name.encode(), *first))
    for respond in said.answers:
        if answer.code != GO_ON:
            return answer
        response = base64.b64encode(respond(_challenge(answer)))
        answer = answer_of(await client.execute_command(response))
    if answer.code == GO_ON:
        answer = answer_of(await client.execute_command(b"*"))  # RFC 4954 §4: cancels
    return answer


def _sent(said: Mechanism, secret: str) -> list[str]:
    """What a server may repeat of a login: the secret, and what it went in, as it was encoded."""
    encoded = [
        base64.b64encode(octets).decode() for octets in (said.first, secret.encode()) if octets
    ]
    return [*encoded, secret]


def _challenge(answer: Answer) -> bytes:
    try:
        return base64.b64decode(answer.text, validate=True)
    except binascii.Error:
        return b""


def _refusal(answer: Answer) -> StageFailed:
    text = cleaned(f"The SMTP login failed: {answer.text}")
    if 500 <= answer.code < 600:
        return LoginRefused(Answer(answer.code, text), Obstacle.LOGIN)
    code = answer.code if 400 <= answer.code < 500 else 0
    return StageFailed(Answer(code, text), Obstacle.UNREACHABLE)
