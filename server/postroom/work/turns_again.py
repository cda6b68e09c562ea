"""Mail that waits for its turn by limits and plans, asked again once these change or a person lets
a domain go on: oldest first, so that a plan which allows more brings forward what was written
first.

A mail that is filed in the moment between has its turn by the new rules, too, and may take a place
before one that waits: the rules are looked at every two seconds.
"""

import logging
from functools import partial

from postroom.index import turns
from postroom.index.database import Connection
from postroom.index.paced import paced
from postroom.policy.rules import Policy
from postroom.work.term import Term

log = logging.getLogger("postroom.work")

STEP_SENDS = 20
"""Asked in one transaction."""


async def ask_all(term: Term, policy: Policy) -> int:
    """How many of all that wait go sooner."""
    after, sooner = 0, 0
    while True:
        now = term.index.clock()
        ids = await term.index.read(partial(_waiting, now=now, after=after))
        if not ids:
            break
        after = ids[-1]
        sooner += await paced(term, partial(_ask, now=now, ids=ids, policy=policy))
    if sooner:
        log.info("Mail that goes sooner by the limits and plans that hold now: %d.", sooner)
    return sooner


def _waiting(con: Connection, now: float, after: int) -> list[int]:
    return [int(row["id"]) for row in turns.waiting(con, now, after, STEP_SENDS)]


def _ask(con: Connection, *, now: float, ids: list[int], policy: Policy) -> int:
    return sum(turns.ask_again(con, now, each, policy) for each in ids)
