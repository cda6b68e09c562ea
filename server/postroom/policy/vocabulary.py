"""The facts that CEL conditions may name, and the conditions compiled over them.

The types are the facts' own models, told to CEL as messages: a fact that is not there, or is of
another type, is a fault of the rule when it is read, with its place in the condition. CEL has no
loops but over lists and no recursion, its patterns take linear time, and cel-cpp ends what takes
more than some ten thousand steps; so a condition costs microseconds and cannot hang.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args, get_origin

from cel_expr_python import cel
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from pydantic import BaseModel

from postroom.policy.conditions import (
    Condition,
    ConditionFault,
    ConditionInvalid,
    EvaluationFailed,
    brief,
)
from postroom.policy.meanings import Meanings, as_read, readings
from postroom.policy.syntax import Tree

_Field = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    str: (_Field.TYPE_STRING, cel.Type.STRING),
    int: (_Field.TYPE_INT64, cel.Type.INT),
    bool: (_Field.TYPE_BOOL, cel.Type.BOOL),
}
_PACKAGE = "facts"
_PLACE = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)")
"""Of what is said of a condition as a whole, the numbers are -1."""


class Vocabulary:
    """The facts that conditions may name: the fields of one model.

    Where a fact is the name of a domain, CEL is told a second one, how people read it
    (meanings.py): a condition that names such a domain in letters beyond ASCII is asked about that.
    """

    def __init__(self, model: type[BaseModel]) -> None:
        pool = descriptor_pool.DescriptorPool()
        pool.Add(_described(model))
        self._messages = {
            name: message_factory.GetMessageClass(pool.FindMessageTypeByName(full))
            for name, full in _message_fields(model).items()
        }
        self._inner = {
            name: _inner(field.annotation)[0] for name, field in model.model_fields.items()
        }
        variables = {name: _type_of(field.annotation) for name, field in model.model_fields.items()}
        variables |= dict.fromkeys(readings(model).values(), cel.Type.STRING)
        self._environment = cel.NewEnv(descriptor_pool=pool, variables=variables)
        self._patterns = cel.NewEnv(variables={"pattern": cel.Type.STRING})
        self._matches = Condition(self._patterns.compile("''.matches(pattern)"))
        self._model = model
        self._meanings = Meanings(
            model, {f"{_PACKAGE}.{each.__name__}": each for each in _models_below(model)}
        )

    def compiled(self, text: str) -> Condition:
        """The condition that ``text`` is.

        Raises:
            ConditionInvalid: it is none, names what is no fact, or compares a fact with what it
                cannot be.
        """
        try:
            expression = self._environment.compile(text)
        except RuntimeError as error:
            raise ConditionInvalid(_faults(str(error))) from None
        if expression.return_type().name() != "BOOL":
            raise ConditionInvalid(
                [ConditionFault("is no condition: it is neither true nor false")]
            )
        tree = Tree(expression.serialize(), text)
        faults = [*self._meanings.faults(tree), *self._patterns_that_are_none(tree)]
        if faults:
            raise ConditionInvalid(list(dict.fromkeys(faults)))
        if self._meanings.read_domains(tree):
            expression = self._environment.deserialize(tree.written())
        return Condition(expression)

    def _patterns_that_are_none(self, tree: Tree) -> Iterator[ConditionFault]:
        for literal in self._meanings.patterns(tree):
            text = literal.const.text
            try:
                self._matches.holds(self._patterns.Activation({"pattern": text}))
            except EvaluationFailed as error:
                yield ConditionFault(f'"{text}" is no pattern: {error}', *tree.place(literal))

    def facts(self, of: BaseModel) -> Any:
        """Facts as conditions take them; made once for all conditions.

        Raises:
            EvaluationFailed: they hold what CEL has no value for.
        """
        try:
            said = of.model_dump()
            told = {name: self._told(name, value) for name, value in said.items()}
            return self._environment.Activation({**told, **_as_read(self._model, said)})
        except (ValueError, TypeError, RuntimeError) as error:
            raise EvaluationFailed(type(error).__name__) from None

    def _told(self, name: str, value: Any) -> Any:
        message = self._messages.get(name)
        if message is None:
            return value
        of = self._inner[name]
        if isinstance(value, (list, tuple)):
            return [message(**each, **_as_read(of, each)) for each in value]
        return message(**value, **_as_read(of, value))


def _described(root: type[BaseModel]) -> Any:
    """The messages of a model's fields, as protobuf describes them."""
    file = descriptor_pb2.FileDescriptorProto(name="facts.proto", package=_PACKAGE, syntax="proto3")
    for model in _models_below(root):
        message = file.message_type.add(name=model.__name__)
        for number, (name, field) in enumerate(model.model_fields.items(), 1):
            inner, many = _inner(field.annotation)
            label = _Field.LABEL_REPEATED if many else _Field.LABEL_OPTIONAL
            made = message.field.add(name=name, number=number, label=label)
            if _is_model(inner):
                made.type, made.type_name = _Field.TYPE_MESSAGE, f".{_PACKAGE}.{inner.__name__}"
            else:
                made.type = _SCALARS[inner][0]
        for number, name in enumerate(readings(model).values(), len(model.model_fields) + 1):
            message.field.add(
                name=name, number=number, label=_Field.LABEL_OPTIONAL, type=_Field.TYPE_STRING
            )
    return file


def _as_read(model: type[BaseModel], facts: Mapping[str, Any]) -> dict[str, str]:
    """How people read each of the facts that is a domain's name."""
    return {reading: as_read(facts[name]) for name, reading in readings(model).items()}


def _models_below(model: type[BaseModel]) -> list[type[BaseModel]]:
    found: dict[type[BaseModel], None] = {}
    for field in model.model_fields.values():
        inner, _ = _inner(field.annotation)
        if _is_model(inner):
            found |= dict.fromkeys([inner, *_models_below(inner)])
    return list(found)


def _message_fields(model: type[BaseModel]) -> Mapping[str, str]:
    """The full name of the message that each field of a model is, or is a list of."""
    inner = {name: _inner(field.annotation)[0] for name, field in model.model_fields.items()}
    return {name: f"{_PACKAGE}.{of.__name__}" for name, of in inner.items() if _is_model(of)}


def _type_of(annotation: Any) -> Any:
    inner, many = _inner(annotation)
    one = cel.Type(f"{_PACKAGE}.{inner.__name__}") if _is_model(inner) else _SCALARS[inner][1]
    return cel.Type.List(one) if many else one


def _inner(annotation: Any) -> tuple[Any, bool]:
    """(type, whether it is a list of it) of a field: ``tuple[X, ...]`` is a list."""
    if get_origin(annotation) is tuple:
        return get_args(annotation)[0], True
    return annotation, False


def _is_model(inner: Any) -> bool:
    return isinstance(inner, type) and issubclass(inner, BaseModel)


def _faults(told: str) -> list[ConditionFault]:
    """What cel-cpp has against a condition."""
    found = [_fault(*each.groups()) for each in _PLACE.finditer(told)]
    return list(dict.fromkeys(found)) or [ConditionFault(brief(told))]


def _fault(line: str, column: str, said: str) -> ConditionFault:
    why = said.replace(" (in container '')", "").replace(f"{_PACKAGE}.", "")
    return ConditionFault(why.rstrip("."), max(int(line), 1), max(int(column), 0))
