"""One try at a submission server: in, what does it offer, and out."""

import asyncio
import re
from typing import TYPE_CHECKING

from postroom.certificates import FAULT
from postroom.model.sends import Obstacle
from postroom.model.servers import Security
from postroom.probe.findings import Failure, SmtpFindings
from postroom.probe.reading import STEP_SECONDS, WHOLE_SECONDS, failure_of, too_slow
from postroom.smtp.account import SmtpLogin

if TYPE_CHECKING:
    from postroom.smtp.replies import StageFailed

_SAYS = {
    Obstacle.UNREACHABLE: ("smtp_unreachable", "No connection to the SMTP server at {where}."),
    Obstacle.UNTRUSTED: ("smtp_untrusted", "No TLS that can be trusted with {where}."),
    Obstacle.LOGIN: ("smtp_no_login", "No login at the SMTP server at {where}."),
    None: ("smtp_unavailable", "The SMTP server at {where} cannot be used now."),
}

_REFUSED = ("smtp_login_refused", "The SMTP server at {where} refused user name and password.")

_NEXT = {
    "smtp_unreachable": "Check the host, the port and the network.",
    "smtp_untrusted": "Check the host name; a certificate of your own goes into the file that"
    " certificates names.",
    "smtp_no_login": "Check port and security: many servers take a login over TLS alone.",
    "smtp_login_refused": "Check them; many providers want an app password here.",
}

_NO_TLS = (
    "Check port and security (tls: port 465, starttls: port 587): at port {port} there is no TLS of"
    " the kind {security}, or what listens there is no SMTP server."
)
_NO_SMTP = (
    "Check port and security (tls: port 465, starttls: port 587): at port {port} nothing spoke SMTP"
    " with security {security}; a port for tls waits in silence. Else try again later."
)


_WANTS_TLS = (
    'The server wants STARTTLS before a login: set security = "starttls" in its smtp = {{ … }} of'
    " postroom.toml (port {port})."
)

_OF_CERTIFICATE = re.compile(rf"(.* {re.escape(FAULT)} \(.*?\)\.) (.*)")


async def try_smtp(
    login: SmtpLogin, *, step: float = STEP_SECONDS, whole: float = WHOLE_SECONDS
) -> SmtpFindings | Failure:
    """What the server offers to this login, or why it does not let us in. Never raises for what a
    server or a network does."""
    from postroom.smtp.offers import offers  # aiosmtplib is loaded when it is needed
    from postroom.smtp.replies import StageFailed

    try:
        async with asyncio.timeout(whole):
            found = await offers(login, step)
    except StageFailed as failed:
        return _failure(failed, login)
    except TimeoutError:
        return too_slow("SMTP")
    return SmtpFindings(
        host=login.host,
        port=login.port,
        security=login.security,
        smtputf8="SMTPUTF8" in found.extensions,
        eight_bit="8BITMIME" in found.extensions,
        dsn="DSN" in found.extensions,
        size_limit=found.size or None,
    )


def _failure(failed: Exception, login: SmtpLogin) -> Failure:
    from postroom.smtp.login import LoginRefused
    from postroom.smtp.opening import NoToken
    from postroom.smtp.replies import StageFailed

    assert isinstance(failed, StageFailed)
    if isinstance(failed, NoToken):  # the server has not been asked, and nothing is wrong with it
        return failure_of(failed.error)
    code, says = _REFUSED if isinstance(failed, LoginRefused) else _SAYS[failed.obstacle]
    if found := _OF_CERTIFICATE.fullmatch(failed.answer.text):  # all of it is our own words
        return Failure(code=code, says=found[1], next_step=found[2])
    return Failure(
        code=code,
        says=says.format(where=f"{login.host}:{login.port}"),
        next_step=_next_step(code, failed, login),
        detail=failed.answer.text or None,
    )


def _next_step(code: str, failed: "StageFailed", login: SmtpLogin) -> str:
    """What to do. Certificates are to blame only where the server got as far as to show one."""
    from postroom.smtp.tls import is_of_certificates

    if code == "smtp_untrusted" and not is_of_certificates(failed.answer.text):
        return _NO_TLS.format(port=login.port, security=login.security)
    if code == "smtp_unreachable" and login.security is not Security.TLS and _is_there(failed):
        return _NO_SMTP.format(port=login.port, security=login.security)
    if login.security is Security.NONE and "starttls" in failed.answer.text.casefold():
        return _WANTS_TLS.format(port=login.port)
    return _NEXT.get(code, "Try again later.")


def _is_there(failed: "StageFailed") -> bool:
    """Whether something took the connection, though it said nothing that is SMTP."""
    return failed.answer.code == 0 and "error connecting" not in failed.answer.text.casefold()
