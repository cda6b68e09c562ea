"""Figures as they are read, and as a program reads them."""

import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Bound(StrEnum):
    """Which side of its target a figure has to stay on."""

    AT_MOST = "at most"
    AT_LEAST = "at least"


@dataclass(frozen=True)
class Figure:
    """One number that was measured, and the target it was set, if any."""

    name: str
    value: float
    unit: str
    target: float | None = None
    bound: Bound = Bound.AT_MOST

    @property
    def met(self) -> bool:
        if self.target is None:
            return True
        if self.bound is Bound.AT_MOST:
            return self.value <= self.target
        return self.value >= self.target


@dataclass
class Report:
    """What one measure found."""

    measure: str
    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(
        self,
        name: str,
        value: float,
        unit: str,
        target: float | None = None,
        bound: Bound = Bound.AT_MOST,
    ) -> None:
        self.figures.append(Figure(name, value, unit, target, bound))

    def note(self, text: str) -> None:
        self.notes.append(text)

    @property
    def missed(self) -> list[Figure]:
        return [figure for figure in self.figures if not figure.met]

    def as_data(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "figures": [{**asdict(figure), "met": figure.met} for figure in self.figures],
            "notes": self.notes,
        }

    def as_text(self) -> str:
        width = max((len(figure.name) for figure in self.figures), default=0)
        lines = [self.measure, *(f"  {_line(figure, width)}" for figure in self.figures)]
        return "\n".join([*lines, *(f"  ({note})" for note in self.notes)])


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, -(-len(ordered) * 95 // 100) - 1)]


def milliseconds(seconds: float) -> float:
    return seconds * 1000


def _line(figure: Figure, width: int) -> str:
    said = f"{figure.name:<{width}}  {_number(figure.value):>9} {figure.unit:<5}"
    if figure.target is None:
        return said.rstrip()
    verdict = "met" if figure.met else "MISSED"
    return f"{said}  {figure.bound} {_number(figure.target)}: {verdict}"


def _number(value: float) -> str:
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
