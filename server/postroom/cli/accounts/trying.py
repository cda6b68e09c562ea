"""Both servers of a new account, tried with a password."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from postroom.cli.accounts.check_page import show_imap, show_smtp
from postroom.cli.accounts.hints import hinted
from postroom.cli.accounts.plan import Plan
from postroom.cli.accounts.servers import Servers
from postroom.dns.candidates import Candidate
from postroom.imap.account import ImapLogin
from postroom.probe.findings import Failure, ImapFindings, SmtpFindings
from postroom.probe.reading import try_imap
from postroom.probe.submitting import try_smtp
from postroom.probe.trying import first_that_works
from postroom.smtp.account import SmtpLogin

if TYPE_CHECKING:
    from postroom.cli.page import Page

    Tell = Callable[[Callable[[Page], None]], None]


@dataclass(frozen=True)
class LoggedIn:
    """Both servers, which let us in."""

    imap: ImapLogin
    smtp: SmtpLogin
    imap_at: Candidate
    smtp_at: Candidate
    found_imap: ImapFindings
    found_smtp: SmtpFindings
    password: SecretStr = field(repr=False)


async def try_both(
    plan: Plan, where: Servers, password: SecretStr, tell: "Tell"
) -> LoggedIn | Failure:
    """The first servers of each kind that let us in, or why there are none."""
    secret, file = password.get_secret_value(), plan.wanted.certificates

    def imap_at(server: Candidate) -> ImapLogin:
        user = plan.at(imap=server).imap_user
        return ImapLogin(server.host, server.port, user, secret, server.security, None, file)

    def smtp_at(server: Candidate) -> SmtpLogin:
        user = plan.smtp_user
        return SmtpLogin(server.host, server.port, user, secret, server.security, None, file)

    async def reads(login: ImapLogin) -> ImapFindings | Failure:
        server = _candidate_at(where.imap, login.host, login.port)
        return hinted(await try_imap(login), "imap", server)

    async def submits(login: SmtpLogin) -> SmtpFindings | Failure:
        server = _candidate_at(where.smtp, login.host, login.port)
        return hinted(await try_smtp(login), "smtp", server)

    reading = await first_that_works(
        [imap_at(one) for one in where.imap],
        reads,
        lambda login, found: tell(lambda page: show_imap(page, found)),
    )
    if isinstance(reading, Failure):
        return reading
    submitting = await first_that_works(
        [smtp_at(one) for one in where.smtp],
        submits,
        lambda login, found: tell(lambda page: show_smtp(page, found)),
    )
    if isinstance(submitting, Failure):
        return submitting
    (imap, found_imap), (smtp, found_smtp) = reading, submitting
    return LoggedIn(
        imap,
        smtp,
        _candidate_at(where.imap, imap.host, imap.port),
        _candidate_at(where.smtp, smtp.host, smtp.port),
        found_imap,
        found_smtp,
        password,
    )


def _candidate_at(ones: Sequence[Candidate], host: str, port: int) -> Candidate:
    return next(one for one in ones if (one.host, one.port) == (host, port))
