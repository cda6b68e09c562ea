"""What the operator set: the environment and ``postroom.toml`` in the home, read here only."""

import os
import re
import tomllib
from pathlib import Path

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from postroom.model.errors import InvalidRequest, Unavailable

CONFIG_FILE = "postroom.toml"


class Operator(BaseModel):
    """``postroom.toml``. Every key has a default that works on a fresh machine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: str = "agents.localhost"
    """The built-in server's domain. ``.localhost`` never leaves the machine (RFC 6761 §6.3)."""
    username_pattern: str = ""
    """A regular expression that every username must match; empty for no rule beyond the syntax."""
    attachment_folders: tuple[Path, ...] = ()
    """Folders below which ``send_email`` may take files by path; none by default."""
    retention_days: float = Field(default=30, ge=0)
    """How long the mail of an expired mailbox stays readable, days."""
    retry_hours: float = Field(default=48, gt=0)
    """How long a deferred mail is tried again before it has failed, hours (RFC 5321 §4.5.4.1)."""

    @field_validator("domain")
    @classmethod
    def _lower(cls, value: str) -> str:
        return value.strip().lower()

    @field_validator("username_pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return value


class Settings(BaseModel):
    """Where the post room is, and what its operator set."""

    model_config = ConfigDict(frozen=True)

    home: Path
    operator: Operator = Operator()

    @property
    def index_file(self) -> Path:
        """Mailboxes, mail, threads, outbox, journal: what to back up."""
        return self.home / "postroom.db"

    @property
    def mailstore_file(self) -> Path:
        """The built-in mail server's own store."""
        return self.home / "mailserver.db"

    @property
    def lock_file(self) -> Path:
        """Whoever holds this lock does the I/O."""
        return self.home / "worker.lock"

    @property
    def bells_folder(self) -> Path:
        """How running processes reach one another."""
        return self.home / "bells"

    @property
    def token_file(self) -> Path:
        """The bearer token of ``postroom serve``."""
        return self.home / "token"


def load(home: Path | None = None) -> Settings:
    """The settings of the post room at ``home``, else at ``POSTROOM_HOME``, else at the user's own
    data folder. The home is made where it is absent, readable by its owner alone.

    Raises:
        InvalidRequest: ``postroom.toml`` cannot be understood; the message names the key.
        Unavailable: the home cannot be made.
    """
    chosen = home_at(home)
    try:
        chosen.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            "home_unusable",
            f"The post room's folder {chosen} cannot be made: {error.strerror or error}.",
            "Name another one with --home or POSTROOM_HOME, or make it for this user.",
        ) from error
    return Settings(home=chosen, operator=_operator(chosen / CONFIG_FILE))


def keep_private(settings: Settings) -> None:
    """Make what holds mail and passwords readable by its owner alone, wherever the home lies: the
    folder may have been there before us, open to others. SQLite gives its side files the same mode.

    Windows has no such modes; there the folder's own access list decides.
    """
    for file in (settings.index_file, settings.mailstore_file):
        if file.is_dir():
            continue  # whoever opens it says so
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            if each.exists() and each.stat().st_mode & 0o077 and os.name == "posix":
                each.chmod(0o600)


def home_at(home: Path | None = None) -> Path:
    """The absolute path of the post room's folder, which need not be there: ``home``, else
    ``POSTROOM_HOME``, else the user's own data folder."""
    named = os.environ.get("POSTROOM_HOME", "")
    usual = platformdirs.user_data_path("postroom", False)
    return (home or (Path(named).expanduser() if named else usual)).resolve()


def _operator(file: Path) -> Operator:
    if not file.is_file():
        return Operator()
    try:
        return Operator.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise _broken(file, str(error)) from error
    except ValidationError as error:
        first = error.errors()[0]
        raise _broken(file, f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _broken(file: Path, what: str) -> InvalidRequest:
    return InvalidRequest(
        "settings_invalid", f"{file} cannot be read: {what}.", "Correct the file."
    )
