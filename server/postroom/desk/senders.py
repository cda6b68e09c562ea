"""What is told of a message's sender, beside the verdict."""

from collections.abc import Iterator

from postroom.index import mail
from postroom.index.database import Row
from postroom.model.evidence import SenderEvidence
from postroom.model.messages import SenderVerdict


def told(row: Row) -> str | None:
    """What an agent should know of a verdict, in a few words: why a message is forged, and that one
    which nobody vouches for claims that a trusted server did."""
    if row["verdict"] == SenderVerdict.VERIFIED:
        return None
    evidence = mail.evidence_of(row["evidence"])
    if row["verdict"] == SenderVerdict.FORGED:
        return evidence.why or None
    if evidence.misplaced and not evidence.by:
        return f"falsely claims to have been checked by {evidence.misplaced[0]}"
    return None


def traced(row: Row) -> str:
    """All that a verdict rests on, for operators; "" of a mail of ours."""
    return "; ".join(_traced(mail.evidence_of(row["evidence"]))) if row["evidence"] else ""


def _traced(evidence: SenderEvidence) -> Iterator[str]:
    if evidence.why:
        yield evidence.why
    if evidence.by:
        yield f"{evidence.by}: {', '.join(evidence.said) or 'nothing that counts'}"
    if evidence.aligned:
        yield f"for the From domain: {', '.join(evidence.aligned)}"
    if evidence.signatures:
        found = (f"{one.result} {one.domain}".strip() for one in evidence.signatures)
        yield f"signatures checked here: {', '.join(found)}"
    for name in evidence.misplaced:
        yield f"ignored: in the name of {name}, where only a sender can have written it"
    if evidence.ignored:
        yield f"ignored: {evidence.ignored} of servers that are not trusted"
