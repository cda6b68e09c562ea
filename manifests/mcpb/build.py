"""Makes the folder that `mcpb pack` makes a bundle of: the wheel, what starts it, and the versions
of everything it needs, as they were tested.

    python manifests/mcpb/build.py build/mcpb
    npx @anthropic-ai/mcpb pack build/mcpb build/postroom.mcpb

A host of bundles brings uv, which installs what pyproject.toml names when the bundle is first
started. Libraries of ours are compiled for each system, so that none of them can lie in the bundle.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COPIED = ("manifest.json", "start.py")

PYPROJECT = """\
[project]
name = "postroom-bundle"
version = "{version}"
requires-python = ">=3.11"
dependencies = ["postroom"]

[tool.uv]
package = false
constraint-dependencies = [
{pins}
]

[tool.uv.sources]
postroom = {{ path = "{wheel}" }}
"""


def build(folder: Path) -> None:
    """Fill the folder, which is made, and emptied where it is there."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    wheel = _wheel(folder)
    for name in COPIED:
        shutil.copy(HERE / name, folder)
    pins = "\n".join(f"  '{pin}'," for pin in _pins())
    version = wheel.name.split("-")[1]
    text = PYPROJECT.format(version=version, wheel=wheel.name, pins=pins)
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


def _wheel(folder: Path) -> Path:
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--no-deps", "--wheel-dir", str(folder), str(ROOT)], check=True)
    return next(folder.glob("*.whl"))


def _pins() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


if __name__ == "__main__":
    build(Path(sys.argv[1]))
