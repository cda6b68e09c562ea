"""DKIM-Signature fields (RFC 6376 §3.5; Ed25519: RFC 8463 §3).

    DKIM-Signature   RSA        on top
    DKIM-Signature   Ed25519
    the mail as it goes over the wire

Receivers that look at one signature alone take the topmost, and not all of them know Ed25519. Each
stands for itself: neither signs the other (§3.7).

There is no ``l=``, by which words could be put behind what is signed (§8.2), and no ``i=``: it is
the domain's mail, whoever of it wrote. ``x=`` lies a week ahead. Every attempt signs anew, so it
need only outlast the queues of others, four to five days (RFC 5321 §4.5.4.1); after that nobody can
send the mail around again as ours.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from postroom.model.domains import KeyAlgorithm
from postroom.signing.canonical import Field, fields_of, halves, header_input, relaxed_body
from postroom.signing.opening import SigningKey
from postroom.smtp.dotted import lines_of

VALID_SECONDS = 7 * 86_400
"""How long a signature is good. A key's record stays there for longer (rotation)."""

ALWAYS = (
    *(b"from", b"to", b"cc", b"subject", b"date", b"message-id"),
    *(b"in-reply-to", b"references", b"reply-to"),
    *(b"mime-version", b"content-type", b"content-transfer-encoding"),
)
"""Signed once more often than they are there (§5.4.2, §8.15): nobody can add one, not even of a
kind that the mail has none of, and it stays signed."""

WHERE_THERE = (
    *(b"list-unsubscribe", b"list-unsubscribe-post", b"list-id"),
    *(b"auto-submitted", b"sender", b"content-disposition", b"content-language"),
)
"""The same where the mail has them (RFC 8058 §4 asks for it). Where it has none, a mailing list may
add its own, and nothing else of the mail needs to change by that."""

FIRST = (KeyAlgorithm.RSA, KeyAlgorithm.ED25519)

LINE_CHARS = 76


@dataclass(frozen=True)
class _Half:
    """What all signatures of one mail have in common."""

    domain: str
    fields: Sequence[Field]
    signed: Sequence[bytes]
    body_hash: str
    at: int


def signed(
    raw: bytes, keys: Sequence[SigningKey], at: float, left_out: Collection[bytes] = ()
) -> bytes:
    """``raw`` as it goes over the wire, with a signature of each key on top. ``left_out`` are
    fields that whoever carries it on writes anew."""
    lines = lines_of(raw)
    head, body = halves(lines)
    fields = fields_of(head)
    digest = hashlib.sha256(relaxed_body(body)).digest()
    names = _signed_names(fields, left_out)
    ordered = sorted(keys, key=lambda key: FIRST.index(key.algorithm))
    made = [
        _signature(_Half(key.domain, fields, names, _base64(digest), int(at)), key)
        for key in ordered
    ]
    return b"".join([*made, lines])


def _signed_names(fields: Sequence[Field], left_out: Collection[bytes]) -> list[bytes]:
    """``h=``: each name as often as it is there, and once more."""
    there = Counter(each.name for each in fields)
    names = [*ALWAYS, *(name for name in WHERE_THERE if there[name])]
    return [name for name in names if name not in left_out for _ in range(there[name] + 1)]


def _signature(half: _Half, key: SigningKey) -> bytes:
    """The field, with its line end."""
    unsigned = _written(half, key)
    return (
        unsigned
        + _folded(_base64(by(key, header_input(half.fields, half.signed, unsigned))))
        + b"\r\n"
    )


def by(key: SigningKey, hashed: bytes) -> bytes:
    """The signature itself, of what ``header_input`` gives."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    if isinstance(key.private, Ed25519PrivateKey):
        return key.private.sign(hashlib.sha256(hashed).digest())  # RFC 8463 §3
    return key.private.sign(hashed, PKCS1v15(), SHA256())


def _written(half: _Half, key: SigningKey) -> bytes:
    """The field up to the place of its signature."""
    domain, selector = half.domain.encode(), key.selector.encode()
    return b"\r\n\t".join(
        [
            b"DKIM-Signature: v=1; a=%s-sha256; c=relaxed/relaxed;" % key.algorithm.encode(),
            b"d=%s; s=%s;" % (domain, selector),
            b"t=%d; x=%d;" % (half.at, half.at + VALID_SECONDS),
            *_names(half.signed),
            b"bh=%s;" % half.body_hash.encode(),
            b"b=",
        ]
    )


def _names(names: Sequence[bytes]) -> list[bytes]:
    """``h=`` on as many lines as it needs, broken behind colons (§3.5)."""
    lines = [b"h=" + names[0]]
    for name in names[1:]:
        lines[-1] += b":"
        if len(lines[-1]) + len(name) < LINE_CHARS:
            lines[-1] += name
        else:
            lines.append(name)
    lines[-1] += b";"
    return lines


def _folded(text: str) -> bytes:
    pieces = [text[at : at + LINE_CHARS - 4] for at in range(0, len(text), LINE_CHARS - 4)]
    return "\r\n\t".join(pieces).encode()


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
