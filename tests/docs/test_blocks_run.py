"""What the documents show a program to do is done, exactly as it is printed."""

import os
import re
import shutil
import subprocess
import sys
from itertools import repeat
from pathlib import Path

import pytest
from docs.answering import answering
from docs.blocks import sections
from served import Served, served

ROOT = Path(__file__).resolve().parents[2]

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)

THANKS = "Thank you, I am glad to hear it."

FLOW = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## From a program\n")[2]
SIDES = [(found[1], found[2]) for found in BLOCK.finditer(FLOW.partition("\n## ")[0])]

CLIENT = [
    found[2]
    for found in BLOCK.finditer((ROOT / "docs/client.md").read_text(encoding="utf-8"))
    if found[1] == "python"
]


def run(room: Served, folder: Path, language: str, block: str) -> str:
    """What a block says, run as a script."""
    program = {"sh": ["sh", "-eu", "-c"], "python": [sys.executable, "-c"]}[language]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    around = {
        **os.environ,
        "PATH": path,
        "POSTROOM_HOME": str(room.home),
        "POSTROOM_URL": room.url,
        "POSTROOM_TOKEN": room.token,
        "NO_PROXY": "127.0.0.1",
    }
    done = subprocess.run(
        [*program, block], env=around, cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_quick_start_runs_as_it_is_typed(tmp_path: Path) -> None:
    (part,) = [each for each in sections("docs/quickstart.md") if each.heading == "Two addresses"]
    script = "".join(block.text for block in part.of("sh"))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    around = {**os.environ, "PATH": path, "POSTROOM_HOME": str(tmp_path / "home")}
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        env=around,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    asked, answered = said.index("How are you?"), said.index("Very well, thank you.")
    assert asked < answered
    assert sorted(re.findall(r" 2 +(us|them)$", said, re.MULTILINE)) == ["them", "us"]


def test_three_ways_are_shown() -> None:
    starts = [block.split()[0] for _, block in SIDES]
    assert starts == ["curl", "postroom", "import"]


@pytest.mark.parametrize(("language", "block"), SIDES, ids=[block.split()[0] for _, block in SIDES])
def test_the_readme_writes_and_reads_what_came(tmp_path: Path, language: str, block: str) -> None:
    program = block.split()[0]
    if program == "curl" and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    with served(tmp_path / "home", agent="default") as room:
        said = run(room, tmp_path, language, block)
    assert "It is on its way." in said
    assert '"failed"' not in said
    if language == "python":
        assert said.splitlines() == ["It is on its way.", "Thank you."]


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_all_of_the_readme_may_be_typed_in_order(tmp_path: Path) -> None:
    with served(tmp_path / "home", agent="default") as room:
        said = [run(room, tmp_path, language, block) for language, block in SIDES]
    assert said[-1].splitlines() == ["It is on its way.", "Thank you."]


def test_a_program_calls_a_tool_over_http_as_the_manifests_show(tmp_path: Path) -> None:
    page = (ROOT / "manifests/README.md").read_text(encoding="utf-8")
    (block,) = (found[2] for found in BLOCK.finditer(page) if found[1] == "python")
    with served(tmp_path / "home", agent="default") as room:
        assert "support-agent-01@agents.localhost" in run(room, tmp_path, "python", block)


def test_the_clients_page_runs_from_top_to_bottom(tmp_path: Path) -> None:
    with served(tmp_path / "home", agent="default") as room, answering(room, repeat(THANKS)):
        said = [run(room, tmp_path, "python", block) for block in CLIENT]
    assert len(said) == 4
    assert THANKS in said[0]
    assert "Your order" in said[1]
    assert THANKS in (tmp_path / "newest.eml").read_text(encoding="utf-8")
    assert "message.received" in said[3]
