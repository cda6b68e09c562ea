"""On which line of a TOML text a key stands.

tomllib tells no places. tomlkit keeps a text to the letter: another value is put at the key, and
what is written then differs from the text first where the value stands, on the key's own line.
"""

from typing import Any

_PROBE = "\0probe"
_KEY = "probe"


def line_of(text: str, path: tuple[Any, ...]) -> int | None:
    """The line (from 1) of a key's value; of a key that is missing, of the table it should stand
    in. None where there is no such place."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    while path:
        try:
            document = tomlkit.parse(text)
            _mark(document, path)
            return _first_difference(text, tomlkit.dumps(document))
        except (TOMLKitError, KeyError, IndexError, TypeError, ValueError, AttributeError):
            path = path[:-1]
    return None


def _mark(document: Any, path: tuple[Any, ...]) -> None:
    table = document
    for part in path[:-1]:
        table = table[part]
    last = path[-1]
    value = table[last]
    if hasattr(value, "items"):  # a table: its first key stands right below its name
        last, table = next(iter(value), _KEY), value
    elif isinstance(value, list) and value and hasattr(value[0], "items"):
        last, table = next(iter(value[0]), _KEY), value[0]
    table[last] = _PROBE


def _first_difference(text: str, other: str) -> int:
    at = next(
        (n for n, (one, two) in enumerate(zip(text, other, strict=False)) if one != two), len(text)
    )
    return text.count("\n", 0, at) + 1
