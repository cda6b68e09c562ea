"""How long to rest between two attempts, and when to give up."""

import random

FIRST_SECONDS, FACTOR, LONGEST_SECONDS = 5.0, 4.0, 7_200.0
"""5 s, 20 s, 80 s, 5 min, 21 min, 85 min, then every two hours: some twenty attempts a day."""

GIVE_UP_SECONDS = 86_400.0
"""Of failing without one success in between: somebody has been there in the meantime."""


FEWEST_ATTEMPTS = 8
"""Before it is given up: a laptop that was closed for a day has not tried for a day. Made without
interruption they take three hours."""


def next_try(now: float, failures: int, since: float, retry_after: float | None) -> float:
    """When to try again after so many failures in a row. Drawn between half and the whole of the
    pause, so that many do not come back in one instant. What the other side asks for
    (``retry_after``, seconds) can make it longer, up to the longest pause; the last try is when
    the day is over."""
    pause = min(FIRST_SECONDS * FACTOR ** min(failures - 1, 20), LONGEST_SECONDS)
    pause *= random.uniform(0.5, 1)
    if retry_after is not None:
        pause = max(pause, min(retry_after, LONGEST_SECONDS))
    end = since + GIVE_UP_SECONDS
    return now + pause if end <= now else min(now + pause, max(end, now + FIRST_SECONDS))


def is_over(now: float, since: float, failures: int) -> bool:
    """Whether it was tried for long enough, and not while this machine slept."""
    return now - since >= GIVE_UP_SECONDS and failures >= FEWEST_ATTEMPTS


def at_latest(next_at: float, now: float) -> float:
    """When to try again, where the clock may have been put back since that was settled."""
    return min(next_at, now + LONGEST_SECONDS)
