"""A message as a quote under an answer, as mail programs write it."""

from datetime import datetime

from postroom.mime.header.words import decode_words

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# Not strftime: its names follow the machine's language.


def quoted_reply(author: str, date: datetime | None, text: str) -> str:
    """``On <date>, <author> wrote:`` and each line of ``text`` behind ``>``.

    ``author`` is put on one line; the date is told in its own zone. Quotes of quotes get ``>>``.
    """
    name = decode_words(author) or "someone"
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    return "\n".join([_announcement(name, date), *map(_quoted, lines)])


def _announcement(name: str, date: datetime | None) -> str:
    if date is None:
        return f"{name} wrote:"
    day = f"{_DAYS[date.weekday()]}, {date.day} {_MONTHS[date.month - 1]} {date.year}"
    return f"On {day} at {date.hour:02}:{date.minute:02}, {name} wrote:"


def _quoted(line: str) -> str:
    if line.startswith(">"):
        return ">" + line
    return f"> {line}".rstrip()
