"""What conditions mean by the literals that they compare facts with.

A literal that a fact can never be is a fault: the rule would never match, or always. The name of a
domain may stand in letters that the DNS does not have: facts hold it as the DNS writes it
(``xn--bcher-kva.example``), beside how people read it (``bücher.example``), and such a literal is
compared with the latter, whole or in part or as a pattern. Its case never matters.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from pydantic import BaseModel

from postroom.model.domain_names import ascii_domain, plain_address, unicode_address, unicode_domain
from postroom.model.fact_kinds import Address, Domain, OneOf, Within, Written
from postroom.policy.comparisons import (
    EQUALS,
    ORDERS,
    PATTERN,
    Comparison,
    comparisons,
)
from postroom.policy.conditions import ConditionFault
from postroom.policy.syntax import Tree, kind

_CHECKED: Mapping[type, frozenset[str]] = {
    OneOf: EQUALS,
    Within: EQUALS,
    Written: EQUALS | ORDERS,
}
"""By what comparisons a fact of a kind is compared with values of that kind."""

_Kind = OneOf | Within | Written | Domain | Address
_KINDS = (OneOf, Within, Written, Domain, Address)


class Meanings:
    """What the fields of a model of facts can be, asked about a condition's tree."""

    def __init__(self, model: type[BaseModel], messages: Mapping[str, type[BaseModel]]) -> None:
        """``messages``: the models below it, by the names that CEL knows them by."""
        self._model = model
        self._messages = messages

    def faults(self, tree: Tree) -> Iterator[ConditionFault]:
        """Each literal that a fact which it is compared with can never be."""
        for comparison in comparisons(tree.root):
            for fact in comparison.facts:
                yield from self._never(tree, comparison, fact)

    def patterns(self, tree: Tree) -> Iterator[Any]:
        """Each literal that is a pattern, whatever is matched with it."""
        for comparison in comparisons(tree.root):
            if comparison.function == PATTERN:
                yield from (each for each in comparison.right if kind(each) == "const")

    def read_domains(self, tree: Tree) -> bool:
        """Put literals that name domains, and the facts that they are compared with, into one form;
        whether that changed anything."""
        found = [self._read(tree, comparison) for comparison in comparisons(tree.root)]
        return any(found)

    def _never(self, tree: Tree, comparison: Comparison, fact: Any) -> Iterator[ConditionFault]:
        of = self._kind(tree, fact)
        if not isinstance(of, (OneOf, Within, Written)):
            return
        if comparison.function not in _CHECKED[type(of)]:
            return
        for literal in comparison.literals:
            if not of.can_be(value := _value(literal)):
                said = f'"{value}"' if isinstance(value, str) else value
                why = f"{_path(fact)} is never {said}; it is {of}"
                yield ConditionFault(why, *tree.place(literal))

    def _read(self, tree: Tree, comparison: Comparison) -> bool:
        names = [
            fact
            for fact in comparison.facts
            if isinstance(self._kind(tree, fact), (Domain, Address))
        ]
        before = [literal.const.text for literal in comparison.texts]
        if not names or not before:
            return False
        beyond = not all(map(str.isascii, before))
        for fact in names if beyond else ():
            tree.rename(fact, _reading(_name(fact)))
        form = _form(comparison.function, beyond)
        for literal, text in zip(comparison.texts, before, strict=True):
            literal.const.text = form(text)
        return beyond or before != list(map(form, before))

    def _kind(self, tree: Tree, fact: Any) -> _Kind | None:
        """What a name or a selected field can be; None for anything."""
        model: type[BaseModel] = self._model
        if kind(fact) == "select":
            model = self._messages.get(tree.message_of(fact.select.operand), BaseModel)
        field = model.model_fields.get(_name(fact))
        told = field.metadata if field is not None else ()
        return next((each for each in told if isinstance(each, _KINDS)), None)


@lru_cache(16)
def readings(model: type[BaseModel]) -> Mapping[str, str]:
    """The fields of a model that are names of domains or addresses, and the name of the fact that
    says how people read each."""
    return {
        name: _reading(name)
        for name, field in model.model_fields.items()
        if any(isinstance(each, (Domain, Address)) for each in field.metadata)
    }


def as_read(name: str) -> str:
    """How people read a domain's name or an address."""
    return unicode_address(name)


def _reading(name: str) -> str:
    return f"{name}_as_read"


def _name(fact: Any) -> str:
    return str(fact.select.field if kind(fact) == "select" else fact.ident.name)


def _form(function: str, beyond: bool) -> Callable[[str], str]:
    """What makes a literal the form of the fact that it is compared with: as people read it where
    one of them is ``beyond`` ASCII, else as the DNS writes it."""
    if function == PATTERN:  # its letters may mean something else: \\W is not \\w
        return _composed if beyond else str
    if function not in EQUALS:
        return _as_read_in_part if beyond else str.lower
    return (lambda text: as_read(_plain(text))) if beyond else _plain


def _plain(name: str) -> str:
    return plain_address(name) if "@" in name else ascii_domain(name)


def _as_read_in_part(text: str) -> str:
    return unicode_domain(_composed(text))


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _value(literal: Any) -> object:
    const = literal.const
    return const.text if const.HasField("text") else const.int if const.HasField("int") else None


def _path(fact: Any) -> str:
    """A fact as a condition names it."""
    if kind(fact) == "select":
        return f"{_path(fact.select.operand)}.{fact.select.field}"
    return str(fact.ident.name) if kind(fact) == "ident" else "…"
