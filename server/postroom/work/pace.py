"""How soon to look at a mailbox: at once for a mail now and then, in batches while they pour in.

A look costs about the same for one mail as for fifty (a search, two fetches, a commit), and the
built-in server shares its processor with the watcher: looking at every mail of a burst by itself
was measured to halve the rate at which the burst comes in.
"""

GAP_SECONDS = 0.03
"""Silence after a look that makes the next mail one of its own."""

BURST_LOOKS = 3
"""Looks in a row without such a silence that make a burst: a quick exchange is none."""

REST_SECONDS = 0.05
"""What a mail within a burst may wait for others, at most."""


class Pace:
    """The pace for one mailbox."""

    def __init__(self) -> None:
        self._in_a_row = 0

    def rest(self, silence: float, taken: int) -> float:
        """Seconds to let mail gather, given the seconds between the last look and the news, and how
        many mails that look took in: where resting gathers none, it only delays."""
        in_vain = self._in_a_row >= BURST_LOOKS and taken < 2
        self._in_a_row = 0 if in_vain or silence >= GAP_SECONDS else self._in_a_row + 1
        return REST_SECONDS if self._in_a_row >= BURST_LOOKS else 0.0
