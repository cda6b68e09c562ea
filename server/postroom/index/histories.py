"""What the events of a journal are called: each by its position, behind the name of the history in
which it happened.

An index that is put back from a backup goes on as another history (`restoring`). What happened
before keeps its ids, by which receivers know it; what happens from then on has others than those
that the room gave out after the backup was made, of which nobody here knows.
"""

import json
from bisect import bisect_left
from dataclasses import dataclass

from postroom.index import journal
from postroom.index.database import Connection
from postroom.index.queries import named

sql = named("journal")

_KEY = "histories"


@dataclass(frozen=True)
class Histories:
    """Those of a journal, the oldest first."""

    past: tuple[tuple[int, str], ...]
    """(its last position, its name) of each that is over."""
    now: str

    def name(self, position: int) -> str:
        """In which a position was reached."""
        at = bisect_left(self.past, (position, ""))
        return self.past[at][1] if at < len(self.past) else self.now

    def knows(self, name: str, position: int) -> bool:
        """Whether that was ever a place in this journal; today's name is good for all of it."""
        return name in (self.now, self.name(position))


def of(con: Connection) -> Histories:
    past = json.loads(sql.meta(con, key=_KEY) or "[]")
    return Histories(tuple((upto, name) for upto, name in past), journal.epoch(con))


def begin(con: Connection, name: str) -> None:
    """Let another one begin: cursors of this one are over, its events keep their ids."""
    before = of(con)
    past = [*before.past, (journal.last_position(con), before.now)]
    sql.put_meta(con, key=_KEY, value=json.dumps(past))
    sql.put_meta(con, key="epoch", value=name)
