"""The chain of forwarders that a mail bears (ARC, RFC 8617), and whose word in it counts. No I/O.

Each forwarder adds a set of three fields: what it found as the mail came (AAR), a signature of the
mail as it went on (AMS), and a seal over all sets so far (AS). Whether the chain holds is said by
dkimpy: every seal, and the newest signature; older ones are broken by whoever came after, and are
not checked (§5.2). What the newest leaves open (a second Subject, words behind ``l=``) anybody may
have written since: then no word in the chain counts for the mail. A chain that holds says only that
these hosts said these things: what counts of it is up to whom an operator trusts, and to nobody
below the first host that is not.
"""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from postroom.dns.senders.public_keys import PublicKey, public_key
from postroom.dns.senders.signatures import covers_all, key_place
from postroom.dns.senders.signed_mail import Checking, SignedMail, checking
from postroom.dns.senders.signing_keys import Keys
from postroom.dns.senders.tag_lists import Tags, tags_in
from postroom.mime.senders.authentication import read_results
from postroom.mime.senders.domains import ascii_domain, is_within
from postroom.model.evidence import Arc, ArcResult

MAX_SETS = 50
"""RFC 8617 §4.2.1."""

MAX_KEYS = 20
"""Of one chain, that are looked up: real ones have one to four, and a sender names them."""

_SEAL, _SIGNATURE = b"arc-seal", b"arc-message-signature"
_INSTANCE = re.compile(r"\s*i\s*=\s*\d{1,3}\s*;\s*", re.IGNORECASE)
_WORD = re.compile(r"[a-z]{1,20}")


def key_names(mail: SignedMail) -> tuple[str, ...] | None:
    """Where the keys of a chain are; none where there is no chain, ``None`` where it has more than
    are looked up, or is none that can be read."""
    sealed, signed = _tags_of(mail, _SEAL), _tags_of(mail, _SIGNATURE)
    if len(sealed) > MAX_SETS or len(signed) > MAX_SETS or {} in (*sealed, *signed):
        return None
    asked = [*sealed, *_newest(signed)]
    places = (key_place(tags.get(b"s", b""), tags.get(b"d", b""))[1] for tags in asked)
    names = tuple(dict.fromkeys(each for each in places if each))
    return names if len(names) <= MAX_KEYS else None


def is_sealed_by(mail: SignedMail, trusted: Collection[str]) -> bool:
    """Whether a chain says that one of ``trusted``, or a host below one, sealed it."""
    sealers = {key_place(b"", tags.get(b"d", b""))[0] for tags in _tags_of(mail, _SEAL)}
    return any(is_within(each, one) for each in sealers for one in trusted)


def chain(mail: SignedMail, keys: Keys, trusted: Collection[str], from_domain: str) -> Arc:
    """What the chain of a mail comes to, with the keys that were found. ``trusted`` are domains,
    lower case; a seal by a host below one of them counts as theirs. Never raises."""
    names = key_names(mail)
    if names is None:
        return Arc(result=ArcResult.FAIL)
    known = _Known(keys)
    checked = checking(_arc(), mail, known.key)
    try:
        said, sets, _ = checked.verify()
    except Exception:  # a stranger's fields: dkimpy raises many kinds on odd ones
        said, sets = b"fail", []
    # A forwarder that found it broken has ended it, and says so: from there on there is none.
    result = ArcResult(said.decode()) if said is not None else ArcResult.NONE
    if result is ArcResult.FAIL and known.lacks:
        result = ArcResult.TEMPERROR
    if result is not ArcResult.PASS:
        return Arc(result=result)
    domain = ascii_domain(sets[0]["as-domain"].decode("ascii", "replace"))
    host, says = _believed(sets, trusted, from_domain)
    partly = not all(covers_all(mail, tags) for tags in _newest(_tags_of(mail, _SIGNATURE)))
    return Arc(result=result, domain=domain, trusted=host, says=says, partly=partly)


def _believed(
    sets: Sequence[dict[str, Any]], trusted: Collection[str], from_domain: str
) -> tuple[str, str]:
    """The first forwarder behind whom all are trusted, and what it says of DMARC."""
    host, says = "", ""
    for each in sets:  # the newest first
        sealer = ascii_domain(each["as-domain"].decode("ascii", "replace"))
        if not any(is_within(sealer, one) for one in trusted):
            break
        host, says = sealer, _dmarc_in(each["aar-value"], from_domain)
    return host, says


def _dmarc_in(field: bytes, from_domain: str) -> str:
    """What an ARC-Authentication-Results field says of DMARC for a domain; "" for nothing."""
    _, results = read_results(_INSTANCE.sub("", field.decode("utf-8", "replace"), count=1))
    for one in results:
        if one.method == "dmarc" and ascii_domain(one.of("header.from")) == from_domain:
            return one.value if _WORD.fullmatch(one.value) else ""
    return ""


class _Known:
    """The keys of a chain, and whether one of them could not be had."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self.lacks = False

    def key(self, selector: bytes, domain: bytes) -> PublicKey | None:
        name = key_place(selector, domain)[1]
        if name and name not in self._keys:
            self.lacks = True
        found = public_key(self._keys.get(name))
        return None if found is None or found.is_weak or found.is_too_large else found


def _tags_of(mail: SignedMail, name: bytes) -> list[Tags]:
    return [tags_in(value) for value in mail.every(name)[: MAX_SETS + 1]]


def _newest(signed: Sequence[Tags]) -> list[Tags]:
    newest = max(map(_number, signed), default=0)
    return [tags for tags in signed if _number(tags) == newest]


def _number(tags: Tags) -> int:
    said = tags.get(b"i", b"")
    return int(said) if said.isdigit() and len(said) <= 3 else 0


@lru_cache(1)
def _arc() -> Any:
    from dkim import ARC  # 60 ms, for those who ask for it

    class Chain(Checking, ARC):  # type: ignore[misc]  # it publishes no types
        """The newest signature alone is checked; of the others it is not asked."""

        def verify_sig(self, sig: Tags, include: Any, field: Any, dnsfunc: object) -> bool:
            if b"bh" in sig and int(sig[b"i"]) != self.sorted_arc_headers()[0]:
                return False
            return super().verify_sig(sig, include, field, dnsfunc)

    return Chain
