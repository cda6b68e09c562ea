"""JSON with comments (as VS Code writes it) → a tree that knows where everything stands.

The grammar is RFC 8259's, and besides it ``//`` and ``/* */`` comments and a comma after the last
element. Values are read by Python's own parser; here is only what it does not tell: the places.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 200
"""Nesting. No configuration comes near; deeper ones would exhaust the stack."""

_SPACE = re.compile(r"(?:[ \t\r\n]+|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\.)*"')
_SCALAR = re.compile(r"true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")


class NotJson(ValueError):
    """The text is no JSON; ``line`` and ``column`` say where, from 1."""

    def __init__(self, text: str, at: int, wanted: str) -> None:
        self.line = text.count("\n", 0, at) + 1
        self.column = at - (text.rfind("\n", 0, at) + 1) + 1
        super().__init__(f"line {self.line}, column {self.column}: {wanted} expected")


@dataclass(frozen=True)
class Node:
    """A value and where it stands: ``text[start:end]``."""

    start: int
    end: int
    value: Any
    members: tuple["Member", ...] | None = None
    """Of an object, in order; None for anything else."""

    def all(self, name: str) -> list["Member"]:
        """The members of this name: more than one where a hand wrote it twice."""
        return [member for member in self.members or () if member.name == name]


@dataclass(frozen=True)
class Member:
    """``"name": value`` of an object, and where it stands."""

    name: str
    start: int
    node: Node


def parse(text: str) -> Node:
    """The tree of a whole text.

    Raises:
        NotJson: it is none.
    """
    node = _value(text, _skip(text, 0), 0)
    end = _skip(text, node.end)
    if end != len(text):
        raise NotJson(text, end, "the end")
    return node


def after_space(text: str, at: int) -> int:
    """Where the next thing stands that is neither space nor comment."""
    return _skip(text, at)


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _value(text: str, at: int, depth: int) -> Node:
    if depth > MAX_DEPTH:
        raise NotJson(text, at, "less nesting")
    first = text[at : at + 1]
    if first == "{":
        return _object(text, at, depth)
    if first == "[":
        return _array(text, at, depth)
    found = (_STRING if first == '"' else _SCALAR).match(text, at)
    if found is None:
        raise NotJson(text, at, "a value")
    return Node(at, found.end(), _read(text, found))


def _read(text: str, found: re.Match[str]) -> Any:
    try:
        return json.loads(found[0])
    except ValueError as error:
        raise NotJson(text, found.start(), "a value") from error


def _object(text: str, start: int, depth: int) -> Node:
    members: list[Member] = []
    at = _skip(text, start + 1)
    while text[at : at + 1] != "}":
        found = _STRING.match(text, at)
        if found is None:
            raise NotJson(text, at, "a name in quotes, or }")
        colon = _skip(text, found.end())
        if text[colon : colon + 1] != ":":
            raise NotJson(text, colon, "a colon")
        node = _value(text, _skip(text, colon + 1), depth + 1)
        members.append(Member(_read(text, found), at, node))
        at = _next(text, node.end, "}")
    value = {member.name: member.node.value for member in members}
    return Node(start, at + 1, value, tuple(members))


def _array(text: str, start: int, depth: int) -> Node:
    values: list[Any] = []
    at = _skip(text, start + 1)
    while text[at : at + 1] != "]":
        node = _value(text, at, depth + 1)
        values.append(node.value)
        at = _next(text, node.end, "]")
    return Node(start, at + 1, values)


def _next(text: str, end: int, closing: str) -> int:
    """Where the next element or the closing bracket stands."""
    at = _skip(text, end)
    if text[at : at + 1] == ",":
        return _skip(text, at + 1)
    if text[at : at + 1] != closing:
        raise NotJson(text, at, f"a comma or {closing}")
    return at
