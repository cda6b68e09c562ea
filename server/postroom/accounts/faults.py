"""What is wrong with ``postroom.toml``, in words: the path of the key, and what to do.

No value of the file is repeated: it may be a password in a wrong place.
"""

import re
from typing import Any

from pydantic import ValidationError

from postroom.accounts.presets import PRESETS

MAX_TOLD = 5
"""Faults that are told at a time: a file with more of them is read again anyway."""

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

_SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is no key that is known here; correct or remove it",
    "union_tag_not_found": 'has no provisioner: it is "account", "directory" or "builtin"',
    "union_tag_invalid": 'has no such provisioner: it is "account", "directory" or "builtin"',
    "model_type": "is a table",
    "model_attributes_type": "is a table",
    "dict_type": "is a table",
}

_MISSING = {
    server: f"is missing: name a preset ({', '.join(PRESETS)}), or write {server} = {{ host ="
    f' "{server}.example.com" }}'
    for server in ("imap", "smtp")
}


def told(error: ValidationError) -> str:
    """The faults, each ``path: what``, at most ``MAX_TOLD``."""
    faults = error.errors(include_url=False, include_context=False, include_input=False)
    words = [_told(fault["loc"], fault["type"], fault["msg"]) for fault in faults[:MAX_TOLD]]
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


def _told(loc: tuple[Any, ...], kind: str, message: str) -> str:
    sentence = _SENTENCES.get(kind) or message.removeprefix("Value error, ")
    if not loc:
        return sentence
    if kind == "missing":
        sentence = _MISSING.get(str(loc[-1]), sentence)
    return f"{key_path(_in_file(loc))}: {sentence}"


def _in_file(loc: tuple[Any, ...]) -> tuple[Any, ...]:
    """Without what pydantic adds: which kind of domain it took a table for, and ``[key]``."""
    if loc[0] == "domains" and len(loc) > 2:
        return loc[:2] + loc[3:]
    return loc
