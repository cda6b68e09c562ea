"""Both servers of a new account, tried with a password."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import SecretStr

from postroom.cli.accounts.check_page import show_imap, show_smtp
from postroom.cli.accounts.plan import Plan
from postroom.cli.accounts.servers import Place, Places
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
    imap_at: Place
    smtp_at: Place
    found_imap: ImapFindings
    found_smtp: SmtpFindings
    password: SecretStr = field(repr=False)


async def try_both(
    plan: Plan, where: Places, password: SecretStr, tell: "Tell"
) -> LoggedIn | Failure:
    """The first servers of each kind that let us in, or why there are none."""
    secret, file = password.get_secret_value(), plan.wanted.certificates

    def imap_at(place: Place) -> ImapLogin:
        user = plan.at(imap=place).imap_user
        return ImapLogin(place.host, place.port, user, secret, place.security, None, file)

    def smtp_at(place: Place) -> SmtpLogin:
        user = plan.smtp_user
        return SmtpLogin(place.host, place.port, user, secret, place.security, None, file)

    reading = await first_that_works(
        [imap_at(place) for place in where.imap],
        try_imap,
        lambda login, found: tell(lambda page: show_imap(page, found)),
    )
    if isinstance(reading, Failure):
        return reading
    submitting = await first_that_works(
        [smtp_at(place) for place in where.smtp],
        try_smtp,
        lambda login, found: tell(lambda page: show_smtp(page, found)),
    )
    if isinstance(submitting, Failure):
        return submitting
    (imap, found_imap), (smtp, found_smtp) = reading, submitting
    return LoggedIn(
        imap,
        smtp,
        _place_of(where.imap, imap.host, imap.port),
        _place_of(where.smtp, smtp.host, smtp.port),
        found_imap,
        found_smtp,
        password,
    )


def _place_of(places: Sequence[Place], host: str, port: int) -> Place:
    return next(place for place in places if (place.host, place.port) == (host, port))
