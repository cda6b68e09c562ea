"""DKIM signatures of a mail, checked by ourselves (RFC 6376, RFC 8301).

    claims   which signatures it bears, the From domain's first, and where their keys lie
    check    each of them, with the keys that were found

dkimpy does the arithmetic. What a hostile mail could make it do for minutes, or read otherwise than
our parser does, is kept from it here: the header section must be fields and nothing else, and the
body comes to it as its canonical form would be.
"""

import base64
import binascii
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from postroom.dns.signing_keys import Keys
from postroom.mime.parse import readable
from postroom.mime.senders.domains import aligned, ascii_domain
from postroom.model.evidence import Signature, SignatureResult

MAX_SIGNATURES = 8
"""Of one mail, those of the From domain first. Real mail has one to four."""

MAX_HEADER_BYTES = 256 * 1024
MAX_HEADER_LINES = 4_000
MAX_SIGNATURE_BYTES = 6_000
MAX_SIGNED_FIELDS = 200
MAX_KEY_CHARS = 2_000
"""Beyond these nothing is checked: dkimpy's time grows faster than they do."""

MIN_BITS, MAX_BITS = 1024, 4096
"""Of an RSA key: RFC 8301 §3.2. A longer one costs whoever checks it."""

_SILENT = logging.getLogger("postroom.dns.dkim")
_SILENT.disabled = True
"""dkimpy would log a stranger's words."""

_LINE = re.compile(rb"[!-9;-~]{1,200}:|[ \t]+[^ \t]")
_BLANK = re.compile(rb"\r?\n\r?\n")
_SPACES = re.compile(rb"[ \t\r\n]{80}")
_NAME = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9._-]*[a-z0-9])?")

_ONCE = (
    *(b"from", b"subject", b"to", b"cc", b"date", b"reply-to", b"sender", b"message-id"),
    *(b"in-reply-to", b"references", b"mime-version", b"content-type"),
    b"content-transfer-encoding",
)
"""Fields that a mail has once. A second one was not signed, and may be the one that is read."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One signature that a mail bears; ``index`` counts them from the top."""

    index: int
    domain: str
    key_name: str
    """Where its key is; "" where it names no place that there can be."""
    tags: dict[bytes, bytes]


def claims(raw: bytes, from_domain: str) -> tuple[Claim, ...]:
    """The signatures of a mail that are to be checked, those of ``from_domain`` first."""
    section = _Section.of(raw)
    if section is None:
        return ()
    found = [_claim(index, value) for index, value in enumerate(section.signatures())]
    found.sort(key=lambda claim: not aligned(claim.domain, from_domain))
    return tuple(found[:MAX_SIGNATURES])


def check(raw: bytes, asked: Sequence[Claim], keys: Keys) -> tuple[Signature, ...]:
    """What each signature comes to. Takes a millisecond each and no look-up; never raises."""
    section = _Section.of(raw) if asked else None
    if section is None:
        return ()
    return tuple(
        Signature(result=_result(section, claim, keys), domain=claim.domain) for claim in asked
    )


@dataclass(frozen=True, slots=True)
class _Section:
    """A mail whose header section is fields and nothing else."""

    head: bytes
    body: bytes
    canonical: dict[bool, bytes] = field(default_factory=dict)
    """The body as it is signed, once it was asked for, simple or relaxed."""

    @classmethod
    def of(cls, raw: bytes) -> "_Section | None":
        """None where it is not, or too long: no reader may see another field than we do."""
        whole, _ = readable(raw)
        blank = _BLANK.search(whole, 0, MAX_HEADER_BYTES)
        if blank is None:
            return None
        head = whole[: blank.start()]
        lines = head.split(b"\n", MAX_HEADER_LINES)
        if len(lines) > MAX_HEADER_LINES or not all(_LINE.match(line) for line in lines):
            return None
        return cls(head, whole[blank.end() :])

    def fields(self) -> list[tuple[bytes, bytes]]:
        found = re.findall(rb"^([!-9;-~]+):((?:[^\n]|\n[ \t])*)", self.head, re.MULTILINE)
        return [(name.lower(), value) for name, value in found]

    def signatures(self) -> list[bytes]:
        return [value for name, value in self.fields() if name == b"dkim-signature"]

    def canonical_body(self, relaxed: bool) -> bytes:
        """The body so that dkimpy finds nothing to do that takes more than one look: line ends,
        runs of white space, and empty lines at its end."""
        if relaxed not in self.canonical:
            self.canonical[relaxed] = _canonical(self.body, relaxed)
        return self.canonical[relaxed]


def _canonical(body: bytes, relaxed: bool) -> bytes:
    body = re.sub(rb"\r?\n", b"\r\n", body)
    if relaxed:
        body = re.sub(rb"[\t ]+", b" ", body).replace(b" \r\n", b"\r\n")
    ends = len(body)
    while body.endswith(b"\r\n\r\n", 0, ends):
        ends -= 2
    return body[:ends]


def _claim(index: int, value: bytes) -> Claim:
    tags = _tags(value)
    domain = ascii_domain(tags.get(b"d", b"").decode("ascii", "replace"))
    selector = tags.get(b"s", b"").decode("ascii", "replace").lower()
    name = f"{selector}._domainkey.{domain}"
    usable = selector and _NAME.fullmatch(domain) and _NAME.fullmatch(name) and ".." not in name
    return Claim(index, domain if _NAME.fullmatch(domain) else "", name if usable else "", tags)


def _tags(value: bytes) -> dict[bytes, bytes]:
    """A tag list (RFC 6376 §3.2), white space taken out; {} where it is none or too long."""
    if len(value) > MAX_SIGNATURE_BYTES or _SPACES.search(value):
        return {}
    pairs = [part.partition(b"=") for part in value.split(b";") if part.strip()]
    tags = {name.strip(): b"".join(content.split()) for name, _, content in pairs}
    return tags if len(tags) == len(pairs) else {}


def _result(section: _Section, claim: Claim, keys: Keys) -> SignatureResult:
    tags, fields = claim.tags, section.fields()
    signed = tags.get(b"h", b"").lower().split(b":")
    if not claim.key_name or b"from" not in signed or len(signed) > MAX_SIGNED_FIELDS:
        return SignatureResult.FAIL
    if claim.key_name not in keys or tags.get(b"a", b"").startswith(b"ed25519"):
        return SignatureResult.UNKNOWN
    key = _Key.of(keys[claim.key_name])
    if key is None or not key.allows(tags):
        return SignatureResult.FAIL
    if key.bits > MAX_BITS:
        return SignatureResult.UNKNOWN
    if not _fits(section, claim, key):
        return SignatureResult.FAIL
    if key.bits < MIN_BITS or tags[b"a"] != b"rsa-sha256" or key.is_tried_out:
        return SignatureResult.WEAK
    names = [name for name, _ in fields]
    twice = any(names.count(name) > 1 for name in _ONCE)
    unsigned = b"subject" in names and b"subject" not in signed
    return SignatureResult.PARTIAL if b"l" in tags or twice or unsigned else SignatureResult.PASS


def _fits(section: _Section, claim: Claim, key: "_Key") -> bool:
    from dkim import DKIM  # 60 ms, for those who ask for it

    relaxed = claim.tags.get(b"c", b"").partition(b"/")[2] == b"relaxed"
    try:
        checked = DKIM(section.head + b"\r\n\r\n", _SILENT, minkey=1)
        checked.body = section.canonical_body(relaxed)
        return bool(checked.verify(claim.index, dnsfunc=lambda name, timeout=5: key.record))
    except Exception:  # a stranger's signature: dkimpy raises many kinds on odd ones
        return False


@dataclass(frozen=True, slots=True)
class _Key:
    """A key record that can be read, of RSA."""

    record: bytes
    tags: dict[bytes, bytes]
    bits: int

    @classmethod
    def of(cls, record: str | None) -> "_Key | None":
        from dkim.crypto import UnparsableKeyError, parse_public_key

        if record is None or len(record) > MAX_KEY_CHARS or not record.isascii():
            return None
        tags = _tags(record.encode())
        try:
            found = parse_public_key(base64.b64decode(tags.get(b"p", b"")))
            modulus, exponent = int(found["modulus"]), int(found["publicExponent"])
        except (UnparsableKeyError, binascii.Error, LookupError, TypeError, AssertionError):
            return None
        if not 3 <= exponent < 2**33:
            return None
        # What else it says is judged here: dkimpy knows one service and no list of hashes.
        return cls(b"k=rsa; p=" + tags[b"p"], tags, modulus.bit_length())

    def allows(self, signature: dict[bytes, bytes]) -> bool:
        """Whether the record is for such a signature (RFC 6376 §3.6.1)."""
        kind, _, digest = signature.get(b"a", b"").partition(b"-")
        flags, services = self._list(b"t"), self._list(b"s") or [b"*"]
        hashes = self._list(b"h") or [digest]
        identity = signature.get(b"i", b"@" + signature.get(b"d", b"")).rpartition(b"@")[2]
        return (
            self.tags.get(b"v", b"DKIM1") == b"DKIM1"
            and self.tags.get(b"k", b"rsa") == kind
            and digest in hashes
            and (b"*" in services or b"email" in services)
            and (b"s" not in flags or identity.lower() == signature.get(b"d", b"").lower())
        )

    @property
    def is_tried_out(self) -> bool:
        return b"y" in self._list(b"t")

    def _list(self, name: bytes) -> list[bytes]:
        return self.tags[name].split(b":") if self.tags.get(name) else []
