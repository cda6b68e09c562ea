"""Mail that comes in, before it is anybody's: whether a rule of the operator's keeps it out.

This is asked where mail is written into the index, the one place that all mail goes through; what
is kept out stands in no table of messages, so that no tool can find a trace of it.
"""

from postroom.index import journal, mailboxes, quarantine
from postroom.index.database import Connection
from postroom.index.quarantine import Caught
from postroom.mime.senders.domains import aligned
from postroom.mime.senders.findings import findings
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.senders.verdict import Judged
from postroom.model.events import EventType
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import ParsedMessage
from postroom.policy.inbound import InboundFacts, MessageFacts, SenderFacts, taken_by
from postroom.policy.rules import REFUSE, InboundRule, Policy

WITHOUT_BYTES = frozenset({"block", REFUSE})
"""Of what these keep out no bytes are kept; ``refuse`` comes here where nobody can be told."""


def rule_against(
    con: Connection,
    policy: Policy | None,
    box_id: int,
    parsed: ParsedMessage,
    judged: Judged,
    size: int,
    in_spam: bool,
) -> InboundRule | None:
    """The rule that keeps a mail from a mailbox, if any."""
    if policy is None or not policy.inbound:
        return None
    box = mailboxes.by_id(con, box_id)
    return None if box is None else taken_by(_facts(box, parsed, judged, size, in_spam), policy)


def keep_out(con: Connection, now: float, caught: Caught, digest: bytes) -> None:
    """Keep a mail aside, and tell the operator alone: the event names no mailbox."""
    id = quarantine.add(con, caught)
    journal.append(
        con,
        now,
        EventType.MESSAGE_QUARANTINED,
        "worker",
        digest=digest,
        detail=f"{id} by rule {caught.rule}",
    )


def _facts(
    box: Mailbox, parsed: ParsedMessage, judged: Judged, size: int, in_spam: bool
) -> InboundFacts:
    address = plain_address(parsed.sender.address) if parsed.sender else ""
    domain = address.rpartition("@")[2]
    own = [one for one in judged.evidence.signatures if aligned(one.domain, domain)]
    return InboundFacts(
        mailbox=box.address,
        agent=box.agent,
        tenant=box.tenant,
        sender=SenderFacts(
            address=address,
            domain=domain,
            verdict=judged.verdict,
            **findings(judged.evidence, own).model_dump(),
        ),
        message=MessageFacts(
            kind=parsed.kind,
            subject=parsed.subject,
            text=parsed.text,
            size=size,
            attachment_types=tuple(part.content_type for part in parsed.attachments),
            in_spam=in_spam,
        ),
    )
