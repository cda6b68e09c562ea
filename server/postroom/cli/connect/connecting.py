"""Putting the entry in, and taking it out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from postroom.cli.connect import json_editing, toml_editing
from postroom.cli.connect.clients import Client
from postroom.cli.connect.config_file import BOM, ConfigFile
from postroom.cli.connect.entry import home_of, is_ours, with_what_was_set
from postroom.cli.connect.json_editing import Ambiguous
from postroom.cli.connect.jsonc import NotJson
from postroom.cli.connect.toml_editing import NotToml
from postroom.model.errors import Conflict, InvalidRequest


class Editing(Protocol):
    """What a module does that edits the text of a file."""

    def member(self, text: str, key: str, name: str) -> Any: ...
    def with_member(self, text: str, key: str, name: str, value: Any) -> str: ...
    def without_member(self, text: str, key: str, name: str) -> str: ...
    def shown(self, key: str, name: str, value: Any) -> str: ...


EDITING: dict[str, Editing] = {"json": json_editing, "toml": toml_editing}


@dataclass(frozen=True)
class Outcome:
    """What was done to a client's configuration."""

    what: str
    """``written``, ``unchanged``, ``removed`` or ``absent``."""
    file: Path
    backup: Path | None = None
    led_to: str = ""
    """The home that our entry named before, where that was another one."""


def put_in(client: Client, file: ConfigFile, name: str, entry: dict[str, Any]) -> Outcome:
    """Write the entry; what else is there stays.

    Raises:
        Conflict: an entry of this name is there that is not ours.
        InvalidRequest: the file cannot be understood; it was left as it is.
    """
    text, editing = file.read(), EDITING[client.language]
    try:
        found = editing.member(text.removeprefix(BOM), client.key, name)
        _check_ours(file, name, found)
        entry = with_what_was_set(found, entry)
        if found == entry:
            return Outcome("unchanged", file.path)
        new = editing.with_member(text.removeprefix(BOM), client.key, name, entry)
    except (NotJson, NotToml, Ambiguous) as error:
        raise _not_understood(file.path, error) from error
    before = home_of(found)
    led_to = before if before != home_of(entry) else ""
    return Outcome("written", file.path, file.write(_as_was(text) + new, text), led_to)


def take_out(client: Client, file: ConfigFile, name: str) -> Outcome:
    """Remove the entry; raises as `put_in`."""
    text, editing = file.read(), EDITING[client.language]
    try:
        found = editing.member(text.removeprefix(BOM), client.key, name)
        if found is None:
            return Outcome("absent", file.path)
        _check_ours(file, name, found)
        new = editing.without_member(text.removeprefix(BOM), client.key, name)
    except (NotJson, NotToml, Ambiguous) as error:
        raise _not_understood(file.path, error) from error
    return Outcome("removed", file.path, file.write(_as_was(text) + new, text))


def shown(client: Client, name: str, entry: dict[str, Any]) -> str:
    """The entry as it would stand in an empty file."""
    return EDITING[client.language].shown(client.key, name, entry).rstrip()


def _as_was(text: str) -> str:
    return BOM if text.startswith(BOM) else ""


def _check_ours(file: ConfigFile, name: str, found: object) -> None:
    if found is not None and not is_ours(found):
        raise Conflict(
            "entry_not_ours",
            f'"{name}" in {file.path} is something else than an entry of ours.',
            "It was left as it is: rename or remove it yourself, or pass another --agent.",
        )


def _not_understood(path: Path, error: ValueError) -> InvalidRequest:
    return InvalidRequest(
        "config_not_understood",
        f"{path} is not understood: {error}.",
        "It was left as it is. Correct it, or pass --print and put the entry in by hand.",
    )
