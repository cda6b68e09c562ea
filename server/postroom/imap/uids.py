"""Sets of UIDs, held as runs: a folder of 100,000 messages is a few hundred of them.

A server writes ``1:4294967295`` in a dozen octets. Nothing here is as large as what it stands for.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from postroom.imap.responses import garbage

MAX_UID = 0xFFFF_FFFF
"""RFC 3501 §9: a UID is a 32-bit number."""

MAX_RUNS = 1_000_000
"""Runs in one set: more than the folders of providers hold messages. Each costs a hundred octets
here, and a server writes it in three: a whole answer of them would have us hold gigabytes."""

_RUN = re.compile(rb"(\d{1,10})(?::(\d{1,10}))?")


@dataclass(frozen=True)
class UidSet:
    """UIDs, ascending, each once. ``str()`` writes them as a command wants them: ``1:3,7``."""

    runs: tuple[tuple[int, int], ...] = ()
    """First and last of each run; runs ascend and do not touch."""

    @classmethod
    def of(cls, uids: Iterable[int]) -> "UidSet":
        """The set of these UIDs, in any order."""
        return cls._joined((uid, uid) for uid in uids)

    @classmethod
    def between(cls, low: int, high: int) -> "UidSet":
        """The UIDs from ``low`` to ``high``, both included; empty where there are none."""
        low, high = max(low, 1), min(high, MAX_UID)
        return cls(((low, high),)) if low <= high else cls()

    @classmethod
    def parsed(cls, text: bytes) -> "UidSet":
        """The set as a server writes it (RFC 3501 §9, sequence-set without ``*``); PeerError
        where it is none, or has more than MAX_RUNS. ``9:7`` is legal, and 7:9."""
        if text.count(b",") >= MAX_RUNS:
            raise garbage("a set of UIDs names more than a folder holds")
        return cls._joined(_run(part) for part in text.split(b",")) if text else cls()

    @classmethod
    def _joined(cls, runs: Iterable[tuple[int, int]]) -> "UidSet":
        joined: list[tuple[int, int]] = []
        for low, high in sorted(runs):
            if joined and low <= joined[-1][1] + 1:
                joined[-1] = (joined[-1][0], max(joined[-1][1], high))
            else:
                joined.append((low, high))
        return cls(tuple(joined))

    def __str__(self) -> str:
        return ",".join(f"{low}:{high}" if low != high else str(low) for low, high in self.runs)

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __len__(self) -> int:
        return sum(high - low + 1 for low, high in self.runs)

    def __contains__(self, uid: int) -> bool:
        at = bisect_right(self.runs, (uid, MAX_UID))
        return at > 0 and uid <= self.runs[at - 1][1]

    def __iter__(self) -> Iterator[int]:
        for low, high in self.runs:
            yield from range(low, high + 1)

    def __reversed__(self) -> Iterator[int]:
        for low, high in reversed(self.runs):
            yield from range(high, low - 1, -1)

    def __and__(self, other: "UidSet") -> "UidSet":
        return self - (self - other)

    def __sub__(self, other: "UidSet") -> "UidSet":
        """What is in this set and not in the other."""
        left: list[tuple[int, int]] = []
        taken = iter(other.runs)
        hole = next(taken, None)
        for low, high in self.runs:
            while hole is not None and hole[0] <= high:
                if low < hole[0]:
                    left.append((low, hole[0] - 1))
                low = max(low, hole[1] + 1)
                if hole[1] > high:  # it may reach into the next run
                    break
                hole = next(taken, None)
            if low <= high:
                left.append((low, high))
        return UidSet(tuple(left))

    @property
    def lowest(self) -> int:
        """Its lowest UID; 0 where it is empty."""
        return self.runs[0][0] if self.runs else 0

    @property
    def highest(self) -> int:
        """Its highest UID; 0 where it is empty."""
        return self.runs[-1][1] if self.runs else 0


def _run(part: bytes) -> tuple[int, int]:
    match = _RUN.fullmatch(part)
    if match is None:
        raise garbage("a set of UIDs is not well-formed")
    ends = sorted((int(match[1]), int(match[2] or match[1])))
    if not 0 < ends[0] <= ends[1] <= MAX_UID:
        raise garbage("a UID is out of range")
    return ends[0], ends[1]
