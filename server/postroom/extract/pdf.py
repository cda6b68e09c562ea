"""PDF, by PDFium: the library that Chrome reads PDF with, fuzzed for years, in C++."""

import pypdfium2
from pypdfium2 import raw

from postroom.extract.bounds import MAX_PAGES
from postroom.extract.faults import Fault, Unreadable
from postroom.extract.formats import Told
from postroom.extract.words import Words


def read(content: bytes, told: Told, words: Words) -> None:
    """The text of each page, in the order in which the page draws it.

    The words that a program put behind a scan are read; colours are not looked at, because white
    words mostly stand on a dark box.
    """
    document = _opened(content)
    pages, found = len(document), False
    for number in range(min(pages, MAX_PAGES)):
        text = _page_text(document, number)
        if text:
            if pages > 1:
                words.line(f"[page {number + 1} of {pages}]")
            words.line(text + "\n")
            found = True
    words.cut = pages > MAX_PAGES
    if not found:
        raise Unreadable(Fault.SCANNED if _has_pictures(document) else Fault.EMPTY)


def _opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError:
        locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        raise Unreadable(Fault.PASSWORD if locked else Fault.DAMAGED) from None


def _page_text(document: pypdfium2.PdfDocument, number: int) -> str:
    """The words of one page; "" for a page that is damaged, as viewers show it."""
    try:
        page = document[number]
        text = page.get_textpage().get_text_range()
        page.close()
    except pypdfium2.PdfiumError:
        return ""
    # PDFium writes U+FFFE for a hyphen at a line's end.
    return str(text).replace("\r\n", "\n").replace("\ufffe", "-").strip()


def _has_pictures(document: pypdfium2.PdfDocument) -> bool:
    for number in range(min(len(document), 3)):
        try:
            objects = document[number].get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
            if next(iter(objects), None) is not None:
                return True
        except pypdfium2.PdfiumError:
            continue
    return False
