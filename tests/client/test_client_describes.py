"""The client asks what the OpenAPI description of REST says, and nothing else."""

import inspect
import json
import re
import subprocess
import sys
import typing
from collections.abc import Mapping
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

import pytest

from postroom.client.asking import Subject, asks
from postroom.client.calls import Call, Description, Download, Lines, Pages
from postroom.client.client import AsyncPostroom, Postroom
from postroom.client.following import Following
from postroom.client.problems import BRANCHES
from postroom.client.question import Question
from postroom.client.uploading import Upload
from postroom.model import errors
from postroom.model.requests import AttachmentRequest
from postroom.web.rest.application import rest_application
from postroom.web.rest.problems import OF_THE_DESK

API: dict[str, Any] = rest_application(None, None).openapi()  # type: ignore[arg-type]  # asks nobody

DESCRIPTIVE = "problems"
"""The tag of what says what a problem's type means, for people."""

BY_HEADER = {"stream"}
"""What the client says by a header instead."""

SAME = {"from": "mailbox", "content": "content_base64"}
"""What REST takes by two names; the client has the one of the tools."""


def subjects() -> dict[str, Subject[Any]]:
    found = vars(Postroom("http://127.0.0.1", "token"))
    return {name: each for name, each in found.items() if isinstance(each, Subject)}


def methods() -> dict[str, asks[..., Any, Any]]:
    return {
        f"{name}.{method}": found
        for name, subject in subjects().items()
        for method, found in vars(type(subject)).items()
        if isinstance(found, asks)
    }


def operations() -> dict[str, tuple[str, str, dict[str, Any]]]:
    return {
        operation["operationId"]: (verb.upper(), path, operation)
        for path, verbs in API["paths"].items()
        for verb, operation in verbs.items()
        if DESCRIPTIVE not in operation["tags"]
    }


def some(kind: Any) -> Any:
    """A value of a type."""
    options = [each for each in get_args(kind) if each is not NoneType]
    if get_origin(kind) in (Union, UnionType):
        return some(options[0])
    if get_origin(kind) is Literal:
        return options[0]
    if get_origin(kind) is Mapping:
        return {}
    if get_origin(kind) is not None:
        return (some(options[0]),)
    plain = {str: "name", int: 1, float: 1.0, bool: True, bytes: b"", Path: Path("name")}
    return plain[kind] if kind in plain else kind(text="words")


def described(method: asks[..., Any, Any]) -> Description[Any, Any]:
    """What a method describes where every argument is given."""
    kinds = typing.get_type_hints(inspect.unwrap(method.describe))
    given = {name: some(kind) for name, kind in kinds.items() if name != "return"}
    found: Description[Any, Any] = method.describe(None, **given)
    return found


def question_of(description: Description[Any, Any]) -> Question:
    found = description.first if isinstance(description, Pages) else description
    assert isinstance(found, Call | Lines | Download | Following | Upload)
    return found.question


def operation_of(question: Question) -> str:
    for name, (verb, path, _) in operations().items():
        pattern = re.sub(r"\{\w+\}", "[^/]+", path)
        fixed = "{" not in path or not any(
            question.path == other.removeprefix("/v1") for _, other, _ in operations().values()
        )
        if verb == question.method and fixed and re.fullmatch(pattern, f"/v1{question.path}"):
            return name
    raise AssertionError(question)


ASKED = {name: operation_of(question_of(described(each))) for name, each in methods().items()}


def test_every_operation_has_its_method_in_both_clients() -> None:
    assert set(ASKED.values()) == set(operations())
    either = [vars(each("http://127.0.0.1", "t")) for each in (Postroom, AsyncPostroom)]
    kinds = [{n: type(s) for n, s in each.items() if isinstance(s, Subject)} for each in either]
    assert kinds[0] == kinds[1]


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda found: f"_{found[1].lower()}", name)


def schema(reference: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in reference:
        return reference
    found: dict[str, Any] = API["components"]["schemas"][reference["$ref"].rpartition("/")[2]]
    return found


def fields(named: dict[str, Any]) -> set[str]:
    names = {snake(name) for name in schema(named).get("properties", {})}
    return {SAME.get(name, name) for name in names}


def body_of(operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    return content.get("application/json", {}).get("schema", {})  # type: ignore[no-any-return]


def methods_of(operation: str) -> list[Description[Any, Any]]:
    """What is asked by all methods of one operation."""
    return [described(methods()[name]) for name, found in ASKED.items() if found == operation]


@pytest.mark.parametrize("name", methods())
def test_arguments_are_those_of_the_operation(name: str) -> None:
    question = question_of(described(methods()[name]))
    _, _, operation = operations()[ASKED[name]]
    told = {(each["in"], each["name"]) for each in operation.get("parameters", [])}
    asked = {each for other in methods_of(ASKED[name]) for each in question_of(other).query}
    assert asked | BY_HEADER == {each for place, each in told if place == "query"} | BY_HEADER
    keyed = ("header", "Idempotency-Key") in told
    assert ("Idempotency-Key" in question.headers) == keyed
    if question.headers.get("Content-Type") == "application/json":
        assert isinstance(question.body, bytes)
        assert set(json.loads(question.body)) == fields(body_of(operation)) - {"idempotency_key"}
    else:
        assert body_of(operation) == {}


def test_files_of_a_mail_are_described_alike() -> None:
    told = fields({"$ref": "#/components/schemas/NewAttachment"})
    assert set(AttachmentRequest.model_fields) == told


def said(operation: dict[str, Any]) -> set[str]:
    """The names of what an operation answers."""
    found = [each for status, each in operation["responses"].items() if status.startswith("2")]
    schemas = [each.get("content", {}).get("application/json", {}).get("schema") for each in found]
    return {each["$ref"].rpartition("/")[2] for each in schemas if each}


@pytest.mark.parametrize("name", methods())
def test_answers_are_those_of_the_operation(name: str) -> None:
    found = described(methods()[name])
    call = found.first if isinstance(found, Pages) else found
    told = said(operations()[ASKED[name]][2])
    if isinstance(call, Call):
        assert told == {call.answer.__name__}
    else:
        assert told == set() or isinstance(call, Following | Upload)


def test_defaults_are_those_of_the_operation() -> None:
    """What is not named need not be sent; what is sent all the same says the same."""
    for name, method in methods().items():
        _, _, operation = operations()[ASKED[name]]
        told = {
            snake(field): each.get("default")
            for field, each in schema(body_of(operation)).get("properties", {}).items()
        }
        for each in operation.get("parameters", []):
            told[each["name"]] = each["schema"].get("default")
        for argument in inspect.signature(method.describe).parameters.values():
            given = argument.default
            default = list(given) if isinstance(given, tuple) else given
            if default not in (inspect.Parameter.empty, None):
                same = (default or None) == (told.get(argument.name) or None)
                assert same, (name, argument.name)


def test_every_branch_of_the_error_tree_comes_back() -> None:
    assert {sort.name: kind for kind, sort in OF_THE_DESK.items()} == BRANCHES
    assert all(issubclass(kind, errors.PostroomError) for kind in BRANCHES.values())


def test_the_client_brings_no_server_along() -> None:
    """It is imported by programs that have nothing to do with one."""
    code = "import sys, postroom.client; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert not loaded & {"starlette", "fastapi", "mcp", "sqlite3", "uvicorn", "aiosmtplib"}
    rooms = {name.split(".")[1] for name in done.stdout.split() if name.startswith("postroom.")}
    assert rooms == {"client", "model"}
