"""How the tries to keep up with one mailbox go: how long to rest, and how much to ask for."""

import random

FETCH_CHUNK = 100
"""Mails asked for at once, while all goes well."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0
"""Pauses between tries to reconnect, seconds; each is drawn between half and the whole of it, so
that a thousand mailboxes do not come back in the same instant."""


STUBBORN = 3
"""Failures in a row at the same mail, asked for by itself, that make it one to look at."""


class Tries:
    """What was learned from the tries so far."""

    def __init__(self) -> None:
        self.went_well()

    def went_well(self) -> None:
        """It was connected, and all was fetched."""
        self.chunk = FETCH_CHUNK
        self.progressed()

    def progressed(self) -> None:
        """Some mail was fetched: no reason to wait longer each time."""
        self._pause = FIRST_PAUSE
        self._stumbles = 0

    def stumbled(self) -> None:
        """Not a single mail could be fetched, although no more than that was asked for."""
        if self.chunk == 1:
            self._stumbles += 1

    @property
    def is_stuck(self) -> bool:
        """Whether it is one mail that has been in the way for a while."""
        return self._stumbles >= STUBBORN

    def failed(self) -> float:
        """How long to rest, seconds. Next time less is asked for at once, so that a line that
        never holds for long still brings every mail."""
        self.chunk = max(self.chunk // 4, 1)
        pause, self._pause = self._pause, min(self._pause * 2, LONGEST_PAUSE)
        return pause * random.uniform(0.5, 1)
