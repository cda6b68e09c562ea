"""What the registry of MCP servers would be told of us.

`registry/server.schema.json` is the schema that the registry published on 2025-12-11, a file whose
SHA-256 is 3fba09590c99f61735d234822279f4223fab9e300c0a81e81c91ab62a4114de0, but for one list of
examples (of `registryBaseUrl`): hosts of package registries stand nowhere in this repository. It
comes from modelcontextprotocol/registry, whose licence is the MIT License.
"""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from manifests.command_lines import understood
from manifests.variables import variables_are_read

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SCHEMA = json.loads((Path(__file__).parent / "registry" / "server.schema.json").read_bytes())


def server() -> dict[str, Any]:
    return dict(json.loads((ROOT / "manifests" / "registry" / "server.json").read_bytes()))


def test_the_published_schema_finds_nothing_wrong() -> None:
    check = jsonschema_rs.validator_for(SCHEMA, validate_formats=True)
    assert [error.message for error in check.iter_errors(server())] == []
    assert server()["$schema"] == SCHEMA["$id"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("name", "postroom"),
        ("description", "x" * 101),
        ("version", None),
        ("packages", [{"registryType": "pypi", "identifier": "postroom"}]),
        ("packages", [{"registryType": "pypi", "identifier": "p", "transport": {"type": "tcp"}}]),
    ],
)
def test_the_schema_is_one_that_can_find_something(key: str, value: object) -> None:
    assert not jsonschema_rs.validator_for(SCHEMA).is_valid(server() | {key: value})


def test_it_names_what_is_built() -> None:
    (package,) = server()["packages"]
    assert server()["description"] == PROJECT["description"]
    assert server()["version"] == package["version"] == PROJECT["version"]
    assert (package["registryType"], package["identifier"]) == ("pypi", PROJECT["name"])


def test_a_client_starts_by_it_what_the_program_understands() -> None:
    (package,) = server()["packages"]
    words: list[str] = []
    for argument in package["packageArguments"]:
        words += [argument["name"]] if argument["type"] == "named" else []
        words.append(argument.get("value", argument.get("default")))
    assert understood(words).command.name == "mcp"
    assert package["transport"] == {"type": "stdio"}
    # uvx runs the program that is called as the package is.
    assert package["runtimeHint"] == "uvx"
    assert package["identifier"] in PROJECT["scripts"]


def test_its_variables_are_those_that_the_program_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (package,) = server()["packages"]
    said = {each["name"]: each.get("isSecret", False) for each in package["environmentVariables"]}
    variables_are_read(said, tmp_path, monkeypatch)


def test_the_readme_that_is_published_says_whose_it_is() -> None:
    """By that line the registry knows that the package and the name have one owner."""
    readme = (ROOT / PROJECT["readme"]).read_text(encoding="utf-8")
    assert re.findall(r"mcp-name: (\S+)", readme) == [server()["name"]]
