"""What is in the wheel and in the sdist: all that belongs there, and nothing else."""

import re
import subprocess
import tomllib
from email.parser import Parser
from pathlib import Path

import pytest
from packaged.conftest import ROOT, Built

pytestmark = pytest.mark.timeout(900)

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
INFO = f"postroom-{PROJECT['version']}.dist-info"
DATA = f"postroom-{PROJECT['version']}.data/data"

SHARED = {
    "share/man/man1/postroom.1": "man/postroom.1",
    "share/bash-completion/completions/postroom": "completions/postroom.bash",
    "share/zsh/site-functions/_postroom": "completions/_postroom",
    "share/fish/vendor_completions.d/postroom.fish": "completions/postroom.fish",
}

NOT_IN_SDIST = {".ci"}
"""What only the code host's machines need."""


def sources(folder: str) -> set[str]:
    """The files of a package, as a wheel names them."""
    root = ROOT / folder
    return {
        path.relative_to(root.parent).as_posix()
        for path in root.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_has_both_packages_whole_and_nothing_but_them(built: Built) -> None:
    ours = sources("server/postroom") | sources("tools/postroom_tools")
    there = built.in_wheel()
    assert {name for name in there if not name.startswith((INFO, DATA))} == ours
    assert "postroom/py.typed" in there
    assert any(name.endswith(".sql") for name in there)


def test_the_licence_and_what_programs_and_shells_read_are_in_the_wheel(built: Built) -> None:
    there = built.in_wheel()
    assert built.of_wheel(f"{INFO}/licenses/LICENSE") == (ROOT / "LICENSE").read_text("utf-8")
    assert {name for name in there if name.startswith(DATA)} == {f"{DATA}/{at}" for at in SHARED}
    for at, source in SHARED.items():
        assert built.of_wheel(f"{DATA}/{at}") == (ROOT / "manifests" / source).read_text("utf-8")
    assert "postroom = postroom.cli.main:main" in built.of_wheel(f"{INFO}/entry_points.txt")


def test_the_wheel_says_what_the_project_says(built: Built) -> None:
    told = Parser().parsestr(built.of_wheel(f"{INFO}/METADATA"))
    assert told["Name"] == "postroom"
    assert told["Version"] == PROJECT["version"]
    assert told["Requires-Python"] == ">=3.11"
    assert told["License-Expression"] == "MIT"
    assert "A post room for software agents" in str(told.get_payload())
    plain = [each for each in told.get_all("Requires-Dist", []) if "extra ==" not in each]
    assert len(plain) == len(PROJECT["dependencies"])
    assert not any(re.match("pytest|ruff|mypy|keyring|psycopg", each) for each in plain)


def in_the_clone() -> set[str]:
    """Every file that git keeps, or would."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, capture_output=True, text=True, timeout=60, check=True).stdout
    return {name for name in listed.split("\0") if name and (ROOT / name).exists()}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only in a clone")
def test_the_sdist_is_the_clone_without_what_only_its_host_needs(built: Built) -> None:
    there = built.in_sdist()
    wanted = {name for name in in_the_clone() if name.partition("/")[0] not in NOT_IN_SDIST}
    assert there ^ wanted == {"PKG-INFO"}
    assert {"Makefile", "LICENSE", "tests/packaged/test_build.py"} <= there


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_completions_are_what_the_program_prints(shell: str) -> None:
    from click.testing import CliRunner

    from postroom.cli.main import postroom

    file = {"bash": "postroom.bash", "zsh": "_postroom", "fish": "postroom.fish"}[shell]
    script = Path(ROOT / "manifests" / "completions" / file).read_text(encoding="utf-8")
    printed = CliRunner().invoke(postroom, ["completion", shell], prog_name="postroom").output
    assert printed == script, f"postroom completion {shell} > manifests/completions/{file}"
