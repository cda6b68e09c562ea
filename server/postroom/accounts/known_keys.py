"""Which keys a table of ``postroom.toml`` knows, and which one an unknown key was meant to be."""

import difflib
from collections.abc import Iterator
from typing import Any, get_args

from postroom.accounts.table import Table


def known_keys(root: str, loc: tuple[Any, ...]) -> list[str]:
    """The keys of the table at ``loc`` (as pydantic has it: with the kind of a domain in it),
    counted from the table of the class that is named ``root``. Empty where there is no such."""
    here = [table for table in _every(Table) if table.__name__ == root]
    step = 0
    while step < len(loc):
        fields = [table.model_fields.get(str(loc[step])) for table in here]
        here = [table for field in fields if field for table in _tables(field.annotation)]
        step += 1
        if loc[:step] in (("accounts",), ("domains",), ("dns",)):
            step += 1  # the name that the operator gave
        if loc[:1] == ("domains",) and step == 2 and len(loc) > 2:
            here = [each for each in here if _is_kind(each, loc[2])]
            step += 1
    return [key for table in here for key in table.model_fields]


def meant(key: str, known: list[str]) -> str | None:
    """The key that is most like it, where one is."""
    near = difflib.get_close_matches(key.lower(), known, n=1)
    return near[0] if near else None


def _is_kind(table: type[Table], kind: object) -> bool:
    provisioner = table.model_fields.get("provisioner")
    return provisioner is not None and provisioner.default == kind


def _tables(annotation: Any) -> Iterator[type[Table]]:
    """The tables that a key may hold."""
    if isinstance(annotation, type) and issubclass(annotation, Table):
        yield annotation
    for each in get_args(annotation):
        yield from _tables(each)


def _every(table: type[Table]) -> Iterator[type[Table]]:
    for each in table.__subclasses__():
        yield each
        yield from _every(each)
