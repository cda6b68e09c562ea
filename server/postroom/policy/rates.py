"""So many in so long: a sliding window, and when the next one has its turn."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNITS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_RATE = re.compile(r"(\d{1,6}) ?(?:/|per) ?(?:(\d{1,3}) )?(minute|hour|day|week)s?")
_SPAN = re.compile(r"(\d{1,4}) (minute|hour|day|week)s?")

MAX_COUNT = 100_000
"""Of a rate: the window is walked in the transaction that writes the outbox."""

MAX_WINDOW = 31 * 86_400
"""Seconds. What is older is not looked at."""


@dataclass(frozen=True)
class Rate:
    """``count`` in ``window`` seconds."""

    count: int
    window: int

    def __str__(self) -> str:
        """As a person reads it: "200 an hour", "5 in 10 minutes"."""
        for name, seconds in _UNITS.items():
            if self.window == seconds:
                return f"{self.count} {'an' if name == 'hour' else 'a'} {name}"
        name, seconds = next(
            (name, each) for name, each in reversed(_UNITS.items()) if self.window % each == 0
        )
        return f"{self.count} in {self.window // seconds} {name}s"


@dataclass(frozen=True)
class Limits:
    """How much may go out. A tuple without rates is no limit."""

    mailbox: tuple[Rate, ...] = ()
    agent: tuple[Rate, ...] = ()
    recipient: tuple[Rate, ...] = ()
    domain: tuple[Rate, ...] = ()
    first_contacts: tuple[Rate, ...] = ()
    horizon: float = 3600.0
    """How long a mail over a limit may wait for its turn, seconds."""

    def rates(self) -> Iterator[Rate]:
        """All of them."""
        for each in (self.mailbox, self.agent, self.recipient, self.domain, self.first_contacts):
            yield from each


def rate_of(text: str) -> Rate:
    """The rate that a text such as "200/hour" or "5 / 10 minutes" means. ValueError otherwise."""
    found = _RATE.fullmatch(text.strip())
    if found is None:
        raise ValueError('is no rate; write "200/hour", or "5/10 minutes"')
    count, times, unit = found.groups()
    rate = Rate(int(count), int(times or 1) * _UNITS[unit])
    if not (0 < rate.count <= MAX_COUNT and 0 < rate.window <= MAX_WINDOW):
        raise ValueError(f"is a rate of 1 to {MAX_COUNT} in at most 31 days")
    return rate


def span_of(text: str) -> float:
    """The seconds of a time such as "1 hour". ValueError otherwise."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise ValueError('is no time; write "1 hour", or "30 minutes"')
    seconds = float(found[1]) * _UNITS[found[2]]
    if seconds > MAX_WINDOW:
        raise ValueError("is at most 31 days")
    return seconds
