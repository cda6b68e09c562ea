"""Secrets in a keyring: a real one in a file, and those that refuse."""

import asyncio
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from credentials.places import ENTRY, refusal, secret
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyrings.alt.file import PlaintextKeyring
from pydantic import SecretStr

from postroom.credentials.keyring import SERVICE, KeyringSecret, keyring_is_there
from postroom.model.errors import InvalidRequest, Unavailable


@pytest.fixture
def usual() -> Iterator[None]:
    """Whatever keyring a test sets, the one before it comes back."""
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def ring(tmp_path: Path, usual: None) -> PlaintextKeyring:
    """A keyring of this test's own, in a file."""
    made = PlaintextKeyring()
    made.file_path = str(tmp_path / "keyring.cfg")
    keyring.set_keyring(made)
    return made


async def test_what_is_kept_is_read_and_no_other_entry(ring: PlaintextKeyring) -> None:
    asked = secret(keyring=True)
    assert asked.can_keep
    await asked.keep(SecretStr("hunter2 wörd"))
    assert (await asked.read()).get_secret_value() == "hunter2 wörd"
    assert ring.get_password(SERVICE, ENTRY) == "hunter2 wörd"
    assert "hunter2" not in f"{asked.place} {asked!r}"
    other = await refusal(KeyringSecret("other@example.com/password"))
    assert other.code == "secret_missing"


async def test_an_entry_that_is_not_there_is_told_with_the_command(ring: PlaintextKeyring) -> None:
    error = await refusal(secret(keyring=True))
    assert isinstance(error, Unavailable)
    assert f"keyring set {SERVICE} {ENTRY}" in error.next_step


async def test_an_entry_of_two_lines_is_refused(ring: PlaintextKeyring) -> None:
    ring.set_password(SERVICE, ENTRY, "hunter2\nhunter3")
    error = await refusal(secret(keyring=True), "hunter")
    assert isinstance(error, InvalidRequest)


async def test_a_machine_without_a_keyring_is_told(usual: None) -> None:
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call]  # the library's own
    error = await refusal(secret(keyring=True))
    assert (type(error), error.code) == (Unavailable, "keyring_absent")


async def test_a_missing_library_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)  # as Python does for what cannot be imported
    error = await refusal(secret(keyring=True))
    assert (type(error), error.code) == (Unavailable, "keyring_absent")
    assert "postroom[keyring]" in error.next_step


async def test_a_keyring_that_fails_is_told_without_its_words(
    tmp_path: Path, ring: PlaintextKeyring
) -> None:
    ring.file_path = str(tmp_path)  # a folder: writing fails
    with pytest.raises(Unavailable) as refused:
        await secret(keyring=True).keep(SecretStr("hunter2"))
    assert refused.value.code == "keyring_refused"
    assert refused.value.__suppress_context__
    assert "hunter2" not in str(refused.value)


class LockedKeyring(KeyringBackend):
    """A keyring that waits for a person to unlock it."""

    priority = 0.1
    unlocked = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.unlocked.wait()
        return "hunter2"

    def set_password(self, service: str, username: str, password: str) -> None:
        self.unlocked.wait()


async def test_a_keyring_that_nobody_unlocks_holds_nobody(usual: None) -> None:
    locked = LockedKeyring()  # type: ignore[no-untyped-call]  # the library's own
    keyring.set_keyring(locked)
    try:
        async with asyncio.timeout(10):
            error = await refusal(KeyringSecret(ENTRY, patience=0.05))
        assert (type(error), error.code) == (Unavailable, "keyring_silent")
    finally:
        locked.unlocked.set()


async def test_what_is_forgotten_is_there_no_more(ring: PlaintextKeyring) -> None:
    asked = KeyringSecret(ENTRY)
    await asked.keep(SecretStr("hunter2"))
    await asked.forget()
    assert ring.get_password(SERVICE, ENTRY) is None


@pytest.mark.parametrize(
    ("backend", "priority", "there"),
    [(NoKeyring, 0, False), (PlaintextKeyring, 0.5, False), (PlaintextKeyring, 5, True)],
    ids=["none", "a file that is not encrypted", "one that the library recommends"],
)
async def test_a_keyring_is_used_unasked_only_where_it_is_a_good_one(
    usual: None,
    monkeypatch: pytest.MonkeyPatch,
    backend: type[KeyringBackend],
    priority: float,
    there: bool,
) -> None:
    monkeypatch.delenv("PYTHON_KEYRING_BACKEND", raising=False)
    monkeypatch.setattr("keyring.core.load_config", lambda: None)  # this machine's own
    monkeypatch.setattr(backend, "priority", priority)
    keyring.set_keyring(backend())
    assert await keyring_is_there() is there


async def test_a_keyring_that_its_owner_chose_is_used_whatever_it_is(
    ring: PlaintextKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyrings.alt.file.PlaintextKeyring")
    assert await keyring_is_there()
