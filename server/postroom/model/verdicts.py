"""What policy says of a draft, and what it was told about it.

The facts are what a rule may look at: no connection, no clock, no index. Every fact has a value
always, so that no rule fails for a missing one.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field

from postroom.model.fact_kinds import MEDIA_TYPE, TIME, Address, Domain, OneOf, Within
from postroom.model.messages import Frozen, MessageKind, SenderVerdict


class Action(StrEnum):
    ALLOW = "allow"
    HOLD = "hold"
    DENY = "deny"


class Provenance(StrEnum):
    """Where an address comes from, the best that is known of it."""

    OPERATOR = "operator"
    """The operator named it: in ``contacts``, or in a send of their own; or it is the agent's."""
    CORRESPONDENT = "correspondent"
    """It wrote to us, verified."""
    THREAD = "thread"
    """We wrote to it, or somebody to whom we wrote named it in this thread, verified."""
    BODY = "body"
    """Known only from a stranger's headers or text."""
    NEW = "new"
    """Seen nowhere in the agent's mail."""


class RecipientFacts(Frozen):
    """One whom the draft is for."""

    address: Annotated[str, Address()]
    domain: Annotated[str, Domain()]
    field: Annotated[str, OneOf(("to", "cc", "bcc"))]
    provenance: Annotated[str, OneOf(Provenance)]
    answered: bool = False
    """It is the From of the message that is answered, which is not known to be forged."""
    first_contact: bool = False
    """We never wrote to it, and no verified mail came from it."""
    suppressed: bool = False
    """Nothing more is to be sent to it."""
    reply_to_differs: bool = False
    """The message that is answered asks for answers to this address, and is From another one."""
    ours: bool = False
    """It is a mailbox of this post room."""


class FileFacts(Frozen):
    """One attached file."""

    name: str
    type: Annotated[str, MEDIA_TYPE]
    size: int
    """Bytes."""


class MailFacts(Frozen):
    """The draft itself."""

    subject: str
    text: str
    """All its words: the plain text, and what the HTML says beside it, shown or hidden."""
    size: int
    """The composed message, bytes."""
    attachments: tuple[FileFacts, ...] = ()
    """Before a file is fetched from a URL, without that file."""
    url_hosts: tuple[str, ...] = ()
    """The hosts of the URLs from which attached files are fetched, of those that the operator
    lists; in lower case, as the DNS writes them."""
    in_thread: bool = False
    """It answers a thread."""
    cross_thread: bool = False
    """It repeats a code, a link, a long passage or a file that somebody sent to the agent who is
    not among the draft's recipients."""
    asked_by_agent: bool = False
    """The agent itself asked for a person to look at it."""


class ThreadFacts(Frozen):
    """The thread that is answered; empty for a new one."""

    turns: int = 0
    """Mails of ours among its newest 1,000."""
    last_verdict: Annotated[str, OneOf(("", *SenderVerdict))] = ""
    """On the sender of the newest message that came in; "" where none did."""
    last_kind: Annotated[str, OneOf(("", *MessageKind))] = ""
    """What that message is."""
    answered_kind: Annotated[str, OneOf(("", *MessageKind))] = ""
    """What the answered message is: the newest one that a person wrote, where there is any."""
    agent_to_agent: bool = False
    """Its newest message came from a mailbox of this post room, or says that an agent wrote it."""


class ClockFacts(Frozen):
    """When it is, in the operator's zone."""

    time: Annotated[str, TIME] = "00:00"
    """``HH:MM``, from 00:00 to 23:59: compares as text."""
    hour: Annotated[int, Within(0, 23)] = 0
    weekday: Annotated[int, Within(1, 7)] = 1
    """1 Monday to 7 Sunday."""


class CountFacts(Frozen):
    """Mails of ours that went out or wait to, without this one, at most 1,000 each."""

    hour: int = 0
    """From this mailbox in the last sixty minutes."""
    day: int = 0
    """From this mailbox in the last 24 hours."""
    agent_hour: int = 0
    """From all mailboxes of the agent."""
    agent_day: int = 0


class DraftFacts(Frozen):
    """All that a rule may look at."""

    agent: str
    tenant: str
    mailbox: Annotated[str, Address()]
    """The address it is sent from."""
    draft: MailFacts
    recipients: tuple[RecipientFacts, ...]
    thread: ThreadFacts = ThreadFacts()
    clock: ClockFacts = ClockFacts()
    counts: CountFacts = CountFacts()

    def without_words(self) -> dict[str, Any]:
        """What is kept with a verdict: no word and no address, which stand in the mail itself and
        go with it. The recipients are in the order of the envelope."""
        return {
            "draft": self.draft.model_dump(include=_OF_A_DRAFT),
            "recipients": [
                one.model_dump(exclude={"address", "domain"}) for one in self.recipients
            ],
            "thread": self.thread.model_dump(),
            "clock": self.clock.model_dump(),
            "counts": self.counts.model_dump(),
        }


_OF_A_DRAFT = {"size", "url_hosts", "in_thread", "cross_thread", "asked_by_agent"}


class Verdict(Frozen):
    """The rule that decided, what it decided, and the sentence an agent reads."""

    action: Action
    rule: str
    reason: str = ""
    marks: tuple[str, ...] = ()
    """What the rules that matched say that the mail is, such as ``bulk``."""
    policy: str = ""
    """The version of the policy: a digest of all that it says."""
    facts: dict[str, Any] = Field(default_factory=dict)
    """What it saw, without words and addresses (`DraftFacts.without_words`)."""
