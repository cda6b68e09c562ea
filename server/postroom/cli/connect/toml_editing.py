"""One table of a TOML file set or removed in its text; every other character stays.

tomlkit writes the table, and lines are exchanged: to tomlkit (0.13 to 0.15, November 2026) a
comment above a table belongs to the table before it and goes with that one, and tables that stand
apart are moved together. What came of it is read again: it has to say what the file said, and the
one change.
"""

import re
import tomllib
from typing import Any

import tomlkit

from postroom.cli.connect.json_editing import Ambiguous


class NotToml(ValueError):
    """The text is no TOML; the message says where."""


def member(text: str, key: str, name: str) -> Any:
    """What stands in the table ``key.name``, or None.

    Raises:
        NotToml, Ambiguous: the file cannot be understood.
    """
    return _servers(_parsed(text), key).get(name)


def with_member(text: str, key: str, name: str, value: Any) -> str:
    """The text with the table ``key.name`` set to ``value``; raises as `member`."""
    lines = _lines(text)
    ours = _lines_of(lines, key, name)
    written = shown(key, name, value).replace("\n", _newline(text))
    if ours:
        kept = [written if at == ours[0] else line for at, line in _without(lines, ours[1:])]
        return _checked("".join(kept), text, key, name, value)
    if text and not text.endswith("\n"):
        text += _newline(text)
    gap = _newline(text) if text.strip() else ""
    return _checked(f"{text}{gap}{written}", text, key, name, value)


def without_member(text: str, key: str, name: str) -> str:
    """The text without the table; the same text where it is not there. Raises as `member`."""
    if member(text, key, name) is None:
        return text
    lines = _lines(text)
    ours = _lines_of(lines, key, name)
    if ours and _blank_before(lines, ours):
        ours = [ours[0] - 1, *ours]
    left = "".join(line for _, line in _without(lines, ours))
    return _checked(left, text, key, name, None)


def shown(key: str, name: str, value: Any) -> str:
    """The table as it stands in a file."""
    tables = tomlkit.document()
    tables[key] = tomlkit.table(is_super_table=True)
    tables[key].append(name, value)
    return tomlkit.dumps(tables)


def _parsed(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from error
    except RecursionError as error:
        raise NotToml("it is nested too deep") from error


def _servers(parsed: dict[str, Any], key: str) -> dict[str, Any]:
    found = parsed.get(key, {})
    if not isinstance(found, dict):
        raise Ambiguous(f'"{key}" is no table')
    return found


def _lines(text: str) -> list[str]:
    """The lines with their ends. Not `splitlines`, to which a text of TOML has more of them."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _lines_of(lines: list[str], key: str, name: str) -> list[int]:
    """The lines of the table and of those below it. What stands between their last word and the
    next table (blank lines, comments) is not theirs."""
    steps = rf"{_step(key)}[ \t]*\.[ \t]*{_step(name)}"
    ours = re.compile(rf"[ \t]*\[[ \t]*{steps}[ \t]*[.\]]")
    found: list[int] = []
    within: list[int] = []
    inside = False
    for at, line in enumerate(lines):
        if re.match(r"[ \t]*\[", line):
            inside, within = bool(ours.match(line)), []
        within.append(at)
        if inside and not re.match(r"[ \t]*(#|\r?\n|\Z)", line):
            found += within
            within = []
    return found


def _step(word: str) -> str:
    bare = re.escape(word)
    return f"(?:{bare}|\"{bare}\"|'{bare}')"


def _without(lines: list[str], away: list[int]) -> list[tuple[int, str]]:
    gone = frozenset(away)
    return [(at, line) for at, line in enumerate(lines) if at not in gone]


def _blank_before(lines: list[str], ours: list[int]) -> bool:
    """Whether the blank line above the table would be one too many without it."""
    behind = ours[-1] + 1
    last = behind == len(lines) or not lines[behind].strip()
    return last and ours[0] > 0 and not lines[ours[0] - 1].strip()


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _checked(new: str, old: str, key: str, name: str, value: Any) -> str:
    """``new``, read again: it says what ``old`` said and the one change, and nothing else."""
    expected = _parsed(old)
    servers = {each: said for each, said in _servers(expected, key).items() if each != name}
    if value is not None:
        servers[name] = value
    try:
        found = tomllib.loads(new)
    except tomllib.TOMLDecodeError:
        found = {}
    # A table that only held ours may go with it.
    if {key: {}} | found != expected | {key: servers}:
        raise Ambiguous("the file is laid out in a way that cannot be edited safely")
    return new
