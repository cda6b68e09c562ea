"""Sending: from a request to a row in the outbox, judged and composed once, and what became of it.

    look at the thread ─► resolve files ─► compose ─► outbox.file, one transaction
                                              ▲            │ files lie elsewhere, and nothing
                                              └── fetch ◄──┘ speaks against the mail

Then it waits a short while for the courier. The guarded fetch is its one connection.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace

from postroom.clock import Clock, Stopwatch
from postroom.desk import cursors, door
from postroom.desk.files.url_files import UrlFiles
from postroom.desk.sends import outbox, outgoing
from postroom.desk.sends.composing import Composing
from postroom.desk.sends.outbox import Composed, Filed
from postroom.desk.sends.outgoing import Recipients
from postroom.desk.sends.replies import Reply
from postroom.desk.threads import views
from postroom.desk.times import iso, to_come
from postroom.index import journal, sends, threads
from postroom.index.database import Connection, Row
from postroom.index.index import Index, wait_for_event
from postroom.index.reading import Scope
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model.answers import MessageView, SendAnswer
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom.model.limits import (
    IDLE_PATIENCE_SECONDS,
    MAX_AHEAD_SECONDS,
    SEND_PATIENCE_SECONDS,
)
from postroom.model.requests import SendRequest
from postroom.model.sends import RecipientOutcome, SendStatus
from postroom.model.verdicts import Action, DraftFacts
from postroom.policy.rules import LIMITS, Policy

_MOVING = (SendStatus.QUEUED, SendStatus.SUBMITTING)
MAX_LEFT_OUT_SHOWN = 5
"""Addresses named that a reply does not go to; a stranger may have copied hundreds."""

MAX_NEW_CHARS = 4_000
"""Words shown of each, characters: about a thousand tokens."""


class Sending:
    """What is asked about mail that goes out."""

    def __init__(
        self,
        index: Index,
        clock: Clock,
        composing: Composing,
        urls: UrlFiles,
        idle: Callable[[], str],
    ) -> None:
        """``urls`` fetches files that lie elsewhere. ``idle`` says why nobody does the I/O at the
        moment, or ""."""
        self._index = index
        self._clock = clock
        self._composing = composing
        self._urls = urls
        self._idle = idle

    async def send(self, caller: Caller, request: SendRequest, at: str | None = None) -> SendAnswer:
        """What became of a mail: accepted by the server, or where it waits, and why. It goes now,
        or not before ``at``, a time or a duration from now, which no tool passes.

        Raises:
            InvalidRequest: something about the request is off; nothing was queued.
            Conflict: the idempotency key stands for another mail.
            NotFound, Refused: a mailbox, thread or file is not the caller's or not allowed.
            Unavailable, PeerError, PeerTimeout: a file that lies elsewhere cannot be had.
        """
        door.require(caller, "send")
        outgoing.check(request)
        meant = await self._composing.meant(caller, request, self._not_before(at))
        composed = await self._composing.composed(caller, meant)
        filed = await self._filed(caller, composed)
        if filed.files_first:
            files = await self._urls.fetched(meant.files)
            composed = await self._composing.composed(caller, meant, files)
            filed = await self._filed(caller, composed)
        if filed.send is None:
            return await self._thread_moved(composed, filed, door.reads(caller))
        return await self._outcome(composed, filed.send["id"], filed.duplicate)

    async def would_be(
        self, caller: Caller, request: SendRequest, other: Policy | None = None
    ) -> tuple[Composed, DraftFacts]:
        """A mail as it would be filed now, and what policy knows of it, by the policy that holds or
        ``other``, with its contacts and its time zone; nothing is filed, and no file is fetched
        that lies elsewhere. Raises as ``send``."""
        door.require(caller, "send")
        outgoing.check(request)
        meant = await self._composing.meant(caller, request, 0.0)
        composed = await self._composing.composed(caller, meant)
        composed = replace(composed, policy=other or composed.policy)
        who = door.actor(caller)
        facts = await self._index.read(
            lambda con: outbox.facts_of(con, self._clock(), who, composed)
        )
        return composed, facts

    async def _filed(self, caller: Caller, composed: Composed) -> Filed:
        who = door.actor(caller)
        return await self._index.write(lambda con: outbox.file(con, self._clock(), who, composed))

    def _not_before(self, at: str | None) -> float:
        """When a mail that is scheduled for ``at`` may go, seconds since 1970; 0 for at once."""
        if at is None:
            return 0.0
        now = self._clock()
        when = to_come(at, now, "at")
        if not 0 < when - now <= MAX_AHEAD_SECONDS:
            raise InvalidRequest(
                "time_out_of_range",
                "A mail can be scheduled for a time to come, within a year.",
                "Leave the time out to send it now.",
            )
        return when

    async def _outcome(self, composed: Composed, send_id: int, duplicate: bool) -> SendAnswer:
        """The answer once the courier has dealt with it, or after a short while."""
        watch = Stopwatch(self._clock)
        first_look = min(IDLE_PATIENCE_SECONDS, SEND_PATIENCE_SECONDS)
        while True:
            changed = self._index.next_change()
            send, answer = await self._index.read(
                lambda con: _answer(con, composed, send_id, duplicate, self._clock())
            )
            waits = send["status"] == SendStatus.QUEUED and answer.reason
            if send["status"] not in _MOVING or waits:
                return answer
            waited = watch.elapsed()
            idle = self._idle() if waited >= first_look else ""
            if idle or waited >= SEND_PATIENCE_SECONDS:
                return answer.model_copy(update={"reason": idle or None})
            await wait_for_event(changed, first_look)

    async def _thread_moved(self, composed: Composed, filed: Filed, reads: bool) -> SendAnswer:
        """``reads``: whether the caller may be shown what is new."""
        assert composed.reply is not None
        reply = composed.reply

        def look(con: Connection) -> SendAnswer:
            scope = Scope(composed.box.id, threads.now(con, reply.thread_id))
            return SendAnswer(
                status="thread_moved",
                thread_id=reply.public_id,
                after=cursors.waiting(con, scope, journal.last_position(con)),
                recipients=tuple(map(shown_address, composed.recipients.addresses())),
                reason=_why_moved(filed, reads),
                new_messages=tuple(_new_message(row) for row in filed.moved if reads) or None,
                next_step=_after_moved(filed, reads),
            )

        return await self._index.read(look)


def _new_message(row: Row) -> MessageView:
    words = views.words(row, include_quoted=False)
    return views.brief(row, words[:MAX_NEW_CHARS], whole=len(words) <= MAX_NEW_CHARS)


def _after_moved(filed: Filed, reads: bool) -> str:
    if not reads:
        return "Nothing was sent. Let whoever may read look; confirm: true sends it all the same."
    # What is shown here does not count as read: a client that just repeats the call must not send
    # an answer that was written before it.
    if not filed.moved:
        return "Nothing was sent. If a second answer is meant, send it with confirm: true."
    return (
        "Nothing was sent. Read what is new, then send an answer that fits it, with confirm: true."
    )


def _why_moved(filed: Filed, reads: bool) -> str:
    if not filed.moved:
        return "You answered the same message less than ten minutes ago."
    new = "a message" if filed.unseen == 1 else f"{filed.unseen} messages"
    said = f"This thread holds {new} that you have not been shown."
    if reads and filed.unseen > len(filed.moved):
        return f"{said} The newest {len(filed.moved)} are here; get_thread shows all."
    return said


def _answer(
    con: Connection, composed: Composed, send_id: int, duplicate: bool, now: float
) -> tuple[Row, SendAnswer]:
    send = sends.by_id(con, send_id)
    assert send is not None
    thread_id = sends.thread_now(con, send["mail_id"])
    scope, known = Scope(send["mailbox_id"], thread_id), sends.recipients(con, send_id)
    status = SendStatus.QUEUED if send["status"] == SendStatus.SUBMITTING else send["status"]
    return send, SendAnswer(
        send_id=send["public_id"],
        status=str(status),  # type: ignore[arg-type]  # a SendStatus is one of these words
        message_id=send["message_public_id"],
        thread_id=threads.public_id(con, thread_id),
        after=cursors.waiting(con, scope, send["position"]),
        recipients=tuple(shown_address(r["address"]) for r in known),
        refused=_refused(status, known) or None,
        duplicate=True if duplicate else None,
        reason=send["reason"] or _scheduled(send, now) or None,
        next_step=_next_step(str(status), composed, send),
    )


def _refused(status: str, known: Sequence[Row]) -> tuple[str, ...]:
    """Who does not get a mail that others got."""
    if status != SendStatus.SENT:
        return ()
    lost = (RecipientOutcome.REFUSED, RecipientOutcome.DEFERRED)
    return tuple(shown_address(row["address"]) for row in known if row["outcome"] in lost)


def _scheduled(send: Row, now: float) -> str:
    """When it goes, where that was asked for and is still to come."""
    if send["status"] != SendStatus.QUEUED or send["not_before"] <= now:
        return ""
    return f"It is scheduled for {iso(send['not_before'])}."


def _after_denied(send: Row) -> str:
    """What to do where a mail was denied: of what rules are about, another mail may be written."""
    verdict = json.loads(send["verdict"])
    if verdict.get("action") != Action.DENY:
        return "A person decided that: ask the user before you write another."
    if verdict["rule"].startswith(LIMITS):
        return "Tell the user, and do not send it again."
    return "Change what the reason names, or ask the user."


def _warnings(reply: Reply | None, to_whom: Recipients) -> list[str]:
    """What to know of the message that was answered, and of the answer."""
    warnings = []
    if left_out := to_whom.left_out:
        shown = ", ".join(shown_address(p.address) for p in left_out[:MAX_LEFT_OUT_SHOWN])
        more = len(left_out) - MAX_LEFT_OUT_SHOWN
        shown += f" and {more} more" if more > 0 else ""
        warnings.append(f"It does not go to {shown}: no mail can be sent to such an address.")
    if reply is None:
        return warnings
    if reply.is_to_forged():
        warnings.append("The message answered is forged: its sender is not who it claims to be.")
    if differs := reply.reply_to_differs():
        warnings.append(f"The message answered asks for replies to {differs}; not followed.")
    return warnings


OF_THE_KEY = "With the same idempotency_key you get this answer again: take another one."

_ENDED = frozenset({"failed", "bounced", "denied", "expired", "cancelled"})
"""What may be sent again, once what was wrong is corrected, as another mail."""


def _next_step(status: str, composed: Composed, send: Row) -> str | None:
    steps = {
        "sent": "All the other recipients got it: do not send it to them again."
        if send["reason"]
        else "",
        "queued": "It goes out by itself; do not send it again. wait_for_reply tells of a failure.",
        "held": "A human looks at it first. wait_for_reply tells what they decide.",
        "expired": "Nobody approved it in time. Ask the user before sending it again.",
        "cancelled": "It was taken back. Ask the user before sending it again.",
        "denied": f"It does not go out. {_after_denied(send)}",
        "failed": "Nothing was delivered. Correct what the reason names before sending again.",
        "bounced": "It came back from everybody, by a report. Correct what the reason names.",
        "unknown": "It may have been delivered. Do not send it again; tell the user.",
    }
    told = _warnings(composed.reply, composed.recipients)
    again = OF_THE_KEY if composed.request.idempotency_key and status in _ENDED else ""
    return " ".join(part for part in (*told, steps.get(status, ""), again) if part) or None
