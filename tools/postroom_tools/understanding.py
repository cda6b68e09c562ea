"""From what a client sent to a tool's arguments, or to an error that says how to call it.

No value that was sent ever stands in an error: it may be mail, and errors speak with our voice.
"""

import re
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from postroom.model.errors import InvalidRequest
from postroom.model.requests import AttachmentRequest
from postroom.model.shape import check_shape
from postroom_tools.misnomers import meant_by
from postroom_tools.schemas import Schema, input_schema
from postroom_tools.tool import Arguments, Tool

A = TypeVar("A", bound=Arguments)

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,40}")
"""What may be repeated as an argument's name; anything else may be a text in the wrong place."""

_MOST_PROBLEMS = 5
"""Problems named at once: enough to mend a call in one go, and an error stays short."""


def understand(tool: Tool[A, Any], given: Mapping[str, Any] | None) -> A:
    """The arguments of ``tool``, read from what a client gave. Null counts as left out.

    Raises:
        InvalidRequest: an argument is unknown, missing or wrong; the sentence names each.
    """
    check_shape(given or {})
    sent = {name: value for name, value in (given or {}).items() if value is not None}
    _refuse_unknown(tool, sent)
    try:
        return tool.arguments.model_validate(sent)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False)
        problems = [_problem(tool.arguments, one) for one in errors]
    raise InvalidRequest(
        "invalid_arguments",
        f"Nothing was done: {'; '.join(problems[:_MOST_PROBLEMS])}.",
        f"Call {tool.name} again with that put right.",
    )


def _refuse_unknown(tool: Tool[Any, Any], sent: Mapping[str, Any]) -> None:
    known = tuple(tool.arguments.model_fields)
    unknown = [name for name in sent if name not in known]
    if not unknown:
        return
    hints = [_unknown(name, tool.arguments) for name in unknown[:_MOST_PROBLEMS]]
    raise InvalidRequest(
        "unknown_argument",
        f"Nothing was done: {'; '.join(hints)}.",
        f"{tool.name} takes: {', '.join(known)}." if known else f"{tool.name} takes no arguments.",
    )


def _unknown(name: str, model: type[BaseModel], place: str = "") -> str:
    instead = meant_by(name, tuple(model.model_fields))
    shown = f"'{name}'" if _NAME.fullmatch(name) else "one that is named like nothing here"
    advice = f", use '{instead}'" if instead else ""
    return f"unknown argument {shown}{place}{advice}"


def _problem(arguments: type[Arguments], error: ErrorDetails) -> str:
    field, *inner = error["loc"]
    if error["type"] == "extra_forbidden":
        # Only the entries of `attachments` get here: a tool's own arguments were looked at before.
        return _unknown(str(inner[-1]), AttachmentRequest, f" in {_place(field, inner[:-1])}")
    if error["type"] == "missing":
        return f"'{_place(field, inner)}' is missing"
    return f"'{_place(field, inner)}' {_complaint(arguments, error)}"


def _place(field: int | str, inner: list[int | str]) -> str:
    """A place such as ``attachments[0].text``."""
    return str(field) + "".join(f"[{x}]" if isinstance(x, int) else f".{x}" for x in inner)


def _complaint(arguments: type[Arguments], error: ErrorDetails) -> str:
    """What is expected, as the end of a sentence. Those of pydantic's messages that our arguments
    can cause never hold what was given; where they speak of its insides, the schema's words do."""
    kind = error["type"]
    if kind == "tuple_type":
        properties = input_schema(arguments)["properties"]
        return f"should be {_shape(properties[error['loc'][0]])}"
    if kind == "model_type":
        return "should be an object"
    if kind == "too_long":
        return f"should have at most {error['ctx']['max_length']} items"
    said = re.sub(r"^(Input|String) should", "should", error["msg"])
    # How it tried to read a text as a number is its own affair.
    return said.partition(", ")[0] if kind.endswith("_parsing") else said


_ONE = {"string": "a string", "object": "an object"}


def _shape(schema: Schema) -> str:
    """What a schema of lists says, in words: "a string or a list of strings"."""
    if "anyOf" in schema:
        # The shortest first: it is what mostly is meant.
        return " or ".join(sorted(map(_shape, schema["anyOf"]), key=len))
    if schema["type"] == "array":
        return f"a list of {schema['items']['type']}s"
    return _ONE[schema["type"]]
