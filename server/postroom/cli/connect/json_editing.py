"""One member of one object set or removed in the text of a JSON file; every other character stays:
comments, order, spacing, numbers as they were written.
"""

import json
import re
from typing import Any

from postroom.cli.connect.jsonc import Member, Node, after_space, parse


class Ambiguous(ValueError):
    """The file says a thing twice, or says something else where an object belongs."""


def member(text: str, key: str, name: str) -> Any:
    """What stands at ``key`` → ``name``, or None.

    Raises:
        NotJson, Ambiguous: the file cannot be understood, or not for certain.
    """
    servers = _only(_root(text), key)
    if servers is None:
        return None
    found = _only(_object(servers, key), name)
    return found.node.value if found else None


def with_member(text: str, key: str, name: str, value: Any) -> str:
    """The text with ``key`` → ``name`` set to ``value``.

    Raises:
        NotJson, Ambiguous: as `member`.
    """
    if not text.strip():
        text = "{}\n"
    root = _root(text)
    servers = _only(root, key)
    if servers is None:
        return _checked(_inserted(text, root, key, {name: value}), text, key, name, value)
    holder = _object(servers, key)
    found = _only(holder, name)
    if found is None:
        return _checked(_inserted(text, holder, name, value), text, key, name, value)
    written = _written(value, _indent_of(text, found.start), _unit(text), _newline(text))
    new = text[: found.node.start] + written + text[found.node.end :]
    return _checked(new, text, key, name, value)


def without_member(text: str, key: str, name: str) -> str:
    """The text without ``key`` → ``name``; the same text where it is not there.

    Raises:
        NotJson, Ambiguous: as `member`.
    """
    servers = _only(_root(text), key) if text.strip() else None
    holder = _object(servers, key) if servers else None
    found = _only(holder, name) if holder else None
    if holder is None or found is None:
        return text
    return _checked(_removed(text, holder, found), text, key, name, None)


def shown(key: str, name: str, value: Any) -> str:
    """The member as it would stand in an empty file."""
    return json.dumps({key: {name: value}}, indent=2, ensure_ascii=False)


def _root(text: str) -> Node:
    root = parse(text) if text.strip() else parse("{}")
    if root.members is None:
        raise Ambiguous("the file holds no object")
    return root


def _object(found: Member, key: str) -> Node:
    if found.node.members is None:
        raise Ambiguous(f'"{key}" is no object')
    return found.node


def _only(holder: Node, name: str) -> Member | None:
    found = holder.all(name)
    if len(found) > 1:
        raise Ambiguous(f'"{name}" stands there {len(found)} times')
    return found[0] if found else None


def _inserted(text: str, holder: Node, name: str, value: Any) -> str:
    newline, unit = _newline(text), _unit(text)
    outer = _indent_of(text, holder.start)
    inner = _indent_of(text, holder.members[-1].start) if holder.members else outer + unit
    written = f"{json.dumps(name, ensure_ascii=False)}: {_written(value, inner, unit, newline)}"
    if not holder.members:
        # What is there is comments alone: they stay above.
        kept = text[holder.start + 1 : holder.end - 1].rstrip()
        body = f"{kept}{newline}{inner}{written}{newline}{outer}"
        return f"{text[: holder.start + 1]}{body}{text[holder.end - 1 :]}"
    last = holder.members[-1].node.end
    comma = after_space(text, last)
    if text[comma] == ",":
        at = _line_rest(text, comma + 1, holder.end - 1)
        return f"{text[:at]}{newline}{inner}{written},{text[at:]}"
    # A comment behind the last value belongs to it, and stays on its line.
    at = _line_rest(text, last, holder.end - 1)
    return (
        f"{text[:last]},{text[last:at]}{newline}{inner}{written}{_rest(text, at, outer, newline)}"
    )


def _line_rest(text: str, at: int, end: int) -> int:
    """Where the line of ``at`` ends, if only a comment follows on it; else ``at``."""
    found = re.compile(r"[ \t]*(?://[^\r\n]*|/\*[^\r\n]*?\*/)").match(text, at, end)
    return found.end() if found else at


def _rest(text: str, at: int, outer: str, newline: str) -> str:
    """What follows: on a line of its own, also where all stood on one line."""
    rest = text[at:]
    return rest if re.match(r"[ \t]*[\r\n]", rest) else f"{newline}{outer}{rest.lstrip(' ')}"


def _removed(text: str, holder: Node, found: Member) -> str:
    members = holder.members or ()
    place = members.index(found)
    start, end = _line_start(text, found.start), found.node.end
    comma = after_space(text, end)
    if text[comma] == ",":
        return text[:start] + text[_line_rest(text, comma + 1, holder.end - 1) :]
    if place > 0:
        before = text.index(",", after_space(text, members[place - 1].node.end))
        return text[:before] + text[before + 1 : start] + text[end:]
    if not text[holder.start + 1 : start].strip() and not text[end : holder.end - 1].strip():
        return f"{text[: holder.start + 1]}{text[holder.end - 1 :]}"
    return text[:start] + text[end:]


def _line_start(text: str, at: int) -> int:
    """The end of the line before, where nothing but space stands before ``at`` on its own."""
    found = re.search(r"\r?\n[ \t]*\Z", text[:at])
    return found.start() if found else at


def _written(value: Any, indent: str, unit: str, newline: str) -> str:
    lines = json.dumps(value, indent=unit, ensure_ascii=False).split("\n")
    return f"{newline}{indent}".join(lines)


def _indent_of(text: str, at: int) -> str:
    """The space before the first thing on the line of ``at``."""
    line = text[text.rfind("\n", 0, at) + 1 : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _unit(text: str) -> str:
    """One step of indentation, as the file has it."""
    found = re.search(r"\n([ \t]+)\S", text)
    return found[1] if found else "  "


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _checked(new: str, old: str, key: str, name: str, value: Any) -> str:
    """``new``, read again: it says what ``old`` said and the one change, and nothing else."""
    expected = _root(old).value
    servers = expected.setdefault(key, {})
    servers.pop(name, None)
    if value is not None:
        servers[name] = value
    if parse(new).value != expected:
        raise Ambiguous("the file is laid out in a way that cannot be edited safely")
    return new
