"""Who takes what a wait brings: standard output, or a command."""

import asyncio
import contextlib
from typing import TYPE_CHECKING

from postroom.cli.answers import err, out, say_json, tell_error, told
from postroom.cli.following import Place
from postroom.cli.handing import Handing
from postroom.cli.mail_page import show_message, show_wait

if TYPE_CHECKING:
    from postroom.model.answers import MessageView, WaitAnswer

PAUSES_SECONDS = (1.0, 5.0)
"""Before the second and the third try of a command that failed."""


class Print:
    """Prints: with ``follow`` one message after the other, else the whole answer."""

    def __init__(self, as_json: bool, follow: bool) -> None:
        # One answer is a look, and the same question brings it again; a stream goes on.
        self.deals = follow
        self._json = as_json
        self._follow = follow

    async def take(self, message: "MessageView", place: Place) -> bool:
        if self._follow and self._json:
            say_json({"mailbox": place.mailbox, **told(message)})
        elif self._follow:
            show_message(out(), message)
        return True

    def stop(self) -> None:
        """Printing is done at once: there is nothing to begin anew."""

    def tell(self, answer: "WaitAnswer") -> None:
        if not self._follow and self._json:
            say_json(told(answer))
        elif not self._follow:
            show_wait(out(), answer)
        elif not answer.messages:
            why = answer.reason or answer.problem
            err().line((f"{answer.outcome}: {why}" if why else answer.outcome, "dim"))


class HandOver:
    """Starts a command for each message, and lets none pass that it did not deal with."""

    deals = True

    def __init__(self, handing: Handing, printing: Print, as_json: bool) -> None:
        self._handing = handing
        self._printing = printing
        self._json = as_json
        self._handed = 0
        self._stopped = asyncio.Event()

    async def take(self, message: "MessageView", place: Place) -> bool:
        for number, seconds in enumerate((*PAUSES_SECONDS, None), 1):
            why = await self._handing.hand(message, place)
            if not why:
                self._handed += 1
                return True
            pause = None if self._stopped.is_set() else seconds
            self._tell_failure(message.message_id, number, why, pause)
            if pause is None or await self._is_stopped_within(pause):
                break
        return False

    async def _is_stopped_within(self, seconds: float) -> bool:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopped.wait(), seconds)
        return self._stopped.is_set()

    def stop(self) -> None:
        self._stopped.set()

    def tell(self, answer: "WaitAnswer") -> None:
        if answer.messages:
            return
        if not self._handed or answer.outcome != "timeout":
            self._printing.tell(answer)
        if self._handed and answer.outcome in ("timeout", "held"):
            self._sum_up(answer)

    def _sum_up(self, answer: "WaitAnswer") -> None:
        """What was done, once nothing more is there."""
        if self._json:
            rest = answer.model_dump(include={"after", "as_of", "problem"}, exclude_none=True)
            say_json({"handed_over": self._handed, **rest})
            return
        # On standard output stands what the command writes, for whoever reads it on.
        count = f"{self._handed} message{'s' if self._handed > 1 else ''}"
        err().line((f"{count} handed to the command. Go on with --after {answer.after}", "dim"))

    def _tell_failure(self, id: str, number: int, why: str, pause: float | None) -> None:
        tries = len(PAUSES_SECONDS) + 1
        tell_error(
            self._json,
            "command_failed",
            f"The command failed for {id}, try {number} of {tries}: {why}.",
            f"It is tried again in {pause:g} s."
            if pause is not None
            else "Nothing is lost: it is not acknowledged, and the next run begins with it.",
        )
