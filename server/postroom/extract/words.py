"""What was read from a file so far, within its bound."""

from postroom.extract.bounds import MAX_CHARS


class Full(Exception):
    """There is as much text as one file may give."""


class Words:
    """Text that grows piece by piece, and how many pieces were hidden and left out."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self.hidden = 0
        self.cut = False

    def add(self, piece: str) -> None:
        """Append ``piece``; raises `Full` once no more is taken."""
        room = MAX_CHARS - self._length
        self._pieces.append(piece[:room])
        self._length += min(len(piece), room)
        if len(piece) > room:
            self.cut = True
            raise Full

    def line(self, piece: str = "") -> None:
        """Append ``piece`` and a line break."""
        self.add(piece + "\n")

    @property
    def text(self) -> str:
        return "".join(self._pieces)

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length
