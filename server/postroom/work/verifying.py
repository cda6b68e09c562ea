"""Mail verified as it comes in, for ways that ask for it: look-ups, and arithmetic on a thread of
its own. No thread waits for a name server."""

import asyncio
import logging
from collections.abc import Collection

from postroom.dns.senders.answers import Answers, Found, Question
from postroom.dns.senders.sender_policy import Look
from postroom.dns.senders.verifying import Verification, Verified
from postroom.model.arrivals import Arrival
from postroom.model.evidence import Checks, Dmarc, DmarcResult
from postroom.work.signing import from_domain

log = logging.getLogger("postroom.work")

PATIENCE_SECONDS = 5.0
"""For all look-ups of one mail together: whoever hands it in waits for the answer. What is not
known by then is told as not known."""

MAX_ROUNDS = 40
"""Of look-ups for one mail: each answer of an SPF record may raise one more question."""

UNKNOWN = Verified(checks=Checks(dmarc=Dmarc(result=DmarcResult.TEMPERROR)))
"""What is said of a mail over which checking fell, which it never should."""


class Verifier:
    """Verifies mail."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers

    async def of(self, raw: bytes, arrival: Arrival, arc_trusted: Collection[str]) -> Verified:
        """What is found of a mail, in bounded time. Never raises."""
        try:
            return await self._of(raw, arrival, arc_trusted)
        except Exception as error:  # its words may be a stranger's
            log.error("A mail could not be verified: %s.", type(error).__name__)
            return UNKNOWN

    async def _of(self, raw: bytes, arrival: Arrival, arc_trusted: Collection[str]) -> Verified:
        answered: dict[Question, Found] = {}

        def look(name: str, kind: str) -> Found | None:
            return answered.get((name, kind)) or self._answers.kept(name, kind)

        def begin() -> tuple[Verification, tuple[Question, ...] | Verified]:
            verification = Verification(raw, from_domain(raw), arrival, arc_trusted)
            return verification, _step(verification, look)

        verification, told = await asyncio.to_thread(begin)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                for _ in range(MAX_ROUNDS):
                    if isinstance(told, Verified):
                        return told
                    answered |= await self._answers.all_of(told, verification.others)
                    told = await asyncio.to_thread(_step, verification, look)
        except TimeoutError:
            pass  # what is not known by now is told so
        return await asyncio.to_thread(verification.found, look)


def _step(verification: Verification, look: Look) -> tuple[Question, ...] | Verified:
    """What has to be asked, or what the mail comes to where that is nothing."""
    return verification.open_questions(look) or verification.found(look)
