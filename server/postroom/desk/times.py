"""Times and durations as callers write and read them."""

import re
import time
from datetime import UTC, datetime

from postroom.model.errors import InvalidRequest

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}
END_OF_TIMES = 253_402_300_800.0
"""The first moment whose year has five digits, which RFC 3339 cannot write."""

_DURATION = re.compile(r"(\d{1,9})\s*([smhdw])")


def iso(at: float) -> str:
    """``at`` (seconds since 1970) as ISO 8601 in UTC, to the second."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))  # half the time of a datetime's


def iso_if_any(at: float | None) -> str | None:
    """As `iso`, where there is a time."""
    return None if at is None else iso(at)


def duration(text: str, name: str) -> float:
    """Seconds that "90s", "30m", "2h", "7d" or "2w" means.

    Raises:
        InvalidRequest: anything else; ``name`` is the argument it stood in.
    """
    found = _DURATION.fullmatch(text.strip().lower())
    if not found:
        raise InvalidRequest(
            "duration_malformed",
            f"`{name}` is a number and a unit.",
            'Write it as "90s", "30m", "2h" or "7d".',
        )
    return float(found.group(1)) * _UNITS[found.group(2)]


def moment(text: str, now: float, name: str) -> float:
    """Seconds since 1970 for an ISO 8601 date or time (UTC where it names no zone), or for a
    duration before ``now`` such as "24h".

    Raises:
        InvalidRequest: neither of these.
    """
    return _moment(text, now, name, -1, "before now")


def to_come(text: str, now: float, name: str) -> float:
    """The same for a time to come: "2h" is in two hours."""
    return _moment(text, now, name, 1, "from now")


def _moment(text: str, now: float, name: str, sign: int, where: str) -> float:
    at = _read(text.strip(), now, name, sign)
    if at is None or at >= END_OF_TIMES:
        raise InvalidRequest(
            "time_malformed",
            f"`{name}` is an ISO 8601 date or time, or a duration {where}.",
            'Write it as "2026-11-23", "2026-11-23T09:00:00Z" or "24h".',
        )
    return max(at, 0.0)


def _read(text: str, now: float, name: str, sign: int) -> float | None:
    if _DURATION.fullmatch(text.lower()):
        return now + sign * duration(text, name)
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
