"""Whoever is refused is told what to do: at every face that answers a program."""

import ast
from collections.abc import Iterator
from pathlib import Path

import postroom
from postroom.model import errors

ROOM = Path(postroom.__file__).parent

BEHIND_THE_FACES = (
    "conversations", "credentials", "desk", "guarded", "index", "issuer", "mime", "model", "policy",
    "serving", "web",
)  # fmt: skip
"""Where an error is raised that an answer over the network tells of. Servers' clients (`imap`,
`smtp`) raise theirs to workers."""

KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}


def raised() -> Iterator[tuple[str, ast.Call]]:
    """(place, call) of every error that is made there."""
    for folder in BEHIND_THE_FACES:
        for file in sorted((ROOM / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _named(node.func) in KINDS:
                    yield f"{file.relative_to(ROOM)}:{node.lineno}", node


def _named(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else ""


def says_what_to_do(call: ast.Call) -> bool:
    if any(isinstance(each, ast.Starred) for each in call.args):
        return True  # as another function says it, which makes it the same way
    named = [each.value for each in call.keywords if each.arg == "next_step"]
    given = [*call.args[2:3], *named]
    return bool(given) and not (isinstance(given[0], ast.Constant) and not given[0].value)


def test_every_error_says_what_to_do_next() -> None:
    found = list(raised())
    assert len(found) > 200
    assert [place for place, call in found if not says_what_to_do(call)] == []
