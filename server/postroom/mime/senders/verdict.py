"""Whether the From address really wrote a message, and what that rests on."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from postroom.mime.parse import SEVERAL_SENDERS
from postroom.mime.senders.authentication import Result
from postroom.mime.senders.domains import aligned, ascii_domain, is_host_name
from postroom.mime.senders.standing import Standing, standing
from postroom.model.domains import DmarcPolicy
from postroom.model.evidence import (
    Checks,
    Dmarc,
    DmarcResult,
    SenderEvidence,
    Signature,
    SignatureResult,
)
from postroom.model.mailboxes import without_detail
from postroom.model.messages import ParsedMessage, SenderVerdict

MAX_SAID = 12
"""Statements that are kept of one server: a mail with many signatures has one for each."""

_KEPT = frozenset({"auth", "spf", "dkim", "dmarc", "arc", "compauth", "iprev"})
_NAMED = ("smtp.auth", "header.from", "header.d", "header.i", "smtp.mailfrom", "smtp.helo")
_SAFE = re.compile(r"[\w.@+=-]{1,254}")


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and what it rests on."""

    verdict: SenderVerdict
    evidence: SenderEvidence


def sender_verdict(message: ParsedMessage, trusted: frozenset[str]) -> SenderVerdict:
    """How far the From address of ``message`` can be believed; see `judge_sender`."""
    return judge_sender(message, trusted).verdict


def judge_sender(
    message: ParsedMessage,
    trusted: frozenset[str],
    signatures: Iterable[Signature] = (),
    checks: Checks | None = None,
) -> Judged:
    """How far the From address of ``message`` can be believed, and why.

    ``trusted`` are the servers whose Authentication-Results count, where they stand in their place
    (`postroom.mime.senders.standing`). A server that takes mail from its own people says
    ``auth=pass`` (RFC 4954 §7); one that takes it from strangers says ``dmarc=pass`` (RFC 7489
    §11). Forged are two senders that disagree, what such a server says is not from there, and an
    address at the server's own domain that is not the one that logged in.

    ``signatures`` are what we found ourselves: one that passes and is the From domain's verifies,
    none forges, since forwarders break them and a look-up may fail. ``checks`` are the rest, where
    everything is verified here: then DMARC decides, and of trusted servers counts only who logged
    in at them.
    """
    found = standing(message.trace, trusted)
    own = tuple(signatures)
    verdict, why = _verdict(message, found, own, checks)
    domain = _from_domain(message)
    return Judged(
        verdict,
        SenderEvidence(
            by=found.by,
            said=tuple(_shown(one) for one in found.results if one.method in _KEPT)[:MAX_SAID],
            aligned=_aligned(found.results, domain),
            signatures=own,
            checks=checks,
            misplaced=found.misplaced,
            struck=found.struck,
            ignored=found.ignored,
            why=why,
        ),
    )


def _verdict(
    message: ParsedMessage,
    found: Standing,
    signatures: tuple[Signature, ...],
    checks: Checks | None,
) -> tuple[SenderVerdict, str]:
    if SEVERAL_SENDERS in message.defects:
        return SenderVerdict.FORGED, "From names more than one address"
    if message.sender is None or not message.sender.address:
        return SenderVerdict.UNVERIFIED, "no readable From address"
    address, domain = message.sender.address.casefold(), _from_domain(message)
    if checks is not None:
        logins = tuple(one for one in found.results if one.method == "auth")
        found = replace(found, results=logins)
    by = f"says {found.by}"
    if any(one.method == "dmarc" and one.value == "fail" for one in found.results):
        return SenderVerdict.FORGED, f"dmarc=fail, {by}"
    if any(_was_another(one, address) for one in found.results):
        return SenderVerdict.FORGED, f"another mailbox logged in, {by}"
    for one in found.results:
        if one.value != "pass":
            continue
        if one.method == "auth" and one.of("smtp.auth") in _logins(address):
            return SenderVerdict.VERIFIED, f"auth=pass, {by}"
        if one.method == "dmarc" and ascii_domain(one.of("header.from")) == domain:
            return SenderVerdict.VERIFIED, f"dmarc=pass, {by}"
    if checks is not None:
        return _by_checks(checks, domain)
    for signature in signatures:
        if signature.result is SignatureResult.PASS and aligned(signature.domain, domain):
            return SenderVerdict.VERIFIED, "signed by the From domain (DKIM)"
    if not found.by:
        return SenderVerdict.UNVERIFIED, "no trusted server says anything of it"
    return SenderVerdict.UNVERIFIED, f"not vouched for, {by}"


def _by_checks(checks: Checks, domain: str) -> tuple[SenderVerdict, str]:
    """What DMARC makes of it (RFC 9989 §5.3), as we found it."""
    dmarc, arc = checks.dmarc, checks.arc
    passed = ", ".join(dmarc.by)
    if dmarc.domain != domain and (dmarc.domain or dmarc.result is not DmarcResult.TEMPERROR):
        if dmarc.domain or is_host_name(domain):
            return SenderVerdict.FORGED, "From is written so that its domain reads in two ways"
        return SenderVerdict.UNVERIFIED, "the From domain is none that can be asked about"
    if dmarc.result is DmarcResult.TEMPERROR:
        return SenderVerdict.UNVERIFIED, _not_known(checks)
    if dmarc.result is DmarcResult.PASS:
        return SenderVerdict.VERIFIED, f"dmarc=pass ({passed})"
    if dmarc.result is DmarcResult.NONE:
        if dmarc.by:
            return SenderVerdict.VERIFIED, f"of the From domain ({passed}), which has no DMARC"
        return SenderVerdict.UNVERIFIED, "the From domain has no DMARC"
    if arc.trusted and arc.says == "pass" and not arc.partly:
        return SenderVerdict.VERIFIED, f"dmarc=pass, says {arc.trusted} (ARC)"
    if dmarc.partly:
        return SenderVerdict.UNVERIFIED, "signed by the From domain, a part of it only"
    return _failed(dmarc, arc.trusted if arc.says != "fail" else "")


def _not_known(checks: Checks) -> str:
    if not checks.client:
        return "dmarc=temperror: who handed it over is not known"
    return "dmarc=temperror: the DNS did not answer"


def _failed(dmarc: Dmarc, forwarder: str) -> tuple[SenderVerdict, str]:
    """Mail for which nobody vouches."""
    asked = dmarc.policy or DmarcPolicy.NONE
    # Without its name: a stranger chose that, and agents read this.
    why = f"dmarc=fail, and the From domain asks for {asked}"
    if asked is DmarcPolicy.NONE:
        return SenderVerdict.UNVERIFIED, why
    if forwarder:
        return SenderVerdict.UNVERIFIED, f"{why}; it came through {forwarder} (ARC)"
    return SenderVerdict.FORGED, why


def _from_domain(message: ParsedMessage) -> str:
    return ascii_domain(message.sender.address.rpartition("@")[2]) if message.sender else ""


def _was_another(result: Result, address: str) -> bool:
    """Whether the From address is another one's at the very domain whose server took the mail: that
    server knows who logged in."""
    login = result.of("smtp.auth")
    return (
        (result.method, result.value) == ("auth", "pass")
        and login.rpartition("@")[2] == address.rpartition("@")[2]
        and without_detail(login) != without_detail(address)
    )


def _logins(address: str) -> tuple[str, ...]:
    """The logins that may send as ``address``: itself, and itself without ``+detail``."""
    return (address, without_detail(address))


def _aligned(results: Iterable[Result], domain: str) -> tuple[str, ...]:
    """Which of the checks that passed speak for the From domain (RFC 7489 §3.1)."""
    passed = (one for one in results if one.value == "pass")
    return tuple(dict.fromkeys(one.method for one in passed if aligned(_whose(one), domain)))


def _whose(result: Result) -> str:
    """The domain that a check was about."""
    if result.method == "dkim":
        return result.of("header.d") or result.of("header.i").rpartition("@")[2]
    if result.method == "spf":
        return result.of("smtp.mailfrom").rpartition("@")[2]
    return ""


def _shown(result: Result) -> str:
    """A statement without what a stranger may have put into it."""
    words = [f"{result.method}={result.value}"]
    words += [f"{name}={value}" for name in _NAMED if (value := result.of(name))]
    return " ".join(word for word in words if _SAFE.fullmatch(word))
