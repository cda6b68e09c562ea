"""What is installed of Node's is pinned, and says of no place where it comes from."""

import json
from pathlib import Path

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
