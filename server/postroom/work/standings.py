"""How domains stand with those whom they write to, looked at again and again: one of whose mail too
much came back, or is called unwanted, pauses.

All of it is counted anew from the index at each look, so that a worker that takes over sees what
the one before it saw.
"""

import logging

from postroom.index import journal, reputation
from postroom.index.database import Connection
from postroom.index.index import wait_for_event
from postroom.policy.reputation import Reputation, crossed
from postroom.policy_file import CurrentPolicy
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

LOOK_SECONDS = 1.0
"""Between two looks, while something happens."""


class Standings:
    """Pauses domains."""

    def __init__(self, term: Term, policy: CurrentPolicy) -> None:
        self._term = term
        self._policy = policy
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
        if await self._term.index.read(lambda con: _over(con, now, rules)):
            await self._term.write(lambda con: _pause(con, now, rules))


def _over(con: Connection, now: float, rules: Reputation) -> list[str]:
    """The domains that have to pause, and do not yet."""
    return [
        domain
        for domain, tally in reputation.tallies(con, now, rules).items()
        if crossed(tally, rules) and reputation.paused(con, domain) is None
    ]


def _pause(con: Connection, now: float, rules: Reputation) -> None:
    for domain in _over(con, now, rules):
        tally = reputation.tallies(con, now, rules, domain)[domain]
        cause = crossed(tally, rules)
        if cause is not None and reputation.pause(con, now, domain, tally, cause):
            log.error("Sending from %s to people outside is paused: %s.", domain, cause)
