"""Connected sets: which messages are one conversation, where all their ids are known.

They are the threads that joining.py finds one message at a time, in whatever order they come.
"""

from array import array


class Sets:
    """Connected sets of numbers from 0 on (union-find with path halving): 8 bytes a number."""

    def __init__(self) -> None:
        self._parent = array("q")

    def new(self) -> int:
        """The next number, in a set of its own."""
        self._parent.append(len(self._parent))
        return len(self._parent) - 1

    def root(self, number: int) -> int:
        """The number that stands for the whole set of ``number``."""
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number

    def join(self, one: int, other: int) -> None:
        """Make the sets of both numbers one."""
        one, other = self.root(one), self.root(other)
        self._parent[max(one, other)] = min(one, other)
