"""What our documents and prompts may call things: the names and words of the tools themselves."""

import re
from collections.abc import Iterator
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from postroom.model.requests import AttachmentRequest
from postroom_tools.catalogue import TOOLS

TOOL_NAMES = {tool.name for tool in TOOLS}


def arguments_of(name: str) -> set[str]:
    """What a tool takes."""
    (tool,) = [each for each in TOOLS if each.name == name]
    return set(tool.arguments.model_fields)


def arguments() -> set[str]:
    """What any tool takes, and the entries of its lists."""
    every = set().union(*(arguments_of(name) for name in TOOL_NAMES))
    return every | set(AttachmentRequest.model_fields)


def answered() -> set[str]:
    """The names of all that tools answer."""
    return {name for name, _ in _fields_of_answers()}


def words_of(tool: str, field: str) -> set[str]:
    """The words that a field of a tool's answer may be, such as those of an outcome."""
    (answer,) = [each.answer for each in TOOLS if each.name == tool]
    return set(_literals(answer.model_fields[field].annotation))


def every_word() -> set[str]:
    """All words that a field of an answer may be."""
    return {word for _, type_ in _fields_of_answers() for word in _literals(type_)}


def names_in(text: str) -> set[str]:
    """The names that a text uses: words joined by underscores."""
    return set(re.findall(r"(?<![\w/.-])[a-z]+(?:_[a-z0-9]+)+(?![\w/])", text))


def _fields_of_answers() -> Iterator[tuple[str, Any]]:
    for tool in TOOLS:
        yield from _fields(tool.answer)


def _fields(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        yield field.alias or name, field.annotation
        for inner in _models(field.annotation):
            yield from _fields(inner)


def _models(type_: Any) -> Iterator[type[BaseModel]]:
    if isinstance(type_, type) and get_origin(type_) is None:
        if issubclass(type_, BaseModel):
            yield type_
        return
    for inner in get_args(type_):
        yield from _models(inner)


def _literals(type_: Any) -> Iterator[str]:
    for inner in get_args(type_):
        if isinstance(inner, str):
            yield inner
        else:
            yield from _literals(inner)
