"""What a check of a domain found, for people: grouped by what it is for, each with what to do."""

from itertools import groupby
from typing import TYPE_CHECKING

from postroom.cli.wording import for_people
from postroom.model.domains import RecordState

if TYPE_CHECKING:
    from postroom.cli.page import Page
    from postroom.model.domain_check_answers import (
        AskedServerView,
        DomainCheck,
        DomainCheckList,
        FindingView,
    )

NAMES = {
    "zone": "The zone's own name servers",
    "mx": "Mail coming in (MX)",
    "address": "Addresses of hosts",
    "spf": "Who may send (SPF)",
    "dkim": "Signatures (DKIM)",
    "dmarc": "What receivers do with forgeries (DMARC)",
    "mta_sts": "Encryption insisted on (MTA-STS)",
    "tls_rpt": "Reports about encryption (TLS-RPT)",
    "service": "Mail programs (SRV)",
    "sending": "The machines that mail goes out from",
}

_STYLE = {
    RecordState.RIGHT: "green",
    RecordState.WRONG: "red",
    RecordState.MISSING: "red",
    RecordState.PROPAGATING: "yellow",
    RecordState.UNKNOWN: "yellow",
    RecordState.NOT_ASKED: "dim",
}

_WORDS = {RecordState.NOT_ASKED: "not asked"}


def show(page: "Page", found: "DomainCheckList") -> None:
    """Every domain."""
    if not found.domains:
        page.line("There is no domain of your own yet: postroom domains add agents.example.com")
    for one in found.domains:
        _domain(page, one)


def _domain(page: "Page", one: "DomainCheck") -> None:
    page.line((one.domain, "bold"), "  ", (_word(one.state), _STYLE[one.state]))
    for subject, findings in groupby(one.findings, key=lambda each: each.subject):
        page.line("")
        page.line((NAMES[subject], "bold"))
        for each in findings:
            _finding(page, each)
    if one.asked:
        page.line("")
        page.line(("Asked: ", "dim"), ", ".join(map(_server, one.asked)))


def _server(server: "AskedServerView") -> str:
    return server.name if server.answered else f"{server.name} (no answer)"


def _finding(page: "Page", each: "FindingView") -> None:
    page.line("  ", (f"{_word(each.state):<12}", _STYLE[each.state]), each.what)
    indent = " " * 14
    if each.says:
        page.line(indent, each.says)
    if each.state in (RecordState.RIGHT, RecordState.NOT_ASKED):
        return
    for name, values in (("there", each.there), ("should be", each.wanted)):
        for value in values or ():
            page.line(indent, (f"{name}: ", "dim"), value)
    if each.until:
        page.line(indent, ("until: ", "dim"), each.until)
    if each.next_step:
        page.line(indent, (for_people(each.next_step), "yellow"))


def _word(state: RecordState) -> str:
    return _WORDS.get(state, state.value)
