"""Files that are made to break whoever reads them: each ends in a sentence, soon."""

import random
import zlib
from typing import Any

import pytest
from extract import making
from extract.conftest import Read

from postroom.extract import bounds
from postroom.extract.faults import SENTENCES, Fault
from postroom.extract.reader import OTHER_KIND
from postroom.mime.files import sniffing

LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
    + b"]><x>&j;</x>"
)
FILES_OF_OURS = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
DEEP = b"<x>" * 100_000 + b"</x>" * 100_000


def plain_document() -> bytes:
    return making.document(lambda made: made.add_paragraph("Hello"))


def plain_slides() -> bytes:
    return making.slides(lambda made: made.slides.add_slide(made.slide_layouts[5]))


def plain_sheets() -> bytes:
    return making.sheets(lambda made: made.active.append(["Hello"]))


def swollen(size: int) -> bytes:
    """XML that packs to a thousandth."""
    return b"<x>" + b" " * size + b"</x>"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (LAUGHS, Fault.DOCTYPE),
        (FILES_OF_OURS, Fault.DOCTYPE),
        (DEEP, Fault.DEEP),
        (b"<x><y></x>", Fault.DAMAGED),
        (b"\x00\xff", Fault.DAMAGED),
        (swollen(bounds.MAX_UNPACKED_BYTES), Fault.UNPACKED),
    ],
    ids=["billion laughs", "external entity", "deep", "broken", "no xml", "bomb"],
)
async def test_hostile_xml_in_office_files_ends_in_a_sentence(
    read: Read, content: bytes, fault: Fault
) -> None:
    for packed in (
        making.with_entry(plain_document(), "word/document.xml", content),
        making.with_entry(plain_slides(), "ppt/slides/slide1.xml", content),
    ):
        file = await read(packed)
        assert (file.text, file.reason) == (None, SENTENCES[fault])


async def test_a_workbook_that_unpacks_beyond_reason_is_not_read(read: Read) -> None:
    bomb = swollen(bounds.MAX_UNPACKED_BYTES)
    packed = making.with_entry(plain_sheets(), "xl/worksheets/sheet1.xml", bomb)
    file = await read(packed)
    assert (file.text, file.reason) == (None, SENTENCES[Fault.UNPACKED])


async def test_entities_in_a_workbook_do_not_grow(read: Read) -> None:
    packed = making.with_entry(plain_sheets(), "xl/sharedStrings.xml", LAUGHS)
    file = await read(packed)
    assert len(file.text or "") < 1_000


async def test_a_workbook_with_cells_in_far_corners_costs_no_more_than_its_bounds(
    read: Read,
) -> None:
    def write(made: Any) -> None:
        made.active["A1"] = "near"
        made.active.cell(1_048_576, 16_384).value = "far"

    file = await read(making.sheets(write))
    assert file.text is not None or file.reason in SENTENCES.values()


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, the first of which is the catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n" % (len(objects) + 1, table)
        + b"<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(body))
    )


def stream(head: bytes, content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return b"<<%s/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (head, len(packed), packed)


def page(content: bytes, *more: bytes, resources: bytes = b"") -> bytes:
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R/Resources<<%s>>>>" % resources,
        stream(b"", content),
        *more,
    )


def forms_within_forms(depth: int) -> bytes:
    """A page that draws a form ten times that draws a form ten times, and so on."""
    forms = [
        stream(
            b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>"
            % (6 + n),
            b"/X Do " * 10,
        )
        for n in range(depth)
    ]
    last = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]", b"0 0 1 1 re f")
    return page(b"/X Do", *forms, last, resources=b"/XObject<</X 5 0 R>>")


@pytest.mark.parametrize(
    "content",
    [
        forms_within_forms(12),
        page(b"q " * 30_000_000),
        page(b"[" * 1_000_000),
        pdf_of(b"<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]>>"),
        pdf_of(
            b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9999999>>"
        ),
        b"%PDF-1.7\n" + b"<<" * 1_000_000,
        b"%PDF-1.7\n" + random.Random(1).randbytes(1_000_000),
    ],
    ids=["forms", "swollen", "arrays", "loop", "pages", "deep", "noise"],
)
async def test_a_hostile_pdf_ends_in_a_sentence(
    read: Read, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bounds, "SECONDS", 5.0)
    file = await read(content)
    assert file.text is None
    assert file.reason in SENTENCES.values()


@pytest.mark.parametrize("kind", ["pdf", "docx", "xlsx", "pptx", "ics", "vcf", "tnef", "zip"])
async def test_files_with_bytes_changed_or_cut_never_end_in_more_than_a_sentence(
    read: Read, kind: str
) -> None:
    whole = {
        "pdf": making.pdf("Hello"),
        "docx": plain_document(),
        "xlsx": plain_sheets(),
        "pptx": plain_slides(),
        "ics": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART:20260701T100000Z\r\nEND:VEVENT",
        "vcf": b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:a;b\r\nFN:a\r\nEND:VCARD",
        "tnef": making.tnef((0x00018004, b"Hello"), (0x0002800C, b"words")),
        "zip": making.archive({"a": "b"}),
    }[kind]
    chance = random.Random(kind)
    for _ in range(6):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            broken[chance.randrange(4, len(broken))] = chance.randrange(256)
        file = await read(bytes(broken[: chance.randint(len(broken) // 2, len(broken))]))
        # A sentence of ours, or text: whatever else were raised would end this test.
        assert file.text is not None or file.reason in (*SENTENCES.values(), OTHER_KIND)


@pytest.mark.parametrize(
    ("content", "declared", "name", "kind", "reason"),
    [
        (
            b"MZ\x90\x00" + b"\x00" * 100, "application/pdf", "invoice.pdf.exe",
            "application/x-msdownload", "Its mail calls it application/pdf",
        ),
        (making.archive({"a.txt": "x"}), sniffing.DOCX, "report.docx",
            "application/zip", "by its content it is application/zip"),
        (b"hello", "application/pdf", "a.pdf", "application/octet-stream", "application/pdf"),
        (b"\x7fELF\x00", "text/plain", "readme.txt", "application/x-executable", "text/plain"),
    ],
)  # fmt: skip
async def test_a_file_under_a_false_name_is_told_by_its_content(
    read: Read, content: bytes, declared: str, name: str, kind: str, reason: str
) -> None:
    file = await read(content, declared, name)
    assert file.content_type == kind
    assert reason in (file.reason or "")


async def test_a_pdf_that_says_it_is_text_is_read_as_a_pdf(read: Read) -> None:
    file = await read(making.pdf("Hello"), "text/plain", "a.txt")
    assert (file.content_type, file.text) == ("application/pdf", "Hello")


async def test_only_the_beginning_of_an_endless_text_is_read(read: Read) -> None:
    def write(made: Any) -> None:
        made.add_paragraph("x" * (bounds.MAX_CHARS + 5))

    for content in (making.document(write), b"x" * (bounds.MAX_CHARS + 5)):
        file = await read(content, "text/plain", "a.txt")
        assert len(file.text or "") == bounds.MAX_CHARS
        assert "very long" in (file.reason or "")
