"""How domains stand with those whom they write to, looked at again and again: one of whose mail too
much came back, or is called unwanted, pauses.

All of it is counted anew from the index at each look, so that a worker that takes over sees what
the one before it saw.
"""

import logging
from collections.abc import Collection

from postroom.index import journal, reputation
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.policy.reputation import Cause, Reputation, Tally, crossed
from postroom.policy_file import CurrentPolicy
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

LOOK_SECONDS = 1.0
"""Between two looks, while something happens."""


class Standings:
    """Pauses domains."""

    def __init__(self, term: Term, policy: CurrentPolicy, local: Collection[str] = ()) -> None:
        """``local``: domains whose mail never leaves this machine. Nobody outside knows them, and
        our own server refuses what is for others."""
        self._term = term
        self._policy = policy
        self._local = frozenset(local)
        self._seen = -1
        """The journal's newest position at the last look; other rules are an event, too."""

    async def run(self) -> None:
        """Make the rounds until cancelled."""
        while True:
            jumped = self._term.index.next_jump()
            await self.round()
            await wait_for_event(jumped, LOOK_SECONDS)

    async def round(self) -> None:
        """Pause what has crossed a threshold, where anything happened since the last look."""
        index = self._term.index
        seen = await index.read(journal.last_position)
        if seen != self._seen and await index.read(reputation.any_lost):
            await self._look(index.clock(), (await self._policy.now()).reputation)
        self._seen = seen

    async def _look(self, now: float, rules: Reputation) -> None:
        if await self._term.index.read(lambda con: self._over(con, now, rules)):
            await self._term.write(lambda con: self._pause(con, now, rules))

    def _over(
        self, con: Connection, now: float, rules: Reputation
    ) -> list[tuple[str, Tally, Cause]]:
        """The domains that have to pause, and do not yet, with why."""
        return [
            (domain, tally, cause)
            for domain, tally in reputation.tallies(con, now, rules).items()
            if domain not in self._local
            and (cause := crossed(tally, rules)) is not None
            and reputation.paused(con, domain) is None
        ]

    def _pause(self, con: Connection, now: float, rules: Reputation) -> None:
        for domain, tally, cause in self._over(con, now, rules):
            reputation.pause(con, now, domain, tally, cause)
            log.error("Sending from %s to people outside is paused: %s.", domain, cause)
