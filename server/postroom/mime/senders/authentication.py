"""An Authentication-Results field, taken apart (RFC 8601 §2.2)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MAX_CHARS = 10_000
"""A field longer than this is no server's own, and is not read."""

_WORDS = re.compile(r'"(?:[^"\\]|\\.)*+"?|\(|\)|;|[^\s"();]+', re.DOTALL)
"""What stands outside of comments."""

_COMMENTS = (
    re.compile(r"\\.|[()]|[^\\()]+|\\", re.DOTALL),  # RFC 5322 §3.2.2
    re.compile(r'"(?:[^"\\]|\\.)*+"|\\.|[()]|[^\\()"]+|["\\]', re.DOTALL),
    re.compile(r"[()]|[^()]+", re.DOTALL),
)
"""What stands within: as the rule has it, and as servers read it that write what a stranger chose
into a comment and quote it, or escape nothing."""

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

    A stranger's address stands in them, and may be written so as to end one. A field in which that
    may be so (its comments end elsewhere by another reading, or it says two things of one method)
    has no statements. Microsoft writes no authserv-id: a statement stands in its place, and the
    name is "".
    """
    if len(field) > _MAX_CHARS:
        return "", ()
    sections = _sections(field, _COMMENTS[0])
    if not sections or not sections[0]:
        return "", ()
    first = sections[0][0]
    results = [_result(section) for section in sections[0 if "=" in first else 1 :]]
    name = "" if "=" in first else first.casefold()
    said = tuple(result for result in results if result is not None)
    return name, () if _is_ambiguous(field, sections) or _contradicts(said) else said


def _is_ambiguous(field: str, sections: list[list[str]]) -> bool:
    if "(" not in field and ")" not in field:
        return False
    return field.count("(") != field.count(")") or any(
        _sections(field, comments) != sections for comments in _COMMENTS[1:]
    )


def _contradicts(said: tuple[Result, ...]) -> bool:
    """Whether the one verdict on From is there twice, and not the same."""
    return len({result.value for result in said if result.method == "dmarc"}) > 1


def _sections(field: str, comments: re.Pattern[str]) -> list[list[str]]:
    """The words between semicolons, without comments; ``a = b`` is joined to one word."""
    sections: list[list[str]] = [[]]
    joins = False
    for token in _outside(field, comments):
        if token == ";":
            sections.append([])
            joins = False
            continue
        word = _ESCAPED.sub(r"\1", token.strip('"')) if token[0] == '"' else token
        if sections[-1] and (joins or token[0] == "="):
            sections[-1][-1] += word
        else:
            sections[-1].append(word)
        joins = token[0] != '"' and token.endswith("=")
    return sections


def _outside(field: str, comments: re.Pattern[str]) -> Iterator[str]:
    """The tokens outside of comments. Linear: each step goes on."""
    depth = position = 0
    while position < len(field):
        found = (comments if depth else _WORDS).search(field, position)
        if found is None:
            return
        position = found.end()
        token = found[0]
        if token == "(":
            depth += 1
        elif token == ")":
            depth = max(0, depth - 1)
        elif not depth:
            yield token


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
