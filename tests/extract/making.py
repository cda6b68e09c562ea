"""Files as people's programs write them, made when a test asks for them."""

import io
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import docx
import openpyxl
import pptx
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas


def saved(save: Callable[[Any], object]) -> bytes:
    """What ``save`` writes into a file."""
    file = io.BytesIO()
    save(file)
    return file.getvalue()


def pdf(*pages: str, password: str = "") -> bytes:
    """A PDF with a page for each text."""
    file = io.BytesIO()
    lock = StandardEncryption(password) if password else None
    canvas = Canvas(file, encrypt=lock)
    for page in pages:
        for number, line in enumerate(page.split("\n")):
            canvas.drawString(72, 800 - 14 * number, line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def scanned_pdf() -> bytes:
    """A PDF whose page is a picture."""
    from PIL import Image

    file = io.BytesIO()
    canvas = Canvas(file)
    canvas.drawInlineImage(Image.new("L", (40, 40), 128), 0, 0)
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def document(write: Callable[[Any], object]) -> bytes:
    """A DOCX that ``write`` puts its words into."""
    made = docx.Document()
    write(made)
    return saved(made.save)


def sheets(write: Callable[[Any], object]) -> bytes:
    """An XLSX that ``write`` puts its rows into."""
    made = openpyxl.Workbook()
    write(made)
    return saved(made.save)


def slides(write: Callable[[Any], object]) -> bytes:
    """A PPTX that ``write`` puts its slides into."""
    made = pptx.Presentation()
    write(made)
    return saved(made.save)


def archive(entries: Mapping[str, bytes | str]) -> bytes:
    """A ZIP of these entries."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return file.getvalue()


def with_entry(packed: bytes, name: str, content: bytes) -> bytes:
    """An office file, one of its entries put in another's place."""
    with zipfile.ZipFile(io.BytesIO(packed)) as read:
        entries: dict[str, bytes | str] = {one: read.read(one) for one in read.namelist()}
    return archive({**entries, name: content})


def tnef(*attributes: tuple[int, bytes]) -> bytes:
    """A winmail.dat of these attributes."""
    made = b"\x78\x9f\x3e\x22\x01\x00"
    for id, data in attributes:
        head = b"\x01" + id.to_bytes(4, "little") + len(data).to_bytes(4, "little")
        made += head + data + (sum(data) & 0xFFFF).to_bytes(2, "little")
    return made
