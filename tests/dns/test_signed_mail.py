"""A mail as it is signed: the fields and the body that are shown, and the body as dkimpy has it, in
the time that a mail may take."""

import re
import time

import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import example, given, settings
from hypothesis import strategies as st

from postroom.dns.senders.signed_mail import SignedMail, canonical_body
from postroom.mime.header.fields import read_fields
from postroom.mime.parse import readable

PIECES = [b" ", b"\t", b"\r\n", b"\n", b"\r", b"x", b".", b"\xff"]


@given(st.lists(st.sampled_from(PIECES), max_size=20), st.booleans())
def test_a_body_is_canonical_as_the_library_has_it(pieces: list[bytes], relaxed: bool) -> None:
    body = b"".join(pieces)
    library = Relaxed if relaxed else Simple
    expected = library.canonicalize_body(re.sub(rb"\r?\n", b"\r\n", body))
    assert canonical_body(body, relaxed=relaxed) == expected


@pytest.mark.parametrize(
    "piece", [b" ", b"\t", b"\r\n", b"\n", b"\r", b" \t", b"x \r\n", b"\r\r\n"]
)
def test_megabytes_of_anything_are_canonical_at_once(piece: bytes) -> None:
    body = piece * (10_000_000 // len(piece))
    begun = time.process_time()
    canonical_body(body, relaxed=True)
    assert time.process_time() - begun < 2


LINES = [
    *(b"From: a@b.c", b"Subject: x", b"X: y", b" ", b"\t", b" z", b"\r", b"\n", b"\r\n", b"\r\n"),
    *(b"\r\n", b"\x0b", b"\x0c", b"\x00", b"\x85", b"\xa0", b"\x1c", b"\xc2\x85", b"From ", b":"),
    *(b">From a", b"A", b"-", b"Authentication-Results: x"),
]


@settings(max_examples=1_500, deadline=None)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=12))
@example([b"X: y", b"\r\n", b" ", b"\r", b"\r\n", b" ", b"\r", b"\r\n", b" z"])
@example([b"X: y", b"\r\n", b" ", b"\x0c", b"\r\n", b"X: y"])
@example([b"X: y", b"\n", b"\t", b"\x0b", b"\n", b" ", b"\x0c", b"\n", b" z"])
def test_what_is_signed_is_what_is_shown_or_nothing_is(pieces: list[bytes]) -> None:
    raw = b"From: a@b.c\r\nSubject: q\r\n" + b"".join(pieces) + b"\r\n\r\nbody"
    mail = SignedMail.of(raw)
    if mail is None:
        return
    whole = readable(raw)[0]
    shown = read_fields(whole)
    assert [name.decode() for name, _ in mail.fields] == [name for name, _ in shown.items]
    values = [b"".join(value.split()) for _, value in shown.items]
    assert [b"".join(value.split()) for _, value in mail.fields] == values
    assert mail.body == whole[shown.body_start :]


@pytest.mark.parametrize("break_", [b"\r\n", b"\n"])
def test_a_header_that_is_folded_is_read_alike(break_: bytes) -> None:
    raw = b"From: a@b.c\r\nTo: d@e.f,\r\n\tg@h.i\r\nSubject:\r\n q \r\n\r\nbody\r\n"
    mail = SignedMail.of(raw.replace(b"\r\n", break_))
    assert mail is not None
    assert [name for name, _ in mail.fields] == [b"from", b"to", b"subject"]
