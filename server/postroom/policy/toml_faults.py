"""A text that is no TOML: which line and key it is about.

tomllib tells the place where it stopped, tomlkit the key that is there twice.
"""

import re
import tomllib

from postroom.policy.faults import Fault, Path

_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_TWICE = re.compile(r'Key "(.*?)" already exists')
_HEAD = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]")
_KEY = re.compile(r"""\s*(["']?)([\w.-]+)\1\s*=""")


def in_toml(error: tomllib.TOMLDecodeError, text: str) -> Fault:
    """What tomllib has against a text."""
    found = _PLACE.fullmatch(str(error))
    lines = text.splitlines()
    said, line, column = found.groups() if found else (str(error), None, None)
    number = int(line) if line else len(lines)
    twice = _there_twice(text)
    if twice:
        number = _begins(lines, number, twice)
        is_table = number <= len(lines) and _HEAD.match(lines[number - 1]) is not None
        path = (twice,) if is_table else (*_table_above(lines, number), twice)
        return Fault(path, "is there twice", number)
    key = _KEY.match(lines[number - 1]) if 0 < number <= len(lines) else None
    path = (*_table_above(lines, number), key[2]) if key else ()
    place = f" (column {column})" if column else ""
    hint = "; a text stands in quotes" if said == "Invalid value" else ""
    return Fault(path, f"is no TOML: {said}{place}{hint}", number)


def _there_twice(text: str) -> str:
    """The key or table that is there twice; "" for none."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        tomlkit.parse(text)
    except TOMLKitError as error:
        found = _TWICE.search(str(error))
        return found[1] if found else ""
    return ""


def _begins(lines: list[str], number: int, key: str) -> int:
    """The line from which on a key's value stands that ends on line ``number``."""
    for above in range(min(number, len(lines)), 0, -1):
        found = _KEY.match(lines[above - 1]) or _HEAD.match(lines[above - 1])
        if found is not None and found[2].rpartition(".")[2] == key:
            return above
    return number


def _table_above(lines: list[str], number: int) -> Path:
    """The path of the table in which a line stands."""
    heads = [found for line in lines[: number - 1] if (found := _HEAD.match(line))]
    if not heads:
        return ()
    name = heads[-1][2]
    if heads[-1][1] == "[":
        return (name,)
    return name, sum(head[2] == name for head in heads) - 1
