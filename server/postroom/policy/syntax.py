"""The tree of a compiled condition: what cel-cpp writes of one, read and written again.

The shapes are those of ``cel/expr/checked.proto`` and ``syntax.proto`` of the CEL specification, as
far as anybody here looks at them; protobuf keeps all that is not named as it is.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "tree"
_SHAPES: Mapping[str, Mapping[str, tuple[int, str]]] = {
    "Checked": {
        "references": (2, "*ReferenceOf"),
        "types": (3, "*TypeOf"),
        "expr": (4, "Expr"),
        "source": (5, "Source"),
    },
    "ReferenceOf": {"key": (1, "int64"), "value": (2, "Reference")},
    "Reference": {"name": (1, "string")},
    "TypeOf": {"key": (1, "int64"), "value": (2, "Type")},
    "Type": {"message": (9, "string")},
    "Source": {"positions": (4, "*Position")},
    "Position": {"key": (1, "int64"), "value": (2, "int32")},
    "Expr": {
        "id": (2, "int64"),
        "const": (3, "Const"),
        "ident": (4, "Ident"),
        "select": (5, "Select"),
        "call": (6, "Call"),
        "list": (7, "List"),
        "struct": (8, "Struct"),
        "comprehension": (9, "Comprehension"),
    },
    "Const": {"int": (3, "int64"), "text": (6, "string")},
    "Ident": {"name": (1, "string")},
    "Select": {"operand": (1, "Expr"), "field": (2, "string")},
    "Call": {"target": (1, "Expr"), "function": (2, "string"), "args": (3, "*Expr")},
    "List": {"elements": (1, "*Expr")},
    "Struct": {"entries": (2, "*Entry")},
    "Entry": {"map_key": (3, "Expr"), "value": (4, "Expr")},
    "Comprehension": {
        "iter_var": (1, "string"),
        "iter_range": (2, "Expr"),
        "accu_init": (4, "Expr"),
        "loop_condition": (5, "Expr"),
        "loop_step": (6, "Expr"),
        "result": (7, "Expr"),
    },
}
_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {"string": _Field.TYPE_STRING, "int64": _Field.TYPE_INT64, "int32": _Field.TYPE_INT32}


class Tree:
    """One condition's tree, which may be changed and written again."""

    def __init__(self, serialized: bytes, text: str) -> None:
        """``text``: the condition that it was compiled from."""
        self._envelope = any_pb2.Any.FromString(serialized)
        self._checked = _checked().FromString(self._envelope.value)
        self._types = {each.key: each.value.message for each in self._checked.types}
        self._positions = {each.key: each.value for each in self._checked.source.positions}
        self._text = text

    @property
    def root(self) -> Any:
        return self._checked.expr

    def message_of(self, expr: Any) -> str:
        """The name of the message that an expression is; "" for anything else."""
        return str(self._types.get(expr.id, ""))

    def place(self, expr: Any) -> tuple[int, int]:
        """(line, column) of an expression, from 1."""
        before = self._text[: self._positions.get(expr.id, 0)]
        return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1

    def rename(self, expr: Any, name: str) -> None:
        """Let a name or a selected field be another one."""
        if kind(expr) == "select":
            expr.select.field = name
            return
        expr.ident.name = name
        for each in self._checked.references:
            if each.key == expr.id:
                each.value.name = name

    def written(self) -> bytes:
        """The tree as cel-cpp takes it."""
        self._envelope.value = self._checked.SerializeToString()
        return bytes(self._envelope.SerializeToString())


def kind(expr: Any) -> str:
    """Which of its forms an expression has: ``const``, ``ident`` …; "" for none that is known."""
    return next((name for name in _FORMS if expr.HasField(name)), "")


_FORMS = tuple(name for name in _SHAPES["Expr"] if name != "id")


def operands(expr: Any) -> list[Any]:
    """What a call is asked of: its target, where it has one, and its arguments."""
    return [*([expr.call.target] if expr.call.HasField("target") else ()), *expr.call.args]


def parts(expr: Any) -> Iterator[Any]:
    """The expressions right below one, but for what a comprehension does with each element."""
    match kind(expr):
        case "select":
            yield expr.select.operand
        case "call":
            yield from operands(expr)
        case "list":
            yield from expr.list.elements
        case "struct":
            for entry in expr.struct.entries:
                yield from (entry.map_key, entry.value)
        case "comprehension":
            found = expr.comprehension
            yield from (found.iter_range, found.accu_init, found.result)


@lru_cache(1)
def _checked() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="tree.proto", package=_PACKAGE, syntax="proto2")
    for name, fields in _SHAPES.items():
        message = file.message_type.add(name=name)
        for field, (number, of) in fields.items():
            label = _Field.LABEL_REPEATED if of.startswith("*") else _Field.LABEL_OPTIONAL
            made = message.field.add(name=field, number=number, label=label)
            inner = of.removeprefix("*")
            if inner in _SCALARS:
                made.type = _SCALARS[inner]
            else:
                made.type, made.type_name = _Field.TYPE_MESSAGE, f".{_PACKAGE}.{inner}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(f"{_PACKAGE}.Checked"))
