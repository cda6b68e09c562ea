"""The time of a test."""

from datetime import UTC, datetime

from postroom.clock import system_clock

MONDAY_MORNING = datetime(2026, 1, 5, 9, tzinfo=UTC)
"""When a test begins that says nothing else: office hours, so that nobody's script wonders."""


class JumpClock:
    """The machine's time, or a moment that stands still, and what a test has jumped ahead."""

    def __init__(self, begins: datetime | None = None) -> None:
        """``begins``: the moment that stands still until the test jumps; the machine's time goes on
        where none is given."""
        self._begins = begins.timestamp() if begins is not None else None
        self.ahead = 0.0

    def __call__(self) -> float:
        return (system_clock() if self._begins is None else self._begins) + self.ahead

    def jump(self, seconds: float) -> None:
        self.ahead += seconds
