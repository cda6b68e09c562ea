"""What runs it as a service says what the program is."""

import json
import os
import plistlib
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from manifests.command_lines import understood

from postroom.serving.serve import STOP_SECONDS
from postroom.settings import home_at
from postroom.web.operation.application import ALIVE

ROOT = Path(__file__).resolve().parents[2]
UNITS = ROOT / "manifests" / "systemd"
PLIST = ROOT / "manifests" / "launchd" / "local.postroom.plist"
CONTAINERFILE = ROOT / "manifests" / "container" / "Containerfile"
SERVICES = ("postroom.service", "postroom-backup.service")

MOST_EXPOSED = 20
"""Of 100, as systemd-analyze counts: 1.4 and 0.6 of 10 as they stand."""


def settings_of(unit: str) -> dict[str, str]:
    """The last value of each setting of a unit."""
    lines = (UNITS / unit).read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize("unit", SERVICES)
def test_a_unit_starts_what_the_program_understands(unit: str) -> None:
    program, *words = shlex.split(settings_of(unit)["ExecStart"].replace("%S", "/var/lib"))
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert Path(program).name in scripts["project"]["scripts"]
    understood(words)


def test_a_service_manager_waits_longer_than_stopping_takes() -> None:
    assert float(settings_of("postroom.service")["TimeoutStopSec"]) > STOP_SECONDS
    assert "--stop-timeout 30" in CONTAINERFILE.read_text(encoding="utf-8")
    assert STOP_SECONDS < 30


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not on this machine")
@pytest.mark.parametrize("unit", SERVICES)
def test_systemd_finds_nothing_wrong_with_a_unit(unit: str, tmp_path: Path) -> None:
    text = (UNITS / unit).read_text(encoding="utf-8")
    made = tmp_path / unit
    made.write_text(text.replace("/opt/postroom/bin/postroom", sys.executable), encoding="utf-8")
    for asked in (
        ["verify", "--man=no"],
        ["security", "--offline=yes", f"--threshold={MOST_EXPOSED}"],
    ):
        done = subprocess.run(
            ["systemd-analyze", *asked, str(made)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def plist() -> dict[str, Any]:
    with PLIST.open("rb") as file:
        return dict(plistlib.load(file))


def test_launchd_starts_what_the_program_understands() -> None:
    program, *words = plist()["ProgramArguments"]
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert Path(program).is_absolute()
    assert Path(program).name in scripts["project"]["scripts"]
    assert understood(words).command.name == "serve"
    assert plist()["Label"] == PLIST.stem


def test_launchd_waits_longer_than_stopping_takes_and_starts_again_what_failed() -> None:
    said = plist()
    assert said["ExitTimeOut"] > STOP_SECONDS
    assert said["RunAtLoad"] is True
    assert said["KeepAlive"] == {"SuccessfulExit": False}
    assert said["Umask"] == 0o077
    assert said["SoftResourceLimits"]["NumberOfFiles"] == int(
        settings_of("postroom.service")["LimitNOFILE"]
    )


def test_launchd_names_the_home_that_a_terminal_has_on_a_mac(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from platformdirs.macos import MacOS

    (variable, named), *more = plist()["EnvironmentVariables"].items()
    assert not more
    monkeypatch.setenv(variable, named)
    assert str(home_at()) == named
    monkeypatch.setenv("HOME", "/Users/NAME")
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert MacOS("postroom", False).user_data_dir == named


@pytest.mark.skipif(os.name != "posix", reason="only on POSIX: a shell and sed")
def test_the_line_that_copies_the_file_for_launchd_puts_a_persons_folder_into_it(
    tmp_path: Path,
) -> None:
    page = (ROOT / "docs" / "operation.md").read_text(encoding="utf-8")
    (line,) = re.findall(r"^sed .* > .*plist$", page, re.MULTILINE)
    (tmp_path / "Library" / "LaunchAgents").mkdir(parents=True)
    own = {"HOME": str(tmp_path), "PATH": os.defpath}
    subprocess.run(["sh", "-euc", line], cwd=ROOT, env=own, check=True)
    copied = plistlib.loads((tmp_path / "Library" / "LaunchAgents" / PLIST.name).read_bytes())
    assert copied["ProgramArguments"][0] == str(tmp_path / "postroom" / "bin" / "postroom")
    assert "NAME" not in str(copied)


def instructions() -> Iterator[tuple[str, str]]:
    """(word, what follows it) of each instruction, continued lines joined."""
    text = CONTAINERFILE.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def last(word: str) -> str:
    return [rest for found, rest in instructions() if found == word][-1]


def test_a_container_starts_what_the_program_understands() -> None:
    assert json.loads(last("ENTRYPOINT")) == ["postroom"]
    given = understood(json.loads(last("CMD")))
    assert given.command.name == "serve"
    assert str(given.params["port"]) == last("EXPOSE")
    check = json.loads(last("HEALTHCHECK").partition("CMD")[2])
    assert f":{given.params['port']}{ALIVE}'" in check[-1]
    compile(check[-1], "HEALTHCHECK", "exec")


def test_a_container_serves_on_a_fresh_home_what_clients_ask_at_its_published_port(
    tmp_path: Path,
) -> None:
    words = ["0" if word == last("EXPOSE") else word for word in json.loads(last("CMD"))]
    program = subprocess.Popen(
        [sys.executable, "-m", "postroom", *words],
        env={**os.environ, "POSTROOM_HOME": str(tmp_path / "home")},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert program.stdout is not None
        said = program.stdout.readline()
        port = re.findall(r":(\d+)/", said)[0]
        for name in ("127.0.0.1", "localhost"):
            asked = httpx2.get(
                f"http://127.0.0.1:{port}/v1/openapi.json", headers={"Host": f"{name}:{port}"}
            )
            assert asked.status_code == 200, asked.text
    finally:
        program.terminate()
        program.communicate(timeout=40)
    assert program.returncode == 0


def test_a_container_keeps_its_home_in_the_volume_and_is_no_root(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (home,) = re.findall(r"POSTROOM_HOME=(\S+)", last("ENV"))
    assert home == last("VOLUME") == last("WORKDIR")
    monkeypatch.setenv("POSTROOM_HOME", home)
    assert str(home_at()) == home
    assert last("USER") not in ("root", "0", "")


def test_a_container_copies_what_is_there_and_names_no_registry() -> None:
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            *sources, _ = rest.split()
            assert [each for each in sources if not (ROOT / each).exists()] == []
        if word == "FROM":
            assert "/" not in rest
    built = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [*built["project"]["license-files"], built["project"]["readme"], "constraints.txt"]
    copied = " ".join(rest for word, rest in instructions() if word == "COPY")
    assert [each for each in needed if each not in copied] == []
