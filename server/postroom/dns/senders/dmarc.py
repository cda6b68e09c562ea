"""DMARC: whether the From domain vouches for a mail, and what it asks for where not. No I/O.

RFC 9989 is followed, with one thing of RFC 7489. Policies are looked for up the tree, from the From
domain to the public suffix (RFC 9989 §4.10), and all at once, so that it takes one look-up's time:

    _dmarc.a.b.example.co.uk     the From domain's own counts, where there is one,
    _dmarc.b.example.co.uk       else one that says psd=n: an organisation ends there,
    _dmarc.example.co.uk         else the one with the fewest labels: the organisation's,
    _dmarc.co.uk                 else the suffix's own, where it says psd=y

Whose organisation a name is, the public suffix list says (RFC 7489 §3.2), unless psd=n does: so the
domains that passed need no walks of their own, and no one's alignment depends on a record that is
missing just now. ``t=y`` (and ``pct=0``, as it was written before) lowers what is asked by one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from postroom.dns.senders.answers import Question
from postroom.dns.senders.sender_policy import Look
from postroom.dns.senders.tag_lists import Tags, first_tags_in
from postroom.mime.senders.domains import aligned, is_within, public_suffix
from postroom.model.domains import DmarcPolicy
from postroom.model.evidence import (
    Dmarc,
    DmarcResult,
    Signature,
    SignatureResult,
    Spf,
    SpfResult,
)

MAX_LABELS = 8
"""How many names are asked for one From domain: a longer one is cut to seven (RFC 9989 §4.10)."""

_VERSION = re.compile(r"[ \t]*v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|\Z)")
"""How a policy begins; white space around the sign is allowed (RFC 7489 §6.4)."""

TXT = "TXT"

_LOWER = {
    DmarcPolicy.REJECT: DmarcPolicy.QUARANTINE,
    DmarcPolicy.QUARANTINE: DmarcPolicy.NONE,
    DmarcPolicy.NONE: DmarcPolicy.NONE,
}
_THERE = ("A", "AAAA", "MX")
"""A name with none of these is one that nobody can answer to: RFC 9989 §3.2.13."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A policy record, and the domain that publishes it."""

    domain: str
    tags: Tags

    def says(self, tag: bytes) -> bytes:
        return self.tags.get(tag, b"").lower()


def questions(from_domain: str, look: Look) -> tuple[Question, ...]:
    """What has to be known of a From domain (lower case, as the DNS writes it) and is not."""
    asked = [(f"_dmarc.{name}", TXT) for name in _walk(from_domain)]
    open_ones = [each for each in asked if look(*each) is None]
    if open_ones or not from_domain:
        return tuple(open_ones)
    record, _ = _record_for(from_domain, look)
    if record is None or record.domain == from_domain or b"np" not in record.tags:
        return ()
    return tuple((from_domain, kind) for kind in _THERE if look(from_domain, kind) is None)


def dmarc(
    from_domain: str,
    spf: Spf,
    signatures: Sequence[Signature],
    look: Look,
    *,
    client_known: bool,
) -> Dmarc:
    """DMARC of a mail, from what SPF and its signatures came to. Where nobody knows who handed it
    over, it never fails: SPF might have passed."""
    if not from_domain:
        return Dmarc()
    record, missing = _record_for(from_domain, look)
    ends = _end_of_organisation(from_domain, look)
    strict = {tag: record is not None and record.says(tag) == b"s" for tag in (b"aspf", b"adkim")}
    by_spf = _aligned(spf.domain, from_domain, ends, strict=strict[b"aspf"])
    own = [
        each.result
        for each in signatures
        if _aligned(each.domain, from_domain, ends, strict=strict[b"adkim"])
    ]
    by = (
        *(["spf"] if by_spf and spf.result is SpfResult.PASS else []),
        *(["dkim"] if SignatureResult.PASS in own else []),
    )
    lacks = (
        not client_known
        or SignatureResult.UNKNOWN in own
        or (by_spf and spf.result is SpfResult.TEMPERROR)
    )
    return Dmarc(
        result=_result(record, bool(by), lacks, missing),
        domain=from_domain,
        policy=_policy(record, from_domain, look) if record else None,
        published=record.domain if record else "",
        by=by,
        partly=SignatureResult.PARTIAL in own,
    )


def _result(record: _Record | None, passes: bool, lacks: bool, missing: bool) -> DmarcResult:
    if record is None:
        return DmarcResult.TEMPERROR if missing else DmarcResult.NONE
    if passes:
        return DmarcResult.PASS
    return DmarcResult.TEMPERROR if lacks else DmarcResult.FAIL


def _walk(domain: str) -> tuple[str, ...]:
    """The names at which a policy may be, the domain itself first, its public suffix last."""
    if not domain:
        return ()
    suffix, names, name = public_suffix(domain), [domain], domain
    while name != suffix and "." in name:
        name = name.partition(".")[2]
        names.append(name)
    return (domain, *[each for each in names[1:] if each.count(".") < MAX_LABELS - 1])


def _records(domain: str, look: Look) -> tuple[Mapping[str, _Record], bool]:
    """The records along the way up by their domains, and whether an answer is missing."""
    found, missing = {}, False
    for name in _walk(domain):
        answer = look(f"_dmarc.{name}", TXT)
        if answer is None or answer.values is None:
            missing = True
            continue
        texts = [text for text in answer.values if _VERSION.match(text)]
        if len(texts) == 1 and (tags := first_tags_in(texts[0].encode("latin-1", "replace"))):
            found[name] = _Record(name, tags)  # of several none counts (RFC 9989 §4.10)
    return found, missing


def _record_for(domain: str, look: Look) -> tuple[_Record | None, bool]:
    """The record that counts for a From domain, and whether another one may."""
    found, missing = _records(domain, look)
    own = look(f"_dmarc.{domain}", TXT)
    if own is None or own.values is None:
        return None, True
    if domain in found:
        return found[domain], False
    above = list(found.values())
    ends = next((each for each in above if each.says(b"psd") == b"n"), None)
    organisations = [each for each in above if each.says(b"psd") != b"y"]
    if missing and ends is None:
        return None, True
    return ends or next(reversed(organisations or above), None), False


def _end_of_organisation(domain: str, look: Look) -> str:
    """The domain above or at ``domain`` that says that an organisation ends there (``psd=n``): all
    names below it are one's. "" where none says so."""
    found, _ = _records(domain, look)
    return next((name for name, each in found.items() if each.says(b"psd") == b"n"), "")


def _aligned(name: str, from_domain: str, ends: str, *, strict: bool) -> bool:
    """Whether what passed for ``name`` speaks for the From domain (RFC 9989 §4.4). A public suffix
    is an organisation by itself: what anybody has below it does not speak for it."""
    if not name or strict or name == from_domain:
        return bool(name) and name == from_domain
    return is_within(name, ends) if ends else aligned(name, from_domain)


def _policy(record: _Record, from_domain: str, look: Look) -> DmarcPolicy:
    """What a record asks for mail of a From domain that fails."""
    asked = record.says(b"p")
    if record.domain != from_domain:
        asked = record.says(b"sp") or asked
        if record.says(b"np") and _is_not_there(from_domain, look):
            asked = record.says(b"np")
    try:
        policy = DmarcPolicy(asked.decode("ascii", "replace"))
    except ValueError:
        return DmarcPolicy.NONE  # RFC 9989 §4.7
    return _LOWER[policy] if record.says(b"t") == b"y" or record.says(b"pct") == b"0" else policy


def _is_not_there(domain: str, look: Look) -> bool:
    found = [look(domain, kind) for kind in _THERE]
    return all(each is not None and each.values == () for each in found)
