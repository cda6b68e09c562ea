"""Where the password of a new account goes: the keyring where there is one, else a file."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from postroom.credentials.files import FileSecret
from postroom.credentials.keyring import KeyringSecret, keyring_is_there
from postroom.model.errors import Conflict, PostroomError, Unavailable

FOLDER = "secrets"


@dataclass(frozen=True)
class Kept:
    """A secret that was kept."""

    source: dict[str, object]
    """As postroom.toml says it."""
    secret: FileSecret | KeyringSecret
    file: Path | None = None
    before: SecretStr | None = None
    """What was in the keyring in its place."""

    async def undo(self) -> None:
        """Let it be as it was before. Never raises."""
        try:
            if self.file is not None:
                self.file.unlink(missing_ok=True)
            elif isinstance(self.secret, KeyringSecret):
                await self._put_back(self.secret)
        except (PostroomError, OSError):
            return  # a secret that nothing names: no harm, and nobody could do more

    async def _put_back(self, secret: KeyringSecret) -> None:
        if self.before is not None:
            await secret.keep(self.before)
        else:
            await secret.forget()


def check_free(home: Path, name: str) -> None:
    """Conflict where a file of that name is there: it may be another account's."""
    file = home / FOLDER / name
    if file.exists():
        raise Conflict(
            "secret_exists",
            f"There is a file {file} already.",
            "Choose another --name, or name that file with --password-file.",
        )


async def keep(
    home: Path, name: str, entry: str, value: SecretStr, *, only_file: bool = False
) -> Kept:
    """Keep a password for the account ``name``; ``entry`` is what the keyring calls it. With
    ``only_file`` no keyring is asked: there each server's password has an entry of its own.

    Raises:
        Unavailable: neither keyring nor file can be written.
    """
    if not only_file and await keyring_is_there():
        try:
            return await _in_keyring(entry, value)
        except Unavailable:
            pass  # locked, or not for us: a file will do
    return await _in_file(home, name, value)


async def _in_keyring(entry: str, value: SecretStr) -> Kept:
    secret = KeyringSecret(entry)
    try:
        before: SecretStr | None = await secret.read()
    except PostroomError:
        before = None
    await secret.keep(value)
    return Kept({"keyring": True}, secret, before=before)


async def _in_file(home: Path, name: str, value: SecretStr) -> Kept:
    folder = home / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(
            "secret_not_kept",
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            "Let this user write the post room's folder.",
        ) from error
    file = folder / name
    secret = FileSecret(file)
    await secret.keep(value)
    return Kept({"file": f"{FOLDER}/{name}"}, secret, file)
