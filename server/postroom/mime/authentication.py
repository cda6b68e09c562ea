"""An Authentication-Results field, taken apart (RFC 8601 §2.2)."""

import re
from dataclasses import dataclass

_MAX_CHARS = 10_000
"""A field longer than this is no server's own, and is not read."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|\(|\)|;|[^\s"();]+', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Result:
    """One statement: ``method=value`` and the properties it speaks of, all in lower case."""

    method: str
    value: str
    properties: tuple[tuple[str, str], ...] = ()

    def of(self, name: str) -> str:
        """The property of that name, such as ``header.from``; "" where there is none, or where
        there are several that differ."""
        values = {value for known, value in self.properties if known == name}
        return values.pop() if len(values) == 1 else ""


def read_results(field: str) -> tuple[str, tuple[Result, ...]]:
    """The authserv-id in lower case, and the statements. Comments are skipped: they are words.

    Microsoft writes no authserv-id: a statement stands in its place, and the name is "".
    """
    if len(field) > _MAX_CHARS:
        return "", ()
    sections = _sections(field)
    if not sections or not sections[0]:
        return "", ()
    first = sections[0][0]
    results = [_result(section) for section in sections[0 if "=" in first else 1 :]]
    name = "" if "=" in first else first.casefold()
    return name, tuple(result for result in results if result is not None)


def _sections(field: str) -> list[list[str]]:
    """The words between semicolons, without comments; ``a = b`` is joined to one word."""
    sections: list[list[str]] = [[]]
    depth = 0
    joins = False
    for found in _TOKEN.finditer(field):
        token = found[0]
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(0, depth - 1)
        elif depth:
            continue
        elif token == ";":
            sections.append([])
            joins = False
        else:
            word = _ESCAPED.sub(r"\1", token.strip('"')) if token[0] == '"' else token
            if sections[-1] and (joins or token[0] == "="):
                sections[-1][-1] += word
            else:
                sections[-1].append(word)
            joins = token[0] != '"' and token.endswith("=")
    return sections


def _result(words: list[str]) -> Result | None:
    if not words or "=" not in words[0]:
        return None
    method, _, value = words[0].partition("=")
    properties = tuple(
        (name.casefold(), content.casefold())
        for name, mark, content in (word.partition("=") for word in words[1:])
        if mark and "." in name
    )
    return Result(method.partition("/")[0].casefold(), value.casefold(), properties)
