"""What is wrong with a policy, in words: the key, its line, and what to do."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from postroom.policy.conditions import ConditionFault
from postroom.policy.lines import line_of
from postroom.policy.schema import (
    MAX_RULES,
    InboundTable,
    LimitsTable,
    PolicyTable,
    ReputationTable,
    RuleTable,
    ThresholdTable,
    WarmupTable,
)

MAX_TOLD = 8
"""Faults that are told at a time."""

_SENTENCES = {
    "missing": "is missing",
    "extra_forbidden": "is no key that is known here",
    "string_type": "must be a text in quotes",
    "tuple_type": "must be a list",
    "bool_type": "must be true or false",
    "model_type": "must be a table",
    "string_too_short": "is empty",
}

_TABLES: dict[str, type[BaseModel]] = {
    "rules": RuleTable,
    "inbound": InboundTable,
    "limits": LimitsTable,
    "warmup": WarmupTable,
    "reputation": ReputationTable,
    "bounces": ThresholdTable,
    "complaints": ThresholdTable,
}

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """One fault: where in the file, and what."""

    path: Path
    what: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"line {self.line}" if self.line is not None else ""
        return ": ".join(said for said in (place, key_path(self.path), self.what) if said)


def sentence(faults: Sequence[Fault]) -> str:
    """The faults in one sentence, at most ``MAX_TOLD``."""
    told = [str(fault) for fault in faults[:MAX_TOLD]]
    more = len(faults) - len(told)
    return "; ".join([*told, f"and {more} more"] if more > 0 else told)


def key_path(path: Path) -> str:
    """A key as it stands in the file: ``rules[2].when``."""
    written = ""
    for part in path:
        written += f"[{part}]" if isinstance(part, int) else f".{part}" if written else str(part)
    return written


def faults_of(error: ValidationError, text: str) -> list[Fault]:
    """What the schema has against a file."""
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [_fault(each["loc"], each["type"], each["msg"], text) for each in found]


def in_condition(fault: ConditionFault, path: Path, text: str) -> Fault:
    """What CEL has against a condition of a file."""
    first = line_of(text, path)
    line = first + _begins_below(text, first) + fault.line - 1 if first is not None else None
    place = f" (column {fault.column} of the condition)" if fault.column else ""
    return Fault(path, f"{fault.why}{place}", line)


def _begins_below(text: str, line: int) -> int:
    """How many lines below its key a text of several lines begins (TOML drops the first end of
    line, and the schema drops empty lines)."""
    lines = text.splitlines()[line - 1 :]
    if lines[0].partition("=")[2].strip() not in ("'''", '"""'):
        return 0
    return next((n for n, each in enumerate(lines[1:], 1) if each.strip()), 1)


def names_twice(said: Mapping[str, Any], text: str) -> list[Fault]:
    """Rules that bear the name of an earlier one: a verdict could not tell which decided."""
    faults = []
    for kind in ("rules", "inbound"):
        known: set[str] = set()
        for number, rule in rules_said(said, kind):
            path: Path = (kind, number, "name")
            name = rule.get("name")
            if isinstance(name, str) and name in known:
                faults.append(Fault(path, "is the name of an earlier rule", line_of(text, path)))
            known |= {name} if isinstance(name, str) else set()
    return faults


def rules_said(said: Mapping[str, Any], kind: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The rules of a file as far as they are any, each with its place."""
    listed = said.get(kind)
    for number, rule in enumerate(listed[:MAX_RULES] if isinstance(listed, list) else ()):
        if isinstance(rule, dict):
            yield number, rule


def _fault(loc: tuple[Any, ...], kind: str, message: str, text: str) -> Fault:
    what = _SENTENCES.get(kind) or _plain(message)
    if kind == "extra_forbidden":
        what += _instead(loc)
    return Fault(loc, what, line_of(text, loc))


def _plain(message: str) -> str:
    message = message.removeprefix("Value error, ").removeprefix("Input ")
    return message.replace("String should", "should")


def _instead(loc: tuple[Any, ...]) -> str:
    """What was meant, as far as that is known."""
    tables = [_TABLES[part] for part in loc[:-1] if part in _TABLES]
    known = list((tables[-1] if tables else PolicyTable).model_fields)
    near = difflib.get_close_matches(str(loc[-1]), known, 1)
    return f": {near[0]} may be meant" if near else f"; known are {', '.join(known)}"
