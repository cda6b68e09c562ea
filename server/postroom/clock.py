"""The time, taken in one place. Everything else is handed a clock, so that tests can jump it."""

import time
from collections.abc import Callable

Clock = Callable[[], float]
"""Seconds since 1970, UTC."""


def system_clock() -> float:
    """Seconds since 1970, UTC, by the machine's clock."""
    return time.time()
