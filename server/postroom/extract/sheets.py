"""Tables of Excel and LibreOffice (XLSX, XLSB, XLS, ODS), by calamine: in Rust, values only."""

import csv
import io
import re
from datetime import date, datetime, time, timedelta
from typing import Any

import python_calamine
from python_calamine import CalamineError, PasswordError, SheetTypeEnum, SheetVisibleEnum

from postroom.extract.archives import Archive
from postroom.extract.bounds import MAX_COLUMNS, MAX_PAGES, MAX_ROWS
from postroom.extract.faults import Fault, Unreadable
from postroom.extract.formats import Told
from postroom.extract.spread import Spread
from postroom.extract.words import Words

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml\Z", re.IGNORECASE)


def read(content: bytes, told: Told, words: Words) -> None:
    """Each sheet that is shown, as CSV below its name; formulas by the values that were saved."""
    if content.startswith(b"PK"):
        _check_size(content)
    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
    except PasswordError:
        raise Unreadable(Fault.PASSWORD) from None
    except CalamineError:
        raise Unreadable(Fault.DAMAGED) from None
    for sheet in book.sheets_metadata[:MAX_PAGES]:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            continue
        if sheet.visible != SheetVisibleEnum.Visible:
            words.hidden += 1
            continue
        _rows(book.get_sheet_by_name(sheet.name), words)


def _check_size(content: bytes) -> None:
    """Unpack everything once and keep nothing: the library does so without a bound."""
    archive = Archive(content)
    for entry in archive.entries:
        spread = Spread() if _SHEET.match(entry.filename) else None
        for piece in archive.pieces(entry.filename):
            if spread is not None:
                spread.add(piece)


def _rows(sheet: python_calamine.CalamineSheet, words: Words) -> None:
    """The rows that hold anything; a sheet without one is not named."""
    named = False
    for number, row in enumerate(sheet.iter_rows()):
        if number >= MAX_ROWS:
            words.cut = True
            return
        cells = [_written(cell) for cell in row[:MAX_COLUMNS]]
        words.cut |= any(cell != "" for cell in row[MAX_COLUMNS:])
        while cells and not cells[-1]:
            cells.pop()
        if cells and not named:
            words.line(f"\n[sheet {sheet.name}]")
            named = True
        if cells:
            words.line(_csv(cells))


def _csv(cells: list[str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


def _written(cell: Any) -> str:
    """A cell as a person would write it."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        return cell.isoformat(" ").removesuffix(" 00:00:00")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)
