"""A draft as bytes: safe in every field, fit for every server, the same each time."""

import re
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest

from postroom.mime.parse import parse
from postroom.mime.writing.compose import compose
from postroom.mime.writing.outgoing import MAX_REFERENCES
from postroom.model.errors import InvalidRequest
from postroom.model.messages import AttachedFile, Draft, Person

ADA = Person(address="ada@example.org", name="Ada")
BEN = Person(address="ben@example.org")


def draft(**changes: Any) -> Draft:
    given: dict[str, Any] = {
        "sender": ADA,
        "to": (BEN,),
        "subject": "Plans",
        "text": "Hello Ben,\n\nsee you.",
        "message_id": "1@example.org",
        "date": datetime(2026, 3, 3, 14, 5, tzinfo=UTC),
    }
    return Draft(**{**given, **changes})


def file(name: str = "a.txt", kind: str = "text/plain", content: bytes = b"x") -> AttachedFile:
    return AttachedFile(filename=name, content_type=kind, content=content)


def part_of(raw: bytes, place: int) -> Message:
    """A direct part of the message, as the standard library reads it."""
    parts = message_from_bytes(raw).get_payload()
    assert isinstance(parts, list)
    part = parts[place]
    assert isinstance(part, Message)
    return part


def content_of(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def assert_fit_for_the_wire(raw: bytes) -> None:
    assert raw.isascii()
    assert b"\x00" not in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_a_plain_draft_is_an_alternative_of_text_and_html() -> None:
    raw = compose(draft(text="**Hello** [Ben](https://example.org/?a=1&b=2)"))
    assert_fit_for_the_wire(raw)
    message = message_from_bytes(raw)
    assert message.get_content_type() == "multipart/alternative"
    plain, html = part_of(raw, 0), part_of(raw, 1)
    assert content_of(plain) == b"**Hello** [Ben](https://example.org/?a=1&b=2)"
    shown = content_of(html).decode()
    assert "<strong>Hello</strong>" in shown
    assert '<a href="https://example.org/?a=1&amp;b=2">Ben</a>' in shown


def test_html_in_the_text_is_shown_and_not_obeyed() -> None:
    raw = compose(draft(text="<script>alert(1)</script>\n\n[x](javascript:alert(1))"))
    html = part_of(raw, 1)
    shown = content_of(html).decode()
    assert "<script>" not in shown
    assert "href" not in shown


@pytest.mark.parametrize("mark", ["> ", ">", "  ", "- ", "1. ", "**", "["])
@pytest.mark.parametrize("depth", [1, 19, 30, 31, 60, 61, 500, 20_000])
def test_words_survive_any_depth_of_markdown(mark: str, depth: int) -> None:
    lists = "\n".join(f"{'  ' * level}- item{level}" for level in range(min(depth, 100)))
    html = part_of(compose(draft(text=f"{mark * depth}words\n\n{lists}")), 1)
    shown = content_of(html).decode()
    assert "words" in shown
    assert f"item{min(depth, 100) - 1}" in shown


def test_a_long_rule_is_no_depth() -> None:
    html = part_of(compose(draft(text="**a**\n\n" + "-" * 100 + "\n\nb")), 1)
    assert b"<strong>a</strong>" in content_of(html)


def test_given_html_is_sent_as_it_is() -> None:
    raw = compose(draft(html="<p>Grüße</p>"))
    html = part_of(raw, 1)
    assert content_of(html).decode() == "<p>Grüße</p>"


def test_hidden_recipients_are_in_no_field() -> None:
    raw = compose(draft(to=(), bcc=(BEN,)))
    assert b"ben@" not in raw
    assert b"To: undisclosed-recipients:;" in raw


def test_the_same_draft_gives_the_same_bytes() -> None:
    given = draft(attachments=(file(),), subject="Grüße")
    assert compose(given) == compose(given)


def test_another_id_gives_other_boundaries() -> None:
    boundaries = [
        re.findall(rb'boundary="([^"]+)"', compose(draft(message_id=f"{n}@example.org")))
        for n in range(2)
    ]
    assert boundaries[0] != boundaries[1]


INJECTIONS = ["a\r\nBcc: x@y.z", "a\nb", "a\rb", "a\x00b", "a\x0bb", "a\u2028b", "a\ud800b"]


@pytest.mark.parametrize("value", INJECTIONS)
@pytest.mark.parametrize(
    "change",
    [
        lambda value: {"subject": value},
        lambda value: {"sender": Person(address="a@b.c", name=value)},
        lambda value: {"sender": Person(address=f"{value}@b.c")},
        lambda value: {"to": (Person(address="a@b.c", name=value),)},
        lambda value: {"to": (Person(address=f"a@{value}"),)},
        lambda value: {"cc": (Person(address="a@b.c", name=value),)},
        lambda value: {"bcc": (Person(address=f"a@{value}"),)},
        lambda value: {"message_id": value},
        lambda value: {"in_reply_to": value},
        lambda value: {"references": (value,)},
        lambda value: {"attachments": (file(name=value),)},
        lambda value: {"attachments": (file(kind=value),)},
    ],
)
def test_a_line_break_in_any_field_is_refused(value: str, change: Any) -> None:
    with pytest.raises(InvalidRequest):
        compose(draft(**change(value)))


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b"])
def test_text_that_no_mail_can_carry_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        compose(draft(text=text))
    with pytest.raises(InvalidRequest):
        compose(draft(html=text))


@pytest.mark.parametrize(
    "address",
    ["", "ada", "@example.org", "ada@", "a b@c.d", "a@b@c", "a@b.c>", "a,b@c.d", "<a@b.c>"],
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(InvalidRequest):
        compose(draft(to=(Person(address=address),)))


@pytest.mark.parametrize("kind", ["text", "text/", "text/plain; x=y", "a/b/c", "text/ plain"])
def test_what_is_no_content_type_is_refused(kind: str) -> None:
    with pytest.raises(InvalidRequest):
        compose(draft(attachments=(file(kind=kind),)))


def test_addresses_with_other_letters_are_written_in_utf_8() -> None:
    raw = compose(draft(to=(Person(address="jörg@exämple.org", name="Jörg"),), text="Grüße"))
    assert not raw.isascii()
    people = parse(raw).to
    assert people == (Person(address="jörg@exämple.org", name="Jörg"),)


def test_long_references_keep_the_first_and_the_last_ids() -> None:
    ids = tuple(f"{n}.{'x' * 60}@example.org" for n in range(200))
    raw = compose(draft(in_reply_to=ids[-1], references=ids))
    assert_fit_for_the_wire(raw)
    kept = re.findall(r"<([^>]+)>", parse(raw).references)
    assert kept == [ids[0], *ids[-(MAX_REFERENCES - 1) :]]
    assert parse(raw).in_reply_to == f"<{ids[-1]}>"


def test_an_id_that_no_header_can_hold_is_left_out() -> None:
    raw = compose(draft(references=("ä@example.org", "x" * 2_000, "a b@c", "1@example.org")))
    assert parse(raw).references == "<1@example.org>"


def test_an_attached_mail_stays_whole() -> None:
    inner = compose(draft(subject="Inner", attachments=(file(),)))
    raw = compose(draft(attachments=(file("inner.eml", "message/rfc822", inner),)))
    assert_fit_for_the_wire(raw)
    message = parse(raw)
    assert message.text == "Hello Ben,\n\nsee you."
    assert [part.content_type for part in message.attachments] == ["message/rfc822"]
    assert inner in raw


@pytest.mark.parametrize("content", [b"Subject: \xe4\r\n\r\nx", b"Subject: a\n\nb", b"x" * 5_000])
def test_an_attached_mail_that_is_not_seven_bit_stays_whole_as_a_file(content: bytes) -> None:
    raw = compose(draft(attachments=(file("inner.eml", "message/rfc822", content),)))
    assert_fit_for_the_wire(raw)
    part = part_of(raw, 1)
    assert content_of(part) == content
    assert part.get_filename() == "inner.eml"


def test_an_attached_mail_cannot_end_the_message_around_it() -> None:
    probe = compose(draft(attachments=(file("a.eml", "message/rfc822", b"A: b\r\n\r\nx"),)))
    boundaries = re.findall(rb'boundary="([^"]+)"', probe)
    inner = b"A: b\r\n\r\n" + b"".join(b"--" + each + b"--\r\n" for each in boundaries)
    raw = compose(draft(attachments=(file("a.eml", "message/rfc822", inner), file("z.txt"))))
    assert [part.filename for part in parse(raw).attachments] == ["a.eml", "z.txt"]


@pytest.mark.parametrize(
    "name",
    [
        "a.txt",
        "a b.txt",
        'qu"ote.txt',
        "per%cent.txt",
        "Grüße.pdf",
        "日本語の長い名前" * 12 + ".txt",
    ],
)
def test_the_standard_library_reads_our_file_names(name: str) -> None:
    raw = compose(draft(attachments=(file(name),)))
    assert_fit_for_the_wire(raw)
    part = part_of(raw, 1)
    assert part.get_filename() == name


@pytest.mark.parametrize(
    "text",
    [
        "From here on.\n.\n..\nFrom there.",
        "trailing space \ntab\t\n",
        "x" * 5_000,
        "ü" * 5_000,
        "日本語" * 500,
        "a\r\nb\rc\nd",
        "=20 and =\n=?utf-8?q?x?=",
        "--=_x\n--\n",
        "\x1b[31m\x7f",
        "",
    ],
)
def test_every_text_arrives_as_written(text: str) -> None:
    raw = compose(draft(text=text))
    assert_fit_for_the_wire(raw)
    assert not re.search(rb"(?m)^From ", raw.split(b"\r\n\r\n", 1)[1])
    plain = part_of(raw, 0)
    arrived = content_of(plain).decode().replace("\r\n", "\n")
    assert arrived == text.replace("\r\n", "\n").replace("\r", "\n")
