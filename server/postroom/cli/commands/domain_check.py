"""`postroom domains check`: whether the DNS says of a domain what it should, and that is true."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.commands.domains_records import looks
from postroom.cli.exits import ExitCode
from postroom.cli.seconds import Seconds
from postroom.model.domain_checks import BAD, OPEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from postroom.build import PostRoom
    from postroom.dns.checking.checking import Checker
    from postroom.model.domain_check_answers import DomainCheck, DomainCheckList

LOOK_SECONDS = 5.0
"""Between two checks while one waits: a resolver that has nothing new is not to be asked often."""


@click.command("check")
@click.argument("domain", required=False)
@click.option(
    "--wait",
    default=0.0,
    metavar="SECONDS",
    type=Seconds(0, 86_400),
    help="Check again and again until all is right, or this time is over.",
)
@looks
@shared
@pass_asked
def check(
    asked: Asked, domain: str | None, wait: float, nameserver: "tuple[str, int] | None"
) -> int:
    """Check a domain, or all of them, now: each record at the zone's own servers and at several
    resolvers, SPF, DKIM, DMARC, MX, TLS, the names of addresses.

    Exit code 0 where all is right, 1 where something is wrong or missing, 5 where it is still on
    its way or nobody answered.
    """
    from postroom.cli.domain_check_page import show
    from postroom.cli.progress import progress_bar

    with progress_bar("Asking name servers") as told:
        looking = _Looking(domain, nameserver, told)
        found = at_desk(asked, "domains check", lambda room: _until_right(room, looking, wait))
    say(asked.json, found, lambda page: show(page, found))
    return code_of(found)


def code_of(found: "DomainCheckList") -> ExitCode:
    """Of the worst of all."""
    states = {each.state for each in found.domains}
    if states & BAD:
        return ExitCode.FAILED
    return ExitCode.NOT_NOW if states & OPEN else ExitCode.DONE


@dataclass(frozen=True)
class _Looking:
    """What is checked, and how."""

    domain: str | None
    """None: all of them."""
    nameserver: "tuple[str, int] | None"
    """Asked in the place of the resolvers that are named, or the system's."""
    told: "Callable[[int, int], None]"
    """Is told how many questions are done, of how many."""


async def _until_right(room: "PostRoom", looking: _Looking, wait: float) -> "DomainCheckList":
    from postroom.dns.checking.asking import Asker
    from postroom.dns.checking.checking import Checker
    from postroom.work.domains.policy_fetching import PolicyFetching

    loop, fetching = asyncio.get_running_loop(), PolicyFetching()
    ends = loop.time() + wait
    checker = Checker(room.index.clock, fetching.fetch, asker=Asker(told=looking.told))
    try:
        while True:
            found = await _all(room, checker, looking)
            left = ends - loop.time()
            if code_of(found) is ExitCode.DONE or left <= 0:
                return found
            await asyncio.sleep(min(LOOK_SECONDS, left))
    finally:
        await fetching.close()


async def _all(room: "PostRoom", checker: "Checker", looking: _Looking) -> "DomainCheckList":
    from postroom.model.callers import operator
    from postroom.model.domain_check_answers import DomainCheckList

    names = [looking.domain]
    if looking.domain is None:
        names = [each.domain for each in (await room.desk.domains.list(operator())).domains]
    found = [await _one(room, checker, name, looking) for name in names if name is not None]
    return DomainCheckList(domains=tuple(found))


async def _one(
    room: "PostRoom", checker: "Checker", domain: str, looking: _Looking
) -> "DomainCheck":
    from postroom.desk.domains.checks import of_findings
    from postroom.model.callers import operator

    facts = await room.desk.domain_checks.facts(operator(), domain)
    if looking.nameserver is not None:
        facts = facts.by(*looking.nameserver)
    found = of_findings(await checker.check(facts))
    await room.desk.domain_checks.ask(operator(), domain)  # so that the console is told soon
    return found
