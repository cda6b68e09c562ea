"""Signatures checked by ourselves: what passes, what is partial or weak, and what is hostile."""

import base64
import time

import pytest
from dns_signatures import MAIL, NAME, key, signed
from hypothesis import given, settings
from hypothesis import strategies as st

from postroom.dns.senders.answers import Found
from postroom.dns.senders.signatures import MAX_SIGNATURES, check, claims
from postroom.dns.senders.signing_keys import Keys, keys_in
from postroom.model.evidence import SignatureResult

PASS, PARTIAL, WEAK, FAIL, UNKNOWN = SignatureResult


def results(raw: bytes, keys: Keys | None = None) -> list[SignatureResult]:
    asked = claims(raw, "bank.example")
    found = check(raw, asked, {NAME: key()[1]} if keys is None else keys)
    return [signature.result for signature in found]


@pytest.mark.parametrize("header", [b"simple", b"relaxed"])
@pytest.mark.parametrize("body", [b"simple", b"relaxed"])
def test_a_signature_passes(header: bytes, body: bytes) -> None:
    raw = signed(canonicalize=(header, body))
    assert results(raw) == [PASS]
    assert results(raw.replace(b"\r\n", b"\n")) == [PASS]
    assert results(raw.replace(b"More", b"Less")) == [FAIL]
    assert results(raw.replace(b"ada@", b"eve@")) == [FAIL]


@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n", b"x", b" \r\n", b"a \t b\t\r\n \r\n"])
@pytest.mark.parametrize("how", [b"simple", b"relaxed"])
def test_a_body_of_any_shape_is_canonical_here_as_it_is_there(body: bytes, how: bytes) -> None:
    raw = MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body
    assert results(signed(raw, canonicalize=(b"relaxed", how))) == [PASS]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b".", b"\xff"]), max_size=40))
def test_any_body_that_was_signed_passes(pieces: list[bytes]) -> None:
    raw = MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + b"".join(pieces)
    assert results(signed(raw)) == [PASS]
    assert results(signed(raw, canonicalize=(b"simple", b"simple"))) == [PASS]


def test_what_covers_only_a_part_is_partial() -> None:
    raw = signed(length=True)
    assert results(raw) == [PARTIAL]
    assert results(raw + b"Words behind it.\r\n") == [PARTIAL]
    assert results(signed(include_headers=[b"from"])) == [PARTIAL]


@pytest.mark.parametrize(
    "field", [b"Subject: Pay", b"Content-Type: text/html", b"Reply-To: a@b.c\r\nReply-To: d@e.f"]
)
def test_a_second_field_that_was_not_signed_is_partial(field: bytes) -> None:
    assert results(field + b"\r\n" + signed()) == [PARTIAL]


def test_a_second_from_fails() -> None:
    assert results(b"From: eve@bank.example\r\n" + signed()) == [FAIL]


def test_a_short_key_sha_1_and_a_key_on_trial_are_weak() -> None:
    assert results(signed(bits=1024), {NAME: key(1024)[1]}) == [PASS]
    assert results(signed(signature_algorithm=b"rsa-sha1")) == [WEAK]
    assert results(signed(), {NAME: key()[1] + "; t=y"}) == [WEAK]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("; t=s", PASS), ("; t=s:y", WEAK), ("; s=email", PASS), ("; s=web:*", PASS),
        ("; s=web", FAIL), ("; h=sha256", PASS), ("; h=sha1", FAIL), ("; x=any", PASS),
        ("; k=dsa", FAIL), ("; p=", FAIL),
    ],
)  # fmt: skip
def test_what_a_key_is_for_is_obeyed(more: str, expected: SignatureResult) -> None:
    assert results(signed(), {NAME: key()[1] + more}) == [expected]


def test_a_strict_key_signs_for_no_subdomain() -> None:
    raw = signed(identity=b"ada@sub.bank.example")
    assert results(raw) == [PASS]
    assert results(raw, {NAME: key()[1] + "; t=s"}) == [FAIL]


@pytest.mark.parametrize(
    ("record", "expected"),
    [(None, FAIL), ("", FAIL), ("v=DKIM1; p=", FAIL), ("v=DKIM2; p=x", FAIL), ("p=\u00fc", FAIL),
     ("v=DKIM1; p=" + "A" * 100_000, FAIL)],
)  # fmt: skip
def test_without_a_key_that_can_be_read_it_fails(
    record: str | None, expected: SignatureResult
) -> None:
    assert results(signed(), {NAME: record}) == [expected]


def test_where_nobody_could_say_what_the_key_is_nothing_is_known() -> None:
    assert results(signed(), {}) == [UNKNOWN]
    assert results(signed(canonicalize=(b"simple", b"simple")), {}) == [UNKNOWN]


@pytest.mark.parametrize("tags", ["bh=AAAA; b=AAAA", "l=x; bh=AAAA; b=AAAA", "b=AAAA", "a=; bh=A"])
def test_a_signature_of_another_body_fails_though_nobody_could_say_what_its_key_is(
    tags: str,
) -> None:
    start = "DKIM-Signature: v=1; a=rsa-sha256; d=dead.bank.example; s=x; h=from; "
    assert results(f"{start}{tags}\r\n".encode() + MAIL, {}) == [FAIL]
    assert results(signed().replace(b"More", b"Less"), {}) == [FAIL]


@pytest.mark.parametrize("other", ["v=spf1 exp=why.bank.example -all", "v=DKIM2; p=A", "words", ""])
def test_another_record_beside_a_key_is_not_taken_for_it(other: str) -> None:
    for texts in ((other, key()[1]), (key()[1], other)):
        assert results(signed(), keys_in({NAME: Found(texts)})) == [PASS]
    assert keys_in({NAME: Found((other,)), "a.b": Found(None)}) == {NAME: None}


def test_the_from_domains_signatures_are_checked_before_any_others() -> None:
    others = b"".join(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=%d.example; s=a; h=from; bh=; b=\r\n" % number
        for number in range(50)
    )
    asked = claims(others + signed(), "bank.example")
    assert len(asked) == MAX_SIGNATURES
    assert (asked[0].domain, asked[0].index) == ("bank.example", 50)
    assert results(others + signed())[0] is PASS


HIDDEN = {
    "lines of white space and CR": b" \r\r\n \r\r\n A person's words\r\n",
    "lines of white space and a form feed": b" \x0c\r\n \x0c\r\n A person's words\r\n",
    "a line of white space": b"   \r\nFrom a person's words\r\n",
    "a line of mbox": b"From a person's words\r\n",
    "a space before the colon": b"Subject : Pay\r\n",
    "a line that is no field": b"any words\r\n",
}


@pytest.mark.parametrize("lines", HIDDEN.values(), ids=HIDDEN.keys())
def test_a_header_that_readers_may_read_otherwise_has_no_signature(lines: bytes) -> None:
    assert results(signed()) == [PASS]
    assert results(b"X-Any: thing\r\n" + lines + signed()) == []


SLOW = {
    "white space": signed().partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + b" " * 5_000_000 + b"x",
    "empty lines": signed().partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + b"\n" * 3_000_000 + b"x",
    "empty lines at the end": signed() + b"\r\n" * 3_000_000,
    "one field in many lines": b"X-Any: a" + b"\r\n b" * 80_000 + b"\r\n" + signed(),
    "many fields": b"X-Any: a\r\n" * 3_000 + signed(),
    "a signature of white space": b"DKIM-Signature: v=1; a=rsa-sha256; d=bank.example; s=sel;"
    b" h=from; bh=AAAA; b=" + b" \t" * 2_800 + b"!\r\n" + MAIL,
    "a signature of everything": signed(include_headers=[b"from"]).replace(
        b"h=from", b"h=from" + b":x" * 2_500
    ),
    "many signatures": b"".join(signed() for _ in range(200)),
}


@pytest.mark.parametrize("raw", SLOW.values(), ids=SLOW.keys())
def test_a_mail_made_to_be_slow_is_checked_at_once(raw: bytes) -> None:
    begun = time.process_time()
    results(raw)
    assert time.process_time() - begun < 2.5


@pytest.mark.parametrize("exponent", [1, 2**60 + 1])
def test_a_key_that_proves_nothing_or_takes_long_is_refused(exponent: int) -> None:
    modulus = int.from_bytes(b"\xff" * 256)
    numbers = b"".join(_integer(each) for each in (modulus, exponent))
    record = "p=" + base64.b64encode(b"\x30" + _length(len(numbers)) + numbers).decode()
    assert results(signed(), {NAME: record}) == [FAIL]


def _integer(value: int) -> bytes:
    content = value.to_bytes(value.bit_length() // 8 + 1)
    return b"\x02" + _length(len(content)) + content


def _length(size: int) -> bytes:
    return bytes([size]) if size < 128 else b"\x82" + size.to_bytes(2)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 200), st.text(max_size=60))
def test_any_bytes_are_checked(junk: bytes, place: int, record: str) -> None:
    raw = signed()
    broken = raw[:place] + junk + raw[place:]
    asked = claims(broken, "bank.example")
    several: list[Keys] = [{NAME: record}, {NAME: key()[1]}, {}]
    for keys in several:
        assert len(check(broken, asked, keys)) in (0, len(asked))
