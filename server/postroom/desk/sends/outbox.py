"""The one way to the outbox: what a send is checked against, in the transaction that files it.

the same send already?  ─► that one, a duplicate
something new arrived?  ─► the thread has moved; nothing is filed
somebody suppressed?    ─► denied, for everybody
policy                  ─► queued, held or denied: the mail, the send, the event
files lie elsewhere?    ─► unless it is denied: nothing is filed, they are fetched first
the limits              ─► queued at once, or for its turn
its domain is paused?   ─► queued, and it goes once a person lets the domain go on
"""

from dataclasses import dataclass, replace

from postroom.desk.sends import pacing, policy_facts
from postroom.desk.sends.outgoing import Recipients
from postroom.desk.sends.replies import Reply
from postroom.desk.sends.unsubscribing import offered
from postroom.index import (
    journal,
    mail,
    mailboxes,
    reading,
    reputation,
    sends,
    suppressions,
    threads,
)
from postroom.index.database import Connection, Row
from postroom.index.mail import NewMail
from postroom.index.reputation import Pause
from postroom.index.sends import NewSend
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model.errors import KeyReused, Refused
from postroom.model.events import EventType
from postroom.model.limits import DUPLICATE_WINDOW_SECONDS
from postroom.model.mailboxes import Mailbox, MailboxStatus
from postroom.model.messages import Direction, ParsedMessage, SenderVerdict
from postroom.model.requests import SendRequest
from postroom.model.sends import SendStatus
from postroom.model.verdicts import Action, DraftFacts, Provenance, Verdict
from postroom.policy import suppressed
from postroom.policy.rules import Policy, judge
from postroom.policy.turns import Turn

_STATUS = {
    Action.ALLOW: (SendStatus.QUEUED, EventType.SEND_QUEUED),
    Action.HOLD: (SendStatus.HELD, EventType.SEND_HELD),
    Action.DENY: (SendStatus.DENIED, EventType.SEND_DENIED),
}


NOBODY = "The mail went to nobody."


MAX_NEW_SHOWN = 5
"""New messages shown with ``thread_moved``: what an agent can take in before it answers again."""


@dataclass(frozen=True)
class Composed:
    """A send that is ready to be judged."""

    public_id: str
    request: SendRequest
    box: Mailbox
    reply: Reply | None
    recipients: Recipients
    raw: bytes
    parsed: ParsedMessage
    words: str
    """Of its body, in every form (mime/writing/said.py)."""
    content: bytes
    policy: Policy
    """What it is judged by."""
    not_before: float
    """When it may go at the earliest, seconds since 1970; 0 for at once."""
    held_seconds: float
    """How long a person may take to decide, should it be held."""
    public_url: str = ""
    """Where anybody reaches this post room by https."""
    passes_on: bool = False
    """Whether it repeats what somebody else wrote (desk/sends/passed_on.py)."""
    url_hosts: tuple[str, ...] = ()
    """Where files of it come from by URL."""
    lacks_files: bool = False
    """Whether those are not fetched yet, and not among its bytes."""


@dataclass(frozen=True)
class Filed:
    """What the transaction came to."""

    send: Row | None
    duplicate: bool = False
    moved: tuple[Row, ...] = ()
    """The newest messages that were not shown, oldest first."""
    unseen: int = 0
    """How many were not shown in all."""
    files_first: bool = False
    """Whether nothing speaks against it, as far as it is known without files that lie elsewhere:
    it is asked again with them."""


@dataclass(frozen=True)
class _Judged:
    """A draft's facts, what policy says of them, and its turn by the limits."""

    facts: DraftFacts
    verdict: Verdict
    turn: Turn | None
    pause: Pause | None
    """Why it waits, where it is allowed and its domain is paused."""


def able(box: Mailbox, now: float) -> Mailbox:
    """The mailbox itself, where it may send at ``now``.

    Raises:
        Refused: it has expired, or is not live yet.
    """
    if not box.receives(now):
        status = box.status.value if box.status is not MailboxStatus.LIVE else "expired"
        raise Refused(
            "mailbox_not_live",
            f"{box.address} is {status} and cannot send.",
            "Use another mailbox, or call create_mailbox.",
        )
    return box


def facts_of(con: Connection, now: float, who: str, composed: Composed) -> DraftFacts:
    """What policy knows of a send at the moment when it would go."""
    return policy_facts.gather(
        con,
        max(now, composed.not_before),
        composed.policy,
        who=who,
        box=composed.box,
        reply=composed.reply,
        recipients=composed.recipients.fields(),
        parsed=composed.parsed,
        words=composed.words,
        size=len(composed.raw),
        cross_thread=composed.passes_on,
        asked_by_agent=composed.request.hold_for_review is not None,
        url_hosts=composed.url_hosts,
    )


def file(con: Connection, now: float, who: str, composed: Composed) -> Filed:
    """What becomes of a send, in the caller's transaction. No path to the outbox goes around it."""
    composed = _as_it_is_now(con, now, composed)
    same = _same_send(con, who, composed, now)
    if same is not None:
        return Filed(same, duplicate=True)
    if composed.reply is not None:
        moved = _moved(con, who, composed.reply, now, insists=composed.request.confirm)
        if moved is not None:
            return moved
    facts = facts_of(con, now, who, composed)
    verdict = judge(facts, composed.policy)
    at = max(now, composed.not_before)
    turn = pacing.turn(con, at, composed.policy, composed.box, facts.recipients)
    verdict = pacing.paced(verdict, turn, at)
    if composed.lacks_files and verdict.action is not Action.DENY:
        return Filed(None, files_first=True)
    # Only now is it known whether it is bulk; the hash of the request, not of bytes, is its key.
    to_whom = composed.recipients.fields()
    raw = offered(
        con, composed.box, composed.public_id, to_whom, composed.raw, verdict, composed.public_url
    )
    composed = replace(composed, raw=raw)
    why = pause(con, composed.box, facts) if verdict.action is Action.ALLOW else None
    send_id = _write(con, now, who, composed, _Judged(facts, verdict, turn, why))
    return Filed(sends.by_id(con, send_id))


def _as_it_is_now(con: Connection, now: float, composed: Composed) -> Composed:
    """The same send, with what may have changed while it was composed: the mailbox may be gone, the
    thread may have joined another."""
    able(mailboxes.by_id(con, composed.box.id) or composed.box, now)
    if composed.reply is None:
        return composed
    thread_id = threads.now(con, composed.reply.thread_id)
    return replace(composed, reply=replace(composed.reply, thread_id=thread_id))


def _same_send(con: Connection, who: str, composed: Composed, now: float) -> Row | None:
    """The send that this request repeats, if any."""
    key = composed.request.idempotency_key
    if key is not None:
        known = sends.by_key(con, composed.box.id, key)
        if known is not None and not sends.is_same_request(known, key, composed.content):
            raise KeyReused(
                "idempotency_conflict",
                "This idempotency_key was used for another mail.",
                "Use a new key for a new mail; repeat the very same arguments to repeat a send.",
            )
        if known is not None:
            return known
    since = now - DUPLICATE_WINDOW_SECONDS
    same = sends.same_content(con, composed.box.id, composed.content, since)
    return None if same is None or _answers_anew(con, who, composed, same) else same


def _answers_anew(con: Connection, who: str, composed: Composed, before: Row) -> bool:
    """Whether the words of an earlier reply answer something else now: "Yes." to one question is
    not "Yes." to the next. A client that repeats a call has not been shown the next."""
    if composed.reply is None or before["answers_mail"] == _answered_mail(composed):
        return False
    thread_id = composed.reply.thread_id
    answered = reading.one_message(con, before["answers_mail"] or before["mail_id"])
    upto = int((answered or before)["position"])
    seen = reading.shown(con, who, thread_id)
    if composed.request.confirm:
        # Told that the thread has moved, an agent may mean the same words for what is new. Where
        # nothing was shown since before the first, that one was confirmed, and this repeats it.
        return before["answers_mail"] is None or seen >= upto
    return reading.count_unseen(con, thread_id, upto) > reading.count_unseen(con, thread_id, seen)


def _answered_mail(composed: Composed) -> int | None:
    """The row id of the message that is answered."""
    reply = composed.reply
    return reply.answers["mail_id"] if reply and reply.answers else None


def _moved(con: Connection, who: str, reply: Reply, now: float, *, insists: bool) -> Filed | None:
    """Why a reply should not go out yet: something new was not shown, or it is answered already.
    Whoever insists (``confirm``) on what it was told of has yet to be told of what came since."""
    thread_id = reply.thread_id
    newest = reading.newest_received(con, thread_id)
    if newest is None:
        return None
    seen = reading.shown(con, who, thread_id)
    told = reading.told(con, who, thread_id)
    if insists and (told <= seen or not reading.count_unseen(con, thread_id, told)):
        return None
    count = reading.count_unseen(con, thread_id, seen)
    if count:
        newest_first = reading.unseen(con, thread_id, seen, MAX_NEW_SHOWN)
        reading.tell(con, who, thread_id, newest_first[0]["position"])
        return Filed(None, moved=tuple(reversed(newest_first)), unseen=count)
    answered = reply.answers or newest
    answer = sends.answer_to(con, answered["mail_id"], now - DUPLICATE_WINDOW_SECONDS)
    return Filed(None) if answer is not None else None


def _write(con: Connection, now: float, who: str, composed: Composed, judged: _Judged) -> int:
    """The send's row id: mail, send and event, in the caller's transaction."""
    status, event = _STATUS[judged.verdict.action]
    reply = composed.reply
    new = NewMail(
        mailbox_id=composed.box.id,
        direction=Direction.SENT,
        raw=composed.raw,
        parsed=composed.parsed,
        verdict=SenderVerdict.VERIFIED,
        at=now,
        into=reply.thread_id if reply else None,
    )
    kept = mail.keep(con, now, new)
    send_id = sends.add(
        con,
        NewSend(
            public_id=composed.public_id,
            mailbox_id=composed.box.id,
            mail_id=kept.mail_id,
            actor=who,
            status=status,
            sender=composed.box.address,
            recipients=composed.recipients.fields(),
            answers_mail=_answered_mail(composed),
            content_hash=composed.content,
            idempotency_key=composed.request.idempotency_key,
            verdict=judged.verdict,
            at=now,
            not_before=_not_before(composed, judged, status),
            first_contacts=first_contacts(judged.facts),
            reason=_reason(con, composed.box, judged),
            review=(composed.request.hold_for_review or "").strip(),
            expires_at=_decided_by(now, composed) if status is SendStatus.HELD else None,
            goes_on=answers_writers(judged.facts),
            paused=judged.pause is not None,
            turn_from=_turn_from(now, composed, judged, status),
        ),
    )
    position = journal.append(
        con,
        now,
        event,
        who,
        mailbox_id=composed.box.id,
        thread_id=kept.thread_id,
        mail_id=kept.mail_id,
        send_id=send_id,
        digest=journal.digest(con, composed.raw),
        detail=f"{judged.verdict.action} by rule {judged.verdict.rule}",
    )
    mail.describe(con, kept, new, position)
    if status is SendStatus.DENIED:
        threads.repend(con, kept.thread_id)
    else:
        threads.answered(con, kept.thread_id)
    return send_id


def first_contacts(facts: DraftFacts) -> int:
    """How many of its recipients were never met before."""
    return sum(one.first_contact for one in facts.recipients)


def suppression(con: Connection, box: Mailbox, facts: DraftFacts) -> str:
    """The sentence that names each recipient to whom nothing more goes; "" where there is none."""
    named = [one.address for one in facts.recipients if one.suppressed]
    found = suppressions.against(con, box, named) if named else {}
    told = [(shown_address(each), row["cause"], row["at"]) for each, row in found.items()]
    return f"{suppressed.told(told)} {NOBODY}" if told else ""


def pause(con: Connection, box: Mailbox, facts: DraftFacts) -> Pause | None:
    """Why a mail waits though it is allowed: its domain is paused, and it goes outside, and not
    just back to those who wrote."""
    if all(one.ours for one in facts.recipients) or answers_writers(facts):
        return None
    return reputation.paused(con, box.address.rpartition("@")[2])


def answers_writers(facts: DraftFacts) -> bool:
    """Whether whoever is outside among its recipients has written what it answers, verified: they
    wait for it, and such mail is what a domain is thought well of for."""
    return facts.draft.in_thread and all(
        one.ours
        or (one.answered and one.provenance in (Provenance.CORRESPONDENT, Provenance.OPERATOR))
        for one in facts.recipients
    )


def _reason(con: Connection, box: Mailbox, judged: _Judged) -> str:
    """What is said of it beside its verdict."""
    return judged.pause.tells if judged.pause else suppression(con, box, judged.facts)


def _not_before(composed: Composed, judged: _Judged, status: SendStatus) -> float:
    """When it may go: as it was asked for, and not before its turn."""
    turn = judged.turn.at if judged.turn and status is SendStatus.QUEUED else 0.0
    return max(composed.not_before, turn)


def _turn_from(now: float, composed: Composed, judged: _Judged, status: SendStatus) -> float | None:
    """When it would go but for its turn; None where it waits for none."""
    waits = judged.turn is not None and status is SendStatus.QUEUED
    return max(now, composed.not_before) if waits else None


def _decided_by(now: float, composed: Composed) -> float:
    """Until when a person may decide: of a scheduled mail, as long after its time as of another."""
    return max(now, composed.not_before) + composed.held_seconds
