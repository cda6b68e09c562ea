"""A policy and the facts of a mail that came in, before anybody is told of it."""

from dataclasses import replace
from typing import Annotated

from postroom.model import findings
from postroom.model.domains import DmarcPolicy
from postroom.model.fact_kinds import MEDIA_TYPE, Address, Domain, OneOf
from postroom.model.messages import Frozen, MessageKind, SenderVerdict
from postroom.policy.conditions import EvaluationFailed
from postroom.policy.rules import QUARANTINE, InboundRule, Policy
from postroom.policy.vocabularies import vocabulary


class SenderFacts(Frozen):
    """Who claims to have written it."""

    address: Annotated[str, Address()]
    """"" for none."""
    domain: Annotated[str, Domain()]
    verdict: Annotated[str, OneOf(SenderVerdict)]
    spf: Annotated[str, OneOf(findings.SPF)] = findings.NONE
    """Of the envelope sender."""
    dkim: Annotated[str, OneOf(findings.DKIM)] = findings.NONE
    """Of the From domain's signatures the best."""
    dmarc: Annotated[str, OneOf(findings.DMARC)] = findings.NONE
    arc: Annotated[str, OneOf(findings.ARC)] = findings.NONE
    dmarc_policy: Annotated[str, OneOf(DmarcPolicy)] = findings.NONE
    """What the From domain asks to be done with mail that fails."""


class MessageFacts(Frozen):
    """What came."""

    kind: Annotated[str, OneOf(MessageKind)]
    subject: str
    text: str
    size: int
    """Bytes."""
    attachment_types: Annotated[tuple[str, ...], MEDIA_TYPE] = ()
    in_spam: bool = False
    """Its server filed it among unwanted mail."""


class InboundFacts(Frozen):
    """All that a rule about mail that comes in may look at."""

    mailbox: Annotated[str, Address()]
    agent: str
    tenant: str
    sender: SenderFacts
    message: MessageFacts


def taken_by(facts: InboundFacts, policy: Policy) -> InboundRule | None:
    """The rule that keeps a mail from its mailbox; None where it is taken. One that cannot be
    evaluated quarantines it, whatever it would do: nobody knows what it says, and an operator can
    let the mail in."""
    told = None
    for rule in policy.inbound:
        try:
            told = told or vocabulary(InboundFacts).facts(facts)
            if not rule.condition.holds(told):
                continue
        except EvaluationFailed:
            return replace(rule, then=QUARANTINE)
        return None if rule.then == "take" else rule
    return None
