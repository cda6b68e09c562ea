"""The courier: takes what is due from the outbox to a server, and records what it said.

Claiming, submitting and recording are three steps, so that a crash between any two is found by the
next worker: a send that is ``submitting`` and not ours was in a dead worker's hands, and the
reconciler finds out what became of it.
"""

import asyncio
import logging
from collections import Counter
from dataclasses import dataclass
from functools import partial

from pydantic import SecretStr

from postroom.index import (
    carrying,
    domain_keys,
    held,
    mail,
    mailboxes,
    reputation,
    sends,
    suppressions,
)
from postroom.index.carrying import Waiting
from postroom.index.database import Connection
from postroom.index.domain_keys import KeptKey
from postroom.index.index import wait_for_any, wait_for_event
from postroom.model.errors import InvalidRequest, PostroomError
from postroom.model.sends import (
    Envelope,
    Obstacle,
    RecipientOutcome,
    RecipientReply,
    SendStatus,
    Submission,
)
from postroom.policy import suppressed
from postroom.policy.rules import Policy
from postroom.policy_file import CurrentPolicy
from postroom.smtp.replies import Answer, all_alike, reply
from postroom.smtp.rewritten_ids import told_message_id
from postroom.smtp.submit import SubmissionPool
from postroom.work import reports, suppressing, waiting_on
from postroom.work.bouncing import PLAIN, BounceSenders
from postroom.work.looks import Looks
from postroom.work.outcomes import NO_ANSWER, settle
from postroom.work.own_signatures import OwnSignatures
from postroom.work.reconciler import Reconciler
from postroom.work.term import Term
from postroom.work.ways import BuiltinWay, SentBy, Way, Ways

log = logging.getLogger("postroom.work")

AT_ONCE, AT_ONCE_SHARED = 8, 2
"""Submissions of one way in flight together, and of one whose mailboxes share a login: a server
that hangs keeps nobody else's mail waiting, and no mail is in hand that only waits for its turn."""

LOOK_AT = 50
"""Sends of one domain that are looked at together."""

LAST_SECONDS = 10.0
"""How long a submission in flight may take to end when the process is asked to."""

REST_SECONDS = 1.0
"""How long a send rests that could not even be claimed or recorded: a full disk must make no busy
loop."""

ANSWERED = (
    "A person answered this conversation from the same mailbox while this mail was on its way out;"
    " it was not sent. Read the thread first; write again only if there is more to say."
)

GONE = "Its mailbox was removed before the mail was sent."

SUPPRESSED = "Nothing more is sent there since this mail was written."

CHANGED = (
    "It is not what a person approved any more; it was not sent, and a person has to look again."
)

SHORTEST_SLEEP, FULL_SLEEP, LONGEST_SLEEP = 0.05, 1.0, 60.0


class Courier:
    """Empties the outbox."""

    def __init__(
        self,
        term: Term,
        ways: Ways,
        reconciler: Reconciler,
        looks: Looks,
        signatures: OwnSignatures,
        retry_seconds: float,
        policy: CurrentPolicy,
        bounces: BounceSenders = PLAIN,
    ) -> None:
        """``bounces``: what mail goes out from."""
        self._policy = policy
        self._term = term
        self._bounces = bounces
        self._ways = ways
        self._reconciler = reconciler
        self._looks = looks
        self._signatures = signatures
        self._retry_seconds = retry_seconds
        self._pool = SubmissionPool(per_login=2, most=AT_ONCE * (1 + len(list(ways))))
        self._in_flight: dict[int, asyncio.Task[None]] = {}
        self._busy: Counter[str] = Counter()
        """Submissions in flight, by way."""
        self._full = False
        """Whether some way has no place for what is due."""
        self._doubt: float | None = None
        self._freed = asyncio.Event()
        self._stop = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until ``stop`` is set; then finish what is in flight and claim nothing new."""
        self._stop = stop
        index = self._term.index
        asking = asyncio.create_task(
            self._reconciler.run(lambda: self._in_flight, self._retry_seconds), name="reconciler"
        )
        try:
            while not stop.is_set():
                changed = index.next_change()
                await self._claim()
                await self._sleep(changed, stop)
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await self._finish()

    async def _sleep(self, changed: asyncio.Event, stop: asyncio.Event) -> None:
        due = await self._term.index.read(carrying.next_due)
        pause = LONGEST_SLEEP if due is None else due - self._term.index.clock()
        if self._full:
            pause = max(pause, FULL_SLEEP)  # a submission that ends wakes us
        pause = min(max(pause, SHORTEST_SLEEP), LONGEST_SLEEP)
        await wait_for_any(changed, stop, self._freed, timeout=pause)

    async def _claim(self) -> None:
        now = self._term.index.clock()
        self._full = False
        self._freed.clear()
        if await self._term.index.read(lambda con: reputation.to_keep_back(con, now)):
            await self._term.write(lambda con: waiting_on.keep_back(con, now))
        doubt, due = await self._term.index.read(
            lambda con: (carrying.newest_doubt(con), carrying.due(con, now, LOOK_AT))
        )
        if doubt != self._doubt:
            self._doubt = doubt
            self._reconciler.look()  # also of what a watcher has met
        for send in due:
            if send.id in self._in_flight:
                continue
            name, places = self._places(send)
            if self._busy[name] >= places:
                self._full = True
                continue
            task = asyncio.create_task(self._carry(send), name=f"send-{send.public_id}")
            self._in_flight[send.id] = task
            self._busy[name] += 1
            task.add_done_callback(partial(self._landed, send.id, name))

    def _places(self, send: Waiting) -> tuple[str, int]:
        """The name of a send's way, and how many submissions it carries together."""
        try:
            way = self._ways.of(send.address)
        except PostroomError:
            return "", AT_ONCE  # of a domain that is gone: it is told so
        return way.name, AT_ONCE_SHARED if way.shared else AT_ONCE

    def _landed(self, send_id: int, way: str, _: asyncio.Task[None]) -> None:
        self._in_flight.pop(send_id, None)
        self._busy[way] -= 1
        if self._full:
            self._freed.set()

    async def _carry(self, send: Waiting) -> None:
        try:
            await self._look_into_sent(send)
            policy = await self._policy.of_a_file() if send.outside else None
            now = self._term.index.clock()
            taken = await self._term.write(lambda con: _take(con, now, send, policy, self._bounces))
            if taken is None:
                return
            way, submission = await self._submit(send, taken)
            await self._term.write(
                lambda con: self._record(con, send, taken.doubtful, way, submission)
            )
        except Exception as error:
            log.error("Send %s was interrupted.", send.public_id, exc_info=error)
            await wait_for_event(self._stop, REST_SECONDS)
            self._reconciler.look()

    async def _look_into_sent(self, send: Waiting) -> None:
        """Know of what a person answered from the same login by now, before an answer goes out, and
        of a copy that came late, before a mail in doubt goes again."""
        if send.answers_mail is None and not await self._is_in_doubt(send):
            return
        try:
            way = self._ways.of(send.address)
        except PostroomError:
            return  # it goes nowhere, and is told so
        await self._looks.look(way.name, way.name if way.shared else send.address)

    async def _is_in_doubt(self, send: Waiting) -> bool:
        return send.attempts > 0 and await self._term.index.read(
            lambda con: bool(carrying.in_doubt(con, send.id, send.attempts))
        )

    async def _submit(self, send: Waiting, taken: "_Taken") -> tuple[Way | None, Submission]:
        """The way it went, if any, and what became of it there."""
        way: Way | None = None
        try:
            way = self._ways.of(send.address)
            login = await way.smtp(send.address, SecretStr(send.password))
            raw = await self._signatures.on(taken.raw, taken.keys, way.smtp_host)
        except PostroomError as error:  # whatever is wrong there, it says nothing of the mail
            return way, _not_begun(taken.envelope, error)
        try:
            knows = isinstance(way, BuiltinWay)
            noting = partial(self._offered, send, taken.doubtful, knows)
            return way, await self._pool.submit(login, taken.envelope, raw, noting)
        except InvalidRequest as error:  # it can never be sent: trying again would never end
            answer = Answer(NO_ANSWER, error.message)
            return way, all_alike(taken.envelope, RecipientOutcome.REFUSED, answer)

    async def _offered(
        self,
        send: Waiting,
        doubtful: frozenset[str],
        knows: bool,
        replies: tuple[RecipientReply, ...],
    ) -> None:
        """Keep for whom the message is about to leave, and who is put off or refused: should this
        process die before that, nobody is in doubt, and a copy in Sent must not speak for the
        others. Where the server ``knows`` what it took, there is nothing to keep of a first
        attempt that is for everybody."""
        told = any(each.outcome is not RecipientOutcome.UNKNOWN for each in replies)
        if told or send.attempts or not knows:
            await self._term.write(lambda con: carrying.note(con, send.id, replies, doubtful))

    def _record(
        self,
        con: Connection,
        send: Waiting,
        doubtful: frozenset[str],
        way: Way | None,
        submission: Submission,
    ) -> None:
        now = self._term.index.clock()
        before = [
            reply(row["address"], row["outcome"], Answer(row["code"], row["reply"]))
            for row in sends.recipients(con, send.id)
            if row["outcome"] in (RecipientOutcome.ACCEPTED, RecipientOutcome.REFUSED)
        ]
        if submission.obstacle is not None and not isinstance(way, BuiltinWay):
            submission = _of_nobody(submission)
        carrying.record(con, now, send, submission, doubtful)
        self._suppress(con, now, send, way, submission)
        outcome = settle(
            submission,
            before,
            attempt=send.attempts + 1,
            now=now,
            give_up_at=send.released_at + self._retry_seconds,
            local_domains=way.domains if isinstance(way, BuiltinWay) else frozenset(),
            doubtful=doubtful,
        )
        codes = ",".join(sorted({str(reply.code) for reply in submission.replies}))
        carrying.settle(
            con,
            now,
            send.id,
            outcome.status,
            reason=outcome.reason,
            not_before=outcome.not_before,
            detail=f"attempt {send.attempts + 1}: {codes}",
        )
        if submission.obstacle is Obstacle.UNPREPARED:
            carrying.let_wait(con, now, send.id)
        if outcome.status is SendStatus.SENT:
            reports.retell(con, now, send.id)
        if outcome.status is SendStatus.SENT and way is not None:
            _after_acceptance(con, send, way, submission)

    def _suppress(
        self, con: Connection, now: float, send: Waiting, way: Way | None, submission: Submission
    ) -> None:
        """Write no more to whom the server knows not, but for addresses of our own domains: what
        is no mailbox there may be one tomorrow."""
        ours = {domain for each in self._ways for domain in each.domains}
        if way is None or isinstance(way, BuiltinWay) or submission.obstacle is not None:
            return
        for each in submission.replies:
            if each.address.rpartition("@")[2].lower() not in ours:
                suppressing.by_refusal(con, now, send.mailbox_id, send.id, each)

    async def _finish(self) -> None:
        """Let what is in flight end. What takes too long is left to be reconciled."""
        tasks = list(self._in_flight.values())
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._pool.close()


@dataclass(frozen=True)
class _Taken:
    """A send that is in our hands."""

    envelope: Envelope
    raw: bytes
    doubtful: frozenset[str]
    """Whom an attempt before may have reached."""
    keys: tuple[KeptKey, ...]
    """What it is signed with: the keys of its From domain that are active now."""


def _take(
    con: Connection, now: float, send: Waiting, policy: Policy | None, bounces: BounceSenders
) -> _Taken | None:
    """A send that is now in our hands, or None where it is not to go."""
    raw = mail.raw(con, send.mail_id)
    if raw is None:  # retention took the bytes while it waited; say so rather than wait for ever
        carrying.settle(con, now, send.id, SendStatus.FAILED, reason=GONE)
        return None
    if send.approved and send.approved != held.hash_of(con, send.id, send.sender, raw):
        carrying.settle(con, now, send.id, SendStatus.HELD, reason=CHANGED)
        return None
    if carrying.answered_by_person(con, send):
        carrying.settle(con, now, send.id, SendStatus.FAILED, reason=ANSWERED)
        return None
    if not _may_go(con, now, send) or waiting_on.waits(con, now, send, policy):
        return None
    if not carrying.begin(con, send.id):
        return None
    envelope = carrying.envelope(con, send).model_copy(update={"sender": bounces.of(con, send)})
    return _Taken(
        envelope,
        raw,
        carrying.in_doubt(con, send.id, send.attempts),
        domain_keys.signing(con, send.address.rpartition("@")[2]),
    )


def _may_go(con: Connection, now: float, send: Waiting) -> bool:
    """Whether there is anybody left to send it to. Where one of its recipients has been suppressed
    since it was filed it goes to nobody; where others may have it already, to the rest."""
    box = mailboxes.by_id(con, send.mailbox_id)
    left = carrying.envelope(con, send).recipients
    barred = suppressions.against(con, box, left) if box else {}
    if not barred:
        return True
    if send.attempts:
        answer = Answer(NO_ANSWER, SUPPRESSED)
        carrying.note(
            con, send.id, [reply(each, RecipientOutcome.REFUSED, answer) for each in barred]
        )
        if len(barred) < len(left):
            return True
    known = sends.recipients(con, send.id)
    taken = any(row["outcome"] == RecipientOutcome.ACCEPTED for row in known)
    status = SendStatus.SENT if taken else SendStatus.FAILED
    why = suppressed.told([(each, row["cause"], row["at"]) for each, row in barred.items()])
    carrying.settle(con, now, send.id, status, reason=why, detail="suppressed")
    return False


def _after_acceptance(con: Connection, send: Waiting, way: Way, submission: Submission) -> None:
    """What is left to do for a mail that was taken: file it, and know it by its new name."""
    if way.sent_by is SentBy.POSTROOM:
        carrying.to_file(con, send.id)
    told = told_message_id(submission.final_reply, way.smtp_host)
    if told is not None:
        mail.also_known_as(con, send.mail_id, told)


def _of_nobody(submission: Submission) -> Submission:
    """An attempt that could not begin, told so of every recipient: a refused login refuses none of
    them, and the next attempt is for all."""
    replies = tuple(
        each.model_copy(update={"outcome": RecipientOutcome.DEFERRED})
        for each in submission.replies
    )
    return submission.model_copy(update={"replies": replies})


def _not_begun(envelope: Envelope, error: PostroomError) -> Submission:
    """An attempt that something of our own stood in the way of: it is made again."""
    answer = Answer(NO_ANSWER, f"{error.message} {error.next_step}".strip())
    submission = all_alike(envelope, RecipientOutcome.DEFERRED, answer)
    return submission.model_copy(update={"obstacle": Obstacle.UNPREPARED})
