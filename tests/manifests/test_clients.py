"""Clients that we did not write: Claude Code and Codex, the real programs, on what `postroom
connect` wrote for them and on the lines that manifests/README.md has for them.

Neither is asked anything that needs a model, and none of them reaches a network from here.
"""

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import node_programs
import pytest
from cli.shell import Program
from served import served

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        sys.platform == "win32", reason="only on POSIX: the programs' files are found"
    ),
]

ROOT = Path(__file__).resolve().parents[2]
CLIENTS = Path(__file__).parent / "clients"
NOBODY = "http://127.0.0.1:9"
QUIET = {
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "HTTP_PROXY": NOBODY,
    "HTTPS_PROXY": NOBODY,
    "NO_PROXY": "127.0.0.1,localhost",
}
"""Nothing is told to their makers, and were it tried, nobody would be there."""


@pytest.fixture
def postroom(tmp_path: Path) -> Iterator[Program]:
    person = tmp_path / "person"
    person.mkdir()
    program = Program(tmp_path / "home", person)
    yield program
    program.end_all()


def claude(postroom: Program, *words: str, **environment: str) -> str:
    """What Claude Code says to a command."""
    modules = node_programs.packages(CLIENTS) / "node_modules" / "@anthropic-ai"
    found = sorted(modules.glob("claude-code-*/claude"))
    if not found:
        pytest.skip("there is no Claude Code for this kind of machine")
    return said([str(found[0]), *words], postroom, environment)


def codex(postroom: Program, *words: str, **environment: str) -> str:
    """What Codex says to a command."""
    return said([*node_programs.program(CLIENTS, "@openai/codex"), *words], postroom, environment)


def said(command: list[str], postroom: Program, environment: dict[str, str]) -> str:
    scripts = Path(sys.executable).parent  # where `postroom` is, as the lines call it
    own = {**QUIET, "PATH": f"{scripts}:/usr/bin:/bin", **environment}
    done = subprocess.run(
        command,
        env=postroom.environment(**own),
        cwd=postroom.person,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def line(begin: str) -> list[str]:
    """The words of the README's line that begins so, without the program's name."""
    text = (ROOT / "manifests" / "README.md").read_text(encoding="utf-8")
    (found,) = re.findall(rf"^{re.escape(begin)}.*$", text, re.MULTILINE)
    _, *words = shlex.split(found)
    return words


def test_the_readme_says_which_versions_these_are() -> None:
    pinned = json.loads((CLIENTS / "package.json").read_bytes())["dependencies"]
    text = (ROOT / "manifests" / "README.md").read_text(encoding="utf-8")
    assert f"Claude Code {pinned['@anthropic-ai/claude-code']} " in text
    assert f"Codex {pinned['@openai/codex']}," in text


def test_claude_code_connects_by_what_connect_wrote(postroom: Program) -> None:
    assert postroom("connect", "claude-code", "--agent", "ada").code == 0
    listed = claude(postroom, "mcp", "list")
    assert re.search(r"^postroom-ada: .*Connected", listed, re.MULTILINE), listed
    assert postroom("connect", "claude-code", "--agent", "ada", "--remove").code == 0
    assert "postroom" not in claude(postroom, "mcp", "list")


def test_claude_code_connects_by_the_line_for_stdio(postroom: Program) -> None:
    claude(postroom, *line("claude mcp add --scope user postroom -- "))
    listed = claude(postroom, "mcp", "list")
    assert re.search(r"^postroom: postroom mcp .*Connected", listed, re.MULTILINE), listed
    # What stood there is ours: `postroom connect` goes on from it, and takes it out.
    assert postroom("connect", "claude-code", "--json").json["what"] == "written"


def test_claude_code_connects_over_http(postroom: Program) -> None:
    words = line("claude mcp add --transport http")
    both = ("postroom-ada", "postroom")
    with served(postroom.home) as there:
        given = [
            word.replace("http://127.0.0.1:8765", there.url).replace("$POSTROOM_TOKEN", there.token)
            for word in words
        ]
        claude(postroom, *given)
        written = postroom("connect", "claude-code", "--agent", "ada", "--url", there.url)
        assert written.code == 0, written.err
        listed = claude(postroom, "mcp", "list", POSTROOM_TOKEN_ADA=there.token)
    for name in both:
        assert re.search(rf"^{name}: .*\(HTTP\).*Connected", listed, re.MULTILINE), listed


def entry_of(postroom: Program, name: str) -> dict[str, Any]:
    return dict(json.loads(codex(postroom, "mcp", "get", name, "--json"))["transport"])


def test_codex_reads_what_connect_wrote(postroom: Program) -> None:
    assert postroom("connect", "codex", "--agent", "ada").code == 0
    found = entry_of(postroom, "postroom-ada")
    text = (postroom.person / ".codex" / "config.toml").read_text(encoding="utf-8")
    written = tomllib.loads(text)["mcp_servers"]["postroom-ada"]
    assert {key: found[key] for key in written} == written
    assert found["type"] == "stdio"


def test_codex_takes_the_lines_and_means_what_the_manifest_says(postroom: Program) -> None:
    codex(postroom, *line("codex mcp add postroom -- "))
    manifest = tomllib.loads((ROOT / "manifests" / "codex" / "config.toml").read_text())
    file = postroom.person / ".codex" / "config.toml"
    assert tomllib.loads(file.read_text())["mcp_servers"] == manifest["mcp_servers"]
    words = line("codex mcp add postroom --url")
    codex(postroom, *words)
    url = words[words.index("--url") + 1]
    same = postroom("connect", "codex", "--url", url, "--json")
    assert same.json["what"] == "unchanged"
    found = entry_of(postroom, "postroom")
    assert (found["type"], found["url"]) == ("streamable_http", "http://127.0.0.1:8765/mcp")
    assert found["bearer_token_env_var"] == "POSTROOM_TOKEN"
