"""Signed and encrypted mail, and files that say what they are only by what they hold."""

import pytest

from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage
from postroom.model.unread import ENCRYPTED, WRAPPED


def of(type_: str, *parts: str) -> ParsedMessage:
    body = "".join(f"--b\n{part}\n" for part in parts)
    text = f"From: ben@far.example\nContent-Type: {type_}; boundary=b\n\n{body}--b--\n"
    return parse(text.replace("\n", "\r\n").encode())


def files(message: ParsedMessage) -> list[tuple[str, str]]:
    return [(part.filename, part.content_type) for part in message.attachments]


ARMOR = "-----BEGIN PGP {}-----\n\nwcBMA\n-----END PGP {}-----\n"


def test_encrypted_mail_says_that_it_is() -> None:
    message = of(
        'multipart/encrypted; protocol="application/pgp-encrypted"',
        "Content-Type: application/pgp-encrypted\n\nVersion: 1\n",
        "Content-Type: application/octet-stream\n\n" + ARMOR.format("MESSAGE", "MESSAGE"),
    )
    assert (message.text, message.defects) == ("", (ENCRYPTED,))
    assert files(message)[1] == ("encrypted-1.asc", "application/pgp-encrypted")


def test_the_words_of_signed_mail_are_read() -> None:
    signed = ARMOR.format("SIGNATURE", "SIGNATURE")
    message = of(
        'multipart/signed; protocol="application/pgp-signature"; micalg=pgp-sha256',
        "Content-Type: text/plain\n\nHello.",
        f"Content-Type: application/pgp-signature\n\n{signed}",
    )
    assert (message.text, message.defects) == ("Hello.", ())
    assert files(message) == [("signature-1.asc", "application/pgp-signature")]


@pytest.mark.parametrize(
    ("field", "defect"),
    [
        ("application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m", ENCRYPTED),
        ("application/x-pkcs7-mime", ENCRYPTED),
        ("application/pkcs7-mime; smime-type=signed-data", WRAPPED),
        ("application/octet-stream; name=smime.p7m", ENCRYPTED),
    ],
)
def test_what_s_mime_wraps_is_told(field: str, defect: str) -> None:
    head = f"From: ben@far.example\nContent-Type: {field}\nContent-Transfer-Encoding: base64\n\n"
    message = parse((head + "MIAGCSqGSIb3DQEHA6CAMIACAQA=\n").encode())
    assert message.defects == (defect,)
    ((name, kind),) = files(message)
    assert name.endswith(".p7m")
    assert kind.endswith("pkcs7-mime")


def test_armor_in_the_words_says_that_they_are_encrypted() -> None:
    words = ARMOR.format("MESSAGE", "MESSAGE")
    assert parse(f"From: a@b.c\n\n{words}".encode()).defects == (ENCRYPTED,)
    about = parse(f"From: a@b.c\n\nI cannot read this:\n\n{words}".encode())
    assert about.defects == ()


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("text/calendar; method=REQUEST", "calendar-1.ics"),
        ("text/vcard", "contact-1.vcf"),
        ("application/ms-tnef", "winmail-1.dat"),
        ("application/ms-tnef; name=winmail.dat", "winmail.dat"),
        ("message/rfc822", "message-1.eml"),
        ("application/octet-stream; name=key.p7s", "key.p7s"),
    ],
)
def test_a_file_without_a_name_is_called_what_it_is(field: str, name: str) -> None:
    message = of("multipart/mixed", "\nHello.", f"Content-Type: {field}\n\nx: y")
    assert [part.filename for part in message.attachments] == [name]
