"""The wheel and the sdist, built once, and put into clean environments side by side."""

import os
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from environments import program_with
from packaged import pythons
from packaged.running import Command, run

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = Path(__file__).with_name("tools.txt")
PINS = ROOT / "constraints.txt"

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
EXTRAS = "keyring,postgres"

Settings = dict[str, str | Path]
"""Variables of a program's environment."""


@dataclass(frozen=True)
class Built:
    """What `python -m build` made."""

    wheel: Path
    sdist: Path

    def in_wheel(self) -> set[str]:
        with zipfile.ZipFile(self.wheel) as opened:
            return set(opened.namelist())

    def of_wheel(self, name: str) -> str:
        with zipfile.ZipFile(self.wheel) as opened:
            return opened.read(name).decode()

    def in_sdist(self) -> set[str]:
        """Its files, without the folder that all of them lie in."""
        with tarfile.open(self.sdist) as opened:
            files = [each.name for each in opened.getmembers() if each.isfile()]
        return {name.partition("/")[2] for name in files}


@pytest.fixture(scope="session")
def tools() -> Path:
    """The folder of uv, pipx and a Python with build."""
    return program_with(REQUIREMENTS, "uv").parent


@pytest.fixture(scope="session")
def uv_settings(tools: Path) -> Settings:
    """Where uv keeps what it has fetched, for all tests; and that it fetches no Python."""
    cache = tools.parents[1] / "uv-cache"
    return {"UV_CACHE_DIR": cache, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}


@pytest.fixture(scope="session")
def built(tools: Path, uv_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The sdist of this checkout, and the wheel that is made of the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    command: Command = [
        tools / "python",
        "-m",
        "build",
        "--installer",
        "uv",
        "--outdir",
        folder,
        ROOT,
    ]
    run(command, **uv_settings)
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return Built(wheel, sdist)


class Installations:
    """Clean environments with the wheel in them, all begun at once; and in that of each Python a
    first conversation, as soon as it is there."""

    def __init__(self, make: Callable[[str], Path], versions: tuple[str, ...], homes: Path) -> None:
        """``make`` gives the programs' folder of the environment of a name."""
        names = (*versions, "extras")
        self._plainest = versions[0]
        self._pool = ThreadPoolExecutor(2 * len(names))
        self._made = {name: self._pool.submit(make, name) for name in names}
        self._conversed = {
            name: self._pool.submit(self._converse, name, homes / name) for name in versions
        }

    def programs(self, name: str) -> Path:
        """The folder of an environment's programs, once it is there."""
        return self._made[name].result()

    @property
    def plain(self) -> Path:
        """The programs of an environment without extras, of the oldest Python."""
        return self.programs(self._plainest)

    def conversation(self, version: str) -> list[str]:
        """What the program of a Python said in its first conversation."""
        return self._conversed[version].result()

    def _converse(self, version: str, home: Path) -> list[str]:
        return converse(self.programs(version), home)

    def end(self) -> None:
        self._pool.shutdown()


def converse(programs: Path, home: Path) -> list[str]:
    """What each step says: the version, a mailbox made, a mail sent to it, and waited for."""
    home.mkdir(parents=True)
    letter = home / "letter.html"
    letter.write_text("<p>How are <b>you</b>?</p>", encoding="utf-8")
    ada = "ada@agents.localhost"
    mail = ("--to", ada, "--subject", "Hello", "--text", "How are you?", "--html-file", letter)
    return [
        run([programs / "postroom", *step], POSTROOM_HOME=home / "room")
        for step in (
            ("--version",),
            ("mailboxes", "create", "--username", "ada", "--json"),
            ("send", "--mailbox", ada, *mail, "--json"),
            ("wait", "--mailbox", ada, "--json"),
        )
    ]


@pytest.fixture(scope="session")
def installations(
    tools: Path,
    built: Built,
    uv_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Installations]:
    """For each Python that is here an environment of its name; and "extras", with those."""
    folder = tmp_path_factory.mktemp("environments")
    uv = tools / "uv"
    found = {version: python for version in VERSIONS if (python := pythons.find(version, uv))}

    def make(name: str) -> Path:
        python, what = found.get(name), str(built.wheel)
        if name == "extras":
            python, what = (
                next(iter(found.values())),
                f"postroom[{EXTRAS}] @ {built.wheel.as_uri()}",
            )
        programs = folder / name / ("Scripts" if os.name == "nt" else "bin")
        run([uv, "venv", "--quiet", "--python", str(python), folder / name], **uv_settings)
        pip: Command = [uv, "pip", "install", "--quiet", "--python", programs / "python"]
        run([*pip, "-c", PINS, what], **uv_settings)
        return programs

    all_of_them = Installations(make, tuple(found), folder / "homes")
    yield all_of_them
    all_of_them.end()


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest, tools: Path) -> str:
    """Each Python that Postroom is for."""
    wanted: str = request.param
    if pythons.find(wanted, tools / "uv") is None:
        pytest.skip(f"only where Python {wanted} is")
    return wanted


@pytest.fixture
def plain(installations: Installations) -> Path:
    """The programs of an environment without extras."""
    return installations.plain
