"""How far apart the cells of a sheet lie: calamine keeps a place for each one between the first and
the last, and ends the process where there is no room for them."""

import re

from postroom.extract.bounds import MAX_CELLS
from postroom.extract.faults import Fault, Unreadable

_COLUMN = re.compile(rb"""r=["']([A-Z]{1,3})[0-9]""")
_CELL = re.compile(rb"""r=["'][A-Z]{1,3}([0-9]{1,7})["']""")
_OVERLAP = 64


class Spread:
    """Reads a sheet's XML (ECMA-376 part 1 §18.3.1.4) as it is unpacked. Rows stand in order."""

    def __init__(self) -> None:
        self._columns: set[bytes] = set()
        self._rows: list[int] = []
        self._tail = b""

    def add(self, piece: bytes) -> None:
        """Look at the next piece; raises `Unreadable` once there are too many places."""
        seen = self._tail + piece
        self._tail = seen[-_OVERLAP:]
        self._columns.update(_COLUMN.findall(seen))
        if rows := _CELL.findall(seen):
            ends = [int(rows[0]), int(rows[-1]), *self._rows]
            self._rows = [min(ends), max(ends)]
        if self._places() > MAX_CELLS:
            raise Unreadable(Fault.SPREAD)

    def _places(self) -> int:
        if not self._rows:
            return 0
        numbers = [_number(column) for column in self._columns]
        return (max(numbers) - min(numbers) + 1) * (self._rows[1] - self._rows[0] + 1)


def _number(column: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in column:
        number = number * 26 + letter - 64
    return number
