"""What an installation weighs and how long imports take is as the pages tell it."""

import json
import re
from pathlib import Path

import pytest
from packaged.conftest import ROOT, Installations
from packaged.running import run

pytestmark = pytest.mark.timeout(900)

PAGE = (ROOT / "docs/installation.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")

HEAVY_MB = 4.0
"""What weighs as much has to say on the page why everybody has it."""

TOLERANCE = 0.1
"""How far a size may be off: wheels of other Pythons and processors differ."""

SIZES = """
import importlib.metadata, json, os

def size(each):
    places = (os.fspath(each.locate_file(file)) for file in each.files or ())
    return sum(os.stat(p).st_size for p in places if "__pycache__" not in p and os.path.exists(p))

print(json.dumps({each.name: size(each) / 1e6 for each in importlib.metadata.distributions()}))
"""

SLOWER = 3.0
"""How much more time than is told an import may take: machines differ, and do other work."""

SECONDS = """
import resource, subprocess, sys

def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

def seconds(code):
    least = 1e9
    for _ in range(2):
        before = spent()
        subprocess.run([sys.executable, "-c", code], check=True)
        least = min(least, spent() - before)
    return least

bare = seconds("pass")
print(*(seconds("import " + name) - bare for name in sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def sizes(weighed: Path) -> dict[str, float]:
    """Megabytes of each distribution, without what Python compiles by itself."""
    found: dict[str, float] = json.loads(run([weighed / "python", "-c", SIZES]))
    return found


@pytest.fixture(scope="module")
def weighed(installations: Installations) -> Path:
    return installations.plain


def rows(heading: str) -> dict[str, float]:
    """Names and figures of the table below a line."""
    table = PAGE.partition(f"\n{heading}\n")[2].partition("\n\n")[0]
    found = re.findall(r"^\| `([\w.-]+)`.*? \| ([\d.]+)", table, re.MULTILINE)
    return {name: float(figure) for name, figure in found}


def is_near(told: float, found: float) -> bool:
    return abs(told - found) <= max(0.6, TOLERANCE * found)


def test_the_whole_weighs_what_is_told(sizes: dict[str, float]) -> None:
    for page in (PAGE, README):
        for told in re.findall(r"<!-- installed -->(\d+) MB", page):
            assert is_near(int(told), sum(sizes.values()))
    (ours,) = re.findall(r"<!-- ours -->(\d+) MB", PAGE)
    assert is_near(int(ours), sizes["postroom"])
    assert "<!-- installed -->" in PAGE


def test_what_is_heavy_is_told_with_its_weight_and_nothing_else(sizes: dict[str, float]) -> None:
    told = rows("| distribution | MB | what for |\n| --- | --- | --- |")
    heavy = {name: size for name, size in sizes.items() if size >= HEAVY_MB}
    assert told.keys() == heavy.keys() - {"postroom"}
    wrong = {name: heavy[name] for name, size in told.items() if not is_near(size, heavy[name])}
    assert wrong == {}


def test_imports_take_no_longer_than_is_told(weighed: Path) -> None:
    pytest.importorskip("resource", reason="only on POSIX")
    told = rows("| import | seconds |\n| --- | --- |")
    assert [*told] == ["postroom", "postroom.cli.main", "postroom.client", "postroom.mcp.stdio"]
    *found, mcp = map(float, run([weighed / "python", "-c", SECONDS, *told, "mcp"]).split())
    for name, seconds in zip(told, found, strict=True):
        assert seconds <= SLOWER * told[name] + 0.05, name
    assert found[-1] <= 1.2 * mcp + 0.1, "what postroom mcp begins with takes longer than mcp"


def test_the_readme_tells_the_same_times() -> None:
    told = rows("| import | seconds |\n| --- | --- |")
    for name, seconds in re.findall(r"<!-- (postroom[\w.]*) -->([\d.]+) s", README):
        assert float(seconds) == told[name]


@pytest.mark.parametrize(
    ("module", "without"),
    [
        ("postroom", {"click", "pydantic", "mcp"}),
        ("postroom.cli.main", {"mcp", "fastapi", "aiosmtplib", "cel_expr_python"}),
        ("postroom.client", {"mcp", "starlette", "click", "cel_expr_python"}),
        ("postroom.mcp.stdio", {"fastapi", "cel_expr_python", "html_to_markdown", "sqlite_utils"}),
    ],
)
def test_an_import_brings_along_nothing_that_it_does_not_need(
    weighed: Path, module: str, without: set[str]
) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    assert set(run([weighed / "python", "-c", code]).split()) & without == set()
