"""Mail made to crash, to stall or to deceive the reader."""

import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from postroom.mime import bounds
from postroom.mime.attachments import attachment_content
from postroom.mime.header.fields import TOO_MANY_FIELDS, TRUNCATED_FIELD
from postroom.mime.parse import SEVERAL_SENDERS, TOO_MANY_ADDRESSES, parse
from postroom.mime.part_text import WRONG_CHARSET
from postroom.mime.structure.transfer import BROKEN_BASE64
from postroom.mime.structure.tree import TOO_DEEP, TOO_MANY_PARTS
from postroom.model.messages import ParsedMessage
from postroom.model.unread import STRANGE_HTML, TOO_MUCH_TEXT

SECONDS = 3.0
"""What one hostile mail may take here: a machine under load is several times slower than the one
second that is aimed at."""

FROM = b"From: a@example.org\r\n"


def read(raw: bytes) -> ParsedMessage:
    started = time.thread_time()
    message = parse(raw)
    assert time.thread_time() - started < SECONDS
    assert_valid(message)
    return message


def assert_valid(message: ParsedMessage) -> None:
    """Every string survives JSON and UTF-8, and holds no NUL."""
    written = message.model_dump_json()
    written.encode("utf-8")
    assert "\\u0000" not in written


def html_mail(html: bytes) -> bytes:
    return FROM + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + html


def nested(depth: int) -> bytes:
    parts = []
    for level in range(depth):
        boundary = f"b{level}x".encode()
        parts.append(b'Content-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n')
        parts.append(b"--" + boundary + b"\r\n")
    return FROM + b"".join(parts) + b"Content-Type: text/plain\r\n\r\ninnermost words\r\n"


def test_five_thousand_nested_parts_are_bounded_and_kept_as_an_attachment() -> None:
    raw = nested(5_000)
    message = read(raw)
    assert TOO_DEEP in message.defects
    assert b"innermost words" in attachment_content(raw, message.attachments[-1].number)


def test_fifty_thousand_addresses_are_bounded() -> None:
    people = b", ".join(b'"Name %d" <p%d@example.org>' % (n, n) for n in range(50_000))
    message = read(FROM + b"To: " + people + b"\r\n\r\nhello")
    assert 0 < len(message.to) <= bounds.MAX_ADDRESSES
    assert TRUNCATED_FIELD in message.defects or TOO_MANY_ADDRESSES in message.defects
    assert message.text == "hello"


def test_addresses_in_many_fields_are_bounded() -> None:
    fields = b"".join(b"To: p%d@example.org\r\n" % n for n in range(1_500))
    message = read(FROM + fields + b"\r\nhello")
    assert len(message.to) == bounds.MAX_ADDRESSES
    assert TOO_MANY_ADDRESSES in message.defects


def test_a_hundred_thousand_parts_are_bounded_and_nothing_is_lost() -> None:
    head = FROM + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
    raw = head + b"--x\r\n\r\npart\r\n" * 100_000 + b"--x\r\n\r\nthe last one\r\n--x--\r\n"
    message = read(raw)
    assert TOO_MANY_PARTS in message.defects
    assert len(message.attachments) <= bounds.MAX_PARTS + 1
    assert b"the last one" in attachment_content(raw, message.attachments[-1].number)


def test_a_huge_field_is_cut_and_the_rest_of_the_header_is_read() -> None:
    message = read(FROM + b"X-Padding: " + b"x" * 5_000_000 + b"\r\nSubject: after\r\n\r\nhello")
    assert message.subject == "after"
    assert message.text == "hello"


def test_a_field_folded_a_hundred_thousand_times_is_cut() -> None:
    message = read(FROM + b"Subject: a\r\n" + b" b\r\n" * 100_000 + b"\r\nhello")
    assert TRUNCATED_FIELD in message.defects
    assert message.text == "hello"


MIXED = FROM + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n"
PLAIN = b"Content-Type: text/plain; charset=%s\r\n\r\n"
JAPANESE = FROM + PLAIN % b"iso-2022-jp"
UUENCODED = FROM + b"Content-Type: application/x\r\nContent-Transfer-Encoding: x-uuencode\r\n\r\n"
ATTACHED = b"--x\r\nContent-Type: message/rfc822\r\n\r\n"

SHAPES: dict[str, Callable[[int], bytes]] = {
    "delimiters": lambda size: MIXED + b"--x\r\n" * (size // 5),
    "closing delimiters": lambda size: MIXED + (b"--x--" + b" " * 58 + b"\r\n") * (size // 65),
    "lines that begin like one": lambda size: MIXED + b"--xa\r\n" * (size // 6),
    "folded lines": lambda size: FROM + b"Subject: a\r\n" + b" b\r\n" * (size // 4),
    "fields": lambda size: FROM + b"X: y\r\n" * (size // 6),
    "fields of parts": lambda size: MIXED + (b"--x\r\n" + b"X: y\r\n" * 1_500) * (size // 9_005),
    "messages": lambda size: (
        MIXED
        + (b"--x\r\nContent-Type: message/rfc822\r\n\r\n" + b"X: y\r\n" * 1_500) * (size // 9_036)
    ),
    "uuencode": lambda size: UUENCODED + b"begin 644 a\n" + b"z\n" * (size // 2),
    "kanji": lambda size: JAPANESE + b"\x1b$B-!4A\x1b(B a\r\n" * (size // 14),
    "kanji and others": lambda size: JAPANESE + b"\x1b$B-!\x1b(B\x82\xa0 a\r\n" * (size // 14),
    "UTF-7": lambda size: FROM + PLAIN % b"utf-7" + b"+AOQ- \xf3\r\n" * (size // 9),
    "undeclared": lambda size: FROM + b"\r\n" + b"\xd3\xca\xbc\xfe\xb4\xab\r\n" * (size // 8),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_ten_megabytes_of_any_shape_are_read_in_bounded_time(shape: str) -> None:
    read(SHAPES[shape](10_000_000))


def test_uuencode_never_grows_beyond_what_came() -> None:
    raw = SHAPES["uuencode"](100_000)
    assert parse(raw).attachments[0].size < 2 * len(raw)


def test_texts_beyond_what_is_decoded_are_attachments() -> None:
    part = b"--x\r\n\r\n" + b"words of a part\r\n" * 150_000
    raw = MIXED + part * 3 + b"--x--\r\n"
    message = read(raw)
    assert len(message.text) <= bounds.MAX_BODY_CHARS
    assert TOO_MUCH_TEXT in message.defects
    assert len(message.attachments) == 1
    assert attachment_content(raw, message.attachments[0].number).startswith(b"words of a part")


def test_a_hundred_thousand_fields_are_bounded_and_the_body_is_found() -> None:
    message = read(FROM + b"X-A: b\r\n" * 100_000 + b"\r\nhello")
    assert TOO_MANY_FIELDS in message.defects
    assert message.text == "hello"


@pytest.mark.parametrize(
    "charset",
    [
        "\x00",
        "utf\x008",
        "x" * 10_000,
        "idna",
        "rot13",
        "base64",
        "unicode_escape",
        "undefined",
        "..",
    ],
)
def test_a_charset_that_is_none_falls_back(charset: str) -> None:
    content_type = f'Content-Type: text/plain; charset="{charset}"\r\n\r\n'.encode()
    message = read(FROM + content_type + "grüße".encode())
    assert message.text == "grüße"


def test_text_in_the_wrong_charset_is_read_and_named() -> None:
    raw = FROM + b"Content-Type: text/plain; charset=us-ascii\r\n\r\ngr\xfc\xdfe"
    message = read(raw)
    assert message.text == "grüße"
    assert WRONG_CHARSET in message.defects


HTML: dict[str, bytes] = {
    "open comments": b"<!--" * 100_000,
    "open tags": b"<" * 500_000,
    "nested divs": b"<div>" * 1_900 + b"deep",
    "nested lists": b"<ul><li>" * 1_000 + b"deep",
    "nested quotes": b"<blockquote>" * 1_500 + b"deep",
    "nested gmail quotes": b"<div class=gmail_quote>" * 1_500 + b"deep",
    "hidden in hidden": b"<i hidden>" * 1_500 + b"deep",
    "white in white": b"<font color=white>" * 1_500 + b"<p style='color:#fff'>x" * 20_000,
    "many attributes": b"<p " + b" ".join(b"a%d=1" % n for n in range(50_000)) + b">deep",
    "tables": b"<table><tr><td>" * 1_500 + b"deep",
    "one long tag": b"<p title='" + b"x" * 1_000_000,
    "entities": b"&amp;" * 200_000,
    "open style": b"<style>" + b"a{" * 200_000,
    "anchors": b"<a href=mailto:a@b>a@b" * 20_000,
    "images": b"<img alt=x>" * 50_000,
    "styled elements": b"<b style='color:#fff'>x</b>" * 60_000,
    "styles that differ": b"".join(b"<b style='color:#%06x'>x</b>" % n for n in range(40_000)),
    "one long style": b"<p style='" + b"a:b;" * 400_000 + b"'>x",
    "rules for one class": b"<style>"
    + b".a{color:#fff}" * 60_000
    + b"</style>"
    + b"<b class=a>" * 9,
    "rules for many elements": b"<style>"
    + b"".join(b".a.b%d{color:#fff}" % n for n in range(40_000))
    + b"</style>"
    + b"<p class='a b'>x" * 20_000,
    "many classes": b"<style>.b{color:#fff}</style>" + b"<p class='" + b"a " * 2_900 + b"'>x" * 100,
    "open braces": b"<style>" + b"{" * 500_000,
    "open media": b"<style>" + b"@media screen{" * 100_000,
    "open CSS comments": b"<style>" + b"/*" * 500_000,
    "escapes": b"<p style='" + b"\\" * 900_000 + b"'>x",
    "open colours": b"<p style='color:" + b"rgb(" * 200_000 + b"'>x",
    "open transforms": b"<p style='transform:" + b"scale(" * 200_000 + b"'>x",
    "shown hosts": b"<a href=https://e.example/>bank.example</a>" * 20_000,
    "one long host": b"<a href=https://e.example/>" + b"a-." * 300_000 + b"</a>",
    "signatures": b"<div class=gmail_signature>x" * 1_500,
    "choices": b"<select>" + b"<option>x" * 100_000,
    "groups": b"<optgroup>x" * 90_000,
    "rules by name": b"<style>%s</style>" % b"".join(b"t%d{color:red}" % n for n in range(20_000))
    + b"<p>x" * 50_000,
    "rules by class": b"<style>%s</style>"
    % b"".join(b".c%d{color:#%03d}" % (n % 200, n % 900) for n in range(4_900))
    + b"".join(
        b"<p class='%s z%d'>x" % (b" ".join(b"c%d" % m for m in range(200)), n) for n in range(800)
    ),
    "attributes": b"".join(b"<p " + b"a=''" * 299 + b">x" for _ in range(700)),
}


@pytest.mark.parametrize("name", HTML)
def test_hostile_html_neither_stalls_nor_crashes(name: str) -> None:
    message = read(html_mail(b"<p>Words.</p>" + HTML[name]))
    assert "Words." in message.text


def test_ordinary_nesting_is_not_taken_for_deep() -> None:
    row = (
        b"<tr><td><div><p>a<b>b</b><br/><img src='x'/><o:p></o:p></p><ul><li>c</ul></div></td>"
        b"<td><table><tr><td><a href='x'>d</a></td></tr></table></td></tr>"
    )
    message = read(html_mail(b"<table>" + row * 3_000 + b"</table><p>Words.</p>"))
    assert (message.text.count("d"), message.defects) == (3_000 + 1, ())


@pytest.mark.parametrize("element", ["div", "span", "b", "blockquote", "ul", "section", "table"])
@pytest.mark.parametrize("depth", [10, 290, 1_000, 1_900])
def test_words_survive_any_depth_of_elements(element: str, depth: int) -> None:
    tag = f"<{element}>".encode()
    message = read(html_mail(b"<p>Above.</p>" + tag * depth + b"deep words"))
    assert "Above." in message.text
    assert "deep words" in message.text


@pytest.mark.parametrize(
    "tag",
    [
        b"<div>",
        b"<div/>",
        b"<div class='a>b'>",
        b"<div></b>",
        b"<div><!--</div>-->",
        b"<div><style></div></style>",
        b"<div><textarea></div></textarea>",
        b"<div><table><tr><td></div></table>",
        b"<div><!x </div>",
    ],
)
def test_html_nested_beyond_reason_is_an_attachment(tag: bytes) -> None:
    """Nothing in it could be told to be hidden, so nothing of it is read out."""
    message = read(html_mail(tag * 10_000 + b"words<p style='display:none'>hidden"))
    assert message.text == ""
    assert STRANGE_HTML in message.defects
    (file,) = message.attachments
    assert file.content_type == "text/html"


@pytest.mark.parametrize(
    "inside", [b"<div></select></div>", b"<p></select></p>", b"<!--</select>-->"]
)
def test_choices_that_do_not_end_where_they_say_are_not_nested_without_end(inside: bytes) -> None:
    message = read(html_mail(b"<select class=x>" + inside))
    assert STRANGE_HTML not in message.defects
    message = read(html_mail((b"<select class=x>" + inside) * 10_000))
    assert STRANGE_HTML in message.defects


def test_many_choices_are_read() -> None:
    field = b"<select class=x><option class=y>one<option id=z>two</select>"
    message = read(html_mail(field * 5_000))
    assert (message.text.count("one"), message.defects) == (5_000, ())


def test_a_tag_with_attributes_without_end_is_hidden() -> None:
    many = b"".join(b'a%d=""' % turn for turn in range(90_000))
    html = b"<p>Words.</p><p x='<' y=\">\" " + many + b" style='color:red'>no</p><p>More.</p>"
    message = read(html_mail(html))
    assert (message.text, message.hidden_text) == ("Words.\n\nMore.", 1)


def test_many_spaces_in_a_tag_hide_nothing_and_keep_what_is_hidden_hidden() -> None:
    html = b"<p" + b" " * 100_000 + b">Words.</p><p style='display:none'>no</p>"
    message = read(html_mail(html))
    assert (message.text, message.hidden_text) == ("Words.", 1)


MULTIPLIED = {
    "quotes": b"<blockquote>" * 290 + b"<br>" * 45_000 + b"deep",
    "long quotes": b"<blockquote>" * 30 + b"some words of a line<br>" * 20_000 + b"deep",
    "lists": b"<ul><li>" * 145 + b"x<br>" * 30_000 + b"deep",
    "a wide row": b"<table><tr>" + b"<td>x" * 5_000 + b"</tr>" + b"<tr><td>x" * 90_000 + b"deep",
    "wide rows in tables": b"<table><tr><td>" * 60
    + b"<table><tr>" + b"<td>x" * 2_000 + b"</tr>" + b"<tr><td>x" * 30_000 + b"deep",
    "steps of selectors": b"<style>"
    + b"".join(b"%s .y%d{display:none}" % (b" ".join(b".c%d" % n for n in range(6)), m)
               for m in range(400))
    + b"</style>" + b"".join(b"<div class=c%d>" % n for n in range(6))
    + b"<i class=c5>x</i>" * 30_000 + b"deep",
    "variables": b"".join(b"<div style='--v%d:1px'>" % n for n in range(280))
    + b"".join(b"<p style='--w%d:red;color:var(--v1)'>x" % n for n in range(15_000)) + b"deep",
    "a wide row of data": b"<table><tr>" + b"<td>x" * 5_000 + b"</tr>"
    + b"<tr><td>x<td>y" * 60_000 + b"deep",
    "wide cells of data": b"<table>" + b"<tr><td colspan=1000>x<td>y" * 33_000 + b"deep",
    "hanging cells of data": b"<table>" + b"<tr><td rowspan=60000>x<td>y" * 33_000 + b"deep",
    "cells in tables": b"<table><tr><td>x<td>" * 49 + b"<table>" + b"<tr><td>x<td>y" * 60_000
    + b"deep",
    "paragraphs in tables": b"<table><tr><td>x<td>" * 49 + b"<p>z" * 150_000 + b"deep",
}  # fmt: skip
"""HTML that becomes many times as much text, line by line or cell by cell."""


@pytest.mark.parametrize("name", MULTIPLIED)
def test_html_becomes_no_more_text_than_can_be_held(name: str) -> None:
    """In a process of its own, which may use 700 MB: a converter that runs out ends its process."""
    code = (
        "import resource, sys; from postroom.mime.parse import parse;"
        "resource.setrlimit(resource.RLIMIT_AS, (700 << 20, 700 << 20));"
        "message = parse(sys.stdin.buffer.read());"
        "assert 'deep' in message.text, message.defects"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], input=html_mail(MULTIPLIED[name]), capture_output=True
    )
    assert done.returncode == 0, done.stderr.decode()[-500:]


TEXTS: dict[str, Callable[[], bytes]] = {
    "on": lambda: b"On " * 100_000,
    "on lines": lambda: b"On Monday 1 May 2020\n" * 50_000,
    "shared lines": lambda: b"x On Mon, a@b.c wrote:\n> y\n" * 20_000,
    "attributions": lambda: b"On 1.1.2020 at 10:00, a@b.c wrote:\n\n" * 20_000,
    "quotes": lambda: b"> a\n\n\n\n\nb\n" * 50_000,
    "blank lines": lambda: b"\n" * 1_000_000 + b"> a",
    "quoted blank lines": lambda: b"> a\n" + b"\n" * 500_000 + b"> b",
    "rules": lambda: b"-----Original Message-----" * 20_000,
    "underscores": lambda: (b"_" * 490 + b"x\n") * 2_000,
    "brackets": lambda: b"[" * 200_000 + b"](" * 100_000,
    "header blocks": lambda: b"From: a\n" * 50_000,
    "dates": lambda: b"Date:\n" * 50_000,
    "one line": lambda: b"x" * 1_000_000,
    "one spaced line": lambda: b"x " * 500_000,
    "zero width": lambda: "a\u200b".encode() * 200_000,
    "tags": lambda: "\U000e0041".encode() * 200_000,
    "carriage returns": lambda: b"a\r" * 200_000,
    "angles": lambda: b">" * 500_000,
    "broken lines": lambda: (b"> " + b"a" * 60 + b"\nb\n") * 20_000,
    "marked announcements": lambda: b"> On 3 Mar 2026, a <a@b> wrote:\nx\n" * 20_000,
    "open brackets": lambda: b"On 3 (\n" * 60_000,
    "colons": lambda: b":\n" * 400_000,
    "delimiters": lambda: b"-- \n" * 100_000,
    "closings": lambda: b"Best,\nAda\n" * 50_000,
    "drawn rules": lambda: b"_" * 50 + b"\n" * 50_000,
    "sent from": lambda: b"Sent from my phone\n" * 50_000,
    "broken links": lambda: b"> a\nhttp://b\n" * 50_000,
}


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_text_is_read_in_linear_time(name: str) -> None:
    head = FROM + b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
    read(head + b"Words.\n" + TEXTS[name]())


FIELDS: dict[str, bytes] = {
    "comments": b"(" * 90_000,
    "closed comments": b"()" * 45_000,
    "quotes": b'"' * 90_000,
    "escaped quotes": b'"\\"' * 30_000,
    "angles": b"<" * 90_000,
    "open address": b"<a@" * 30_000,
    "domain literal": b"<[x@y]>",
    "groups": b":" * 90_000,
    "empty": b",;" * 45_000,
    "spaces": b" " * 90_000 + b"a@b",
    "encoded words": b"=?utf-8?q?" * 9_000,
    "encoded mark": b"=?" * 45_000,
    "encoded closings": b"=?a?q?b?=" * 9_000,
    "nul": b"\x00a@b\x00",
    "8 bit": bytes(range(128, 256)) * 500,
}


@pytest.mark.parametrize("field", ["From", "To", "Subject", "Date", "Content-Type", "References"])
@pytest.mark.parametrize("name", FIELDS)
def test_hostile_fields_are_read_in_linear_time(field: str, name: str) -> None:
    read(field.encode() + b": " + FIELDS[name] + b"\r\n\r\nhello")


PARAMETERS: dict[str, bytes] = {
    "continuations": b"".join(b"; name*%d=x" % n for n in range(20_000)),
    "semicolons": b";" * 90_000,
    "open quote": b'; name="' + b"\\" * 90_000,
    "spaces": b";a" + b" " * 90_000,
    "percent": b"; name*=utf-8''" + b"%" * 90_000,
    "many": b"; a=b" * 20_000,
    "equals": b"; a" + b"=" * 90_000,
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_hostile_parameters_are_read_in_linear_time(name: str) -> None:
    value = b"application/octet-stream" + PARAMETERS[name]
    message = read(FROM + b"Content-Type: " + value + b"\r\n\r\nhello")
    assert len(message.attachments) == 1


def test_broken_base64_gives_what_can_be_read_and_is_named() -> None:
    head = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    message = read(FROM + head + b"SGVsbG8gd29ybGQ!!!\r\n")
    assert message.text.startswith("Hello world")
    assert BROKEN_BASE64 in message.defects


def test_two_senders_that_disagree_are_named_and_the_first_is_shown() -> None:
    message = read(b"From: boss@example.org\r\nFrom: thief@example.net\r\n\r\npay")
    assert message.sender is not None
    assert message.sender.address == "boss@example.org"
    assert SEVERAL_SENDERS in message.defects


def test_two_addresses_in_one_place_are_two_senders() -> None:
    message = read(b"From: Boss <boss@example.org> <thief@example.net>\r\n\r\npay")
    assert SEVERAL_SENDERS in message.defects


def test_an_encoded_word_cannot_bring_an_address_of_its_own() -> None:
    message = read(b"From: =?utf-8?q?boss=40example=2Eorg=2C?= <thief@example.net>\r\n\r\npay")
    assert message.sender is not None
    assert message.sender.address == "thief@example.net"
    assert SEVERAL_SENDERS not in message.defects


@pytest.mark.parametrize(
    "written",
    [
        'filename="a\r\n\tb/../../etc/passwd"',
        "filename*=utf-8''..%2F..%2Fetc%2Fpasswd",
        "filename*=utf-8''a%0D%0AX-Evil%3A%20yes%2Fpasswd",
        'filename="C:\\\\Windows\\\\passwd"',
        'filename="=?utf-8?b?Li4vcGFzc3dk?="',
        "filename*=utf-8''%E2%80%AEpasswd",
        "filename*=utf-8''passwd%00",
    ],
)
def test_a_file_name_is_one_segment_without_control_characters(written: str) -> None:
    raw = FROM + f"Content-Disposition: attachment; {written}\r\n".encode()
    message = read(raw + b"Content-Type: application/x\r\n\r\nx")
    assert message.attachments[0].filename == "passwd"


@pytest.mark.parametrize("written", ["", "..", "/", "\\", " . ", "\x01"])
def test_a_file_name_is_never_empty(written: str) -> None:
    raw = FROM + f'Content-Disposition: attachment; filename="{written}"\r\n'.encode()
    message = read(raw + b"Content-Type: application/pdf\r\n\r\nx")
    assert message.attachments[0].filename == "attachment-0.pdf"


def test_names_of_devices_are_no_file_names() -> None:
    raw = FROM + b'Content-Disposition: attachment; filename="CON.txt"\r\n'
    message = read(raw + b"Content-Type: application/x\r\n\r\nx")
    assert message.attachments[0].filename == "_CON.txt"


def test_the_same_boundary_inside_itself_is_read_once() -> None:
    inner = b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ninner\r\n--x--\r\n"
    raw = FROM + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n" + inner + b"--x--\r\n"
    message = read(raw)
    assert "inner" in message.text or message.attachments


def test_a_forwarded_message_is_an_attachment_and_not_the_senders_words() -> None:
    raw = (
        FROM
        + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\nsee below\r\n"
        + b"--x\r\nContent-Type: message/rfc822\r\n\r\n"
        + b"From: other@example.org\r\nSubject: pay\r\n\r\nsend money\r\n--x--\r\n"
    )
    message = read(raw)
    assert message.text == "see below"
    assert [part.content_type for part in message.attachments] == ["message/rfc822"]
    assert attachment_content(raw, message.attachments[0].number).endswith(b"send money")
