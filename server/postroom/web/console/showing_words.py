"""A stranger's words, times and sizes, as they may stand in a page.

Markup is the template's to escape. Here goes what no escaping helps against: characters that nobody
sees, and those that turn what is read around (UAX #9).
"""

from datetime import UTC, datetime

from markupsafe import Markup, escape

from postroom.mime.characters.unseen import without_unseen

MAX_LINE_CHARS = 200


def plain(text: object) -> str:
    """``text`` without unseen characters; lines stay."""
    lines = str(text).replace("\r\n", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return without_unseen(lines)[0]


def line(text: object, most: int = MAX_LINE_CHARS) -> str:
    """``text`` on one line, at most ``most`` characters of it."""
    said = " ".join(plain(text).split())
    return f"{said[: most - 1]}…" if len(said) > most else said


def when(at: str | None) -> Markup:
    """A time as the desk tells it, for people and for programs; the script puts it into the
    reader's own zone."""
    if not at:
        return Markup()
    try:
        told = datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:
        return escape(at)
    return Markup('<time datetime="{}">{}</time>').format(
        told.isoformat(), told.strftime("%-d %b %Y, %H:%M UTC")
    )


def size(count: int) -> str:
    """Bytes as people say it."""
    if count < 1024:
        return f"{count} bytes"
    return f"{count / 1024:.0f} KB" if count < 2**20 else f"{count / 2**20:.1f} MB"


def span(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 1:
        return "a second"
    for name, unit in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= unit:
            count = round(seconds / unit, 1)
            return f"{count:g} {name}{'' if count == 1 else 's'}"
    return f"{seconds:.0f} seconds"


def words_of(name: str) -> str:
    """A name of ours, such as ``auto_reply``, as words."""
    return name.replace("_", " ")
