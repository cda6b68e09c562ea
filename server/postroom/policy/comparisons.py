"""Which facts a condition compares with which literals.

A literal counts also where it stands in a list that is walked or searched, and a fact where it is
an element of a list that was made of facts: ``['a', 'b'].exists(d, r.domain == d)`` compares
``r.domain`` with both, and so does ``'a' in recipients.map(r, r.domain)``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from postroom.policy.syntax import kind, operands, parts

EQUALS = frozenset({"_==_", "_!=_", "@in"})
ORDERS = frozenset({"_<_", "_<=_", "_>_", "_>=_"})
PARTS = frozenset({"startsWith", "endsWith", "contains"})
PATTERN = "matches"

_COMPARING = EQUALS | ORDERS | PARTS | {PATTERN}


class Scope:
    """The names that comprehensions give to elements, each with what these may be."""

    def __init__(self, names: Mapping[str, tuple[Any, ...]] | None = None) -> None:
        self.names = names or {}

    def within(self, comprehension: Any) -> "Scope":
        """What holds for what it does with each element."""
        found = _each_once(_elements(comprehension.iter_range, self))
        return Scope({**self.names, comprehension.iter_var: found})


@dataclass(frozen=True)
class Comparison:
    """One call that compares, with what each side may be: literals, names, selected fields."""

    function: str
    left: tuple[Any, ...]
    right: tuple[Any, ...]

    @property
    def texts(self) -> list[Any]:
        """The literals of both sides that are texts."""
        return [each for each in self.literals if each.const.HasField("text")]

    @property
    def literals(self) -> list[Any]:
        return [each for each in (*self.left, *self.right) if kind(each) == "const"]

    @property
    def facts(self) -> list[Any]:
        """Names and selected fields, whatever they may be."""
        return [each for each in (*self.left, *self.right) if kind(each) != "const"]


def comparisons(expr: Any, scope: Scope | None = None) -> Iterator[Comparison]:
    """Every comparison in an expression."""
    scope = scope or Scope()
    if kind(expr) == "call" and expr.call.function in _COMPARING:
        yield _comparison(expr, scope)
    for part in parts(expr):
        yield from comparisons(part, scope)
    if kind(expr) == "comprehension":
        inner = scope.within(expr.comprehension)
        for part in (expr.comprehension.loop_condition, expr.comprehension.loop_step):
            yield from comparisons(part, inner)


def _comparison(expr: Any, scope: Scope) -> Comparison:
    one, other = operands(expr)
    right = _elements if expr.call.function == "@in" else _values
    return Comparison(
        expr.call.function, _each_once(_values(one, scope)), _each_once(right(other, scope))
    )


def _each_once(found: Iterable[Any]) -> tuple[Any, ...]:
    """Of a condition that chooses again and again, no more than stands in it."""
    return tuple({each.id: each for each in found}.values())


def _values(expr: Any, scope: Scope) -> Iterator[Any]:
    """The literals and facts that an expression may be."""
    match kind(expr):
        case "const" | "select":
            yield expr
        case "ident":
            yield from scope.names.get(expr.ident.name, (expr,))
        case "call" if expr.call.function == "_?_:_":
            for each in expr.call.args[1:]:
                yield from _values(each, scope)


def _elements(expr: Any, scope: Scope) -> Iterator[Any]:
    """The literals and facts that the elements of a list may be."""
    match kind(expr):
        case "list":
            for each in expr.list.elements:
                yield from _values(each, scope)
        case "select" | "ident":
            yield expr
        case "call" if expr.call.function in ("_+_", "_?_:_"):
            for each in expr.call.args:
                yield from _elements(each, scope)
        case "comprehension":  # map and filter put each element behind the list that they make
            inner = scope.within(expr.comprehension)
            yield from _elements(expr.comprehension.loop_step, inner)
