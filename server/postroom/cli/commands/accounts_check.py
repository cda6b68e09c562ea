"""`postroom accounts check`: what an account can really do, tried now."""

import secrets
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.exits import ExitCode
from postroom.cli.seconds import Seconds

if TYPE_CHECKING:
    from postroom.accounts.account import Account
    from postroom.accounts.directory import DirectoryDomain
    from postroom.probe.findings import Probed
    from postroom.settings import Operator


@click.command("check")
@click.argument("name")
@click.option("--send", is_flag=True, help="Send a mail to itself, and see what becomes of it.")
@click.option(
    "--patience",
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    type=Seconds(1, 600),
    help="How long to wait for that mail.",
)
@shared
@pass_asked
def check(asked: Asked, name: str, send: bool, patience: float) -> int:
    """Log in to an account's servers now, and say what they can do; of a domain with a directory,
    whether its database can be written and its servers be reached.

    Exit code 1 where something does not work, 4 where the mail did not come in time.
    """
    from postroom.accounts.directory import DirectoryDomain
    from postroom.cli.accounts.at_once import at_once
    from postroom.cli.accounts.check_page import show_probed
    from postroom.cli.accounts.logins import account_in, operator_of

    operator = operator_of(asked)
    served = operator.served.get(name)
    if name not in operator.accounts and isinstance(served, DirectoryDomain):
        return _host(asked, name, served, send)
    account = account_in(operator, name)
    found = at_once(_probed(operator, name, account, patience if send else None))
    say(asked.json, found, lambda page: show_probed(page, found))
    return _code(found)


def _host(asked: Asked, name: str, domain: "DirectoryDomain", send: bool) -> int:
    from postroom.cli.accounts.at_once import at_once
    from postroom.cli.accounts.host import probed_host, show_host
    from postroom.model.errors import InvalidRequest

    if send:
        raise InvalidRequest(
            "no_own_mailbox",
            f"{name} has no mailbox of its own that a mail could be sent from and to.",
            "Leave --send out, or send one with `postroom send` from a mailbox there.",
        )
    found = at_once(probed_host(name, domain))
    say(asked.json, found, lambda page: show_host(page, found))
    return ExitCode.DONE if found.ok else ExitCode.FAILED


async def _probed(
    operator: "Operator", name: str, account: "Account", patience: float | None
) -> "Probed":
    from postroom.cli.accounts.logins import logins_of, own_address
    from postroom.clock import system_clock
    from postroom.probe.findings import Failure, Probed
    from postroom.probe.letter import Letter
    from postroom.probe.reading import try_imap
    from postroom.probe.round_trip import round_trip
    from postroom.probe.submitting import try_smtp

    async with logins_of(name, account) as (imap, smtp):
        read, sent = await try_imap(imap), await try_smtp(smtp)
        trip = None
        let_in = not isinstance(read, Failure) and not isinstance(sent, Failure)
        if patience is not None and let_in:
            token = f"check-{secrets.token_hex(6)}"
            address = own_address(operator, name, account, token)
            trip = await round_trip(imap, smtp, Letter(address, token, system_clock()), patience)
    return Probed.of(read, sent, trip)


def _code(found: "Probed") -> int:
    trip = found.round_trip
    late = trip is not None and trip.accepted and trip.arrived is None and not trip.came_back
    if late and not found.round_trip_failure:
        return ExitCode.TIMED_OUT
    return ExitCode.DONE if found.ok else ExitCode.FAILED
