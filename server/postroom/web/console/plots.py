"""Figures as shapes: where each bar of an SVG stands. The colours are the style sheet's."""

from collections.abc import Sequence
from dataclasses import dataclass

from postroom.model.domain_report_answers import ReportDay
from postroom.model.figures_answers import Hour, LimitUsed, Queued, Waited

WIDTH, HEIGHT = 720, 200
LEFT, BOTTOM, TOP = 36, 24, 12


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    sort: str
    """The class that colours it."""
    says: str
    """What it stands for, where a pointer rests."""


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Plot:
    """A drawing of `WIDTH` by `HEIGHT`."""

    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    lines: tuple[float, ...]
    """Heights of the lines across."""
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def by_hour(hours: Sequence[Hour]) -> Plot:
    """What came in and went out, side by side in each hour."""
    most = _round_up(max((max(one.came_in, one.went_out) for one in hours), default=0))
    step = (WIDTH - LEFT) / max(len(hours), 1)
    bars, labels = [], []
    for number, one in enumerate(hours):
        x = LEFT + number * step
        hour = one.begins_at[11:16]
        for offset, count, sort, said in (
            (0.1, one.came_in, "in", "in"),
            (0.5, one.went_out, "out", "out"),
        ):
            says = f"{hour}: {count} {said}"
            bars.append(_bar(x + offset * step, 0.38 * step, count, most, sort, says))
        if int(hour[:2]) % 6 == 0:
            labels.append(Label(x + step / 2, HEIGHT - 6, hour))
    return _plot(bars, labels, most)


def by_day(days: Sequence[ReportDay]) -> Plot:
    """What passed and what failed, side by side in each day."""
    most = _round_up(max((max(one.passed, one.failed) for one in days), default=0))
    step = (WIDTH - LEFT) / max(len(days), 1)
    bars, labels = [], []
    named = max(1, len(days) // 6)
    for number, one in enumerate(days):
        x = LEFT + number * step
        for offset, count, sort, said in (
            (0.1, one.passed, "in", "passed"),
            (0.5, one.failed, "out", "failed"),
        ):
            says = f"{one.day}: {count} {said}"
            bars.append(_bar(x + offset * step, 0.38 * step, count, most, sort, says))
        if number % named == named // 2:
            labels.append(Label(x + step / 2, HEIGHT - 6, one.day[5:]))
    return _plot(bars, labels, most)


def answered(within: Sequence[Waited]) -> Plot:
    """How many answers took how long."""
    return _counted([(one.up_to, one.count, "out") for one in within])


def queued(queue: Sequence[Queued]) -> Plot:
    """How many sends are in which state."""
    return _counted([(one.status, one.count, f"state-{one.status}") for one in queue])


@dataclass(frozen=True)
class Meter:
    """How full a limit is, in hundredths."""

    used: LimitUsed
    share: int
    sort: str


def meters(limits: Sequence[LimitUsed]) -> tuple[Meter, ...]:
    """Each limit as a bar that is so full."""
    shares = [(one, min(100, round(100 * one.used / one.most))) for one in limits]
    return tuple(
        Meter(one, share, "full" if share >= 100 else "near" if share >= 80 else "free")
        for one, share in shares
    )


def _counted(columns: Sequence[tuple[str, int, str]]) -> Plot:
    most = _round_up(max((count for _, count, _ in columns), default=0))
    step = (WIDTH - LEFT) / max(len(columns), 1)
    bars, labels = [], []
    for number, (name, count, sort) in enumerate(columns):
        x = LEFT + number * step
        bars.append(_bar(x + 0.2 * step, 0.6 * step, count, most, sort, f"{name}: {count}"))
        labels.append(Label(x + step / 2, HEIGHT - 6, name))
        if count:
            labels.append(Label(x + step / 2, bars[-1].y - 4, str(count)))
    return _plot(bars, labels, most)


def _bar(x: float, width: float, count: int, most: int, sort: str, says: str) -> Bar:
    height = (HEIGHT - TOP - BOTTOM) * count / most
    y = HEIGHT - BOTTOM - height
    return Bar(round(x, 1), round(y, 1), round(width, 1), round(height, 1), sort, says)


def _plot(bars: list[Bar], labels: list[Label], most: int) -> Plot:
    halves = [(0.0, most), (0.5, most // 2)] if most % 2 == 0 else [(0.0, most)]
    lines = tuple(TOP + share * (HEIGHT - TOP - BOTTOM) for share, _ in halves)
    scale = [
        Label(LEFT - 6, y + 4, str(count), "end")
        for y, (_, count) in zip(lines, halves, strict=True)
    ]
    return Plot(tuple(bars), (*labels, *scale), (*lines, HEIGHT - BOTTOM))


def _round_up(count: int) -> int:
    """The top of a scale: 2, 4, 10, 20, 40, 100 … that is no less."""
    top = 2
    while top < count:
        top = top * 5 // 2 if str(top)[0] == "4" else top * 2
    return top
