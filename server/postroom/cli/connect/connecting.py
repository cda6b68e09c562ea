"""Putting the entry in, and taking it out."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from postroom.cli.connect.clients import Client
from postroom.cli.connect.config_file import BOM, ConfigFile
from postroom.cli.connect.editing import Ambiguous, member, with_member, without_member
from postroom.cli.connect.entry import is_ours
from postroom.cli.connect.jsonc import NotJson
from postroom.model.errors import Conflict, InvalidRequest


@dataclass(frozen=True)
class Outcome:
    """What was done to a client's configuration."""

    what: str
    """``written``, ``unchanged``, ``removed`` or ``absent``."""
    file: Path
    backup: Path | None = None


def put_in(client: Client, file: ConfigFile, name: str, entry: dict[str, Any]) -> Outcome:
    """Write the entry; what else is there stays.

    Raises:
        Conflict: an entry of this name is there that is not ours.
        InvalidRequest: the file cannot be understood; it was left as it is.
    """
    text = file.read()
    try:
        found = member(text.removeprefix(BOM), client.key, name)
        _check_ours(file, name, found)
        if found == entry:
            return Outcome("unchanged", file.path)
        new = with_member(text.removeprefix(BOM), client.key, name, entry)
    except (NotJson, Ambiguous) as error:
        raise _not_understood(file.path, error) from error
    return Outcome("written", file.path, file.write(_as_was(text) + new, text))


def take_out(client: Client, file: ConfigFile, name: str) -> Outcome:
    """Remove the entry; raises as `put_in`."""
    text = file.read()
    try:
        found = member(text.removeprefix(BOM), client.key, name)
        if found is None:
            return Outcome("absent", file.path)
        _check_ours(file, name, found)
        new = without_member(text.removeprefix(BOM), client.key, name)
    except (NotJson, Ambiguous) as error:
        raise _not_understood(file.path, error) from error
    return Outcome("removed", file.path, file.write(_as_was(text) + new, text))


def shown(client: Client, name: str, entry: dict[str, Any]) -> str:
    """The entry as it would stand in an empty file."""
    return json.dumps({client.key: {name: entry}}, indent=2, ensure_ascii=False)


def _as_was(text: str) -> str:
    return BOM if text.startswith(BOM) else ""


def _check_ours(file: ConfigFile, name: str, found: object) -> None:
    if found is not None and not is_ours(found):
        raise Conflict(
            "entry_not_ours",
            f'"{name}" in {file.path} starts something else than `postroom mcp`.',
            "It was left as it is: rename or remove it yourself, or pass another --agent.",
        )


def _not_understood(path: Path, error: ValueError) -> InvalidRequest:
    return InvalidRequest(
        "config_not_understood",
        f"{path} is not understood: {error}.",
        "It was left as it is. Correct it, or pass --print and put the entry in by hand.",
    )
