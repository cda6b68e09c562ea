"""postroom.toml with the table of a domain changed: what else is there stays to the letter.

tomlkit writes it; what it wrote is read again with the standard library, and must be what was there
and the change, nothing else.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.exceptions import TOMLKitError

from postroom.accounts.address import domain_name
from postroom.accounts.faults import told
from postroom.cli.connect.config_file import ConfigFile
from postroom.clock import system_clock
from postroom.model.errors import Conflict, InvalidRequest, PostroomError, Unavailable
from postroom.settings import CONFIG_FILE, Operator

TABLE = "dns"

PRIVATE = 0o600


def change(home: Path, domain: str, said: Mapping[str, Any]) -> bool:
    """Whether the file was changed, so that ``[dns."domain"]`` says ``said`` as well.

    Raises:
        InvalidRequest: it would not be understood.
        Conflict: it is written in a way that nothing can be changed in it.
        Unavailable: it cannot be written, or was changed meanwhile.
    """
    return _write(home, lambda text: with_domain(text, domain, said))


def take_out(home: Path, domain: str) -> bool:
    """Whether the file was changed, so that it says nothing of a domain; raises as above."""
    return _write(home, lambda text: without_domain(text, domain))


def with_domain(text: str, domain: str, said: Mapping[str, Any]) -> str:
    """``text`` with ``said`` in the table of ``domain``."""
    before = tomllib.loads(text)
    name = _as_written(before, domain)
    known = before.get(TABLE, {}).get(name, {})
    said = _with_known(said, known)
    if all(known.get(key) == value for key, value in said.items()) and (said or name):
        return text
    tables = {**before.get(TABLE, {}), name or domain: {**known, **said}}
    return _checked(text, {**before, TABLE: tables}, lambda: _with(text, name, domain, said))


def _with_known(said: Mapping[str, Any], known: Mapping[str, Any]) -> Mapping[str, Any]:
    """The way into the zone with what is known of it: who names another key alone means that way
    still. One by updates has nothing to say of one by OctoDNS."""
    way, before = said.get("publish"), known.get("publish", {})
    if not isinstance(way, Mapping) or not isinstance(before, Mapping):
        return said
    if ("octodns" in way and "server" in before) or ("server" in way and "octodns" in before):
        return said
    return {**said, "publish": {**before, **way}}


def without_domain(text: str, domain: str) -> str:
    """``text`` without the table of ``domain``."""
    before = tomllib.loads(text)
    name = _as_written(before, domain)
    if name is None:
        return text
    tables = {each: table for each, table in before[TABLE].items() if each != name}
    rest = {key: value for key, value in before.items() if key != TABLE}

    def written() -> str:
        if (cut := _cut(text, name, not tables)) != text:
            return cut
        document: Any = tomlkit.parse(text)
        del document[TABLE][name]
        if not tables:
            del document[TABLE]
        made: str = tomlkit.dumps(document)
        if _comments(made) != _comments(text):
            raise ValueError("a comment goes with it")
        return made

    return _checked(text, {**rest, TABLE: tables} if tables else rest, written)


def _cut(text: str, name: str, is_last: bool) -> str:
    """``text`` without the tables of a domain, each from its header to its last key: tomlkit takes
    a comment behind that for the table's, though it speaks of what comes next. What stands in a
    text of several lines and looks like a header is found out as the values are checked."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", text)
    headers = {at: path for at, line in enumerate(lines) if (path := _header(line))}
    ends = [*headers, len(lines)][1:]
    gone: set[int] = set()
    for (start, path), end in zip(headers.items(), ends, strict=True):
        if path[:2] == (TABLE, name) or (is_last and path == (TABLE,)):
            said = range(start, end)
            keys = [at for at in said if not _is_comment(lines[at])]
            gone.update(range(start, keys[-1] + 1))
            if keys[-1] + 1 < len(lines) and not lines[keys[-1] + 1].strip():
                gone.add(keys[-1] + 1)
    return "".join(line for at, line in enumerate(lines) if at not in gone)


def _header(line: str) -> tuple[str, ...]:
    """The name in the header of a table; () where the line is none."""
    if not line.lstrip().startswith("["):
        return ()
    try:
        inner: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    path = []
    while isinstance(inner, dict) and inner:
        ((key, inner),) = inner.items()
        path.append(key)
    return tuple(path)


def _is_comment(line: str) -> bool:
    """Whether a line says nothing to a program."""
    return not line.strip() or line.lstrip().startswith("#")


def _comments(text: str) -> Counter[str]:
    return Counter(line.strip() for line in text.split("\n") if line.lstrip().startswith("#"))


def _with(text: str, name: str | None, domain: str, said: Mapping[str, Any]) -> str:
    document: Any = tomlkit.parse(text)
    if name is None:
        return _appended(text, domain, said)
    table = document[TABLE][name]
    for key, value in said.items():
        _put(table, key, value)
    return tomlkit.dumps(document)


def _put(table: Any, key: str, value: Any) -> None:
    """A value where it stands; of a table its keys alone, so that its comments stay."""
    there = table.get(key)
    if not isinstance(value, Mapping) or not isinstance(there, Mapping):
        table[key] = _value(value)
        return
    for name in [name for name in there if name not in value]:
        del table[key][name]
    for name, each in value.items():
        if there.get(name) != each:
            table[key][name] = _value(each)


def _appended(text: str, domain: str, said: Mapping[str, Any]) -> str:
    """A table more, at the end: what stands there cannot become part of it."""
    table = tomlkit.table()
    for key, value in said.items():
        table[key] = _value(value)
    tables = tomlkit.document()
    tables.add(TABLE, tomlkit.table(is_super_table=True).add(domain, table))
    gap = "" if not text.strip() else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{tomlkit.dumps(tables)}"


def _value(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return list(value) if isinstance(value, tuple) else value
    table = tomlkit.inline_table()
    for key, each in value.items():
        table[key] = _value(each)
    return table


def _as_written(known: Mapping[str, Any], domain: str) -> str | None:
    """The name of a domain's table, in whatever form it stands in the file."""
    for name in known.get(TABLE, {}):
        try:
            if domain_name(str(name)) == domain:
                return str(name)
        except ValueError:
            continue
    return None


def _checked(text: str, meant: Mapping[str, Any], written: Any) -> str:
    try:
        made: str = written()
        if text and text.count("\n") == text.count("\r\n") > 0:  # written on Windows
            made = re.sub(r"(?<!\r)\n", "\r\n", made)
        fits = tomllib.loads(made) == _plain(meant)
    except (TOMLKitError, tomllib.TOMLDecodeError, ValueError, TypeError, KeyError) as error:
        raise _by_hand() from error
    if not fits:
        raise _by_hand()
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value


def _write(home: Path, changed: Any) -> bool:
    file = ConfigFile(home / CONFIG_FILE, system_clock, ours=True)
    try:
        text = file.read()
    except PostroomError as error:
        raise InvalidRequest(
            "settings_unreadable", error.message, "Nothing was changed; correct it, and try again."
        ) from error
    made = changed(text)
    if made == text:
        return False
    _understood(made, home)
    try:
        file.write(made, text)
    except PostroomError as error:
        is_closed = error.code == "config_read_only"
        raise Unavailable(
            "settings_not_written",
            error.message,
            "Nothing was changed; make it writable, and try again, or write"
            ' [dns."example.com"] by hand.'
            if is_closed
            else "Nothing was changed; try again.",
        ) from error
    if not text:
        file.path.chmod(PRIVATE)
    return True


def _understood(text: str, home: Path) -> None:
    try:
        Operator.model_validate(tomllib.loads(text), context={"home": home})
    except ValidationError as error:
        raise InvalidRequest(
            "domain_unfit",
            f"postroom.toml would not be understood with this: {told(error)}.",
            "Correct the options; nothing was changed.",
        ) from None


def _by_hand() -> Conflict:
    return Conflict(
        "settings_not_added_to",
        "postroom.toml is written in a way that nothing can be changed in it by itself.",
        'Nothing was changed: write the keys into [dns."example.com"] by hand.',
    )
