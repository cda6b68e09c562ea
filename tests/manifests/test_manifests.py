"""The ready configurations: what they say is what the program is."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from manifests.command_lines import understood

from postroom.cli.connect.clients import CLIENTS
from postroom.cli.connect.entry import entry, is_ours, remote_entry
from postroom.cli.main import postroom
from postroom.mcp.http import PATH
from postroom.settings import load

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = ROOT / "manifests"
README = MANIFESTS / "README.md"
FILES = {
    "claude-desktop": "claude-desktop/claude_desktop_config.json",
    "claude-code": "claude-code/.mcp.json",
    "vscode": "vscode/mcp.json",
    "cursor": "cursor/mcp.json",
    "codex": "codex/config.toml",
    "gemini-cli": "gemini-cli/settings.json",
    "windsurf": "windsurf/mcp_config.json",
    "zed": "zed/settings.json",
}
OTHERS = {
    "compose/compose.yaml",
    "container/Containerfile",
    "launchd/local.postroom.plist",
    "mcpb/manifest.json",
    "registry/server.json",
    "systemd/postroom.service",
}
"""What is for nobody's MCP client, a file a folder; tests of their own hold what they say."""


def parsed(text: str, language: str) -> dict[str, Any]:
    return dict(tomllib.loads(text) if language == "toml" else json.loads(text))


def read(name: str) -> dict[str, Any]:
    text = (MANIFESTS / FILES[name]).read_text("utf-8")
    return dict(parsed(text, CLIENTS[name].language)[CLIENTS[name].key]["postroom"])


def test_every_client_has_a_file_and_every_file_a_client() -> None:
    assert set(FILES) == set(CLIENTS)
    for name, file in FILES.items():
        client = CLIENTS[name]
        assert Path(file).name == (client.project_file or client.user_file)[-1]


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
    assert understood(found["args"]).command.name == "mcp"


def scripts() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return set(project["scripts"])


@pytest.mark.parametrize("name", FILES)
def test_its_environment_is_what_the_program_reads(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in read(name).get("env", {}):
        monkeypatch.setenv(variable, str(tmp_path / "home"))
        assert load().home == (tmp_path / "home").resolve()


def test_the_table_names_every_folder_of_manifests() -> None:
    text = README.read_text("utf-8")
    files = {*FILES.values(), *OTHERS}
    assert [file for file in files if not (MANIFESTS / file).is_file()] == []
    assert [file for file in files if f"]({file})" not in text] == []
    folders = {each.name for each in MANIFESTS.iterdir() if each.is_dir()}
    linked = {link.split("/")[0] for link in re.findall(r"\]\(([^)#:]+)\)", text)}
    assert folders <= linked


def test_the_table_names_every_command_of_connect() -> None:
    text = README.read_text("utf-8")
    assert [name for name in FILES if f"`postroom connect {name}`" not in text] == []
    with click.Context(postroom) as ctx:
        command = postroom.get_command(ctx, "connect")
        assert command is not None
        known = {option for parameter in command.params for option in parameter.opts}
    ours = "\n".join(re.findall(r"`postroom connect [^`]*`", text))
    assert set(re.findall(r"--[a-z][a-z-]*", ours)) <= known


def test_the_entries_for_http_are_what_connect_would_write() -> None:
    told = [entry for _, entry in [*over_http("json"), *over_http("toml")]]
    for client in CLIENTS.values():
        if client.remote is not None:
            assert remote_entry(client, client.remote, f"http://127.0.0.1:8765{PATH}") in told


TOKENS = {
    "POSTROOM_TOKEN",
    "Bearer ${POSTROOM_TOKEN}",
    "Bearer $POSTROOM_TOKEN",
    "Bearer ${env:POSTROOM_TOKEN}",
    "Bearer ${input:postroom-token}",
    "Bearer TOKEN",
}
"""How clients take a token from a variable, or ask for it; one of them can do neither."""


def blocks(language: str) -> list[str]:
    """The code of one language in the part of the README that is about HTTP."""
    part = README.read_text("utf-8").partition("\n## Over HTTP\n")[2].partition("\n## ")[0]
    return re.findall(rf"^```{language}\n(.*?)^```", part, re.MULTILINE | re.DOTALL)


def over_http(language: str) -> list[tuple[str, dict[str, Any]]]:
    """(key, entry) of each block that has an entry."""
    found = [parsed(block, language) for block in blocks(language)]
    return [
        (key, servers["postroom"])
        for each in found
        for key, servers in each.items()
        if isinstance(servers, dict)
    ]


def test_each_client_that_can_has_an_entry_for_http() -> None:
    keys = [key for key, _ in [*over_http("json"), *over_http("toml")]]
    # Claude Code, Cursor, Gemini and Windsurf have one key; Claude Desktop takes no address.
    assert sorted(keys) == sorted(
        ["context_servers", "mcp_servers", "servers", *["mcpServers"] * 4]
    )


@pytest.mark.parametrize(("key", "entry"), [*over_http("json"), *over_http("toml")])
def test_an_entry_for_http_leads_to_the_tools_by_a_token(key: str, entry: dict[str, Any]) -> None:
    (url,) = (value for name, value in entry.items() if name.lower().endswith("url"))
    assert url == f"http://127.0.0.1:8765{PATH}"
    said = entry.get("bearer_token_env_var") or entry["headers"]["Authorization"]
    assert re.fullmatch(
        r"(Bearer )?[${]*(env:|input:)?(POSTROOM_TOKEN|postroom-token|TOKEN)}?", said
    )
