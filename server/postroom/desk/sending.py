"""Sending: from a request to a row in the outbox, judged and composed once, and what became of it.

    resolve files ─► look at the thread ─► compose ─► one transaction:
        the same send already?  ─► that one, `duplicate`
        something new arrived?  ─► `thread_moved`
        policy                  ─► queued, held or denied; the mail, the send, the event

Then it waits a short while for the courier. It never touches a network.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace

from postroom.clock import Clock
from postroom.desk import cursors, door, outgoing, replies, views
from postroom.desk.attachments import Attachments
from postroom.desk.outgoing import Recipients
from postroom.desk.replies import Reply
from postroom.index import journal, mail, mailboxes, reading, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.ids import new_send_id
from postroom.index.index import Index, wait_for_event
from postroom.index.mail import NewMail
from postroom.index.reading import Scope
from postroom.index.sends import NewSend
from postroom.mime.compose import compose
from postroom.mime.parse import parse
from postroom.model.answers import MessageView, SendAnswer
from postroom.model.callers import Caller
from postroom.model.errors import Conflict, InvalidRequest, Refused
from postroom.model.events import EventType
from postroom.model.limits import (
    DUPLICATE_WINDOW_SECONDS,
    IDLE_PATIENCE_SECONDS,
    MAX_MESSAGE_BYTES,
    SEND_PATIENCE_SECONDS,
)
from postroom.model.mailboxes import Mailbox
from postroom.model.messages import Direction, Draft, ParsedMessage, SenderVerdict
from postroom.model.requests import SendRequest
from postroom.model.sends import SendStatus
from postroom.model.verdicts import Action, DraftFacts, Verdict
from postroom.policy.rules import judge

_STATUS = {
    Action.ALLOW: (SendStatus.QUEUED, EventType.SEND_QUEUED),
    Action.HOLD: (SendStatus.HELD, EventType.SEND_HELD),
    Action.DENY: (SendStatus.DENIED, EventType.SEND_DENIED),
}
_MOVING = (SendStatus.QUEUED, SendStatus.SUBMITTING)
MAX_NEW_CHARS = 4_000
"""Words shown of each, characters: about a thousand tokens."""

MAX_NEW_SHOWN = 5
"""New messages shown with ``thread_moved``: what an agent can take in before it answers again."""


@dataclass(frozen=True)
class _Composed:
    """A send that is ready to be judged."""

    public_id: str
    request: SendRequest
    box: Mailbox
    reply: Reply | None
    recipients: Recipients
    raw: bytes
    parsed: ParsedMessage
    content: bytes
    files: int


@dataclass(frozen=True)
class _Filed:
    """What the transaction came to."""

    send: Row | None
    duplicate: bool = False
    moved: tuple[Row, ...] = ()
    """The newest messages that were not shown, oldest first."""
    unseen: int = 0
    """How many were not shown in all."""


class Sending:
    """What is asked about mail that goes out."""

    def __init__(
        self,
        index: Index,
        clock: Clock,
        attachments: Attachments,
        idle: Callable[[], str],
    ) -> None:
        """``idle`` says why nobody does the I/O at the moment, or ""."""
        self._index = index
        self._clock = clock
        self._attachments = attachments
        self._idle = idle

    async def send(self, caller: Caller, request: SendRequest) -> SendAnswer:
        """What became of a mail: accepted by the server, or where it waits, and why.

        Raises:
            InvalidRequest: something about the request is off; nothing was queued.
            Conflict: the idempotency key stands for another mail.
            NotFound, Refused: a mailbox, thread or file is not the caller's or not allowed.
        """
        door.require(caller, "send")
        outgoing.check_size(request)
        composed = await self._compose(caller, request)
        who = door.actor(caller)
        filed = await self._index.write(lambda con: self._file(con, who, composed))
        if filed.send is None:
            return await self._thread_moved(caller, composed, filed)
        return await self._outcome(composed, filed.send["id"], filed.duplicate)

    async def _compose(self, caller: Caller, request: SendRequest) -> _Composed:
        box, reply = await self._index.read(lambda con: self._whence(con, caller, request))
        files = await self._attachments.resolve(caller, request.attachments)
        to_whom = outgoing.recipients(request, reply, box.address)
        send_id = new_send_id()
        draft = outgoing.draft(request, box, to_whom, reply, files, send_id, self._clock())
        raw, parsed = await asyncio.to_thread(_write_and_read, draft)
        if len(raw) > MAX_MESSAGE_BYTES:
            raise InvalidRequest(
                "message_too_large", f"The mail is larger than {MAX_MESSAGE_BYTES // 2**20} MB."
            )
        content = outgoing.content_hash(request, box, files)
        return _Composed(send_id, request, box, reply, to_whom, raw, parsed, content, len(files))

    def _whence(
        self, con: Connection, caller: Caller, request: SendRequest
    ) -> tuple[Mailbox, Reply | None]:
        """The mailbox that sends, and the thread that is answered."""
        if request.thread_id is None:
            return self._able(door.mailbox_or_only_one(con, caller, request.mailbox)), None
        thread_id, box = door.thread(con, caller, request.thread_id)
        if request.mailbox and door.mailbox(con, caller, request.mailbox).id != box.id:
            raise InvalidRequest(
                "thread_in_another_mailbox",
                f"This thread belongs to {box.address}.",
                "Leave `mailbox` out to answer from there.",
            )
        public_id = threads.public_id(con, thread_id)
        return self._able(box), replies.look_up(con, thread_id, public_id)

    def _able(self, box: Mailbox) -> Mailbox:
        if not box.receives(self._clock()):
            raise Refused(
                "mailbox_not_live",
                f"{box.address} is {box.status.value if box.status.value != 'live' else 'expired'}"
                " and cannot send.",
                "Use another mailbox, or call create_mailbox.",
            )
        return box

    def _file(self, con: Connection, who: str, composed: _Composed) -> _Filed:
        """The one way to the outbox: the same send, a thread that moved, or a judged row."""
        now = self._clock()
        composed = self._as_it_is_now(con, composed)
        same = _same_send(con, composed, now)
        if same is not None:
            return _Filed(same, duplicate=True)
        if composed.reply is not None and not composed.request.confirm:
            moved = _moved(con, who, composed.reply.thread_id, now)
            if moved is not None:
                return moved
        verdict = judge(_facts(who, composed))
        send_id = _write(con, now, who, composed, verdict)
        return _Filed(sends.by_id(con, send_id))

    def _as_it_is_now(self, con: Connection, composed: _Composed) -> _Composed:
        """The same send, with what may have changed while it was composed: the mailbox may be gone,
        the thread may have joined another."""
        box = mailboxes.by_id(con, composed.box.id)
        self._able(box if box is not None else composed.box)
        if composed.reply is None:
            return composed
        thread_id = threads.now(con, composed.reply.thread_id)
        return replace(composed, reply=replace(composed.reply, thread_id=thread_id))

    async def _outcome(self, composed: _Composed, send_id: int, duplicate: bool) -> SendAnswer:
        """The answer once the courier has dealt with it, or after a short while."""
        begin = self._clock()
        first_look = min(IDLE_PATIENCE_SECONDS, SEND_PATIENCE_SECONDS)
        while True:
            changed = self._index.next_change()
            send, answer = await self._index.read(
                lambda con: _answer(con, composed, send_id, duplicate)
            )
            deferred = send["status"] == SendStatus.QUEUED and send["reason"]
            if send["status"] not in _MOVING or deferred:
                return answer
            waited = self._clock() - begin
            idle = self._idle() if waited >= first_look else ""
            if idle or waited >= SEND_PATIENCE_SECONDS:
                return answer.model_copy(update={"reason": idle or None})
            await wait_for_event(changed, first_look)

    async def _thread_moved(self, caller: Caller, composed: _Composed, filed: _Filed) -> SendAnswer:
        assert composed.reply is not None
        reply, who = composed.reply, door.actor(caller)

        def look(con: Connection) -> SendAnswer:
            scope = Scope(composed.box.id, threads.now(con, reply.thread_id))
            return SendAnswer(
                status="thread_moved",
                thread_id=reply.public_id,
                after=cursors.waiting(con, scope, journal.last_position(con)),
                recipients=composed.recipients.addresses(),
                reason=_why_moved(filed),
                new_messages=tuple(_new_message(row) for row in filed.moved) or None,
                next_step="Nothing was sent. Read what is new; then send an answer that fits, or"
                " the same with confirm: true.",
            )

        answer = await self._index.read(look)
        if filed.moved:
            newest = max(row["position"] for row in filed.moved)
            self._index.note(
                lambda con: reading.show(con, who, threads.now(con, reply.thread_id), newest)
            )
        return answer


def _write_and_read(draft: Draft) -> tuple[bytes, ParsedMessage]:
    """The bytes of a draft, and what a reader finds in them: one truth for both."""
    raw = compose(draft)
    return raw, parse(raw)


def _same_send(con: Connection, composed: _Composed, now: float) -> Row | None:
    """The send that this request repeats, if any."""
    key = composed.request.idempotency_key
    if key is not None:
        known = sends.by_key(con, composed.box.id, key)
        if known is not None and known["content_hash"] != composed.content:
            raise Conflict(
                "idempotency_conflict",
                "This idempotency_key was used for another mail.",
                "Use a new key for a new mail; repeat the very same arguments to repeat a send.",
            )
        return known
    return sends.same_content(
        con,
        composed.box.id,
        composed.content,
        _answered_mail(composed),
        now - DUPLICATE_WINDOW_SECONDS,
    )


def _answered_mail(composed: _Composed) -> int | None:
    """The row id of the message that is answered."""
    reply = composed.reply
    return reply.answers["mail_id"] if reply and reply.answers else None


def _moved(con: Connection, who: str, thread_id: int, now: float) -> _Filed | None:
    """Why a reply should not go out yet: something new was not shown, or it is answered already."""
    newest = reading.newest_received(con, thread_id)
    if newest is None:
        return None
    seen = reading.shown(con, who, thread_id)
    if newest["position"] > seen:
        newest_first = reading.unseen(con, thread_id, seen, MAX_NEW_SHOWN)
        count = reading.count_unseen(con, thread_id, seen)
        return _Filed(None, moved=tuple(reversed(newest_first)), unseen=count)
    answer = sends.answer_to(con, newest["mail_id"], now - DUPLICATE_WINDOW_SECONDS)
    return _Filed(None) if answer is not None else None


def _new_message(row: Row) -> MessageView:
    words = views.words(row, include_quoted=False)
    return views.brief(row, words[:MAX_NEW_CHARS], whole=len(words) <= MAX_NEW_CHARS)


def _why_moved(filed: _Filed) -> str:
    if not filed.moved:
        return "You answered the newest message of this thread less than ten minutes ago."
    new = "a message" if filed.unseen == 1 else f"{filed.unseen} messages"
    said = f"This thread holds {new} that you have not been shown."
    if filed.unseen > len(filed.moved):
        return f"{said} The newest {len(filed.moved)} are here; get_thread shows all."
    return said


def _facts(who: str, composed: _Composed) -> DraftFacts:
    return DraftFacts(
        agent=who,
        mailbox=composed.box.address,
        recipients=composed.recipients.addresses(),
        subject=composed.parsed.subject,
        size=len(composed.raw),
        attachments=composed.files,
        in_thread=composed.reply is not None,
    )


def _write(con: Connection, now: float, who: str, composed: _Composed, verdict: Verdict) -> int:
    """The send's row id: mail, send and event, in the caller's transaction."""
    status, event = _STATUS[verdict.action]
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
            verdict=verdict,
            at=now,
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
    )
    mail.describe(con, kept, new, position)
    if status is SendStatus.DENIED:
        threads.repend(con, kept.thread_id)
    else:
        threads.answered(con, kept.thread_id)
    return send_id


def _answer(
    con: Connection, composed: _Composed, send_id: int, duplicate: bool
) -> tuple[Row, SendAnswer]:
    send = sends.by_id(con, send_id)
    assert send is not None
    thread_id = sends.thread_now(con, send["mail_id"])
    scope = Scope(send["mailbox_id"], thread_id)
    status = SendStatus.QUEUED if send["status"] == SendStatus.SUBMITTING else send["status"]
    differs = composed.reply.reply_to_differs() if composed.reply else None
    return send, SendAnswer(
        send_id=send["public_id"],
        status=str(status),  # type: ignore[arg-type]  # a SendStatus is one of these words
        message_id=send["message_public_id"],
        thread_id=threads.public_id(con, thread_id),
        after=cursors.waiting(con, scope, send["position"]),
        recipients=tuple(r["address"] for r in sends.recipients(con, send_id)),
        duplicate=True if duplicate else None,
        reason=send["reason"] or None,
        next_step=_next_step(str(status), differs),
    )


def _next_step(status: str, differs: str | None) -> str | None:
    told = f"Its Reply-To is {differs}; that was not followed." if differs else ""
    steps = {
        "sent": "",
        "queued": "It goes out by itself; do not send it again. wait_for_reply tells of a failure.",
        "held": "A human looks at it first. wait_for_reply tells what they decide.",
        "denied": "Policy does not allow it. Change what the reason names, or ask the user.",
        "failed": "Nothing was delivered. Correct what the reason names before sending again.",
        "unknown": "It may have been delivered. Do not send it again; tell the user.",
    }
    return " ".join(part for part in (told, steps.get(status, "")) if part) or None
