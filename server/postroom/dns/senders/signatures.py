"""DKIM signatures of a mail, checked by ourselves (RFC 6376, RFC 8301, RFC 8463).

claims   which signatures it bears, the From domain's first, and where their keys lie
check    each of them, with the keys that were found
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from postroom.dns.senders.public_keys import PublicKey, public_key
from postroom.dns.senders.signed_mail import (
    MAX_SIGNED_FIELDS,
    Checking,
    SignedMail,
    body_fits,
    checking,
)
from postroom.dns.senders.signing_keys import Keys
from postroom.dns.senders.tag_lists import Tags, tags_in
from postroom.mime.senders.domains import aligned, ascii_domain, is_host_name
from postroom.model.evidence import Signature, SignatureResult

MAX_SIGNATURES = 8
"""Of one mail, those of the From domain first. Real mail has one to four."""

STRONG = (b"rsa-sha256", b"ed25519-sha256")
"""RFC 8301 §3.1, RFC 8463."""

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
    tags: Tags


def claims(raw: bytes, from_domain: str) -> tuple[Claim, ...]:
    """The signatures of a mail that are to be checked, those of ``from_domain`` first."""
    mail = SignedMail.of(raw)
    return claims_in(mail, from_domain) if mail is not None else ()


def claims_in(mail: SignedMail, from_domain: str) -> tuple[Claim, ...]:
    """The same of a mail that was taken apart."""
    found = [_claim(index, value) for index, value in enumerate(mail.every(b"dkim-signature"))]
    found.sort(key=lambda claim: not aligned(claim.domain, from_domain))
    return tuple(found[:MAX_SIGNATURES])


def check(raw: bytes, asked: Sequence[Claim], keys: Keys) -> tuple[Signature, ...]:
    """What each signature comes to. Takes a millisecond each and no look-up; never raises."""
    mail = SignedMail.of(raw) if asked else None
    return check_in(mail, asked, keys) if mail is not None else ()


def check_in(mail: SignedMail, asked: Sequence[Claim], keys: Keys) -> tuple[Signature, ...]:
    """The same of a mail that was taken apart."""
    return tuple(
        Signature(result=_result(mail, claim, keys), domain=claim.domain) for claim in asked
    )


def key_place(selector: bytes, domain: bytes) -> tuple[str, str]:
    """The domain of a signature as the DNS writes it, and where its key is; "" for what is none."""
    name = ascii_domain(domain.decode("ascii", "replace"))
    if not is_host_name(name):
        return "", ""
    place = f"{selector.decode('ascii', 'replace').lower()}._domainkey.{name}"
    return name, place if selector and is_host_name(place) else ""


def covers_all(mail: SignedMail, tags: Tags) -> bool:
    """Whether a signature that fits leaves nothing open of what readers are shown. Content-Type may
    be unsigned: that of much mail is, and the body that it tells how to read is not."""
    names, signed = [name for name, _ in mail.fields], signed_fields(tags)
    twice = any(names.count(name) > 1 for name in _ONCE)
    unsigned = any(name in names and name not in signed for name in (b"from", b"subject"))
    return b"l" not in tags and not twice and not unsigned


def signed_fields(tags: Tags) -> list[bytes]:
    """The names of the fields that a signature covers, in lower case."""
    return tags.get(b"h", b"").lower().split(b":")


def _claim(index: int, value: bytes) -> Claim:
    tags = tags_in(value)
    return Claim(index, *key_place(tags.get(b"s", b""), tags.get(b"d", b"")), tags)


def _result(mail: SignedMail, claim: Claim, keys: Keys) -> SignatureResult:
    tags = claim.tags
    signed = signed_fields(tags)
    if not claim.key_name or b"from" not in signed or len(signed) > MAX_SIGNED_FIELDS:
        return SignatureResult.FAIL
    if claim.key_name not in keys:
        # With any key it fails on another body: a dead name must not excuse a mail.
        return SignatureResult.UNKNOWN if _has_its_body(mail, claim) else SignatureResult.FAIL
    key = public_key(keys[claim.key_name])
    if key is None or not key.allows(tags):
        return SignatureResult.FAIL
    if key.is_too_large:
        return SignatureResult.UNKNOWN
    if not _fits(mail, claim, key):
        return SignatureResult.FAIL
    if key.is_weak or tags[b"a"] not in STRONG or key.is_tried_out:
        return SignatureResult.WEAK
    return SignatureResult.PASS if covers_all(mail, tags) else SignatureResult.PARTIAL


def _has_its_body(mail: SignedMail, claim: Claim) -> bool:
    try:
        return body_fits(mail, claim.tags)
    except Exception:  # a stranger's signature: what it names may be no hash, no number, no base64
        return False


def _fits(mail: SignedMail, claim: Claim, key: PublicKey) -> bool:
    try:
        return bool(checking(_dkim(), mail, lambda selector, domain: key).verify(claim.index))
    except Exception:  # a stranger's signature: dkimpy raises many kinds on odd ones
        return False


@lru_cache(1)
def _dkim() -> Any:
    from dkim import DKIM  # 60 ms, for those who ask for it

    return type("Dkim", (Checking, DKIM), {})
