"""Places of secrets, and what is said of one that cannot be had."""

from typing import Any

import pytest

from postroom.accounts.sources import SecretPlace, SecretSource
from postroom.credentials.vault import Vault
from postroom.model.errors import PostroomError
from postroom.model.secrets import Secret

ENTRY = "agent@example.com/password"


def secret(environment: dict[str, str] | None = None, **source: Any) -> Secret:
    """The secret at ``env=``, ``file=`` or ``keyring=``."""
    place = SecretPlace(SecretSource.model_validate(source), ENTRY)
    return Vault(environment or {}).at(place)


async def refusal(asked: Secret, *hidden: str) -> PostroomError:
    """The error of reading. It repeats nothing that is hidden, nor does what it is chained to."""
    with pytest.raises(PostroomError) as refused:
        await asked.read()
    error: BaseException | None = refused.value
    assert refused.value.next_step
    while error is not None:
        assert not any(word in f"{error!s} {error!r}" for word in hidden)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return refused.value
