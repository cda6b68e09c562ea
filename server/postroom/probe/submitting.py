"""One try at a submission server: in, what does it offer, and out."""

import asyncio

from postroom.model.sends import Obstacle
from postroom.probe.findings import Failure, SmtpFindings
from postroom.probe.reading import STEP_SECONDS, WHOLE_SECONDS, too_slow
from postroom.smtp.account import SmtpLogin

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
    from postroom.smtp.replies import StageFailed

    assert isinstance(failed, StageFailed)
    code, says = _REFUSED if isinstance(failed, LoginRefused) else _SAYS[failed.obstacle]
    return Failure(
        code=code,
        says=says.format(where=f"{login.host}:{login.port}"),
        next_step=_NEXT.get(code, "Try again later."),
        detail=failed.answer.text or None,
    )
