"""The ready configurations: what they say is what the program is."""

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest

from postroom.cli.connect.clients import CLIENTS
from postroom.cli.connect.entry import entry, is_ours
from postroom.cli.main import postroom
from postroom.settings import load

ROOT = Path(__file__).resolve().parents[2]
FILES = {
    "claude-desktop": "claude-desktop/claude_desktop_config.json",
    "claude-code": "claude-code/.mcp.json",
    "vscode": "vscode/mcp.json",
    "cursor": "cursor/mcp.json",
}


def read(name: str) -> dict[str, Any]:
    text = (ROOT / "manifests" / FILES[name]).read_text("utf-8")
    return dict(json.loads(text)[CLIENTS[name].key]["postroom"])


def test_every_client_has_a_file_and_every_file_a_client() -> None:
    there = {p.relative_to(ROOT / "manifests").as_posix() for p in (ROOT / "manifests").glob("*/*")}
    assert {f for f in there if f.endswith(".json")} >= set(FILES.values())
    assert set(FILES) == set(CLIENTS)


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_connect_would_write(name: str) -> None:
    made = entry(CLIENTS[name], ("postroom",), "default", Path("/h"))
    found = read(name)
    assert found["args"] == made["args"]
    assert found.get("type") == made.get("type")
    assert set(found) <= set(made)
    assert is_ours(found)


@pytest.mark.parametrize("name", FILES)
def test_its_command_and_arguments_are_understood_by_the_program(name: str) -> None:
    found = read(name)
    assert Path(found["command"]).name in scripts()
    with postroom.make_context("postroom", list(found["args"])) as ctx:
        command_name, command, rest = postroom.resolve_command(
            ctx, [*ctx._protected_args, *ctx.args]
        )
        assert command_name == "mcp"
        assert isinstance(command, click.Command)
        command.make_context("mcp", list(rest), parent=ctx)


def scripts() -> set[str]:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return set(project["scripts"])


@pytest.mark.parametrize("name", FILES)
def test_its_environment_is_what_the_program_reads(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in read(name).get("env", {}):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
        assert load().home == (tmp_path / "home").resolve()


def test_the_table_names_every_file_and_every_command() -> None:
    text = (ROOT / "manifests" / "README.md").read_text("utf-8")
    for name, file in FILES.items():
        assert f"]({file})" in text
        assert f"`postroom connect {name}`" in text
    with click.Context(postroom) as ctx:
        command = postroom.get_command(ctx, "connect")
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
    ours = text.partition("\n## Over HTTP\n")[0]  # behind it stand other programs' commands
    assert set(re.findall(r"--[a-z][a-z-]*", ours)) <= known
