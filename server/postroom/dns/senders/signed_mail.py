"""A mail as its signatures see it: header fields and a canonical body (RFC 6376 §3.4).

dkimpy says which fields are signed, `cryptography` whether the signature fits. What a hostile mail
could make either do for minutes, or read otherwise than our parser does, is kept from them here:
the header section must be fields and nothing else, the same ones for our parser, with the same
body below them; and the body is made canonical and hashed here, once, however many signatures there
are.
"""

import base64
import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from postroom.dns.senders.public_keys import PublicKey
from postroom.dns.senders.tag_lists import Tags
from postroom.mime.header.fields import read_fields
from postroom.mime.parse import readable

MAX_HEADER_BYTES = 256 * 1024
MAX_HEADER_LINES = 4_000
MAX_SIGNED_FIELDS = 200
"""Beyond these nothing is checked: dkimpy's time grows faster than they do."""

SILENT = logging.getLogger("postroom.dns.dkim")
SILENT.disabled = True
"""dkimpy would log a stranger's words."""

_LINE = re.compile(rb"[!-9;-~]{1,200}:|[ \t]+[^ \t]")
_BREAK = re.compile(rb"\r*\n")
_BLANK = re.compile(rb"\r?\n\r?\n")

KeyOf = Callable[[bytes, bytes], PublicKey | None]
"""The key of a selector and a domain."""


@dataclass(frozen=True)
class SignedMail:
    """A mail whose header section is fields and nothing else."""

    head: bytes
    body: bytes
    _digests: dict[tuple[bytes, bytes, int | None], bytes] = field(default_factory=dict)
    _canonical: dict[bytes, bytes] = field(default_factory=dict)

    @classmethod
    def of(cls, raw: bytes) -> "SignedMail | None":
        """None where it is not, or too long: no reader may see another field than we do, and what
        we show may be none but what was signed."""
        whole, _ = readable(raw)
        blank = _BLANK.search(whole, 0, MAX_HEADER_BYTES)
        if blank is None:
            return None
        head = whole[: blank.start()]
        lines = head.split(b"\n", MAX_HEADER_LINES)
        if len(lines) > MAX_HEADER_LINES or not all(_LINE.match(line) for line in lines):
            return None
        mail = cls(head, whole[blank.end() :])
        return mail if mail._is_read_so(whole, blank.end()) else None

    @cached_property
    def fields(self) -> list[tuple[bytes, bytes]]:
        """Names in lower case, and values as they are, topmost first."""
        found = re.findall(rb"^([!-9;-~]+):((?:[^\n]|\n[ \t])*)", self.head, re.MULTILINE)
        return [(name.lower(), value) for name, value in found]

    def _is_read_so(self, whole: bytes, body_start: int) -> bool:
        """Whether the parser that shows a mail reads these fields, and this body."""
        read = read_fields(whole)
        own = [(name.decode(), _BREAK.sub(b"", value + b"\n")) for name, value in self.fields]
        return (own, body_start) == (read.items, read.body_start)

    def every(self, name: bytes) -> list[bytes]:
        """The values of all fields of a name (lower case)."""
        return [value for known, value in self.fields if known == name]

    def body_digest(self, canonical: bytes, hash_name: bytes, length: int | None) -> bytes:
        """The hash of the body as it is signed, ``simple`` or ``relaxed``; once each."""
        key = canonical, hash_name, length
        if key not in self._digests:
            body = self._canonical_body(canonical)
            made = hashlib.new(hash_name.decode(), usedforsecurity=False)
            made.update(memoryview(body)[:length])
            self._digests[key] = made.digest()
        return self._digests[key]

    def _canonical_body(self, name: bytes) -> bytes:
        if name not in self._canonical:
            self._canonical[name] = canonical_body(self.body, relaxed=name == b"relaxed")
        return self._canonical[name]


def canonical_body(body: bytes, *, relaxed: bool) -> bytes:
    """A body as it is signed (RFC 6376 §3.4.3, §3.4.4), as dkimpy has it. dkimpy takes seconds over
    megabytes, and grows with the square of runs of white space."""
    body = body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if relaxed:
        body = body.replace(b"\t", b" ")
        while b"  " in body:
            body = body.replace(b"  ", b" ")
        body = body.replace(b" \r\n", b"\r\n")
    body = _without_empty_lines(body)
    return b"" if relaxed and body == b"\r\n" else body


def _without_empty_lines(body: bytes) -> bytes:
    """The same without those at its end, and with an end of its last line."""
    words = body.rstrip(b"\r\n")
    ends = body[len(words) :]
    if not ends.endswith(b"\r\n"):
        return body + b"\r\n"
    return words + ends[: ends.rfind(b"\r\r") + 1] + b"\r\n"


def body_fits(mail: SignedMail, tags: Tags) -> bool:
    """Whether the body is the one that a signature's ``bh=`` is of. Raises many kinds of errors on
    tags that name no such thing."""
    canonical = tags.get(b"c", b"simple/simple").partition(b"/")[2] or b"simple"
    length = int(tags[b"l"]) if b"l" in tags else None
    hash_name = tags[b"a"].partition(b"-")[2]
    said = base64.b64decode(b"".join(tags[b"bh"].split()))
    return mail.body_digest(canonical, hash_name, length) == said


class Checking:
    """What DKIM and ARC of dkimpy check a signature by, in the place of its own arithmetic: mixed
    into either of them, as the library's own asynchronous variants are. ``mail`` and ``key_of`` are
    set by `checking`."""

    mail: SignedMail
    key_of: KeyOf

    def verify_sig(
        self, sig: dict[bytes, bytes], include_headers: Any, sig_header: Any, dnsfunc: object
    ) -> bool:
        if len(include_headers) > MAX_SIGNED_FIELDS or (
            b"bh" in sig and not body_fits(self.mail, sig)
        ):
            return False  # a seal covers no body (RFC 8617 §4.1.3)
        key = self.key_of(sig[b"s"], sig[b"d"])
        if key is None:
            return False
        hash_name = sig[b"a"].partition(b"-")[2]
        # dkimpy hands the digest to a key of this kind and asks nothing more of it.
        self.ktag, self.pk = b"ed25519", _Fits(key, hash_name)
        self.keysize, self.seqtlsrpt = key.bits, False
        without = {name: value for name, value in sig.items() if name != b"bh"}
        self.verify_sig_process(without, include_headers, sig_header, None)  # type: ignore[attr-defined]
        return self.pk.fitted


class _Fits:
    """A key as dkimpy asks it."""

    def __init__(self, key: PublicKey, hash_name: bytes) -> None:
        self._key = key
        self._hash_name = hash_name
        self.fitted = False

    def verify(self, digest: bytes, signature: bytes) -> None:
        self.fitted = self._key.fits(signature, digest, self._hash_name)


def checking(kind: Any, mail: SignedMail, key_of: KeyOf) -> Any:
    """One of dkimpy's classes (made of `Checking` and it) over a mail, without its body."""
    made = kind(mail.head + b"\r\n\r\n", SILENT, minkey=1)
    made.mail, made.key_of = mail, key_of
    return made
