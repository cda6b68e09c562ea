"""What is installed of Node's is pinned, and says of no place where it comes from."""

import json
import shutil
from pathlib import Path

import node_programs
import pytest

TESTS = Path(__file__).resolve().parents[1]
LOCKS = sorted(TESTS.rglob("package-lock.json"))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.parent.relative_to(TESTS)))
def test_every_package_is_pinned_by_its_checksum_and_no_address(lock: Path) -> None:
    assert "://" not in lock.read_text()
    locked = json.loads(lock.read_text())["packages"]
    assert all(each["integrity"].startswith("sha512-") for name, each in locked.items() if name)
    asked = json.loads((lock.parent / "package.json").read_text())
    for kind in ("dependencies", "optionalDependencies"):
        for version in asked.get(kind, {}).values():
            assert version.rpartition("@")[2][0].isdigit(), "a range is no pin"


def test_there_are_locks_to_look_at() -> None:
    assert TESTS / "node" / "package-lock.json" in LOCKS


def test_where_no_npm_is_a_person_is_told_what_installs_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(TESTS / "node" / name, tmp_path)
    monkeypatch.setenv("POSTROOM_NODE", str(tmp_path / "kept"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match="npm is missing; `make servers`"):
        node_programs.packages(tmp_path)
