"""Whether an answer still stands: nothing is answered otherwise until somebody writes, or time does
it."""

from functools import lru_cache
from typing import NamedTuple

from postroom.clock import Clock
from postroom.desk.times import iso
from postroom.index.index import Index


class Moment(NamedTuple):
    """Two calls in moments of one version find the same facts."""

    version: int
    """Another one after any commit of any process."""
    second: int
    """Since 1970, as answers tell the time."""

    @property
    def told(self) -> str:
        """The second, as answers tell it."""
        return _told(self.second)


@lru_cache(maxsize=4)
def _told(second: int) -> str:
    return iso(second)


class Standing:
    """What the faces ask before they repeat an answer."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    def moment(self) -> Moment:
        """This moment. Taken before an answer is asked for, the answer is that of every later call
        in the same moment: it was read from a snapshot that is no older, and nothing was written
        since. Asked on the event loop, in microseconds."""
        return Moment(self._index.version(), int(self._clock()))
