"""Multiparts as broken programs write them: what can be told apart is, and the rest is named."""

import pytest

from postroom.mime.attachments import attachment_content
from postroom.mime.parse import parse
from postroom.mime.structure.tree import AFTER_THE_LAST_PART, NO_PARTS, OPEN_MULTIPART
from postroom.model.messages import ParsedMessage


def read(text: str) -> ParsedMessage:
    return parse(("From: ada@far.example\n" + text).replace("\n", "\r\n").encode())


TWO = "--b\n\nOne.\n--b\n\nTwo.\n--b--\n"


@pytest.mark.parametrize(
    ("field", "body"),
    [
        ("multipart/mixed; boundary=b", TWO),
        ("multipart/mixed; boundary=b", "A preamble.\n\n" + TWO),
        ("multipart/mixed; boundary=b", TWO.replace("--b\n", "--b \t\n")),
        ("multipart/mixed; boundary=b", TWO.replace("--b\n", "--b and more\n")),
        ("multipart/mixed", TWO),
        ("multipart/mixed; boundary=other", TWO),
        ("multipart/mixed boundary=b", TWO),
        ("MULTIPART/Mixed; BOUNDARY=\"b\"", TWO),
        ("multipart/mixed; boundary=\"b  \"", TWO),
        ("multipart/x-unheard-of; boundary=b", TWO),
    ],
)  # fmt: skip
def test_the_parts_are_told_apart(field: str, body: str) -> None:
    message = read(f"Content-Type: {field}\n\n{body}")
    assert (message.text, message.attachments) == ("One.\n\nTwo.", ())
    assert message.defects == ()


def test_a_multipart_without_parts_is_read_as_text_and_named() -> None:
    message = read("Content-Type: multipart/mixed; boundary=b\n\nOnly words.\n")
    assert (message.text, message.defects) == ("Only words.", (NO_PARTS,))


def test_a_multipart_that_is_cut_off_keeps_its_last_part_and_is_named() -> None:
    message = read("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nOne.\n--b\n\nTw")
    assert (message.text, message.defects) == ("One.\n\nTw", (OPEN_MULTIPART,))


def test_what_stands_after_the_last_part_is_named() -> None:
    message = read(f"Content-Type: multipart/mixed; boundary=b\n\n{TWO}\nAn epilogue.\n")
    assert (message.text, message.defects) == ("One.\n\nTwo.", (AFTER_THE_LAST_PART,))


def test_a_boundary_that_begins_another_parts_nothing_of_its_own() -> None:
    inner = "Content-Type: multipart/mixed; boundary=b1\n\n--b1\n\nIn.\n--b1--\n"
    message = read(f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{inner}--b\n\nOut.\n--b--\n")
    assert message.text == "In.\n\nOut."


def test_an_inner_multipart_may_bear_the_boundary_of_the_outer_one() -> None:
    inner = "Content-Type: multipart/alternative; boundary=b\n\n"
    plain = "--b\nContent-Type: text/plain\n\nPlain.\n"
    rich = "--b\nContent-Type: text/html\n\n<p>Plain.\n"
    file = "--b\nContent-Type: image/gif\n\nGIF\n"
    parts = f"--b\n{inner}{plain}{rich}--b--\n{file}--b--\n"
    message = read(f"Content-Type: multipart/mixed; boundary=b\n\n{parts}")
    assert message.text == "Plain."
    assert [part.content_type for part in message.attachments] == ["image/gif"]


def test_multiparts_that_share_a_boundary_nest_once_and_all_are_numbered() -> None:
    inner = "--b\nContent-Type: multipart/mixed; boundary=b\n\n"
    text = f"Content-Type: multipart/mixed; boundary=b\n\n{inner * 500}--b\n\nWords.\n--b--\n"
    message = read(text)
    assert "Words." in message.text
    assert NO_PARTS in message.defects


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("BASE64", "SGVsbG8u"),
        ("base-64", "SGVsbG8u"),
        ("base64;", "SG Vs\nbG8u"),
        ("quoted printable", "Hell=6F."),
        ("Quoted_Printable", "Hell=\no."),
        ('"quoted-printable"', "Hell=6f."),
        ("7bit", "Hello."),
        ("8BIT ", "Hello."),
        ("x-uuencode", "begin 644 a\n&2&5L;&\\N\n`\nend"),
    ],
)
def test_transfer_encodings_are_known_by_what_programs_call_them(encoding: str, body: str) -> None:
    message = read(f"Content-Transfer-Encoding: {encoding}\n\n{body}\n")
    assert (message.text, message.defects) == ("Hello.", ())


def test_a_part_that_cannot_be_decoded_is_an_attachment_as_it_came() -> None:
    raw = (
        b"From: a@b.c\r\nContent-Type: application/x; name=a\r\n"
        b"Content-Transfer-Encoding: made-up\r\n\r\n\xff\x00bytes"
    )
    message = parse(raw)
    assert attachment_content(raw, message.attachments[0].number) == b"\xff\x00bytes"
    assert len(message.defects) == 1
