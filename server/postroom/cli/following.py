"""Waiting at the desk again and again, each message handed on before it is acknowledged.

The desk acknowledges what lies before a cursor when that cursor is passed. So it is passed only
once every message of the answer that gave it has been taken; a receiver that deals with messages
gets them one by one. Whoever dies before that is given the same message again: at least once, and
message ids tell which.
"""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from postroom.cli.exits import OF_WAIT, ExitCode
from postroom.model.callers import operator
from postroom.model.limits import MAX_WAIT_MESSAGES, MAX_WAIT_SECONDS, MIN_ANSWER_TOKENS
from postroom.model.mailboxes import MailboxStatus

if TYPE_CHECKING:
    from postroom.build import PostRoom
    from postroom.model.answers import MessageView, WaitAnswer


GRACE_SECONDS = 10.0
"""For a receiver to end what it has begun once we are told to stop."""


@dataclass(frozen=True)
class Scope:
    """What is waited on, by default the only mailbox there is, and for which mail."""

    mailbox: str | None
    thread_id: str | None
    sender: str | None = None
    has_code: bool = False


@dataclass(frozen=True)
class Place:
    """Where messages come from: what a receiver is told beside them."""

    home: str
    mailbox: str


class Receiver(Protocol):
    """Takes what a wait brings."""

    deals: bool
    """Whether what it has taken counts as acknowledged."""

    async def take(self, message: "MessageView", place: Place) -> bool:
        """Whether the message was dealt with and may be acknowledged."""

    def stop(self) -> None:
        """Begin nothing anew: what is being done may end."""

    def tell(self, answer: "WaitAnswer") -> None:
        """An answer, once all its messages have been taken."""


class Watch:
    """One run of `postroom wait`."""

    def __init__(
        self,
        scope: Scope,
        after: str | None,
        seconds: float | None,
        follow: bool,
        receiver: Receiver,
    ) -> None:
        """``seconds``: None for no end. ``follow``: go on after the first answer."""
        self._scope = scope
        self._after = after
        self._seconds = seconds
        self._follow = follow
        self._receiver = receiver
        self._stopping = False
        self.broke_off = False
        """Whether a stop came before a message that had been begun was dealt with."""

    async def run(self, room: "PostRoom") -> ExitCode:
        """The exit code of the last answer, or FAILED where a message was not dealt with."""
        place = Place(str(room.settings.home), await _mailbox(room, self._scope))
        clock = asyncio.get_running_loop().time
        deadline = clock() + self._seconds if self._seconds is not None else None
        first = ""
        while True:
            left = MAX_WAIT_SECONDS if deadline is None else max(deadline - clock(), 0)
            answer = await self._ask(room, min(left, MAX_WAIT_SECONDS))
            is_over = deadline is not None and clock() >= deadline
            if answer.outcome == "timeout" and answer.problem and not is_over:
                is_over = await _has_ended(room, place)
            if answer.outcome in ("timeout", "held") and not is_over:
                continue
            if not await self._hand_on(room, answer, place):
                return ExitCode.FAILED
            if answer.messages:
                first = first or answer.outcome
            if answer.messages and self._receiver.deals and not self._follow:
                deadline = clock()  # one by one: what is there already, and nothing later
            elif not self._follow or is_over:
                if self._follow and first:
                    return ExitCode.DONE
                return OF_WAIT.get(first or answer.outcome, ExitCode.FAILED)

    async def _ask(self, room: "PostRoom", seconds: float) -> "WaitAnswer":
        answer = await room.desk.waiting.wait(
            operator(),
            thread_id=self._scope.thread_id,
            mailbox=self._scope.mailbox,
            after=self._after,
            timeout_seconds=seconds,
            most=1 if self._receiver.deals else MAX_WAIT_MESSAGES,
            sender=self._scope.sender,
            has_code=self._scope.has_code,
        )
        self._after = answer.after
        return answer

    async def _hand_on(self, room: "PostRoom", answer: "WaitAnswer", place: Place) -> bool:
        """Whether everything of an answer was dealt with, and so acknowledged. Told to stop, it
        lets the receiver end what it has begun."""
        dealing = asyncio.create_task(self._deal(answer, place))
        try:
            dealt = await asyncio.shield(dealing)
        except asyncio.CancelledError:
            self._stopping = True
            self._receiver.stop()
            await asyncio.wait({dealing}, timeout=GRACE_SECONDS)
            self.broke_off = not (dealing.done() and dealing.result())
            if not self.broke_off:
                await self._acknowledge(room, answer)
            dealing.cancel()
            await asyncio.wait({dealing})
            raise
        if dealt:
            await self._acknowledge(room, answer)
        return dealt

    async def _deal(self, answer: "WaitAnswer", place: Place) -> bool:
        for message in answer.messages:
            if self._stopping or not await self._receiver.take(message, place):
                return False
        self._receiver.tell(answer)
        return True

    async def _acknowledge(self, room: "PostRoom", answer: "WaitAnswer") -> None:
        """Pass the answer's cursor, with no patience for what comes next."""
        if answer.messages and self._receiver.deals:
            await room.desk.waiting.wait(
                operator(),
                thread_id=self._scope.thread_id,
                mailbox=self._scope.mailbox,
                after=answer.after,
                timeout_seconds=0,
            )


async def _has_ended(room: "PostRoom", place: Place) -> bool:
    """Whether nothing more will come: the desk lets nobody wait on a mailbox that has expired."""
    box = await room.desk.mailboxes.show(operator(), place.mailbox)
    return box.status == MailboxStatus.EXPIRED


async def _mailbox(room: "PostRoom", scope: Scope) -> str:
    """The address that is waited on; "" where the desk will say that it is not clear which."""
    if scope.thread_id is not None:
        thread = await room.desk.reading.thread(
            operator(), scope.thread_id, max_tokens=MIN_ANSWER_TOKENS
        )
        return thread.mailbox or ""
    if scope.mailbox is not None:
        return (await room.desk.mailboxes.show(operator(), scope.mailbox)).address
    found = await room.desk.mailboxes.list(operator())
    live = [box.address for box in found.mailboxes if box.status != "expired"]
    return live[0] if len(live) == 1 else ""
