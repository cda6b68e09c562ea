"""Calendars and invitations (iCalendar, RFC 5545), by the library `icalendar`."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from icalendar import Component
from icalendar.prop import vBroken

from postroom.extract.components import read_components
from postroom.extract.formats import Told
from postroom.extract.words import Words

_KINDS = {"VEVENT": "event", "VTODO": "task", "VJOURNAL": "note", "VFREEBUSY": "free or busy"}
_PLAIN = (("LOCATION", "Where"), ("STATUS", "Status"), ("RRULE", "Repeats"), ("URL", "URL"))
_MOST_PEOPLE = 200


def read(content: bytes, told: Told, words: Words) -> None:
    """Each event with its times and people; the file as it stands where it cannot be understood."""
    read_components(content, told, words, _calendars)


def _calendars(calendars: Sequence[Component], words: Words) -> None:
    """Nothing is written where they hold no entry."""
    for calendar in calendars:
        entries = [entry for entry in calendar.walk() if entry.name in _KINDS]
        if entries:
            _line(words, "Method", calendar.get("METHOD"))
        for entry in entries:
            _entry(entry, words)


def _entry(entry: Component, words: Words) -> None:
    words.line(f"[{_KINDS[entry.name or '']}]")
    _line(words, "Summary", entry.get("SUMMARY"))
    _line(words, "Start", _time(entry.get("DTSTART")))
    _line(words, "End", _time(entry.get("DTEND")) or _time(entry.get("DUE")))
    _line(words, "Duration", _time(entry.get("DURATION")))
    for field, name in _PLAIN:
        _line(words, name, _plain(entry.get(field)))
    for organizer in _several(entry.get("ORGANIZER"))[:1]:
        _line(words, "Organizer", _person(organizer))
    for attendee in _several(entry.get("ATTENDEE"))[:_MOST_PEOPLE]:
        answer = attendee.params.get("PARTSTAT", "") if hasattr(attendee, "params") else ""
        _line(words, "Attendee", _person(attendee) + (f", {str(answer).lower()}" if answer else ""))
    _line(words, "Description", entry.get("DESCRIPTION"))
    if entry.errors:
        _line(words, "Unreadable", ", ".join(str(name) for name, _ in entry.errors if name))
    words.line()


def _line(words: Words, name: str, value: Any) -> None:
    for one in _several(value)[:1]:
        if str(one).strip():
            words.line(f"{name}: {str(one).strip()}")


def _several(value: Any) -> list[Any]:
    """The values of a property that may stand there once, several times, or not at all."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _plain(value: Any) -> str:
    for one in _several(value)[:1]:
        return one.to_ical().decode() if type(one).__name__ == "vRecur" else str(one)
    return ""


def _time(value: Any) -> str:
    """A time with its offset and the name of its zone, a day, or a length of time."""
    for one in _several(value)[:1]:
        at = None if isinstance(one, vBroken) else getattr(one, "dt", None)
        if isinstance(at, datetime):
            return f"{at.isoformat(' ', 'minutes')} {_zone(one, at)}"
        if isinstance(at, date):
            return f"{at.isoformat()} (all day)"
        if isinstance(at, timedelta):
            return str(at)
    return ""


def _zone(value: Any, at: datetime) -> str:
    named = str(value.params.get("TZID", ""))
    if at.tzinfo is None:
        return f"({named}, a zone that is not known)" if named else "(no zone: local time)"
    return f"({named or at.tzname() or 'UTC'})"


def _person(value: Any) -> str:
    address = str(value)
    if address[:7].lower() == "mailto:":
        address = address[7:]
    name = str(value.params.get("CN", "")) if hasattr(value, "params") else ""
    return f"{name} <{address}>" if name and name != address else address
