"""What is found of a sender, method by method: here, or by a server that is trusted."""

from collections.abc import Iterable

from postroom.model.evidence import Checks, SenderEvidence, Signature, SignatureResult
from postroom.model.findings import ARC, DKIM, DMARC, NONE, SPF, Findings


def findings(evidence: SenderEvidence, own: Iterable[Signature]) -> Findings:
    """What was found here, or else what a trusted server says. ``own`` are those of the signatures
    that are the From domain's."""
    checks = evidence.checks
    if checks is not None:
        return _ours(checks, own)
    said = _said(evidence.said)
    dkim = "pass" if "dkim" in evidence.aligned else said.get("dkim", NONE)
    dkim = _best(own) if evidence.signatures else dkim
    return Findings(
        spf=_one_of(SPF, said.get("spf", NONE)),
        dkim=_one_of(DKIM, dkim),
        dmarc=_one_of(DMARC, said.get("dmarc", NONE)),
        arc=_one_of(ARC, said.get("arc", NONE)),
    )


def _ours(checks: Checks, own: Iterable[Signature]) -> Findings:
    policy = checks.dmarc.policy
    return Findings(
        spf=str(checks.spf.result),
        dkim=_best(own),
        dmarc=str(checks.dmarc.result),
        arc=str(checks.arc.result),
        dmarc_policy=str(policy) if policy is not None else NONE,
    )


def _best(own: Iterable[Signature]) -> str:
    words = {"temperror" if s.result is SignatureResult.UNKNOWN else str(s.result) for s in own}
    return next((word for word in DKIM if word in words), NONE)


def _said(statements: Iterable[str]) -> dict[str, str]:
    """The first word of each method, of statements such as ``dmarc=pass header.from=example.com``;
    of signatures none that passed for somebody else."""
    found: dict[str, str] = {}
    for statement in statements:
        method, _, value = statement.partition(" ")[0].partition("=")
        if (method, value) != ("dkim", "pass"):
            found.setdefault(method, value)
    return found


def _one_of(words: tuple[str, ...], word: str) -> str:
    return word if word in words else NONE
