"""What the code says of a model's fields: the docstring below each."""

import ast
import inspect
import itertools
import re
import textwrap

from pydantic import BaseModel


def field_words(model: type[BaseModel]) -> dict[str, str]:
    """The words of each field that has any, a base's where the model itself says nothing."""
    told: dict[str, str] = {}
    for base in reversed(model.__mro__):
        if issubclass(base, BaseModel) and base is not BaseModel:
            told |= _own(base)
    return told


def _own(model: type[BaseModel]) -> dict[str, str]:
    body = _class(model).body
    pairs = itertools.pairwise(body)
    return {
        field.target.id: prose(words)
        for field, below in pairs
        if (words := _words(below))
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
    }


def _class(model: type[BaseModel]) -> ast.ClassDef:
    tree = ast.parse(textwrap.dedent(inspect.getsource(model)))
    found = tree.body[0]
    assert isinstance(found, ast.ClassDef)
    return found


def _words(node: ast.stmt) -> str:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return node.value.value if isinstance(node.value.value, str) else ""
    return ""


def prose(words: str) -> str:
    """A docstring as a line of Markdown."""
    return re.sub(r"``(.+?)``", r"`\1`", " ".join(words.split()))


def docstring(model: type) -> str:
    """The first paragraph of what a model says of itself, as Markdown."""
    return prose((inspect.getdoc(model) or "").partition("\n\n")[0])


def cell(words: str) -> str:
    """Words as they stand in a cell of a table."""
    return words.replace("|", r"\|").strip()


def row(*cells: str) -> str:
    return f"| {' | '.join(cell(each) for each in cells)} |"


def table(heads: tuple[str, ...], rows: list[str]) -> str:
    return "\n".join([row(*heads), row(*["---"] * len(heads)), *rows])
