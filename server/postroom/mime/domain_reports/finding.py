"""The report in a mail: as an attachment or as the whole body, by its type or by its name."""

from collections.abc import Iterator
from dataclasses import dataclass

from postroom.mime.domain_reports import dmarc, tls
from postroom.mime.domain_reports.unpacking import unpacked
from postroom.mime.domain_reports.values import Unreadable
from postroom.mime.parse import readable
from postroom.mime.structure.tree import Part, read_tree
from postroom.model.domain_reports import DmarcReport, ReportKind, TlsReport

MAX_TRIED = 3
"""Parts of a mail that are tried: a report is one, and each costs seconds at worst."""

_PACKED = frozenset(
    {
        "application/zip",
        "application/x-zip",
        "application/x-zip-compressed",
        "application/gzip",
        "application/x-gzip",
        "application/gzip-compressed",
        "application/x-gunzip",
    }
)
_XML = frozenset({"text/xml", "application/xml", "application/dmarc+xml"})
_TLS = frozenset({"application/tlsrpt+gzip", "application/tlsrpt+json"})
_TYPES = _PACKED | _XML | _TLS
_NAMES = (".zip", ".gz", ".xml", ".json")


@dataclass(frozen=True, slots=True)
class FoundReport:
    """What a mail holds: a report, or something that was to be one."""

    kind: ReportKind
    report: DmarcReport | TlsReport | None
    why: str = ""
    """Why it cannot be read, in our own words; "" where it was."""


def report_in(raw: bytes) -> FoundReport | None:
    """The report in a mail; None where nothing in it looks like one. Never raises."""
    root, _ = read_tree(readable(raw)[0])
    of_tls = _is_of_tls(root)
    first: FoundReport | None = None
    for tried, leaf in enumerate(_candidates(root)):
        if tried >= MAX_TRIED:
            break
        found = _read(leaf.content()[0], of_tls or leaf.content_type in _TLS)
        if found.report is not None:
            return found
        first = first or found
    return first


def meant_as(raw: bytes) -> ReportKind | None:
    """What a mail is sent as, without a look into it; None where nothing in it looks like one."""
    root, _ = read_tree(readable(raw)[0])
    first = next(_candidates(root), None)
    if first is None:
        return None
    of_tls = _is_of_tls(root) or first.content_type in _TLS
    return ReportKind.TLS if of_tls else ReportKind.DMARC


def _is_of_tls(root: Part) -> bool:
    """RFC 8460 §5.3."""
    report_type = root.parameters.get("report-type", "").lower()
    return report_type == "tlsrpt" or root.fields.has("tls-report-domain")


def _candidates(root: Part) -> Iterator[Part]:
    for leaf in root.leaves():
        if leaf.content_type in _TYPES or leaf.filename.lower().strip().endswith(_NAMES):
            yield leaf


def _read(content: bytes, of_tls: bool) -> FoundReport:
    kind = ReportKind.TLS if of_tls else ReportKind.DMARC
    try:
        plain = unpacked(content)
        if of_tls or (tls.looks_like_one(plain) and not dmarc.looks_like_one(plain)):
            kind = ReportKind.TLS
            return FoundReport(kind, tls.read(plain))
        return FoundReport(kind, dmarc.read(plain))
    except Unreadable as unreadable:
        return FoundReport(kind, None, unreadable.why)
