"""What a file is by its bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.mime.files import sniffing
from postroom.mime.files.media_types import OTHER, known_type
from postroom.mime.files.sniffing import true_type, type_by_content
from postroom.mime.parse import parse

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"junk before\r\n%PDF-1.4", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"\x00\x00\x00\x18ftypheic", "image/heic"),
        (b"MZ\x90\x00\x03", "application/x-msdownload"),
        (b"MZ is how this note begins", None),
        (COMPOUND + "WordDocument".encode("utf-16-le"), "application/msword"),
        (COMPOUND + "Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
        (COMPOUND + "EncryptedPackage".encode("utf-16-le"), sniffing.LOCKED_OFFICE),
        (COMPOUND, sniffing.COMPOUND),
        (b"PK\x03\x04", "application/zip"),
        (b"\xef\xbb\xbf  BEGIN:VCALENDAR", "text/calendar"),
        (b"begin:vcard", "text/vcard"),
        (b"\r\n<!doctype HTML>", "text/html"),
        (b"Hello <html>", None),
        (b"", None),
    ],
)
def test_bytes_show_their_type(content: bytes, expected: str | None) -> None:
    assert type_by_content(content) == expected
    assert expected is None or known_type(expected) == expected


@pytest.mark.parametrize(
    ("claimed", "content", "expected"),
    [
        (OTHER, b"%PDF-1.7", "application/pdf"),
        ("application/pdf", b"MZ\x00", "application/x-msdownload"),
        ("application/pdf", b"words", "application/pdf"),
        ("image/jpeg", b"\x89PNG\r\n\x1a\n", "image/png"),
        ("image/jpg", b"\xff\xd8\xff", "image/jpg"),
        (sniffing.DOCX, b"PK\x03\x04", "application/zip"),
        ("text/plain", b"<html>", "text/plain"),
        ("text/csv", b"a,b", "text/csv"),
        ("application/vnd.ms-excel", b"a,b", "application/vnd.ms-excel"),
        ("application/x-of-their-own", b"PK\x03\x04", "application/x-of-their-own"),
    ],
)
def test_a_claim_stands_where_it_can_be_true(claimed: str, content: bytes, expected: str) -> None:
    assert true_type(claimed, content) == expected


def test_an_attachment_is_listed_by_what_it_is() -> None:
    raw = (
        b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n"
        b'Content-Type: application/pdf; name="invoice.pdf.exe"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nTVqQAAMAAAAEAAAA\r\n--x--\r\n"
    )
    (part,) = parse(raw).attachments
    assert (part.filename, part.content_type) == ("invoice.pdf.exe", "application/x-msdownload")


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", COMPOUND]))
def test_any_bytes_have_a_type_or_none(content: bytes, before: bytes) -> None:
    shown = type_by_content(before + content)
    assert shown is None or known_type(shown) == shown
