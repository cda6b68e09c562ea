"""The steps of a trace, put into the order in which things happened."""

from datetime import UTC, datetime

from postroom.desk.times import iso
from postroom.model.answers import StepKind, TraceStep

_CAUSES = tuple(StepKind)
"""Within one moment a step comes before those that it leads to: a transaction writes a mail, what
was read in it and its event at the same time."""


class Steps:
    """Steps as they are found, each with its real time: their text has whole seconds."""

    def __init__(self) -> None:
        self._found: list[tuple[float, int, TraceStep]] = []

    def add(
        self, kind: StepKind, at: float, what: str, detail: str = "", *, says: str | None = None
    ) -> None:
        """One more step, behind those of the same time and kind. ``says`` is a time to show that
        is not ours to vouch for; "" shows none."""
        shown = iso(at) if says is None else says
        step = TraceStep(at=shown, kind=kind, what=what, detail=detail or None)
        self._found.append((at, _CAUSES.index(kind), step))

    def take(self, others: "Steps") -> None:
        """Also the steps of another mail."""
        self._found += others._found

    @property
    def latest(self) -> float:
        """When the last of them happened; 0 before the first."""
        return max((at for at, _, _ in self._found), default=0.0)

    def in_order(self) -> tuple[TraceStep, ...]:
        """By time, and by cause within one moment."""
        return tuple(step for _, _, step in sorted(self._found, key=lambda found: found[:2]))


def claimed(text: str, before: float, after: float) -> float:
    """The time of a claim such as "2026-11-23T09:00:00", between two that are known: where it is
    off, or cannot be read, things still happened in that order.

    A claim in whole seconds may mean any time within that second.
    """
    try:
        at = datetime.fromisoformat(text[:19]).replace(tzinfo=UTC).timestamp() + 1.0
    except ValueError:
        at = after
    return min(max(at, before), after)
