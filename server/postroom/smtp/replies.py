"""What a server said, as outcomes.

    code    RFC 5321 §4.2.1                        before the dot      answering the dot
    2yz     done                                   go on               accepted
    4yz     not now; the same mail may go later    deferred            deferred
    5yz     not ever                               refused             refused
    other   1yz, 3yz, nonsense, silence, death     deferred            unknown

The first digit decides: the rest is finer than what we act on. One thing more is looked for: "too
many recipients" (RFC 5321 §4.5.3.1.10) is a "not now" whatever its digit, and nothing against the
recipient who came one too late.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from postroom.model.sends import (
    Envelope,
    Obstacle,
    RecipientOutcome,
    RecipientReply,
    Submission,
)

MAX_REPLY_CHARS = 500
"""The server's words, characters: enough for any explanation, too little to fill a context."""


@dataclass(frozen=True)
class Answer:
    """One reply: its code (0 where the server said nothing) and its words, cleaned and cut."""

    code: int
    text: str

    @property
    def done(self) -> bool:
        return 200 <= self.code < 300


def cleaned(text: str) -> str:
    """The words on one line, without control characters, at most MAX_REPLY_CHARS."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())[:MAX_REPLY_CHARS]
    visible = (c if unicodedata.category(c)[0] != "C" else " " for c in text[: 4 * MAX_REPLY_CHARS])
    return " ".join("".join(visible).split())[:MAX_REPLY_CHARS]


def before_dot(answer: Answer) -> RecipientOutcome:
    """What it means for a recipient that a stage before the final dot failed so."""
    if 500 <= answer.code < 600:
        return RecipientOutcome.REFUSED
    return RecipientOutcome.DEFERRED


def after_dot(answer: Answer) -> RecipientOutcome:
    """What it means for a recipient that the final dot was answered so, or not at all."""
    by_digit = {
        2: RecipientOutcome.ACCEPTED,
        4: RecipientOutcome.DEFERRED,
        5: RecipientOutcome.REFUSED,
    }
    return by_digit.get(answer.code // 100, RecipientOutcome.UNKNOWN)


def reply(address: str, outcome: RecipientOutcome, answer: Answer) -> RecipientReply:
    return RecipientReply(address=address, outcome=outcome, code=answer.code, text=answer.text)


_TOO_MANY = re.compile(r"[245]\.5\.3\b")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")


def too_many(answer: Answer) -> bool:
    """Whether RCPT was answered that this transaction has enough recipients: by its enhanced status
    (x.5.3, RFC 3463 §3.6), or where it has none by 452 or 552 (RFC 5321 §4.5.3.1.10)."""
    if _STATUS.match(answer.text):
        return answer.code >= 400 and _TOO_MANY.match(answer.text) is not None
    return answer.code in (452, 552)


class StageFailed(Exception):
    """A stage before the final dot failed: with the server's answer, or with our sentence.
    ``obstacle`` is what is in every mail's way, not in this one's."""

    def __init__(self, answer: Answer, obstacle: Obstacle | None = None) -> None:
        super().__init__(answer.text)
        self.answer = answer
        self.obstacle = obstacle

    @property
    def connection_ended(self) -> bool:
        """It said nothing, or that it is closing (421): another connection may fare better."""
        return self.answer.code in (0, 421)


def all_alike(
    envelope: Envelope,
    outcome: RecipientOutcome,
    answer: Answer,
    obstacle: Obstacle | None = None,
) -> Submission:
    """One outcome for everybody."""
    return Submission(
        replies=tuple(reply(a, outcome, answer) for a in envelope.recipients), obstacle=obstacle
    )


def settled(
    replies: Sequence[RecipientReply], outcome: RecipientOutcome, answer: Answer
) -> tuple[RecipientReply, ...]:
    """The replies, with everyone whom RCPT took now settled; who was refused there stays so."""
    return tuple(
        reply(r.address, outcome, answer) if r.outcome is RecipientOutcome.ACCEPTED else r
        for r in replies
    )


def broken_off(
    replies: Sequence[RecipientReply], recipients: Sequence[str], answer: Answer
) -> tuple[RecipientReply, ...]:
    """The replies so far; who was taken and who was not reached yet is deferred."""
    so_far = settled(replies, RecipientOutcome.DEFERRED, answer)
    rest = recipients[len(so_far) :]
    return so_far + tuple(reply(a, RecipientOutcome.DEFERRED, answer) for a in rest)
