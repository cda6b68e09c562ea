"""A held send, judged again: as a person lets it go, and as a person changes it."""

import json
from typing import Any

from postroom.desk.sends import pacing, passed_on, policy_facts, replies
from postroom.desk.sends.editing import Edited
from postroom.desk.sends.outbox import first_contacts, suppression
from postroom.desk.sends.unsubscribing import offered
from postroom.index import held, mailboxes, sends
from postroom.index.database import Connection, Row
from postroom.index.mail import NewMail
from postroom.mime.senders.lookalikes import plain_address
from postroom.mime.writing.said import words_of
from postroom.model.errors import Refused
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import Direction, ParsedMessage, SenderVerdict
from postroom.model.sends import RecipientOutcome
from postroom.model.verdicts import Action, DraftFacts
from postroom.policy.rules import LIMITS, Policy, judge


def judged_again(
    con: Connection, now: float, send: Row, policy: Policy, parsed: ParsedMessage, raw: bytes
) -> float:
    """Ask policy again about a held send as it is now, and when it may go by the limits: seconds
    since 1970, 0 for at once. A person may let go what it holds, and not what it denies by now.

    Raises:
        Refused: policy or a limit denies it.
    """
    box = mailboxes.by_id(con, send["mailbox_id"])
    assert box is not None
    rows = sends.recipients(con, send["id"])
    to_whom = tuple((row["address"], row["field"]) for row in rows)
    repeats = _then(send, "cross_thread")
    facts = _facts_again(con, now, send, box, policy, to_whom, parsed, raw, repeats)
    facts = _without_settled(facts, rows)
    if reason := suppression(con, box, facts):
        raise Refused("recipient_suppressed", reason, "Take the address out, or lift that.")
    verdict = judge(facts, policy)
    at = max(now, send["not_before"])
    turn = pacing.turn(con, at, policy, box, facts.recipients)
    if verdict.action is not Action.DENY:
        allowed = verdict.model_copy(update={"action": Action.ALLOW})
        verdict = pacing.paced(allowed, turn, at)
    if verdict.action is Action.DENY:
        limited = verdict.rule.startswith(LIMITS)
        then = "Wait for room, or change the limit." if limited else "Change what the reason names."
        raise Refused("policy_denies", verdict.reason, then)
    return turn.at if turn else 0.0


def _facts_again(
    con: Connection,
    now: float,
    send: Row,
    box: Mailbox,
    policy: Policy,
    to_whom: tuple[tuple[str, str], ...],
    parsed: ParsedMessage,
    raw: bytes,
    passes_on: bool,
) -> DraftFacts:
    return policy_facts.gather(
        con,
        max(now, send["not_before"]),
        policy,
        who=send["actor"],
        box=box,
        reply=replies.of_send(con, send),
        recipients=to_whom,
        parsed=parsed,
        words=words_of(raw),
        size=len(raw),
        cross_thread=passes_on,
        asked_by_agent=_then(send, "asked_by_agent"),
        url_hosts=tuple(_drafted(send).get("url_hosts", ())),
    )


def _then(send: Row, fact: str) -> bool:
    """A fact of a draft as it was when it was judged last; False where none were kept yet."""
    return bool(_drafted(send).get(fact))


def _drafted(send: Row) -> dict[str, Any]:
    """The facts of the draft itself as they were then."""
    facts = json.loads(send["verdict"]).get("facts") or {}
    drafted: dict[str, Any] = facts.get("draft", {})
    return drafted


def _without_settled(facts: DraftFacts, rows: list[Row]) -> DraftFacts:
    """The facts of a send where nobody who has got it, or was refused, counts as suppressed: it
    does not go there again."""
    over = (RecipientOutcome.ACCEPTED, RecipientOutcome.REFUSED)
    settled = {plain_address(row["address"]) for row in rows if row["outcome"] in over}
    recipients = (
        one.model_copy(update={"suppressed": False}) if one.address in settled else one
        for one in facts.recipients
    )
    return facts.model_copy(update={"recipients": tuple(recipients)})


def edited_passes_on(con: Connection, send: Row, edited: Edited) -> bool:
    """Whether what a person made of a held send repeats what came from somebody else."""
    box = mailboxes.by_id(con, send["mailbox_id"])
    assert box is not None
    whom = edited.recipients.addresses()
    return passed_on.passes_on(con, box, whom, edited.said, edited.files)


def file_edited(
    con: Connection,
    now: float,
    who: str,
    send: Row,
    edited: Edited,
    policy: Policy,
    *,
    passes_on: bool,
    public_url: str,
) -> None:
    """Put what a person made of a held send in its place, in the caller's transaction. Policy is
    asked anew, and what it says is kept: a person may let go what it holds, and not what it denies.

    Raises:
        Refused: policy denies it as it is now.
    """
    box = mailboxes.by_id(con, send["mailbox_id"])
    assert box is not None
    to_whom = edited.recipients.fields()
    facts = _facts_again(con, now, send, box, policy, to_whom, edited.parsed, edited.raw, passes_on)
    verdict = judge(facts, policy)
    raw = offered(con, box, send["public_id"], to_whom, edited.raw, verdict, public_url)
    new = NewMail(
        mailbox_id=send["mailbox_id"],
        direction=Direction.SENT,
        raw=raw,
        parsed=edited.parsed,
        verdict=SenderVerdict.VERIFIED,
        at=send["created_at"],
    )
    met = first_contacts(facts)
    held.edit(con, now, send, who, new, to_whom, edited.changes, verdict, met)
    after = sends.by_id(con, send["id"])
    assert after is not None
    judged_again(con, now, after, policy, edited.parsed, raw)
