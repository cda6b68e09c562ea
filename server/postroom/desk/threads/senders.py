"""What is told of a message's sender, beside the verdict."""

import re
from collections.abc import Iterable, Iterator

from postroom.index import mail
from postroom.index.correspondents import EITHER
from postroom.index.database import Row
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model.evidence import ArcResult, Checks, SenderEvidence, Signature
from postroom.model.messages import SenderVerdict

_PLAIN = re.compile(r"[a-z0-9.-]{1,253}")


def told(row: Row) -> str | None:
    """What an agent should know of a verdict, in a few words: why a message is forged, and that a
    sender claims falsely that a trusted server checked it. (Where such a server has its say, older
    fields in its name further down may be true: mail can pass it twice.)"""
    if not row["evidence"]:
        return None
    evidence = mail.evidence_of(row["evidence"])
    said = [evidence.why] if row["verdict"] == SenderVerdict.FORGED and evidence.why else []
    claimed = evidence.struck or (() if evidence.by else evidence.misplaced)
    if claimed and (evidence.struck or row["verdict"] != SenderVerdict.VERIFIED):
        said.append(f"falsely claims to have been checked by {claimed[0]}")
    return "; ".join(said) or None


def taken_for(row: Row) -> str | None:
    """The address or domain that the sender's can be taken for, and whether it may be the other way
    round. It may be a stranger's choice, and is repeated only where it is a plain one."""
    kept = str(row["lookalike_of"])
    other = kept.removeprefix(EITHER)
    if not other:
        return None
    plain = other if _PLAIN.fullmatch(other) else "a domain known here"
    shown = shown_address(other) if "@" in other else plain
    return f"{shown} (either may be the false one)" if kept.startswith(EITHER) else shown


def traced(row: Row) -> str:
    """All that a verdict rests on, for operators; "" of a mail of ours."""
    if not row["evidence"]:
        return ""
    known = [each for each in [_acquaintance(row)] if each]
    return "; ".join([*_traced(mail.evidence_of(row["evidence"])), *known])


def _acquaintance(row: Row) -> str:
    """What is known of the sender from before, for operators."""
    known = "wrote before, verified" if row["sender_known"] else ""
    other = taken_for(row)
    return "; ".join(each for each in (known, other and f"looks like {other}") if each)


def _results(checks: Checks, signatures: Iterable[Signature]) -> str:
    """What was found here, as an Authentication-Results field would say it (RFC 8601 §2.2)."""
    spf, dmarc, arc = checks.spf, checks.dmarc, checks.arc
    identity = "smtp.helo" if spf.helo else "smtp.mailfrom"
    said = [_result("spf", spf.result, (identity, spf.domain))]
    said += [_result("dkim", one.result, ("header.d", one.domain)) for one in signatures]
    policy = f" (p={dmarc.policy} at {dmarc.published})" if dmarc.policy is not None else ""
    said.append(_result("dmarc", dmarc.result, ("header.from", dmarc.domain), policy))
    if arc.result is not ArcResult.NONE:
        partly = ", of a part only" if arc.partly else ""
        trusted = f" ({arc.trusted} is trusted, and says dmarc={arc.says or 'nothing'}{partly})"
        said.append(_result("arc", arc.result, ("seal.d", arc.domain), trusted * bool(arc.trusted)))
    client = f"client {checks.client}" if checks.client else "client not known"
    named = f" ({checks.helo})" if checks.helo else ""
    return "; ".join([f"{client}{named}", *said])


def _result(method: str, result: str, about: tuple[str, str], more: str = "") -> str:
    name, value = about
    return f"{method}={result}{more}" + (f" {name}={value}" if value else "")


def _traced(evidence: SenderEvidence) -> Iterator[str]:
    if evidence.why:
        yield evidence.why
    if evidence.by:
        yield f"{evidence.by}: {', '.join(evidence.said) or 'nothing that counts'}"
    if evidence.aligned:
        yield f"for the From domain: {', '.join(evidence.aligned)}"
    if evidence.checks is not None:
        yield f"verified here: {_results(evidence.checks, evidence.signatures)}"
    elif evidence.signatures:
        found = (f"{one.result} {one.domain}".strip() for one in evidence.signatures)
        yield f"signatures checked here: {', '.join(found)}"
    for name in evidence.misplaced:
        yield f"ignored: in the name of {name}, where only a sender can have written it"
    for name in evidence.struck:
        yield f"struck out: in the name of {name}, which does not come from it"
    if evidence.ignored:
        yield f"ignored: {evidence.ignored} of servers that are not trusted"
