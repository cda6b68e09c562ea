"""Messages inside messages: nested, named by their subject, and never this sender's words."""

import pytest

from postroom.mime.attachments import attachment_content
from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage

TOP = "From: ada@far.example\nTo: ben@far.example\nSubject: Look at this\n"
INNER = "From: eve@other.example\nSubject: Pay at once\n\nSend the money."


def read(text: str) -> ParsedMessage:
    return parse(text.replace("\n", "\r\n").encode())


def multipart(subtype: str, *parts: str, more: str = "") -> str:
    body = "".join(f"--b\n{part}\n" for part in parts)
    return f"{TOP}Content-Type: multipart/{subtype}; boundary=b{more}\n\n{body}--b--\n"


def names(message: ParsedMessage) -> list[str]:
    return [part.filename for part in message.attachments]


@pytest.mark.parametrize(
    "fields",
    [
        "Content-Type: message/rfc822\n",
        "Content-Type: message/rfc822\nContent-Disposition: inline\n",
        "Content-Type: Message/RFC822\nContent-Disposition: attachment\n",
        "Content-Type: message/global\n",
    ],
)
def test_a_forwarded_message_is_nested_however_it_is_disposed(fields: str) -> None:
    message = read(multipart("mixed", "\nSee below.", f"{fields}\n{INNER}"))
    assert message.text == message.new_text == "See below."
    assert names(message) == ["attached message - Pay at once.eml"]
    assert message.sender is not None
    assert message.sender.address == "ada@far.example"
    assert message.defects == ()


def test_a_mail_that_is_nothing_but_another_has_no_words_of_its_own() -> None:
    message = read(f"{TOP}Content-Type: message/rfc822\n\n{INNER}")
    assert (message.text, message.subject) == ("", "Look at this")
    assert names(message) == ["attached message - Pay at once.eml"]


def test_the_messages_of_a_digest_are_attachments_without_saying_so() -> None:
    parts = [f"\nSubject: =?utf-8?q?N=C2=B0_{n}?=\n\nWords {n}." for n in (1, 2)]
    message = read(multipart("digest", *parts))
    assert message.text == ""
    assert names(message) == ["attached message - N° 1.eml", "attached message - N° 2.eml"]
    assert {part.content_type for part in message.attachments} == {"message/rfc822"}


def test_a_reports_words_are_those_for_people_and_what_it_returns_is_an_attachment() -> None:
    message = read(
        multipart(
            "report",
            "\nIt was not delivered.",
            "Content-Type: message/delivery-status\n\nReporting-MTA: dns; far.example\n",
            f"Content-Type: message/rfc822\n\n{INNER}",
            more="; report-type=delivery-status",
        )
    )
    assert message.text == "It was not delivered."
    assert names(message)[1] == "attached message - Pay at once.eml"


def test_a_reports_words_are_found_under_the_label_of_its_second_part() -> None:
    status = "Content-Type: message/delivery-status\n\n"
    message = read(
        multipart(
            "report",
            status + "This mailbox takes no mail.",
            status + "Reporting-MTA: dns; far.example\n",
        )
    )
    assert message.text == "This mailbox takes no mail."
    assert len(message.attachments) == 1
    only_fields = read(multipart("report", status + "Reporting-MTA: dns; far.example\n"))
    assert only_fields.text == ""


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        ("Re: the offer", "attached message - Re the offer.eml"),
        ("../../etc/passwd", "attached message - etc passwd.eml"),
        ("a\\b|c", "attached message - a b_c.eml"),
        ("=?utf-8?b?4oCuZXhl?=", "attached message - exe.eml"),
        ("x" * 500, f"attached message - {'x' * 100}.eml"),
        ("invoice.exe", "attached message - invoice.exe.eml"),
    ],
)
def test_the_name_of_a_nested_message_is_safe(subject: str, name: str) -> None:
    inner = f"Subject: {subject}\n\nWords."
    message = read(multipart("mixed", f"Content-Type: message/rfc822\n\n{inner}"))
    assert names(message) == [name]


def test_a_nested_message_keeps_the_name_it_was_given() -> None:
    part = f"Content-Type: message/rfc822; name=offer.eml\n\n{INNER}"
    assert names(read(multipart("mixed", part))) == ["offer.eml"]


def test_a_nested_message_in_base64_is_kept_decoded() -> None:
    part = "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaGkKCng="
    raw = multipart("mixed", part).replace("\n", "\r\n").encode()
    message = parse(raw)
    assert names(message) == ["attached message - hi.eml"]
    assert attachment_content(raw, message.attachments[0].number) == b"Subject: hi\n\nx"


def test_words_that_look_like_fields_stay_words_in_a_part_without_a_header() -> None:
    message = read(multipart("mixed", "\nFrom: boss\nSubject: pay\n\nSend the money."))
    assert message.text == "From: boss\nSubject: pay\n\nSend the money."


def test_the_root_of_related_parts_is_the_one_that_is_named() -> None:
    message = read(
        multipart(
            "related",
            "Content-Type: image/png\nContent-ID: <logo>\n\nx",
            "Content-Type: text/plain\nContent-ID: <root>\n\nThe words.",
            more='; start="<root>"',
        )
    )
    assert (message.text, len(message.attachments)) == ("The words.", 1)


def test_the_same_words_for_one_program_are_no_attachment() -> None:
    message = read(
        multipart(
            "alternative",
            "Content-Type: text/plain\n\nPlain.",
            "Content-Type: text/x-amp-html\n\n<html amp4email>",
            "Content-Type: text/html\n\n<p>Plain.",
        )
    )
    assert (message.text, message.attachments) == ("Plain.", ())
