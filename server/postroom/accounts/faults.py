"""What is wrong with ``postroom.toml``, in words: the path of the key, and what to do.

No value of the file is repeated, since it may be a password in a wrong place, but for host names
that were understood as such.
"""

import re
from typing import Any

from pydantic import ValidationError

from postroom.accounts.known_keys import known_keys, meant
from postroom.accounts.presets import PRESETS

MAX_TOLD = 5
"""Faults that are told at a time: a file with more of them is read again anyway."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

_SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is no key that is known here",
    "union_tag_not_found": 'is missing: it is "account", "directory" or "builtin"',
    "union_tag_invalid": 'is none that is known: it is "account", "directory" or "builtin"',
    "model_type": "must be a table",
    "model_attributes_type": "must be a table",
    "dict_type": "must be a table",
}

_TABLES = {
    "imap": '{ host = "imap.example.com" }',
    "smtp": '{ host = "smtp.example.com" }',
    "database": '{ sqlite = "/path/directory.db" }',
    "lmtp": "{ port = 2424 }",
}
"""What a table may look like that something else stands for."""

MOST_KEYS = 6
"""Known keys that are listed where none is like the unknown one."""


def told(error: ValidationError) -> str:
    """The faults, each ``path: what``, at most ``MAX_TOLD``."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    words = [
        _told(fault["loc"], fault["type"], fault["msg"], error.title) for fault in faults[:MAX_TOLD]
    ]
    more = len(faults) - len(words)
    return "; ".join([*words, f"and {more} more"] if more > 0 else words)


def key_path(loc: tuple[Any, ...]) -> str:
    """The path of a key as it stands in the file: ``domains."example.com".separator``."""
    path = ""
    for part in loc:
        if isinstance(part, int):
            path += f"[{part}]"
            continue
        text = part if _BARE_KEY.fullmatch(part) else f'"{part}"'
        path += f".{text}" if path else text
    return path


def _told(loc: tuple[Any, ...], kind: str, message: str, root: str) -> str:
    sentence = _SENTENCES.get(kind) or message.removeprefix("Value error, ")
    if not loc:
        return sentence
    sentence += _more(loc, kind, root)
    path = _in_file(loc)
    if kind.startswith("union_tag"):
        path += ("provisioner",)
    return f"{key_path(path)}: {sentence}"


def _more(loc: tuple[Any, ...], kind: str, root: str) -> str:
    """What to write in its place, as far as that is known."""
    key = str(loc[-1])
    if kind == "extra_forbidden":
        return _instead(key, known_keys(root, loc[:-1]))
    example = f"{key} = {_TABLES[key]}" if key in _TABLES else ""
    if kind == "missing" and example:
        of_account = loc[0] != "domains" and key in ("imap", "smtp")
        preset = f"name a preset ({', '.join(PRESETS)}), or " if of_account else ""
        return f": {preset}write {example}"
    return f": {example}" if example and _SENTENCES.get(kind) == "must be a table" else ""


def _instead(key: str, known: list[str]) -> str:
    if near := meant(key, known):
        return f": {near} may be meant; correct or remove it"
    if 0 < len(known) <= MOST_KEYS:
        return f"; known are {', '.join(known)}"
    return "; correct or remove it"


def _in_file(loc: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without what pydantic adds: which kind of domain it took a table for, and ``[key]``."""
    if loc[0] == "domains" and len(loc) > 2:
        return loc[:2] + loc[3:]
    return loc
