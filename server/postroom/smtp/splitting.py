"""A mail for more people than one transaction takes (RFC 5321 §4.5.3.1.8, §4.5.3.1.10). Pure.

    RCPT 1 … 100    250           DATA goes out to these
    RCPT 101        452 4.5.3     full: nobody further is asked
    102 … 250       –             these and 101 go in a transaction of their own, at once

A server that says "too many" before it took anybody is not full but unwell: that is a deferral
like any other.
"""

from collections.abc import Sequence

from postroom.model.sends import RecipientOutcome, RecipientReply, Submission
from postroom.smtp.replies import Answer, reply, too_many


def is_full(replies: Sequence[RecipientReply]) -> bool:
    """Whether the last answer was "too many", after somebody was taken."""
    return _says_too_many(replies[-1]) and _somebody_taken(replies)


def too_late(recipients: Sequence[str], said: RecipientReply) -> list[RecipientReply]:
    """Those who are not asked for any more, deferred with the words that ``said`` it."""
    answer = Answer(said.code, said.text)
    return [reply(address, RecipientOutcome.DEFERRED, answer) for address in recipients]


def left_over(submission: Submission) -> tuple[str, ...]:
    """The last recipients, who came too late for a transaction that has taken others."""
    if not _somebody_taken(submission.replies):
        return ()
    late = 0
    while _says_too_many(submission.replies[-1 - late]):
        late += 1
    return tuple(r.address for r in submission.replies[len(submission.replies) - late :])


def joined(first: Submission, further: Submission) -> Submission:
    """Both as one: what ``further`` says of the last recipients replaces what ``first`` said."""
    kept = first.replies[: len(first.replies) - len(further.replies)]
    return first.model_copy(update={"replies": kept + further.replies})


def _says_too_many(told: RecipientReply) -> bool:
    deferred = told.outcome is RecipientOutcome.DEFERRED
    return deferred and too_many(Answer(told.code, told.text))


def _somebody_taken(replies: Sequence[RecipientReply]) -> bool:
    return any(r.outcome is RecipientOutcome.ACCEPTED for r in replies)
