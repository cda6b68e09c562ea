"""`postroom domains reports`: what others report about a domain."""

from typing import TYPE_CHECKING

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.counts import counted
from postroom.cli.plain import one_line

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.cli.page import Page
    from postroom.model.domain_report_answers import DomainReportsView

SHOWN = 20
"""Rows of a list on a terminal; --json has more."""

_KINDS = {"dmarc": "DMARC", "tls": "TLS"}


@click.command("reports")
@click.argument("domain", required=False)
@click.option(
    "--since",
    metavar="WHEN",
    default="30d",
    show_default=True,
    help='A time, or a duration before now: "7d".',
)
@shared
@pass_asked
def reports(asked: Asked, domain: str | None, since: str) -> None:
    """Show who sends in the name of DOMAIN, what fails, and which TLS failed, as others report it.

    Of all domains, where none is named. Only reports of verified senders are summed.
    """
    found = at_desk(asked, "domains reports", lambda room: _found(room, domain, since))
    for number, one in enumerate(found):
        say(asked.json, one, lambda page, one=one, first=number == 0: _show(page, one, first))  # type: ignore[misc]
    if not found and not asked.json:
        from postroom.cli.answers import out

        out().line("There is no domain of your own yet: postroom domains add agents.example.com")


async def _found(room: "PostRoom", domain: str | None, since: str) -> list["DomainReportsView"]:
    from postroom.model.callers import operator

    desk, who = room.desk.domain_reports, operator()
    named = [domain] if domain is not None else await desk.domains(who)
    return [await desk.show(who, each, since) for each in named]


def _show(page: "Page", found: "DomainReportsView", first: bool) -> None:
    if not first:
        page.line("")
    page.line((found.domain, "bold"), f"  since {found.since[:10]}")
    page.line(("  reports: ", "dim"), found.mailbox.says)
    if not found.reporters:
        page.line("  Nobody has reported anything yet.")
        return
    failed = found.messages - found.passed
    page.line(("  mails: ", "dim"), f"{found.messages}, of which {failed} failed DMARC")
    _sources(page, found)
    _failures(page, found)
    _tls(page, found)
    _reporters(page, found)


def _sources(page: "Page", found: "DomainReportsView") -> None:
    for one in found.sources[:SHOWN]:
        whose = "  (ours)" if one.ours else ""
        failed = one.messages - one.passed
        style = "red" if failed and not one.ours else "green"
        line = f"{counted(one.messages, 'mail')}, {failed} failed; DKIM {one.dkim}, SPF {one.spf}"
        more = f"; {one.unverified} more by unverified reports" if one.unverified else ""
        page.line((f"  {one.address}{whose}: ", style), f"{line}{more}")
    if len(found.sources) > SHOWN or found.more_sources:
        page.line("  More addresses stand behind them.")


def _failures(page: "Page", found: "DomainReportsView") -> None:
    for one in found.failing[:SHOWN]:
        says = f"{counted(one.messages, 'mail')}, DKIM {one.dkim}, SPF {one.spf}"
        page.line((f"  failed from {one.address}: ", "dim"), says)


def _tls(page: "Page", found: "DomainReportsView") -> None:
    for policy in found.tls_policies:
        says = f"{counted(policy.successes, 'connection')}, {policy.failures} failed"
        page.line((f"  TLS ({policy.policy or 'no policy'}): ", "dim"), says)
    for one in found.tls_failures[:SHOWN]:
        where = f" at {one.receiving_mx or one.receiving_ip}" * bool(
            one.receiving_mx or one.receiving_ip
        )
        page.line(f"    {one.result or 'unnamed'}{where}: {one.sessions}")


def _reporters(page: "Page", found: "DomainReportsView") -> None:
    for one in found.reporters[:SHOWN]:
        name = f", which calls itself {one_line(one.untrusted_org)}" if one.untrusted_org else ""
        unread = f", {one.unreadable} not readable" if one.unreadable else ""
        who = one_line(one.domain) or "nobody"
        reports = counted(one.reports, f"{_KINDS.get(one.kind, one.kind)} report")
        says = f"{reports} by {who} ({one.verdict}){name}{unread}"
        page.line(("  ", "dim"), says)
    for bad in found.unreadable[:5]:
        sender = one_line(bad.untrusted_from)
        page.line((f"  {bad.message_id} from {sender}: ", "yellow"), bad.why)
