"""`postroom domains records` and `policy`: what a domain needs, and how the DNS stands to it."""

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, TypeVar

import click

from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.exits import ExitCode

if TYPE_CHECKING:
    from postroom.desk.domains.records import Needs
    from postroom.model.domain_answers import DomainRecords, RemarkView
    from postroom.model.domains import Purpose

F = TypeVar("F", bound=Callable[..., Any])


def looks(command: F) -> F:
    """``command`` with --nameserver, for whoever asks another resolver than the system's."""
    return click.option(
        "--nameserver", metavar="HOST:PORT", callback=_nameserver, help="Ask this resolver."
    )(command)


def _nameserver(
    ctx: click.Context, option: click.Parameter, value: str | None
) -> tuple[str, int] | None:
    from postroom.accounts.host_names import split_host

    if value is None:
        return None
    host, port = split_host(value)
    if not host or not (port or "53").isdigit():
        raise click.BadParameter("an address, and a port where it is not 53", ctx, option)
    return host.removeprefix("[").removesuffix("]"), int(port or 53)


@click.command("records")
@click.argument("domain")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "zone", "json"]),
    default="table",
    show_default=True,
    help="For people, as a zone file, or for programs.",
)
@click.option("--offline", is_flag=True, help="Do not look at what is there.")
@looks
@shared
@pass_asked
def records(
    asked: Asked, domain: str, form: str, offline: bool, nameserver: "tuple[str, int] | None"
) -> int:
    """Show the records that a domain needs, what is right already, and what is missing."""
    asked.json = asked.json or form == "json"
    needs = needs_of(asked, domain)
    if form != "zone" or asked.json:
        return show(asked, needs, nameserver, offline=offline)
    from postroom.cli.answers import out
    from postroom.cli.domains.page import zone_file

    out().lines(zone_file(_found(needs, nameserver, offline)))
    return ExitCode.DONE


@click.command("policy")
@click.argument("domain")
@shared
@pass_asked
def policy(asked: Asked, domain: str) -> int:
    """Print the MTA-STS policy of a domain, for a web server of yours (RFC 8461).

    `postroom serve` answers with it by itself, at mta-sts.DOMAIN.
    """
    from postroom.cli.answers import out, say_json
    from postroom.dns.records.sts import policy as text_of
    from postroom.model.errors import NotFound

    needs = needs_of(asked, domain)
    text = text_of(needs.own)
    if not text:
        raise NotFound(
            "no_mta_sts",
            f"{needs.domain} has no MTA-STS policy.",
            f"postroom domains add {needs.domain} --mx HOST --mta-sts testing makes one.",
        )
    if asked.json:
        say_json({"domain": needs.domain, "policy": text})
    else:
        out().lines(text)
    return ExitCode.DONE


def needs_of(asked: Asked, domain: str) -> "Needs":
    """What is known of a domain here; NotFound where it was not added."""
    from postroom.cli.at_desk import at_desk
    from postroom.model.callers import operator

    return at_desk(
        asked, "domains records", lambda room: room.desk.domains.needs(operator(), domain)
    )


def show(
    asked: Asked,
    needs: "Needs",
    nameserver: "tuple[str, int] | None",
    only: "Collection[Purpose]" = (),
    offline: bool = False,
    first: "tuple[RemarkView, ...]" = (),
) -> int:
    """Tell the records of a domain, or those for a purpose alone; ``first`` before its remarks."""
    from postroom.cli.answers import say
    from postroom.cli.domains.page import show_records

    found = _found(needs, nameserver, offline)
    if only:
        kept = tuple(each for each in found.records if each.purpose in only)
        found = found.model_copy(update={"records": kept})
    found = found.model_copy(update={"remarks": (*first, *found.remarks)})
    say(asked.json, found, lambda page: show_records(page, found))
    return ExitCode.DONE


def _found(needs: "Needs", nameserver: "tuple[str, int] | None", offline: bool) -> "DomainRecords":
    from postroom.cli.accounts.at_once import at_once
    from postroom.cli.domains.looking import looked
    from postroom.desk.domains.records import told

    return told(needs, None if offline else at_once(looked(needs, nameserver)))
