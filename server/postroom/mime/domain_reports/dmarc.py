"""DMARC's aggregate reports (RFC 7489 Appendix C, and RFC 9990), read as a stream.

Elements are told by their local names: RFC 9990 has a namespace and RFC 7489 none, and reporters
mix the two. Namespaces are not looked up, and prefixes are cut: expat would write out a namespace
of any length before the name of each of a million elements. Of what RFC 9990 adds, the disposition
``pass`` is kept; what is not known is passed over, extensions with it.
"""

import time
from xml.parsers import expat

from postroom.mime.domain_reports import values
from postroom.mime.domain_reports.values import Unreadable
from postroom.model.domain_reports import AggregateRow, DmarcReport, Metadata, Period

MAX_ROWS = 20_000
"""Rows of one report. The largest reporters send some thousands for a day of a large domain."""

MAX_DEPTH = 20
"""Elements inside one another; the schema has six."""

MAX_NAMES = 300
"""Names of elements and attributes, which expat keeps for as long as it reads. The schema has
fifty; a million fit into a report."""

MAX_NAME_CHARS = 100
"""Of the name of an element or attribute, its prefix included. Ours have twenty."""

MAX_TAG_BYTES = 200_000
"""Of one tag with its attributes, which expat keeps together."""

MAX_ELEMENTS = 600_000
"""Of one report. A row has some eighteen."""

MAX_SECONDS = 10.0
"""That reading one may take: the largest take two."""

MAX_RESULTS = 20
"""Results of signatures that are looked at for one row."""

_MOST_CHARS = 1_000
"""Of the text of one element; of a longer one the rest is left, as none of ours is as long."""

_PIECE = 1 << 16
_DISPOSITIONS = frozenset({"none", "quarantine", "reject", "pass"})
_POLICIES = frozenset({"none", "quarantine", "reject"})
_ROOT, _RECORD = "feedback", "feedback/record"
_SIGNATURE = f"{_RECORD}/auth_results/dkim"
_KEPT = frozenset(
    f"{_ROOT}/{path}"
    for path in (
        "report_metadata/org_name",
        "report_metadata/report_id",
        "report_metadata/date_range/begin",
        "report_metadata/date_range/end",
        "policy_published/domain",
        "policy_published/p",
    )
)
_KEPT_OF_RECORD = frozenset(
    f"{_RECORD}/{path}"
    for path in (
        "row/source_ip",
        "row/count",
        "row/policy_evaluated/disposition",
        "row/policy_evaluated/dkim",
        "row/policy_evaluated/spf",
        "identifiers/header_from",
        "auth_results/spf/domain",
        "auth_results/spf/result",
    )
)
_KEPT_OF_SIGNATURE = frozenset(f"{_SIGNATURE}/{name}" for name in ("domain", "selector", "result"))
"""What is kept of a report."""


def looks_like_one(content: bytes) -> bool:
    """Whether it may be meant as one: the root element's name stands near its beginning."""
    return b"feedback" in content[:4_096].replace(b"\x00", b"")


def read(content: bytes) -> DmarcReport:
    """The report that ``content`` is. Raises Unreadable; nothing else."""
    reader = _Reader()
    parser = expat.ParserCreate()
    until = time.monotonic() + MAX_SECONDS
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.EntityDeclHandler = _no_doctype
    content = content.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
    try:
        for at in range(0, len(content), _PIECE):
            parser.Parse(content[at : at + _PIECE])
            if at - parser.CurrentByteIndex > MAX_TAG_BYTES:
                raise Unreadable("It has a tag that is longer than any in a report.")
            if time.monotonic() > until:
                raise Unreadable("It takes longer to read than any report does.")
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError, LookupError):  # the latter two of encodings
        raise Unreadable("It is no XML.") from None
    return reader.report()


def _no_doctype(*_: object) -> None:
    raise Unreadable("It declares what would have to be expanded.")


class _Reader:
    """What was read so far. Elements are called by their path, such as ``feedback/record/row``."""

    def __init__(self) -> None:
        self._open: list[str] = []
        """The elements that are open, outermost first, by their paths."""
        self._elements = 0
        self._text = ""
        self._names: set[str] = set()
        self._report: dict[str, str] = {}
        """Text by path, of what stands once in a report."""
        self._record: dict[str, str] = {}
        """The same of the record that is being read."""
        self._signatures: list[dict[str, str]] = []
        """Of that record, by the names of what is in each."""
        self._rows: list[AggregateRow] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count(tag, attributes)
        name = tag.rpartition(":")[2]
        path = f"{self._open[-1]}/{name}" if self._open else name
        if not self._open and name != _ROOT:
            raise Unreadable("It is XML, and no DMARC report.")
        if len(self._open) >= MAX_DEPTH:
            raise Unreadable("It is nested deeper than any report is.")
        self._open.append(path)
        self._text = ""
        if path == _SIGNATURE and len(self._signatures) < MAX_RESULTS:
            self._signatures.append({})

    def _count(self, tag: str, attributes: dict[str, str]) -> None:
        """Raises Unreadable where it is too much for a report."""
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise Unreadable("It has more elements than any report has.")
        for name in (tag, *attributes):
            if len(name) > MAX_NAME_CHARS:
                raise Unreadable("It has a name that is longer than any in a report.")
            self._names.add(name)
        if len(self._names) > MAX_NAMES:
            raise Unreadable("It has more sorts of elements than any report has.")

    def text(self, piece: str) -> None:
        if len(self._text) < _MOST_CHARS:
            self._text += piece[:_MOST_CHARS]

    def end(self, _: str) -> None:
        path = self._open.pop()
        if path == _RECORD:
            self._close_record()
        elif path in _KEPT_OF_SIGNATURE:
            self._signatures[-1].setdefault(path.rpartition("/")[2], self._text)
        elif path in _KEPT_OF_RECORD:
            self._record.setdefault(path, self._text)
        elif path in _KEPT:
            self._report.setdefault(path, self._text)
        self._text = ""

    def _close_record(self) -> None:
        if len(self._rows) >= MAX_ROWS:
            raise Unreadable(f"It has more than {MAX_ROWS} rows.")
        self._rows.append(self._row())
        self._signatures, self._record = [], {}

    def _row(self) -> AggregateRow:
        source = values.ip(self._of_record("row/source_ip"))
        if not source:
            raise Unreadable("A row names no IP address.")
        disposition = values.word(self._of_record("row/policy_evaluated/disposition"))
        signature = self._signature()
        return AggregateRow(
            source=source,
            count=values.number(self._of_record("row/count"), "The count of a row"),
            disposition=disposition if disposition in _DISPOSITIONS else "",
            dkim_aligned=values.word(self._of_record("row/policy_evaluated/dkim")) == "pass",
            spf_aligned=values.word(self._of_record("row/policy_evaluated/spf")) == "pass",
            header_from=values.domain(self._of_record("identifiers/header_from")),
            dkim_result=values.word(signature.get("result", "")),
            dkim_domain=values.domain(signature.get("domain", "")),
            dkim_selector=values.domain(signature.get("selector", "")),
            spf_result=values.word(self._of_record("auth_results/spf/result")),
            spf_domain=values.domain(self._of_record("auth_results/spf/domain")),
        )

    def _signature(self) -> dict[str, str]:
        good = (each for each in self._signatures if values.word(each.get("result", "")) == "pass")
        return next(good, self._signatures[0] if self._signatures else {})

    def report(self) -> DmarcReport:
        """The whole. Raises Unreadable where it lacks what a report has."""
        domain = values.domain(self._of("policy_published/domain"))
        policy = values.word(self._of("policy_published/p"))
        if not domain:
            raise Unreadable("It names no domain.")
        return DmarcReport(
            metadata=self._metadata(),
            domain=domain,
            policy=policy if policy in _POLICIES else "",
            rows=tuple(self._rows),
        )

    def _metadata(self) -> Metadata:
        about = "report_metadata"
        report_id = values.text(self._of(f"{about}/report_id"))
        if not report_id:
            raise Unreadable("It has no id.")
        begin, end = (
            values.second(self._of(f"{about}/date_range/{name}")) for name in ("begin", "end")
        )
        if end < begin:
            raise Unreadable("Its period ends before it begins.")
        return Metadata(
            org=values.text(self._of(f"{about}/org_name")),
            report_id=report_id,
            period=Period(begins_at=begin, ends_at=end),
        )

    def _of(self, path: str) -> str:
        return self._report.get(f"{_ROOT}/{path}", "").strip()

    def _of_record(self, path: str) -> str:
        return self._record.get(f"{_RECORD}/{path}", "").strip()
