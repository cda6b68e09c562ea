"""Signatures on mail of our own, as others read them."""

import base64
import re
import time
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    load_der_public_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from servers.opendkim import signed_by_opendkim, verdicts

from postroom.dns.senders.signatures import check, claims
from postroom.model.domains import KeyAlgorithm
from postroom.model.evidence import SignatureResult
from postroom.signing.canonical import Field, field, fields_of, halves, header_input, relaxed_body
from postroom.signing.making import KeyPair, made
from postroom.signing.opening import SigningKey
from postroom.signing.signature import VALID_SECONDS, by, signed

DOMAIN = "agents.example.com"
MAIL = (
    b"From: Ada <ada@agents.example.com>\r\nTo: ben@elsewhere.test\r\nSubject: An  offer\r\n"
    b"Date: Sat, 28 Nov 2026 12:00:00 +0000\r\nMessage-ID: <snd_1@agents.example.com>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nSome words.\r\n"
)


@cache
def pair(algorithm: KeyAlgorithm) -> KeyPair:
    return made(algorithm)


@cache
def key(algorithm: KeyAlgorithm = KeyAlgorithm.RSA) -> SigningKey:
    private = load_der_private_key(pair(algorithm).private, None)
    return SigningKey(DOMAIN, f"pr2611-{algorithm}", algorithm, private)  # type: ignore[arg-type]


def both() -> tuple[SigningKey, ...]:
    return key(KeyAlgorithm.ED25519), key(KeyAlgorithm.RSA)


def records() -> dict[str, str | None]:
    return {
        f"pr2611-{each}._domainkey.{DOMAIN}": f"v=DKIM1; k={each}; p={pair(each).public}"
        for each in KeyAlgorithm
    }


def texts() -> dict[str, str]:
    return {name: str(record) for name, record in records().items()}


def dkimpy_believes(mail: bytes, index: int = 0) -> bool:
    """Whether dkimpy finds the signature good that stands there from the top."""
    found: dict[str, str | None] = records()

    def text(name: bytes, timeout: int = 5) -> bytes | None:
        record = found.get(name.decode().rstrip("."))
        return None if record is None else record.encode()

    try:
        return bool(dkim.DKIM(mail).verify(index, dnsfunc=text))
    except dkim.ValidationError:  # of a body that is another one
        return False


def fields(mail: bytes) -> list[str]:
    """The signatures of a mail, unfolded."""
    head = mail.partition(b"\r\n\r\n")[0].decode("utf-8", "replace")
    unfolded = re.sub(r"\r\n[ \t]+", " ", head).split("\r\n")
    return [line for line in unfolded if line.lower().startswith("dkim-signature:")]


def test_a_mail_bears_both_signatures_and_the_one_that_everybody_can_read_is_on_top() -> None:
    mail = signed(MAIL, both(), 1_795_000_000.7)
    assert mail.endswith(MAIL)
    rsa, ed = fields(mail)
    assert "a=rsa-sha256;" in rsa
    assert "a=ed25519-sha256;" in ed
    for each in (rsa, ed):
        assert f"d={DOMAIN};" in each
        assert f"t=1795000000; x={1_795_000_000 + VALID_SECONDS};" in each
        assert "c=relaxed/relaxed;" in each
        assert not re.search(r"\b[li]=", each.partition("bh=")[0])
    assert all(len(line) <= 78 for line in mail.partition(b"From:")[0].split(b"\r\n"))


def test_no_field_can_be_added_of_those_that_a_reader_is_shown() -> None:
    signature = fields(signed(MAIL, [key()], time.time()))[0]
    named = re.sub(r"\s", "", signature.partition("h=")[2].partition(";")[0]).split(":")
    assert named.count("from") == named.count("subject") == named.count("date") == 2
    assert named.count("cc") == named.count("reply-to") == named.count("references") == 1
    assert "list-unsubscribe" not in named  # a mailing list may add its own
    bulk = MAIL.replace(b"MIME", b"List-Unsubscribe: <https://x.test/u>\r\nMIME", 1)
    signature = fields(signed(bulk, [key()], time.time()))[0]
    assert re.sub(r"\s", "", signature).count("list-unsubscribe") == 2


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b"From: Ada", b"From: Eve <eve@evil.test>\r\nFrom: Ada"),
        (b"To: ben", b"Cc: eve@evil.test\r\nTo: ben"),
        (b"To: ben", b"Reply-To: eve@evil.test\r\nTo: ben"),
        (b"An  offer", b"Another offer"),
        (b"text/plain", b"text/html"),
        (b"Some words.\r\n", b"Some words.\r\nMore.\r\n"),
        (b"Some words.", b"Some  other words."),
    ],
)
def test_what_is_changed_on_the_way_is_found(was: bytes, becomes: bytes) -> None:
    mail = signed(MAIL, [key()], time.time())
    assert dkimpy_believes(mail)
    assert not dkimpy_believes(mail.replace(was, becomes, 1))


def test_opendkim_believes_both_signatures_and_finds_what_was_changed() -> None:
    mail = signed(MAIL, both(), time.time())
    changed = [
        mail.replace(b"Some words", b"Other words"),
        mail.replace(b"An  offer", b"No offer"),
        mail.replace(b"To: ben", b"Cc: eve@evil.test\r\nTo: ben"),
    ]
    whole, *broken = verdicts([mail, *changed], texts())
    assert whole == {"pr2611-rsa": "pass", "pr2611-ed25519": "pass"}
    assert all(set(each.values()) == {"fail"} for each in broken), broken


@pytest.mark.parametrize("how", ["relaxed/relaxed", "relaxed/simple", "simple/simple"])
def test_what_opendkim_signs_is_believed_here(how: str) -> None:
    private = key().private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    mail = signed_by_opendkim(MAIL, DOMAIN, "pr2611-rsa", private, how)
    (found,) = check(mail, claims(mail, DOMAIN), records())
    assert found.result is SignatureResult.PASS


def test_what_servers_do_on_the_way_breaks_nothing() -> None:
    mail = signed(MAIL, [key()], time.time())
    refolded = mail.replace(b"An  offer", b"An\r\n\t offer ").replace(b"words.", b"words. \t")
    assert dkimpy_believes(b"Received: from a by b\r\n" + refolded + b"\r\n\r\n")


ODD = [
    pytest.param(MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", id="an empty body"),
    pytest.param(MAIL.partition(b"\r\n\r\n")[0] + b"\r\n", id="no body"),
    pytest.param(MAIL + b"\r\n \r\n\t\r\n\r\n", id="blank lines at the end"),
    pytest.param(MAIL + b"words  with \t blanks  \r\n \t lead", id="blanks, and no last line end"),
    pytest.param(MAIL + b"x" * 5_000 + b"\r\n", id="a long line"),
    pytest.param(MAIL + "grün\r\n".encode() + bytes(range(128, 256)) + b"\r\n", id="8-bit"),
    pytest.param(MAIL + b".\r\n..\r\n.dots\r\n", id="dots"),
    pytest.param(MAIL.replace(b"\r\n", b"\n") + b"a lone\rCR\n", id="other line ends"),
    pytest.param(MAIL.replace(b"To:", b"To:\r\n a@b.test,\r\n\t c@d.test,\r\n"), id="folded"),
    pytest.param(
        MAIL.replace(b"Subject:", b"SUBJECT: One\r\nSubject:\r\n two\r\nsubject:"), id="thrice"
    ),
    pytest.param(b"X-Empty:\r\nX-Blank:  \r\n" + MAIL, id="empty fields"),
]


@pytest.mark.parametrize("odd", ODD)
def test_odd_mail_of_ours_verifies_as_it_goes_over_the_wire(odd: bytes) -> None:
    mail = signed(odd, both(), time.time())
    assert dkimpy_believes(mail)
    (found,) = verdicts([mail], texts())
    assert found == {"pr2611-rsa": "pass", "pr2611-ed25519": "pass"}


@settings(deadline=None, max_examples=60)
@given(
    body=st.lists(st.text("ab \t.é=", max_size=12), max_size=8).map("\r\n".join),
    subject=st.text("ab \tü", max_size=40),
)
def test_whatever_a_mail_says_it_verifies(body: str, subject: str) -> None:
    odd = MAIL.replace(b"An  offer", subject.encode()).replace(b"Some words.\r\n", body.encode())
    assert dkimpy_believes(signed(odd, [key()], time.time()))


def test_our_own_checks_believe_the_rsa_signature() -> None:
    mail = signed(MAIL, both(), time.time())
    found = check(mail, claims(mail, DOMAIN), records())
    assert SignatureResult.PASS in [each.result for each in found]


RFC_8463 = b"""\
DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
""".replace(b"\n", b"\r\n")

RFC_8463_SEED = "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
RFC_8463_RSA = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J1"
    "6JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2"
    "EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
)


def test_the_vectors_of_rfc_8463_are_signed_as_there() -> None:
    head, body = halves(RFC_8463)
    digest = Hash(SHA256())
    digest.update(relaxed_body(body))
    assert base64.b64encode(digest.finalize()) == b"2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
    names = b"from to subject date message-id from subject date".split()
    ed, rsa = (each.split(b" b=") for each in re.split(rb"\r\n(?![ \t])", head)[:2])
    seed = Ed25519PrivateKey.from_private_bytes(base64.b64decode(RFC_8463_SEED))
    joe = SigningKey("football.example.com", "brisbane", KeyAlgorithm.ED25519, seed)
    hashed = header_input(fields_of(head), names, ed[0] + b" b=")
    assert by(joe, hashed) == base64.b64decode(re.sub(rb"\s", b"", ed[1]))
    public = load_der_public_key(base64.b64decode(RFC_8463_RSA))
    assert isinstance(public, RSAPublicKey)
    hashed = header_input(fields_of(head), names, rsa[0] + b" b=")
    public.verify(base64.b64decode(re.sub(rb"\s", b"", rsa[1])), hashed, PKCS1v15(), SHA256())


@pytest.mark.parametrize(
    ("body", "canonical"),
    [
        (b"", b""),
        (b"\r\n\r\n", b""),
        (b" \t\r\n", b""),
        (b" C \r\nD \t E\r\n\r\n\r\n", b" C\r\nD E\r\n"),  # RFC 6376 §3.4.5
        (b"no end", b"no end\r\n"),
        (b"\r\nlead\r\n", b"\r\nlead\r\n"),
    ],
)
def test_a_body_is_relaxed(body: bytes, canonical: bytes) -> None:
    assert relaxed_body(body) == canonical


@given(st.text("a\r\n", max_size=12).map(str.encode))
def test_of_the_end_of_a_body_goes_what_is_empty_lines(body: bytes) -> None:
    without = re.sub(rb"(?:\r\n)+\Z", b"", body)
    assert relaxed_body(body) == (without + b"\r\n" if without else b"")


def test_a_mail_of_nothing_but_lines_or_fields_is_signed_as_fast_as_another() -> None:
    began = time.process_time()
    assert relaxed_body(b"x" + b"\r\n" * 12_500_000) == b"x\r\n"
    many = [Field(b"to", b"to:%d" % n) for n in range(20_000)]
    hashed = header_input(many, [b"to"] * 20_001, b"DKIM-Signature: b=")
    assert hashed.startswith(b"to:19999\r\nto:19998\r\n")
    assert time.process_time() - began < 2


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (b"A: X", b"a:X"),
        (b"B : Y\t\r\n\tZ  ", b"b:Y Z"),  # RFC 6376 §3.4.5
        (b"Subject:", b"subject:"),
        (b"no field", None),
        (b": nameless", None),
    ],
)
def test_a_field_is_relaxed(written: bytes, line: bytes | None) -> None:
    found = field(written)
    assert (found.line if found else None) == line


def test_fields_that_a_provider_writes_anew_are_left_out() -> None:
    mail = signed(MAIL, [key()], time.time(), left_out=(b"date", b"message-id"))
    assert dkimpy_believes(mail.replace(b"snd_1@agents.example.com", b"0100@ses.test"))


def test_a_large_mail_is_signed_in_a_moment() -> None:
    line = b"d29y" * 19 + b"\r\n"
    large = MAIL + line * (25_000_000 // len(line)) + b" " * 1_000_000 + b"x\r\n"
    began = time.perf_counter()
    mail = signed(large, both(), time.time())
    assert time.perf_counter() - began < 10  # a fifth of a second; a quadratic way takes hours
    assert len(fields(mail)) == 2
