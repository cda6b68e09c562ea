"""A body as it is signed: what dkimpy makes of it, in the time that a mail may take."""

import re
import time

import pytest
from dkim.canonicalization import Relaxed, Simple
from hypothesis import given
from hypothesis import strategies as st

from postroom.dns.senders.signed_mail import canonical_body

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
