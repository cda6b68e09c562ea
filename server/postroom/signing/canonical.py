"""A message in the form that signatures are made over: "relaxed" for both halves (RFC 6376 §3.4.2,
§3.4.4). Pure.

dkimpy has the same, and verifies here (dns/senders/signatures.py). It signs by RSA of its own, ten
times slower than OpenSSL, and its relaxed body takes quadratic time on a long run of spaces; so
signing is ours, and dkimpy's opinion of it is in the tests.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

_BREAK = re.compile(rb"\r\n(?![ \t])")


class Field(NamedTuple):
    """A header field: its name in lower case, and the line that is hashed, without a line end."""

    name: bytes
    line: bytes


def halves(lines: bytes) -> tuple[bytes, bytes]:
    """The header section, without the last line end, and the body, of a message whose lines end in
    CRLF."""
    if lines.startswith(b"\r\n"):
        return b"", lines[2:]
    head, _, body = lines.partition(b"\r\n\r\n")
    return head.removesuffix(b"\r\n"), body


def fields_of(head: bytes) -> list[Field]:
    """The fields of a header section, as relaxed has them. What is no field is none."""
    found = (field(each) for each in _BREAK.split(head))
    return [each for each in found if each is not None]


def field(written: bytes) -> Field | None:
    """One field, which may be folded: name in lower case, unfolded, blanks of any number as one,
    none at the ends (§3.4.2)."""
    name, colon, value = written.partition(b":")
    name = name.rstrip(b" \t").lower()
    if not colon or not name:
        return None
    one_line = _one_blank(value.replace(b"\r\n", b"")).strip(b" ")
    return Field(name, name + b":" + one_line)


def header_input(fields: Sequence[Field], signed: Sequence[bytes], unsigned: bytes) -> bytes:
    """What is signed (§3.7): the fields that are named in ``h=``, and the signature's own field
    with an empty ``b=``. Of several fields of one name the last one comes first, and a name of
    which no more is there stands for nothing (§5.4.2)."""
    left: dict[bytes, list[bytes]] = {name: [] for name in signed}
    for each in fields:
        if each.name in left:
            left[each.name].append(each.line)
    lines = [left[name].pop() for name in signed if left[name]]
    itself = field(unsigned)
    assert itself is not None
    return b"".join(line + b"\r\n" for line in lines) + itself.line  # no line end


def relaxed_body(body: bytes) -> bytes:
    """§3.4.4: blanks as one, none before a line end, no empty lines at the end; of an empty body
    nothing."""
    body = _one_blank(body).replace(b" \r\n", b"\r\n").removesuffix(b" ")
    ends = len(body) - _empty_lines(body)
    return body[:ends] + b"\r\n" if ends else b""


def _empty_lines(body: bytes) -> int:
    """How many bytes of CRLF after CRLF a body ends in: found by looking for what breaks them off,
    as a step a line takes seconds for a body that has nothing else."""
    tail = body[len(body.rstrip(b"\r\n")) :]
    if not tail.endswith(b"\r\n"):
        return 0
    begins = max(tail.rfind(b"\r\r"), tail.rfind(b"\n\n")) + 1
    return (len(tail) - begins) // 2 * 2


def _one_blank(text: bytes) -> bytes:
    """Blanks of any number as one space. Halving the runs takes as many passes as their length has
    digits, each at the speed of memory; a regular expression takes ten times as long."""
    text = text.replace(b"\t", b" ")
    while b"  " in text:
        text = text.replace(b"  ", b" ")
    return text
