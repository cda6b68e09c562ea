"""What a server's answers come to: where a send stands after an attempt, and why."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from postroom.model.sends import (
    Obstacle,
    RecipientOutcome,
    RecipientReply,
    SendStatus,
    Submission,
)
from postroom.provision.postfix_dovecot import SENDS_NOTHING

PAUSES = (1.0, 5.0, 30.0, 120.0, 600.0, 1800.0, 3600.0)
"""Seconds before the next try after the first, second … deferral (RFC 5321 §4.5.4.1 asks for at
least half an hour on the long run; the short ones bridge a server's restart)."""

NO_ANSWER = 0
"""In the place of a reply code: it was not the server who spoke."""

LOGIN_CODES = (530, 534, 535, 538)
"""A login that is refused for good (RFC 4954 §6)."""

MUST_UPGRADE = 530
"""What of these a server says that wants TLS first (RFC 3207 §4)."""


_SENDS_NOTHING = re.compile(rf"5\.7\.1 .*: {re.escape(SENDS_NOTHING)}$")
"""What a Postfix answers whose files we printed so."""

_OBSTACLES = {
    Obstacle.UNREACHABLE: "The mail server cannot be reached.",
    Obstacle.UNTRUSTED: "The mail server does not begin TLS where security says starttls ({code}).",
    Obstacle.LOGIN: "The mail server does not let this mailbox send: the operator must look after"
    " the account's login.",
}

_WANTS_TLS = re.compile("starttls", re.IGNORECASE)
"""What a server says that takes nothing before TLS: "530 5.7.0 Must issue a STARTTLS command
first" (RFC 3207 §4), or we of one that offers STARTTLS and no login in the clear."""

_IN_THE_CLEAR = (
    "The mail server takes no login and no mail on a connection in the clear, and wants STARTTLS"
    ' first ({code}): the operator must set security = "starttls" in this account\'s'
    " smtp = {{ … }} of postroom.toml."
)

_LEAST = {Obstacle.LOGIN: 60.0, Obstacle.UNTRUSTED: 60.0}
"""Seconds before the next try, at least: providers lock out who tries a refused login again and
again."""

UNPREPARED_SECONDS = 30.0
"""Between two tries while something is missing on our side: looking costs no server anything, and
what was put back should not wait for an hour."""


@dataclass(frozen=True)
class Outcome:
    """Where a send goes from here."""

    status: SendStatus
    reason: str = ""
    not_before: float | None = None


def settle(
    submission: Submission,
    before: Sequence[RecipientReply] = (),
    *,
    attempt: int,
    now: float,
    give_up_at: float,
    local_domains: frozenset[str],
    doubtful: Collection[str] = (),
) -> Outcome:
    """The outcome of attempt number ``attempt`` (from 1).

    ``before`` is what earlier attempts settled for some recipients. A mail that somebody took is
    ``sent``, with a reason that names who did not. ``local_domains`` are the built-in server's,
    where it was that server who answered. An attempt before may have reached the ``doubtful``.
    """
    unprepared = submission.obstacle is Obstacle.UNPREPARED
    if unprepared or (submission.obstacle is not None and not local_domains):
        return _not_begun(submission, attempt, now, give_up_at)
    by = {outcome: _of(submission.replies, outcome) for outcome in RecipientOutcome}
    if by[RecipientOutcome.UNKNOWN]:
        return Outcome(
            SendStatus.UNKNOWN,
            "The connection ended after the mail was handed over; the server may have it.",
        )
    # Who is refused before the message leaves is kept at once, and stands among both by now.
    told = {reply.address for reply in submission.replies}
    before = [reply for reply in before if reply.address not in told]
    accepted = by[RecipientOutcome.ACCEPTED] + _of(before, RecipientOutcome.ACCEPTED)
    refused = _of(before, RecipientOutcome.REFUSED) + by[RecipientOutcome.REFUSED]
    deferred = by[RecipientOutcome.DEFERRED]
    if deferred and now < give_up_at:
        pause = PAUSES[min(attempt, len(PAUSES)) - 1]
        return Outcome(SendStatus.QUEUED, _deferred(deferred[0]), now + pause)
    reason = " ".join(
        [
            *(_refused(reply, local_domains) for reply in refused),
            *(_given_up(reply) for reply in deferred),
            *(_may_have_it(reply) for reply in (*refused, *deferred) if reply.address in doubtful),
        ]
    )
    return Outcome(SendStatus.SENT if accepted else SendStatus.FAILED, reason)


def proven_by_copy(known: Sequence[RecipientReply]) -> frozenset[str]:
    """The recipients whom a mail was taken for, where its copy is with its server and the answer
    to the last attempt is not. Nobody where somebody has it from an attempt before: the copy may be
    of that one."""
    if _of(known, RecipientOutcome.ACCEPTED):
        return frozenset()
    return frozenset(reply.address for reply in _of(known, RecipientOutcome.UNKNOWN))


def _of(replies: Sequence[RecipientReply], outcome: RecipientOutcome) -> tuple[RecipientReply, ...]:
    return tuple(reply for reply in replies if reply.outcome is outcome)


def _deferred(reply: RecipientReply) -> str:
    said = f" ({reply.code})" if reply.code else ""
    return f"The mail server could not take it yet{said}; it is tried again by itself."


def _not_begun(submission: Submission, attempt: int, now: float, give_up_at: float) -> Outcome:
    """Where an attempt could not even begin: that says nothing of the mail. A wrong password for
    an hour must not fail every mail of that hour. What is missing on our side the operator puts
    back, however long that takes: no server was asked, so nothing gives the mail up."""
    obstacle = submission.obstacle or Obstacle.UNREACHABLE
    unprepared, first = obstacle is Obstacle.UNPREPARED, submission.replies[0]
    ours = unprepared or (obstacle is Obstacle.UNTRUSTED and first.code == NO_ANSWER)
    says = _OBSTACLES.get(obstacle, "")
    if obstacle is Obstacle.LOGIN and first.code == MUST_UPGRADE and _WANTS_TLS.search(first.text):
        says = _IN_THE_CLEAR
    why = first.text if ours else says.format(code=first.code)
    if now >= give_up_at and not unprepared:
        return Outcome(SendStatus.FAILED, f"{why} It was tried for so long that it is given up.")
    pause = max(PAUSES[min(attempt, len(PAUSES)) - 1], _LEAST.get(obstacle, 0.0))
    pause = UNPREPARED_SECONDS if unprepared else pause
    return Outcome(SendStatus.QUEUED, f"{why} It is tried again by itself.", now + pause)


def _refused(reply: RecipientReply, local_domains: frozenset[str]) -> str:
    """One sentence in our own words: a server's text may be a stranger's."""
    address, domain = reply.address, reply.address.rpartition("@")[2].lower()
    if reply.code == 550 and domain in local_domains:
        return f"There is no mailbox {address} in this post room."
    if reply.code == 550 and local_domains:
        reached = ", ".join(sorted(local_domains))
        return (
            f"{address} is outside: this mailbox reaches only addresses at {reached}. A mailbox of"
            " a domain with a real mail account reaches everybody (docs/real-servers.md)."
        )
    if reply.code == 550 and _SENDS_NOTHING.search(reply.text):
        return (
            f"{address} is elsewhere, and this mailbox's mail host sends nothing to elsewhere: its"
            " configuration was printed with --relay none."
        )
    if reply.code in LOGIN_CODES:
        return f"The mail server does not let this mailbox send ({reply.code})."
    if reply.code == NO_ANSWER:
        return f"{address}: {reply.text}"
    return f"The mail server refused {address} ({reply.code})."


def _may_have_it(reply: RecipientReply) -> str:
    return f"Nobody knows whether an attempt before that has reached {reply.address}."


def _given_up(reply: RecipientReply) -> str:
    return (
        f"The mail server would not take the mail for {reply.address}"
        f" ({reply.code or 'no answer'}) for so long that it is not tried any more."
    )
