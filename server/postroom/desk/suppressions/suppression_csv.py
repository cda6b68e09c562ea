"""Suppressions as CSV (RFC 4180): ``address,scope,reason,at``, with these names in the first line.

``reason`` is a cause, with more words behind a colon (``bounce: 5.1.1``); any other words are the
operator's. Of a line the address alone has to be there: the rest is everywhere, the operator, now.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from postroom.desk.times import iso, moment
from postroom.model.errors import InvalidRequest
from postroom.model.suppressions import EVERYWHERE, Cause

COLUMNS = ("address", "scope", "reason", "at")


@dataclass(frozen=True)
class Line:
    """One suppression as a line has it."""

    number: int
    address: str
    scope: str
    cause: Cause
    note: str
    at: float


def written(lines: Iterable[Line]) -> str:
    """The file of these lines."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in lines:
        reason = f"{line.cause}: {line.note}" if line.note else str(line.cause)
        writer.writerow((_as_text(line.address), line.scope, _as_text(reason), iso(line.at)))
    return out.getvalue()


def read_lines(text: str, now: float) -> Iterator[Line]:
    """The lines of a file; empty ones are passed over.

    Raises:
        InvalidRequest: it has no column ``address``, or a line means nothing; it is named.
    """
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True, strict=True)
    try:
        if "address" not in (reader.fieldnames or ()):
            raise _malformed(1, "it has to name the columns, of them address")
        for row in reader:
            if (row["address"] or "").strip():
                yield _line(reader.line_num, row, now)
    except csv.Error as error:
        raise _malformed(reader.line_num, "it is no CSV") from error


def _line(number: int, row: dict[str, str | None], now: float) -> Line:
    if None in row:  # more fields than there are columns
        raise _malformed(number, "it has more fields than there are columns")
    cause, note = _reason(_from_text(row.get("reason") or ""))
    at = (row.get("at") or "").strip()
    try:
        since = moment(at, now, "at") if at else now
    except InvalidRequest as error:
        raise _malformed(number, "at is no time") from error
    scope = (row.get("scope") or "").strip() or EVERYWHERE
    return Line(number, _from_text(row["address"] or ""), scope, cause, note, since)


def _as_text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: addresses may begin like one, and are
    strangers'."""
    return f"'{cell}" if cell.startswith(_OPENS_FORMULA) else cell


def _from_text(cell: str) -> str:
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_OPENS_FORMULA) else text


_OPENS_FORMULA = ("=", "+", "-", "@")


def _reason(text: str) -> tuple[Cause, str]:
    word, _, rest = text.partition(":")
    if word.strip().lower() in set(Cause):
        return Cause(word.strip().lower()), rest.strip()
    return Cause.OPERATOR, text


def _malformed(number: int, what: str) -> InvalidRequest:
    return InvalidRequest(
        "suppressions_malformed",
        f"Line {number}: {what}.",
        f"The first line is {','.join(COLUMNS)}.",
    )
