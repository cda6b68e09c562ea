"""How many bytes of requests without an answer are in hand: a face may hold them in memory."""

from collections import Counter

OF_ONE = 4
"""As many of the largest requests may one token have under way together; all strangers are one."""

OF_ALL = 16


class UnderWay:
    """Whose bytes are in hand."""

    def __init__(self, largest: int) -> None:
        """``largest``: bytes of the largest request."""
        self._of_one = OF_ONE * largest
        self._of_all = OF_ALL * largest
        self._held: Counter[str] = Counter()

    def takes(self, who: str, size: int) -> bool:
        """Whether so many bytes more are taken from somebody; they are in hand then."""
        if self._held[who] + size > self._of_one or self._held.total() + size > self._of_all:
            return False
        self._held[who] += size
        return True

    def release(self, who: str, size: int) -> None:
        """A request that brought so many bytes is over."""
        self._held[who] -= size
        if not self._held[who]:
            del self._held[who]
