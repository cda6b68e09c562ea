"""The wheel in clean environments: the program runs, carries mail, and says what is missing."""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path

import pytest
from packaged.conftest import PINS, Built, Installations, Settings
from packaged.running import Command, Failed, run

pytestmark = pytest.mark.timeout(900)

VERSION = f"postroom {version('postroom')}"


def test_the_program_runs_on_each_python_and_carries_mail(
    version: str, installations: Installations
) -> None:
    told, *answers = installations.conversation(version)
    assert told.strip() == VERSION
    made, sent, came = map(json.loads, answers)
    assert (made["address"], made["status"]) == ("ada@agents.localhost", "live")
    assert sent["status"] == "sent"
    assert "How are you?" in json.dumps(came)


def test_what_it_needs_is_there_in_versions_that_go_together(
    version: str, installations: Installations, tools: Path, uv_settings: Settings
) -> None:
    python = installations.programs(version) / "python"
    run([tools / "uv", "pip", "check", "--python", python], **uv_settings)


def test_uvx_runs_it_from_the_wheel(
    tools: Path, built: Built, uv_settings: Settings, tmp_path: Path
) -> None:
    places: Settings = {"UV_TOOL_DIR": tmp_path / "tools", "UV_TOOL_BIN_DIR": tmp_path / "bin"}
    pins: Settings = {"UV_CONSTRAINT": PINS}
    command: Command = [tools / "uvx", "--from", built.wheel, "postroom"]
    assert run([*command, "--version"], **uv_settings, **places, **pins).strip() == VERSION
    with pytest.raises(Failed, match="cache of uvx"):  # a client would lose it with the cache
        run([*command, "connect", "zed", "--print"], **uv_settings, **places, **pins)


def test_pipx_runs_it_from_the_wheel(
    tools: Path, built: Built, uv_settings: Settings, tmp_path: Path
) -> None:
    places: Settings = {
        "PIPX_HOME": tmp_path / "pipx",
        "PIPX_BIN_DIR": tmp_path / "bin",
        "PIPX_MAN_DIR": tmp_path / "man",
        "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
    }
    pins: Settings = {"PIP_CONSTRAINT": PINS, "UV_CONSTRAINT": PINS}
    command: Command = [tools / "pipx", "run", "--spec", built.wheel, "postroom"]
    assert run([*command, "--version"], **uv_settings, **places, **pins).strip() == VERSION
    with pytest.raises(Failed, match="pipx run"):
        run([*command, "connect", "zed", "--print"], **uv_settings, **places, **pins)


def test_shells_find_the_completion_and_man_the_page(plain: Path) -> None:
    share = plain.parent / "share"
    assert ".TH POSTROOM 1" in (share / "man/man1/postroom.1").read_text(encoding="utf-8")
    script = share / "bash-completion/completions/postroom"
    assert run([plain / "postroom", "completion", "bash"]) == script.read_text(encoding="utf-8")
    bash = shutil.which("bash")
    if bash is None:
        pytest.skip("only on POSIX")
    completed = (
        f'. "{script}"; COMP_WORDS=(postroom mail) COMP_CWORD=1;'
        ' _postroom_completion postroom; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    path = f"{plain}{os.pathsep}{os.environ['PATH']}"
    assert "mailboxes" in run([bash, "--norc", "-c", completed], PATH=path).split()


SERVERS = """
imap = { host = "127.0.0.1", port = 1, security = "none" }
smtp = { host = "127.0.0.1", port = 1, security = "none" }
"""

KEYRING = f"""
[accounts.work]
address = "agent@mail.example"
password = {{ keyring = true }}
{SERVERS}
"""

POSTGRES = f"""
[domains."mail.example"]
provisioner = "directory"
database = {{ postgresql = {{ env = "DIRECTORY" }} }}
{SERVERS}
"""


class Home:
    """A post room of these settings, and what the program says there, done or not."""

    def __init__(self, programs: Path, folder: Path, settings: str) -> None:
        folder.mkdir()
        (folder / "postroom.toml").write_text(settings, encoding="utf-8")
        self._program = programs / "postroom"
        self._folder = folder

    def says(self, *asked: str) -> str:
        around: Settings = {
            "POSTROOM_HOME": self._folder,
            "DIRECTORY": "host=127.0.0.1 port=1 dbname=mail user=postroom",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        }
        try:
            return run([self._program, *asked], **around)
        except Failed as failed:
            return str(failed)


def of_the_keyring(programs: Path, folder: Path) -> str:
    return Home(programs, folder, KEYRING).says("accounts", "check", "work")


def of_postgres(programs: Path, folder: Path) -> str:
    home = Home(programs, folder, POSTGRES)
    home.says("mailboxes", "create", "--username", "ada", "--domain", "agents.localhost")
    return home.says("wait", "--mailbox", "ada@agents.localhost", "--timeout", "2")  # the worker


@pytest.mark.parametrize(("extra", "of"), [("keyring", of_the_keyring), ("postgres", of_postgres)])
def test_without_an_extra_it_is_said_what_to_install_and_with_it_something_else(
    plain: Path,
    installations: Installations,
    tmp_path: Path,
    extra: str,
    of: Callable[[Path, Path], str],
) -> None:
    advice = f"pip install 'postroom[{extra}]'"
    places = (plain, installations.programs("extras"))
    with ThreadPoolExecutor(2) as pool:
        lacking, having = pool.map(of, places, (tmp_path / "without", tmp_path / "with"))
    assert advice in lacking
    assert advice not in having
    assert {"keyring": "no keyring", "postgres": "refused"}[extra] in having.lower()


@pytest.mark.parametrize("left_out", ["keyring", "psycopg", "pytest", "mypy"])
def test_what_not_everybody_needs_is_not_there(plain: Path, left_out: str) -> None:
    with pytest.raises(Failed, match=f"No module named '{left_out}'"):
        run([plain / "python", "-c", f"import {left_out}"])
