"""The courier: takes what is due from the outbox to a server, and records what it said.

Claiming, submitting and recording are three steps, so that a crash between any two is found by the
next worker: a send that is ``submitting`` and not ours was in a dead worker's hands. The built-in
server files the Sent copy in the transaction that accepts the mail; whether it is there tells
whether the mail was taken.
"""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from functools import partial

from postroom.imap.account import ImapLogin
from postroom.imap.connection import ImapConnection
from postroom.index import mail, sends
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.index.sends import Waiting
from postroom.model.errors import PostroomError
from postroom.model.sends import Envelope, RecipientOutcome, SendStatus, Submission
from postroom.smtp.account import SmtpLogin
from postroom.smtp.submit import SubmissionPool
from postroom.work.outcomes import settle
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

AT_ONCE = 8
"""Submissions in flight together."""

LAST_SECONDS = 10.0
"""How long a submission in flight may take to end when the process is asked to."""

RECONCILE_SECONDS = 1.0
SHORTEST_SLEEP, LONGEST_SLEEP = 0.05, 60.0
SENT = "Sent"


class Courier:
    """Empties the outbox."""

    def __init__(
        self,
        term: Term,
        smtp: Callable[[Waiting], SmtpLogin],
        imap: Callable[[Waiting], ImapLogin],
        local_domain: str,
        retry_seconds: float,
    ) -> None:
        self._term = term
        self._smtp = smtp
        self._imap = imap
        self._local_domain = local_domain
        self._retry_seconds = retry_seconds
        self._pool = SubmissionPool(per_login=2)
        self._in_flight: dict[int, asyncio.Task[None]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until ``stop`` is set; then finish what is in flight and claim nothing new."""
        index = self._term.index
        asking = asyncio.create_task(self._keep_reconciling(), name="reconcile")
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
        due = await self._term.index.read(sends.next_due)
        pause = LONGEST_SLEEP if due is None else due - self._term.index.clock()
        if len(self._in_flight) >= AT_ONCE:
            pause = LONGEST_SLEEP  # a submission that ends is a commit, and wakes us
        waits = [
            asyncio.ensure_future(
                wait_for_event(changed, min(max(pause, SHORTEST_SLEEP), LONGEST_SLEEP))
            ),
            asyncio.ensure_future(stop.wait()),
        ]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)

    async def _claim(self) -> None:
        room = AT_ONCE - len(self._in_flight)
        if room <= 0:
            return
        now = self._term.index.clock()
        for send in await self._term.index.read(lambda con: sends.due(con, now, room)):
            if send.id not in self._in_flight:
                task = asyncio.create_task(self._carry(send), name=f"send-{send.public_id}")
                self._in_flight[send.id] = task
                task.add_done_callback(partial(self._landed, send.id))

    def _landed(self, send_id: int, _: asyncio.Task[None]) -> None:
        self._in_flight.pop(send_id, None)

    async def _carry(self, send: Waiting) -> None:
        now = self._term.index.clock()
        try:
            taken = await self._term.write(lambda con: _take(con, now, send))
            if taken is None:
                return
            envelope, raw = taken
            submission = await self._submit(send, envelope, raw)
            await self._term.write(lambda con: self._record(con, send, submission))
        except PostroomError as error:
            log.error("Send %s was interrupted: %s", send.public_id, error.code)
        except Exception:
            log.exception("Send %s was interrupted.", send.public_id)

    async def _submit(self, send: Waiting, envelope: Envelope, raw: bytes) -> Submission:
        return await self._pool.submit(self._smtp(send), envelope, raw)

    def _record(self, con: Connection, send: Waiting, submission: Submission) -> None:
        now = self._term.index.clock()
        before = sum(
            row["outcome"] == RecipientOutcome.ACCEPTED for row in sends.recipients(con, send.id)
        )
        sends.record(con, now, send, submission.replies, submission.final_reply)
        outcome = settle(
            submission,
            before,
            attempt=send.attempts + 1,
            now=now,
            give_up_at=send.created_at + self._retry_seconds,
            local_domain=self._local_domain,
        )
        codes = ",".join(sorted({str(reply.code) for reply in submission.replies}))
        sends.settle(
            con,
            now,
            send.id,
            outcome.status,
            reason=outcome.reason,
            not_before=outcome.not_before,
            detail=f"attempt {send.attempts + 1}: {codes}",
        )

    async def _keep_reconciling(self) -> None:
        """Find out about sends that a dead worker had in hand, or whose answer never came."""
        index = self._term.index
        while True:
            changed = index.next_change()
            open_ones = await self._reconcile()
            await wait_for_event(changed, RECONCILE_SECONDS if open_ones else LONGEST_SLEEP)

    async def _reconcile(self) -> bool:
        """Whether something is left that could not be found out."""
        ours = set(self._in_flight)
        found = await self._term.index.read(
            lambda con: [*sends.interrupted(con), *sends.doubtful(con)]
        )
        left = False
        for send in found:
            if send.id in ours or send.id in self._in_flight:
                continue
            taken = await self._was_taken(send)
            if taken is None:
                left = True
                continue
            status = SendStatus.SENT if taken else SendStatus.QUEUED
            detail = "found in Sent" if taken else "not in Sent: goes again, same Message-ID"
            await self._term.write(partial(self._settled, send=send, status=status, detail=detail))
        return left

    def _settled(self, con: Connection, send: Waiting, status: SendStatus, detail: str) -> None:
        now = self._term.index.clock()
        row = sends.by_id(con, send.id)
        if row is None or row["status"] not in (SendStatus.SUBMITTING, SendStatus.UNKNOWN):
            return  # it was settled while we asked
        if status is SendStatus.SENT:
            sends.accept_all(con, send.id)
        sends.settle(con, now, send.id, status, detail=detail)

    async def _was_taken(self, send: Waiting) -> bool | None:
        """Whether the server filed a Sent copy of it; None where that cannot be found out now."""
        message_id = f"{send.public_id}@{send.address.rpartition('@')[2]}"
        try:
            connection = await ImapConnection.open(self._imap(send))
        except PostroomError:
            return None
        try:
            await connection.select(SENT)
            return bool(await connection.find_message_id(message_id))
        except PostroomError:
            return None
        finally:
            await connection.close()

    async def _finish(self) -> None:
        tasks = list(self._in_flight.values())
        if tasks:
            await asyncio.wait(tasks, timeout=LAST_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(PostroomError):
            await self._pool.close()


def _take(con: Connection, now: float, send: Waiting) -> tuple[Envelope, bytes] | None:
    """The envelope and bytes of a send that is now in our hands, or None where it is not to go."""
    raw = mail.raw(con, send.mail_id)
    if raw is None:  # retention took the bytes while it waited; say so rather than wait for ever
        reason = "Its mailbox was removed before the mail was sent."
        sends.settle(con, now, send.id, SendStatus.FAILED, reason=reason)
        return None
    if not sends.begin(con, send.id):
        return None
    return sends.envelope(con, send), raw
