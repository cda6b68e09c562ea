"""The text of attached files, where they are text."""

import pytest

from postroom.mime.attachments import attachment_content, attachment_text, attachment_type
from postroom.mime.parse import parse
from postroom.model.errors import NotFound

RAW = (
    b"From: a@b.c\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nwords\r\n--x\r\n"
    b'Content-Type: text/csv; charset=koi8-r; name="t.csv"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\n0NLJ18XU\r\n--x--\r\n"
)


@pytest.mark.parametrize(
    ("content", "kind", "name", "expected"),
    [
        (b"a,b\r\n1,2", "text/csv", "t.csv", "a,b\n1,2"),
        (b'{"a": 1}', "application/json", "a", '{"a": 1}'),
        (b"<a/>", "application/soap+xml", "a", "<a/>"),
        (b"BEGIN:VCALENDAR", "text/calendar", "i.ics", "BEGIN:VCALENDAR"),
        (b"# hi", "application/octet-stream", "README.md", "# hi"),
        (b"print()", "application/octet-stream", "a.py", "print()"),
        (b"a: 1", "", "a.yaml", "a: 1"),
        (b"FROM x", "application/octet-stream", "Dockerfile", "FROM x"),
        ("ü".encode("koi8-r", "replace"), "text/plain; charset=koi8-r", "a", "?"),
        ("привет".encode("cp1251"), "text/plain; charset=windows-1251", "a", "привет"),
        ("a".encode("utf-16"), "text/plain", "a.txt", "a"),
        (b"\xef\xbb\xbfa", "text/plain", "a.txt", "a"),
        (b"%PDF-1.7", "application/pdf", "a.pdf", None),
        (b"\x89PNG", "image/png", "a.txt", None),
        (b"\x00\x01\x02", "text/plain", "a.txt", None),
        (b"MZ\x00", "application/octet-stream", "a.exe", None),
        (b"", "text/plain", "a.txt", ""),
    ],
)
def test_the_text_of_a_file(content: bytes, kind: str, name: str, expected: str | None) -> None:
    assert attachment_text(content, kind, name) == expected


def test_the_content_of_a_leaf_is_decoded() -> None:
    part = parse(RAW).attachments[0]
    assert attachment_content(RAW, part.number) == "привет".encode("koi8-r")


def test_the_declared_charset_of_a_leaf_reads_its_text() -> None:
    part = parse(RAW).attachments[0]
    kind = attachment_type(RAW, part.number)
    assert attachment_text(attachment_content(RAW, part.number), kind, "t.csv") == "привет"


@pytest.mark.parametrize("number", [-1, 2, 10_000])
def test_a_leaf_that_is_not_there_is_not_found(number: int) -> None:
    with pytest.raises(NotFound):
        attachment_content(RAW, number)
