"""The environment variables of a manifest, held against what the program does with them."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from postroom.accounts.sources import SecretPlace
from postroom.credentials.vault import Vault
from postroom.settings import environment, load

TOML = """\
[accounts.work]
address = "agent@example.com"
preset = "fastmail"
password = {{ env = "{variable}" }}
"""


def variables_are_read(
    secret: Mapping[str, bool], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails unless one variable names the home and is no secret, and the other one is what
    postroom.toml may name as the place of a password, and is a secret."""
    (home,) = (name for name, hidden in secret.items() if not hidden)
    (password,) = (name for name, hidden in secret.items() if hidden)
    monkeypatch.setenv(home, "")  # what a client passes where nothing was filled in
    assert load(folder / "named").home == folder / "named"
    (folder / "postroom.toml").write_text(TOML.format(variable=password), encoding="utf-8")
    monkeypatch.setenv(home, str(folder))
    settings = load()
    assert settings.home == folder.resolve()
    monkeypatch.setenv(password, "correct horse")
    source = settings.operator.accounts["work"].password
    assert source is not None
    secret_there = Vault(environment()).at(SecretPlace(source, "work"))
    assert asyncio.run(secret_there.read()).get_secret_value() == "correct horse"
