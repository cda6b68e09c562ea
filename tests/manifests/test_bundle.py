"""The bundle for Claude Desktop and other hosts of MCP bundles (MCPB): what its own tool says of
it, and what it does once it is unpacked."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import node_programs
import pytest
from environments import INSTALL_SECONDS, program_with
from manifests.command_lines import understood
from manifests.variables import variables_are_read
from mcp import Client, StdioServerParameters, stdio_client

from postroom_tools.catalogue import TOOLS

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
MCPB = ROOT / "manifests" / "mcpb"
NODE = HERE / "node"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
START_SECONDS = 60


def manifest() -> dict[str, Any]:
    return dict(json.loads((MCPB / "manifest.json").read_bytes()))


def mcpb(*arguments: str) -> str:
    """What the tool says; it has to be content."""
    command = node_programs.program(NODE, "@anthropic-ai/mcpb")
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle, made as manifests/README.md says."""
    folder = tmp_path_factory.mktemp("bundle")
    built = [sys.executable, str(MCPB / "build.py"), str(folder / "mcpb")]
    subprocess.run(built, check=True, timeout=300)
    mcpb("pack", str(folder / "mcpb"), str(folder / "postroom.mcpb"))
    return folder / "postroom.mcpb"


@pytest.mark.timeout(900)
def test_its_own_tool_finds_nothing_wrong() -> None:
    assert "passes" in mcpb("validate", str(MCPB / "manifest.json"))


@pytest.mark.timeout(900)
def test_its_own_tool_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = manifest() | {"server": {"type": "uv", "entry_point": "start.py"}}
    (tmp_path / "manifest.json").write_text(json.dumps(wrong), encoding="utf-8")
    with pytest.raises(AssertionError, match="mcp_config"):
        mcpb("validate", str(tmp_path / "manifest.json"))


def test_it_says_what_is_built() -> None:
    said = manifest()
    for key in ("name", "version", "description", "license", "keywords"):
        assert said[key] == PROJECT[key]
    assert said["compatibility"]["runtimes"]["python"] == PROJECT["requires-python"]


def test_it_lists_the_tools_by_the_first_sentence_of_each() -> None:
    first = [tool.description.partition(". ")[0].rstrip(".") + "." for tool in TOOLS]
    assert manifest()["tools"] == [
        {"name": tool.name, "description": sentence}
        for tool, sentence in zip(TOOLS, first, strict=True)
    ]


def test_what_is_a_secret_is_marked_as_one_and_every_variable_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = manifest()
    settings = said["user_config"]
    filled = {
        variable: settings[value.removeprefix("${user_config.").removesuffix("}")]
        for variable, value in said["server"]["mcp_config"]["env"].items()
    }
    secret = {variable: each.get("sensitive", False) for variable, each in filled.items()}
    variables_are_read(secret, tmp_path, monkeypatch)
    # A host puts nothing in the place of a setting that has no default and was not filled in.
    assert [name for name, each in settings.items() if "default" not in each] == []


@pytest.mark.timeout(900)
def test_a_bundle_holds_the_wheel_and_every_pin_and_nothing_else(bundle: Path) -> None:
    with zipfile.ZipFile(bundle) as packed:
        wheel = f"postroom-{PROJECT['version']}-py3-none-any.whl"
        assert sorted(packed.namelist()) == ["manifest.json", wheel, "pyproject.toml", "start.py"]
        made = tomllib.loads(packed.read("pyproject.toml").decode())
    assert made["project"]["requires-python"] == PROJECT["requires-python"]
    assert made["tool"]["uv"]["sources"]["postroom"]["path"] == wheel
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert all(pin in pins for pin in made["tool"]["uv"]["constraint-dependencies"])
    assert sum("==" in line for line in pins.splitlines()) == len(
        made["tool"]["uv"]["constraint-dependencies"]
    )


def started_by_a_host(folder: Path, home: Path, filled_in: dict[str, str]) -> dict[str, Any]:
    """The command of an unpacked bundle, as the library has it that hosts use."""
    library = node_programs.packages(NODE) / "node_modules" / "@anthropic-ai" / "mcpb"
    words = [str(library / "dist" / "node.js"), str(folder), str(home), json.dumps(filled_in)]
    done = subprocess.run(
        [str(node_programs.node()), str(HERE / "host.mjs"), *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return dict(json.loads(done.stdout))


def uv(name: str = "uv") -> str:
    """A program of uv, which hosts of bundles bring."""
    return str(program_with(HERE / "uv.txt", name))


def installed_by_uv(folder: Path) -> dict[str, str]:
    """The variables with which uv starts an unpacked bundle; it has installed what that needs.

    A test whose bundle it cannot install is skipped, as in `environments`.
    """
    # Its cache is beside the environments: on one disk files are linked and not copied.
    own = {"UV_CACHE_DIR": str(Path(uv()).parents[2] / "uv-cache")}
    sync = [uv(), "sync", "--quiet", "--directory", str(folder)]
    ended = subprocess.run(
        sync, env=os.environ | own, capture_output=True, text=True, timeout=INSTALL_SECONDS
    )
    if ended.returncode != 0:
        pytest.skip(f"the environment cannot be made: {ended.stderr[-500:]}")
    return own


@pytest.mark.timeout(900)
async def test_unpacked_it_is_a_server_with_every_tool(bundle: Path, tmp_path: Path) -> None:
    folder, home = tmp_path / "extension", tmp_path / "post room"
    shutil.unpack_archive(bundle, folder, "zip")
    host = started_by_a_host(folder, tmp_path, {"home": str(home), "agent": "ada"})
    entry_point = host["args"].index(manifest()["server"]["entry_point"])
    assert understood(["mcp", *host["args"][entry_point + 1 :]]).params["agent"] == "ada"
    environment = os.environ | installed_by_uv(folder) | host["env"]
    server = StdioServerParameters(command=uv(host["command"]), args=host["args"], env=environment)
    async with asyncio.timeout(START_SECONDS), Client(stdio_client(server)) as client:
        listed = await client.list_tools()
        assert [tool.name for tool in listed.tools] == [tool.name for tool in TOOLS]
        has_prompts = client.server_capabilities.prompts is not None
        assert manifest().get("prompts_generated", False) == has_prompts
        made = await client.call_tool("create_mailbox", {"username": "bundled"})
        assert made.structured_content is not None
        assert made.structured_content["address"] == "bundled@agents.localhost"
    assert (home / "postroom.db").is_file()
