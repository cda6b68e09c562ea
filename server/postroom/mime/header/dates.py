"""A Date field as a moment in time (RFC 5322 §3.3, §4.3)."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_MAX_CHARS = 200
"""No date is longer; the tolerant reader splits what it is given."""


def parse_date(value: str) -> datetime | None:
    """The moment that ``value`` names, in its own zone; UTC where it names none, None where it
    cannot be read. Never raises."""
    try:
        parsed = parsedate_tz(value[:_MAX_CHARS])
        if parsed is None:
            return None
        return datetime(*parsed[:6], tzinfo=_zone(parsed[9]))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _zone(offset: int | None) -> timezone:
    """The zone ``offset`` seconds east of Greenwich; UTC for none and for one that cannot be."""
    if not offset or abs(offset) >= 86_400:
        return UTC
    return timezone(timedelta(seconds=offset))
