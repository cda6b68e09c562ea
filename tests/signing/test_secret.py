"""The secret that private parts are sealed with: made once, wherever it is to lie."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyrings.alt.file import PlaintextKeyring

from postroom.accounts.sources import SecretPlace, SecretSource
from postroom.credentials.keyring import SERVICE
from postroom.credentials.vault import Vault
from postroom.model.errors import Refused, Unavailable
from postroom.signing.secret import ENTRY, SECRET_FILE, SealingSecret


@pytest.fixture
def ring(tmp_path: Path) -> Iterator[PlaintextKeyring]:
    """A keyring of this test's own, in a file."""
    before, made = keyring.get_keyring(), PlaintextKeyring()
    made.file_path = str(tmp_path / "keyring.cfg")
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def at(home: Path, **source: object) -> SealingSecret:
    place = SecretPlace(SecretSource.model_validate(source), ENTRY)
    return SealingSecret(place, home, Vault({}))


async def test_it_is_made_in_the_keyring_where_that_is_named(
    ring: PlaintextKeyring, tmp_path: Path
) -> None:
    made = await at(tmp_path, keyring=True).read_or_make()
    assert ring.get_password(SERVICE, ENTRY) == made.get_secret_value()
    assert await at(tmp_path, keyring=True).read() == made
    assert not (tmp_path / SECRET_FILE).exists()


async def test_whoever_asks_at_the_same_time_gets_the_same(tmp_path: Path) -> None:
    asked = [at(tmp_path, file=str(tmp_path / "secret")) for _ in range(5)]
    found = await asyncio.gather(*(each.read_or_make() for each in asked))
    assert len({each.get_secret_value() for each in found}) == 1
    assert len(found[0].get_secret_value()) >= 43  # 256 bits


async def test_what_is_there_and_cannot_be_read_is_not_replaced(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("x" * 40)
    file.chmod(0o644)
    with pytest.raises(Refused):
        await at(tmp_path, file=str(file)).read_or_make()
    assert file.read_text() == "x" * 40


async def test_a_variable_that_is_not_set_is_told_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="NAME is not set"):
        await at(tmp_path, env="NAME").read_or_make()


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await at(tmp_path, file=str(tmp_path / "none" / "secret")).read_or_make()
