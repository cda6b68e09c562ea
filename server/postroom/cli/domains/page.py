"""A domain's records, for people and as a zone file."""

from collections.abc import Iterable

from postroom.cli.page import Page
from postroom.cli.wording import for_people
from postroom.dns.records.forms import zone_lines
from postroom.model.domain_answers import DomainRecords, RecordView, printable
from postroom.model.domains import Purpose, RecordType, WantedRecord

_STYLES = {"right": "green", "wrong": "bold red", "missing": "bold yellow", "unknown": "dim"}

_TITLES = {
    Purpose.MX: "Where mail comes in (MX)",
    Purpose.ADDRESS: "Where that host is",
    Purpose.SPF: "Who sends (SPF)",
    Purpose.DKIM: "Keys of the signatures (DKIM)",
    Purpose.DMARC: "What becomes of mail that fails (DMARC)",
    Purpose.MTA_STS: "That it is brought encrypted (MTA-STS)",
    Purpose.TLS_RPT: "Reports about that (TLS-RPT)",
    Purpose.SERVICE: "People's mail programs (SRV)",
}


def show_records(page: Page, found: DomainRecords) -> None:
    """Each record whole, under what it is for; then what else is to be known."""
    page.line((found.domain, "bold"), f"  ({found.name})" if found.name else "")
    purpose = ""
    for record in found.records:
        if record.purpose != purpose:
            purpose = record.purpose
            page.line()
            page.line((_TITLES[Purpose(purpose)], "bold"))
        _record(page, record)
    page.line()
    show_more(page, found)


def show_more(page: Page, found: DomainRecords) -> None:
    """What is to be known beside the records."""
    if found.spf_lookups is not None:
        page.line(("SPF costs ", "dim"), f"{found.spf_lookups} of 10 look-ups.")
    page.line(("DMARC stands at ", "dim"), f"{found.dmarc.stage}.", _then(found))
    for remark in found.remarks:
        page.line(("! ", "bold yellow"), remark.says)
        page.line("  ", (for_people(remark.then), "dim"))
    page.hint(for_people(found.next_step))


def zone_file(found: DomainRecords) -> str:
    """The records as a zone file; what is to be known beside them are comments of it."""
    notes = [f"; {line}" for each in found.remarks for line in (each.says, for_people(each.then))]
    return "\n".join([*notes, *zone_lines(map(wanted, found.records))])


def wanted(record: RecordView) -> WantedRecord:
    """A record as it is published."""
    return WantedRecord(
        name=record.name,
        type=RecordType(record.type),
        values=record.values,
        ttl=record.ttl,
        purpose=Purpose(record.purpose),
    )


def show_each(page: Page, records: Iterable[RecordView]) -> None:
    """Records alone."""
    for record in records:
        _record(page, record)


def _record(page: Page, record: RecordView) -> None:
    state = record.state or ""
    page.line((f"  {state:<8}", _STYLES.get(state, "")), f" {record.name}  {record.type}")
    for value in record.values:
        page.lines(printable(value), " " * 11)
    for value in record.there or ():
        page.line((f"{'there is:':>10} ", "red"), printable(value))


def _then(found: DomainRecords) -> str:
    if found.dmarc.next is None:
        return ""
    command = f"postroom domains dmarc {found.domain} {found.dmarc.next}"
    return f" Then {found.dmarc.next}: {for_people(found.dmarc.before or '')} ({command})"
