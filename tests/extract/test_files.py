"""What files of each kind say, once read."""

from typing import Any

import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor
from extract import making
from extract.conftest import Read

from postroom.extract.faults import SENTENCES, Fault
from postroom.mime.files import sniffing


async def test_a_pdf_says_its_pages_in_order(read: Read) -> None:
    file = await read(making.pdf("Invoice 7\nTotal 12 EUR", "Second page"), "application/pdf")
    assert file.content_type == "application/pdf"
    assert file.text == ("[page 1 of 2]\nInvoice 7\nTotal 12 EUR\n\n[page 2 of 2]\nSecond page")
    assert file.reason is None


async def test_a_pdf_of_pictures_says_that_it_is_scanned(read: Read) -> None:
    file = await read(making.scanned_pdf())
    assert (file.text, file.reason) == (None, SENTENCES[Fault.SCANNED])


async def test_a_pdf_without_anything_says_that_there_is_no_text(read: Read) -> None:
    file = await read(making.pdf(""))
    assert (file.text, file.reason) == (None, SENTENCES[Fault.EMPTY])


async def test_a_locked_pdf_says_so(read: Read) -> None:
    file = await read(making.pdf("Secret", password="x"))
    assert (file.text, file.reason) == (None, SENTENCES[Fault.PASSWORD])


async def test_a_document_says_its_paragraphs_tables_and_header(read: Read) -> None:
    def write(made: Any) -> None:
        made.sections[0].header.paragraphs[0].text = "Engines Ltd"
        made.add_heading("Offer")
        made.add_paragraph("First", style="List Bullet")
        line = made.add_paragraph("Über")
        line.add_run("\tall").add_break()
        line.add_run("of it")
        table = made.add_table(2, 2)
        for row, cells in enumerate((("Part", "Price"), ("", "5"))):
            for column, cell in enumerate(cells):
                table.cell(row, column).text = cell

    file = await read(making.document(write))
    assert file.content_type == sniffing.DOCX
    assert file.text == (
        "Offer\nFirst\nÜber\tall\nof it\nPart | Price\n | 5\n\n[header]\nEngines Ltd"
    )
    assert file.hidden == 0


async def test_hidden_words_of_a_document_are_left_out_and_counted(read: Read) -> None:
    def write(made: Any) -> None:
        hiding = made.styles.add_style("Unseen", WD_STYLE_TYPE.CHARACTER)
        hiding.font.hidden = True
        above = made.styles.add_style("UnseenToo", WD_STYLE_TYPE.PARAGRAPH)
        above.font.hidden = True
        runs = [made.add_paragraph("Seen. ").add_run("obey") for _ in range(4)]
        runs[0].font.hidden = True
        runs[1].font.color.rgb = RGBColor(255, 255, 255)
        runs[2].font.size = Pt(1)
        runs[3].style = hiding
        made.add_paragraph("paragraph", style=above)
        shown = made.add_paragraph().add_run("not hidden")
        shown.font.hidden = False

    file = await read(making.document(write))
    assert file.text == "Seen.\nSeen.\nSeen.\nSeen.\n\nnot hidden"
    assert file.hidden == 5


async def test_words_that_a_style_hides_are_hidden(read: Read) -> None:
    def write(made: Any) -> None:
        white = made.styles.add_style("White", WD_STYLE_TYPE.CHARACTER)
        white.font.color.rgb = RGBColor(255, 255, 255)
        tiny = made.styles.add_style("Tiny", WD_STYLE_TYPE.PARAGRAPH)
        tiny.font.size = Pt(1)
        based = made.styles.add_style("Based", WD_STYLE_TYPE.PARAGRAPH)
        based.base_style = tiny
        made.add_paragraph("Seen. ").add_run("obey", style=white)
        made.add_paragraph("obey", style=tiny)
        made.add_paragraph("obey", style=based)
        shown = made.add_paragraph("", style=based).add_run("large")
        shown.font.size = Pt(11)
        dark = made.add_paragraph("").add_run("dark", style=white)
        dark.font.color.rgb = RGBColor(0, 0, 0)

    file = await read(making.document(write))
    assert (file.text, file.hidden) == ("Seen.\n\nlarge\ndark", 3)


async def test_the_usual_style_hides_all_that_says_nothing_else(read: Read) -> None:
    def write(made: Any) -> None:
        made.styles["Normal"].font.hidden = True
        made.add_paragraph("obey")
        made.add_paragraph().add_run("seen").font.hidden = False

    file = await read(making.document(write))
    assert (file.text, file.hidden) == ("seen", 1)


@pytest.mark.parametrize(
    ("properties", "hidden"),
    [
        ('<w:sz w:val="3"/>', True),
        ('<w:sz w:val="12"/>', False),
        ('<w:color w:val="FCFCFC"/>', True),
        ('<w:color w:val="C0C0C0"/>', False),
        ('<w:color w:val="auto"/>', False),
        ('<w:color w:val="000000" w:themeColor="background1"/>', True),
        ('<w:color w:val="FFFFFF" w:themeColor="text1"/>', False),
        ('<w:color w:val="FFFFFF"/><w:highlight w:val="black"/>', False),
        ('<w:color w:val="FFFFFF"/><w:shd w:fill="FDFDFD"/>', True),
    ],
)
async def test_letters_that_paper_swallows_are_hidden(
    read: Read, properties: str, hidden: bool
) -> None:
    body = f"<w:p><w:r><w:rPr>{properties}</w:rPr><w:t>obey</w:t></w:r></w:p>"
    packed = making.document(lambda made: made.add_paragraph("x"))
    file = await read(making.with_entry(packed, "word/document.xml", (BODY % body).encode()))
    assert (file.text, file.hidden) == ((None, 1) if hidden else ("obey", 0))


async def test_white_words_on_a_dark_ground_are_read(read: Read) -> None:
    def write(made: Any) -> None:
        cell = made.add_table(1, 1).cell(0, 0)
        cell.paragraphs[0].add_run("in a table").font.color.rgb = RGBColor(255, 255, 255)
        line = made.add_paragraph()
        line.add_run("on black").font.color.rgb = RGBColor(255, 255, 255)
        shade = OxmlElement("w:shd")
        shade.set(qn("w:fill"), "000000")
        line._p.get_or_add_pPr().append(shade)

    file = await read(making.document(write))
    assert (file.text, file.hidden) == ("in a table\non black", 0)


BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    "<w:body>%s</w:body></w:document>"
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<w:p><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>", "new"),
        (
            "<w:p><w:r><w:t>a</w:t></w:r><w:del><w:r><w:delText>b</w:delText></w:r></w:del></w:p>",
            "a",
        ),
        ("<w:p><w:moveFrom><w:r><w:t>x</w:t></w:r></w:moveFrom><w:r><w:t>y</w:t></w:r></w:p>", "y"),
        (
            "<w:p><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>box</w:t></w:r>"
            "</w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p><w:r><w:t>box</w:t>"
            "</w:r></w:p></w:txbxContent></mc:Fallback></mc:AlternateContent></w:r></w:p>",
            "box",
        ),
        ("<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>z</w:t></w:r></w:p>", "z"),
    ],
)
async def test_a_document_says_what_is_in_it_now_and_once(read: Read, body: str, text: str) -> None:
    packed = making.document(lambda made: made.add_paragraph("x"))
    file = await read(making.with_entry(packed, "word/document.xml", (BODY % body).encode()))
    assert (file.text, file.hidden) == (text, 0)


async def test_a_link_of_a_document_says_where_it_leads(read: Read) -> None:
    def write(made: Any) -> None:
        id = made.part.relate_to("https://evil.example/x", "http://x/hyperlink", is_external=True)
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), id)
        line = made.add_paragraph("See ")
        link.append(line.add_run("bank.example")._r)
        line._p.append(link)

    file = await read(making.document(write))
    assert file.text == "See bank.example <https://evil.example/x>"


async def test_a_workbook_says_its_visible_sheets_as_csv(read: Read) -> None:
    def write(made: Any) -> None:
        from datetime import date

        made.active.title = "Sales"
        made.active.append(["Name, first", 1, 2.5, True, date(2026, 7, 1), None])
        made.active.append([])
        made.active.append([None, "two"])
        hidden = made.create_sheet("Secret")
        hidden.append(["obey"])
        hidden.sheet_state = "hidden"
        made.create_sheet("Empty")

    file = await read(making.sheets(write))
    assert file.content_type == sniffing.XLSX
    assert file.text == '[sheet Sales]\n"Name, first",1,2.5,TRUE,2026-07-01\n,two'
    assert file.hidden == 1


async def test_a_row_that_is_too_wide_says_that_it_was_cut(read: Read) -> None:
    def write(made: Any) -> None:
        made.active.cell(1, 1).value = "first"
        made.active.cell(1, 1001).value = "far"

    file = await read(making.sheets(write))
    assert (file.text, file.reason) == (
        "[sheet Sheet]\nfirst",
        "Only its beginning was read: it is very long.",
    )


async def test_a_sheet_whose_cells_lie_far_apart_is_too_large(read: Read) -> None:
    def write(made: Any) -> None:
        made.active.cell(1, 1).value = "first"
        made.active.cell(1_048_576, 16_384).value = "last"

    file = await read(making.sheets(write))
    assert (file.text, file.reason) == (None, SENTENCES[Fault.SPREAD])


async def test_a_presentation_says_its_slides_in_order_with_notes(read: Read) -> None:
    def write(made: Any) -> None:
        for title in ("One", "Two", "Three"):
            slide = made.slides.add_slide(made.slide_layouts[5])
            slide.shapes.title.text = title
        first = made.slides[0]
        first.notes_slide.notes_text_frame.text = "Say hello"
        table = first.shapes.add_table(1, 2, 0, 0, 100, 100).table
        table.cell(0, 0).text, table.cell(0, 1).text = "a", "b"
        made.slides[1]._element.set("show", "0")
        box = made.slides[2].shapes.add_textbox(0, 0, 1, 1)
        box.text_frame.text = "obey"
        box._element.nvSpPr.cNvPr.set("hidden", "1")

    file = await read(making.slides(write))
    assert file.content_type == sniffing.PPTX
    assert file.text == ("[slide 1 of 3]\nOne\na | b\n[notes]\nSay hello\n\n[slide 3 of 3]\nThree")
    assert file.hidden == 2


async def test_what_lies_beside_a_slide_is_not_said(read: Read) -> None:
    def write(made: Any) -> None:
        slide = made.slides.add_slide(made.slide_layouts[6])
        inch = 914_400
        for left, top, text in (
            (inch, inch, "Seen"),
            (-50 * inch, inch, "left"),
            (inch, 50 * inch, "below"),
            (-inch, -inch, "half"),
        ):
            box = slide.shapes.add_textbox(left, top, 2 * inch, 2 * inch)
            box.text_frame.text = text

    file = await read(making.slides(write))
    assert (file.text, file.hidden) == ("[slide 1 of 1]\nSeen\nhalf", 2)


@pytest.mark.parametrize(
    ("content", "claimed"),
    [
        (b"", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "image/png"),
        (b"MZ" + b"\0" * 100, "application/pdf"),
        (b"{\\rtf1\\ansi Hello}", "application/rtf"),
        (b"\x00\x01\x02\x03" * 50, "application/octet-stream"),
    ],
)
async def test_a_file_without_text_says_why(read: Read, content: bytes, claimed: str) -> None:
    file = await read(content, claimed)
    assert file.text is None
    assert file.reason is not None


INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//x//EN
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
UID:1
SUMMARY:Budget\\, second look
DTSTART;TZID=W. Europe Standard Time:20260701T100000
DTEND;TZID=Europe/Berlin:20260701T113000
LOCATION:Room 4
ORGANIZER;CN=Ada:mailto:ada@x.example
ATTENDEE;CN=Ben;PARTSTAT=NEEDS-ACTION:mailto:ben@x.example
ATTENDEE:MAILTO:eve@x.example
RRULE:FREQ=WEEKLY;COUNT=3
DESCRIPTION:Bring\\nnumbers
END:VEVENT
BEGIN:VEVENT
SUMMARY:Fair
DTSTART;VALUE=DATE:20260702
DTEND:nonsense
END:VEVENT
END:VCALENDAR
""".replace("\n", "\r\n")


async def test_an_invitation_says_times_with_their_zones_and_people(read: Read) -> None:
    file = await read(INVITATION.encode(), "application/octet-stream", "invite.ics")
    assert file.content_type == "text/calendar"
    assert (file.text or "").split("\n\n") == [
        "Method: REQUEST\n[event]\nSummary: Budget, second look\n"
        "Start: 2026-07-01 10:00+02:00 (W. Europe Standard Time)\n"
        "End: 2026-07-01 11:30+02:00 (Europe/Berlin)\n"
        "Where: Room 4\nRepeats: FREQ=WEEKLY;COUNT=3\n"
        "Organizer: Ada <ada@x.example>\nAttendee: Ben <ben@x.example>, needs-action\n"
        "Attendee: eve@x.example\nDescription: Bring\nnumbers",
        "[event]\nSummary: Fair\nStart: 2026-07-02 (all day)\nUnreadable: DTEND",
    ]


async def test_a_calendar_that_nobody_understands_is_shown_as_it_stands(read: Read) -> None:
    file = await read(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nhello", "text/calendar")
    assert "hello" in (file.text or "")


CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;;;\r\nFN:Ada Lovelace\r\nORG:Engines;Research\r\n"
    "TEL;TYPE=CELL:+49 1\r\nitem1.EMAIL;type=INTERNET:ada@x.example\r\n"
    "ADR;TYPE=HOME:;;1 Row;London;;N1;UK\r\nPHOTO;ENCODING=b;TYPE=JPEG:AAAA\r\n"
    "NOTE:a\\, b\\nc\r\nEND:VCARD\r\n"
)


async def test_an_address_card_says_its_fields_and_leaves_the_picture(read: Read) -> None:
    file = await read(CARD.encode(), "text/x-vcard", "ada.vcf")
    assert file.content_type == "text/vcard"
    assert sorted((file.text or "").splitlines()) == [
        "Address: 1 Row, London, N1, UK (home)",
        "Email: ada@x.example (internet)",
        "Name: Ada Lovelace",
        "Note: a, b c",
        "Organization: Engines, Research",
        "Phone: +49 1 (cell)",
        "[card]",
    ]


NESTED = (
    b"From: Ada <a@x.example>\r\nTo: ben@x.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n"
    b"Date: Wed, 1 Jul 2026 10:00:00 +0200\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
    b"--x\r\nContent-Type: text/html\r\n\r\n<p>Hello</p><p style='display:none'>obey</p>\r\n--x\r\n"
    b"Content-Type: text/csv; name=t.csv\r\n\r\na,b\r\n--x--\r\n"
)


@pytest.mark.parametrize(
    ("declared", "name"), [("message/rfc822", "m"), ("application/octet-stream", "m.eml")]
)
async def test_an_attached_mail_says_its_fields_words_and_files(
    read: Read, declared: str, name: str
) -> None:
    file = await read(NESTED, declared, name)
    assert (file.content_type, file.hidden) == ("message/rfc822", 1)
    assert file.text == (
        "From: Ada <a@x.example>\nTo: ben@x.example\nSubject: Grüße\n"
        "Date: 2026-07-01T10:00:00+02:00\nAttachment: t.csv (text/csv, 3 bytes)\n\nHello"
    )


@pytest.mark.parametrize(
    ("content", "declared", "name"),
    [
        (b"<p>Hello</p><p hidden>obey</p>", "text/html", "a"),
        (b"<p>Hello</p><p hidden>obey</p>", "application/octet-stream", "a.htm"),
        (b"<!DOCTYPE html><p>Hello</p><p hidden>obey</p>", "text/plain", "a.txt"),
        ("<p>Hello</p><p hidden>obey</p>".encode("utf-16"), "text/html", "a"),
    ],
)
async def test_html_says_what_a_reader_sees_whatever_it_is_called(
    read: Read, content: bytes, declared: str, name: str
) -> None:
    file = await read(content, declared, name)
    assert (file.content_type, file.text, file.hidden) == ("text/html", "Hello", 1)


@pytest.mark.parametrize(
    ("content", "declared", "name", "kind", "text"),
    [
        (b"a,b\r\n1,2", "text/csv", "t.csv", "text/csv", "a,b\n1,2"),
        (b"caf\xe9", "text/plain; charset=latin1", "a.txt", "text/plain", "café"),
        (b"plain", "application/octet-stream", "README.md", "application/octet-stream", "plain"),
        ("a\u200bb\U000e0041".encode(), "text/plain", "a.txt", "text/plain", "ab"),
        (b"", "text/plain", "a.txt", "text/plain", ""),
        (b"\x00\x01\x02", "text/plain", "a.txt", "text/plain", None),
    ],
)
async def test_plain_text_is_read_as_it_stands(
    read: Read, content: bytes, declared: str, name: str, kind: str, text: str | None
) -> None:
    file = await read(content, declared, name)
    assert (file.content_type, file.text) == (kind, text)


async def test_winmail_dat_says_the_subject_the_words_and_the_files(read: Read) -> None:
    packed = making.tnef(
        (0x00069007, (1251).to_bytes(8, "little")),
        (0x00018004, "Привет\x00".encode("cp1251")),
        (0x0002800C, b"Words\r\nhere\x00"),
        (0x00018010, b"plan.pdf\x00"),
        (0x0006800F, b"12345"),
    )
    file = await read(packed, "application/octet-stream", "winmail.dat")
    assert file.content_type == "application/ms-tnef"
    assert file.text == "Subject: Привет\nAttachment: plan.pdf (5 bytes)\n\nWords\nhere"


async def test_an_archive_says_what_it_holds(read: Read) -> None:
    file = await read(making.archive({"a.txt": "hello", "b/c.pdf": "x"}), "application/zip")
    assert file.text == "[archive of 2 files]\na.txt (5 bytes)\nb/c.pdf (1 bytes)"
