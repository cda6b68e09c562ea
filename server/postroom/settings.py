"""What the operator set: the environment and ``postroom.toml`` in the home, read here only."""

import hashlib
import json
import logging
import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import platformdirs
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from postroom.accounts.account import Account
from postroom.accounts.address import DomainName
from postroom.accounts.approvals import Approvals
from postroom.accounts.directory import DirectoryDomain
from postroom.accounts.domains import (
    BUILTIN_HOSTNAME,
    AccountDomain,
    BuiltinDomain,
    Domain,
    with_separator,
)
from postroom.accounts.faults import key_path, told
from postroom.accounts.inbound import Inbound
from postroom.accounts.own_domain import OwnDomain
from postroom.accounts.presets import Preset
from postroom.accounts.public_url import PublicUrl
from postroom.accounts.serve import Serve
from postroom.accounts.sources import SecretSource
from postroom.accounts.table import FilePath, Table
from postroom.accounts.verification import NameServer, name_server_at
from postroom.accounts.webhooks import Webhooks
from postroom.model.errors import InvalidRequest, Unavailable
from postroom.model.retention import Retention

log = logging.getLogger("postroom.settings")

CONFIG_FILE = "postroom.toml"

POLICY_FILE = "policy.toml"


BUILTIN_DOMAIN = "agents.localhost"
"""The built-in server's domain. ``.localhost`` never leaves the machine (RFC 6761 §6.3)."""

ACCOUNT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


class Operator(Table):
    """``postroom.toml``. Every key has a default that works on a fresh machine."""

    domain: DomainName = BUILTIN_DOMAIN
    """Where a mailbox is made whose maker names no domain. In a file that names no domains it is
    the built-in server's."""
    accounts: dict[str, Account] = Field(default_factory=dict)
    """Real IMAP/SMTP accounts by name."""
    domains: dict[DomainName, Domain] = Field(default_factory=dict)
    """Where the mailboxes of each domain come from."""
    dns: dict[DomainName, OwnDomain] = Field(default_factory=dict)
    """Domains of one's own: what the DNS is to say of each."""
    domain_keys: SecretSource | None = None
    """Where the secret lies that opens the keys of such domains; `domain-keys.secret` in the home,
    made with the first key, where nothing is said."""
    username_pattern: str = ""
    """A regular expression that every username must match; empty for no rule beyond the syntax."""
    attachment_folders: tuple[Path, ...] = ()
    """Folders below which ``send_email`` may take files by path; none by default."""
    attachment_url_hosts: tuple[DomainName, ...] = ()
    """Hosts from which ``send_email`` may fetch files by https; none by default."""
    public_url: PublicUrl = ""
    """Where anybody reaches `postroom serve` by https, through the operator's own proxy: for links
    by which people unsubscribe."""
    serve: Serve = Serve()
    """Where `postroom serve` listens, who may come, and how much of it."""
    policy: FilePath | None = None
    """Where the rules stand; ``policy.toml`` in the home where nothing is said."""
    retention_days: float = Field(default=30, ge=0)
    """How long the mail of an expired mailbox stays readable, days."""
    approvals: Approvals = Approvals()
    """What becomes of mail that a person must look at first."""
    resolver: NameServer | None = None
    """The name server that is asked about who sends mail; the system's where it is left out."""
    inbound: Inbound = Inbound()
    """What is believed of mail that is handed in over HTTP."""
    webhooks: Webhooks = Webhooks()
    """Where events may be posted to."""
    retention: Retention = Retention()
    """How long the mail of mailboxes is kept, while they live."""
    retry_hours: float = Field(default=48, gt=0)
    """How long a deferred mail is tried again before it has failed, hours (RFC 5321 §4.5.4.1)."""

    @property
    def served(self) -> Mapping[str, Domain]:
        """Every domain that mailboxes can be made in: those of the file, and the built-in server's,
        which is there in any case."""
        if any(isinstance(domain, BuiltinDomain) for domain in self.domains.values()):
            return self.domains
        own = BUILTIN_DOMAIN if self.domains else self.domain
        return {own: BuiltinDomain(), **self.domains}

    def provider_of(self, domain: str) -> Preset | None:
        """The known provider whose account a domain's mail is in."""
        served = self.served.get(domain)
        if not isinstance(served, AccountDomain):
            return None
        account = self.accounts[served.account]
        known = account.provider
        # Who reads at a provider may send elsewhere.
        return known if known is None or account.submits_at_provider else replace(known, spf="")

    @property
    def builtin_domains(self) -> frozenset[str]:
        """The domains of the built-in server."""
        return frozenset(
            name for name, domain in self.served.items() if isinstance(domain, BuiltinDomain)
        )

    @property
    def name_server(self) -> tuple[str, int] | None:
        """Address and port of the name server that is asked about senders; None: the system's."""
        return name_server_at(self.resolver) if self.resolver else None

    @property
    def unused_accounts(self) -> tuple[str, ...]:
        """The accounts that no domain uses: no mailbox can be made on them."""
        used = {each.account for each in self.served.values() if isinstance(each, AccountDomain)}
        return tuple(name for name in self.accounts if name not in used)

    def trusted(self, domain: str) -> frozenset[str]:
        """The authserv-ids whose Authentication-Results are believed in mail to a domain."""
        served = self.served.get(domain)
        if isinstance(served, AccountDomain):
            return frozenset(self.accounts[served.account].trusted)
        if isinstance(served, DirectoryDomain):
            return frozenset(served.trusted)
        return frozenset({BUILTIN_HOSTNAME})

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not isinstance(value.get("domains"), dict):
            return value
        accounts = value.get("accounts", {})
        domains = {name: with_separator(each, accounts) for name, each in value["domains"].items()}
        if len({str(name).lower().rstrip(".") for name in domains}) != len(domains):
            raise ValueError("domains: one domain is there twice; keep one of the two")
        return {**value, "domains": domains}

    @field_validator("accounts")
    @classmethod
    def _names(cls, value: dict[str, Account]) -> dict[str, Account]:
        for name in value:
            if not ACCOUNT_NAME.fullmatch(name):
                raise ValueError(
                    "an account's name is 1 to 64 letters, digits, dashes and underscores"
                )
        return value

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        for name, domain in self.domains.items():
            if isinstance(domain, AccountDomain) and domain.account not in self.accounts:
                raise ValueError(
                    f"{key_path(('domains', name, 'account'))}: there is no account of that name;"
                    f" known are: {', '.join(self.accounts) or 'none'}"
                )
        asking = self.approvals.mailbox
        if asking is not None and asking.rpartition("@")[2] not in self.domains.keys() - set(
            self.builtin_domains
        ):
            raise ValueError(
                "approvals.mailbox: is in no domain of this file whose mail reaches the internet"
            )
        if self.domain not in self.served:
            raise ValueError(
                f"domain: is none of the domains of this file ({', '.join(self.served)}); name one"
                f' of them, or add [domains."{self.domain}"]'
            )
        return self

    @field_validator("webhooks")
    @classmethod
    def _lists(cls, value: Webhooks) -> Webhooks:
        if value.allow:
            from postroom.guarded.listed import listed

            listed(value.allow)
        return value

    @field_validator("username_pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from error
        return value


class OwnDomainsNow(Mapping[str, OwnDomain]):
    """What ``postroom.toml`` says of domains of one's own at this moment, whatever it said when
    this program began. Where it cannot be understood, what it said last goes on."""

    def __init__(self, file: Path, said: Mapping[str, OwnDomain]) -> None:
        """``said``: where the file cannot be understood from the first."""
        self._file = file
        self._kept: tuple[object, Mapping[str, OwnDomain]] = ("never looked", said)

    def __getitem__(self, domain: str) -> OwnDomain:
        return self._now()[domain]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> Mapping[str, OwnDomain]:
        """It costs one look at the file's date, where nothing has changed."""
        mark, (seen, said) = _mark(self._file), self._kept
        if mark != seen:
            try:
                said = _operator(self._file)[0].dns
            except InvalidRequest as error:
                log.warning("%s What it said of domains before goes on.", error.message)
            self._kept = (mark, said)
        return said


class Settings(BaseModel):
    """Where the post room is, and what its operator set."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    home: Path
    operator: Operator = Operator()
    said: str = ""
    """A digest of what ``postroom.toml`` said when it was read; empty where nobody read it."""

    @cached_property
    def own_domains(self) -> Mapping[str, OwnDomain]:
        """What is said of domains of one's own, read anew whenever ``postroom.toml`` has changed:
        `postroom domains add` writes there beside a worker that runs."""
        if not self.said:
            return self.operator.dns
        return OwnDomainsNow(self.home / CONFIG_FILE, self.operator.dns)

    @property
    def index_file(self) -> Path:
        """Mailboxes, mail, threads, outbox, journal: what to back up."""
        return self.home / "postroom.db"

    @property
    def policy_file(self) -> Path:
        """The operator's rules."""
        return self.operator.policy or self.home / POLICY_FILE

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
    def passphrase_file(self) -> Path:
        """A hash of the operator's passphrase, which decisions on the command line ask for."""
        return self.home / "operator.passphrase"

    @property
    def token_file(self) -> Path:
        """The bearer token of ``postroom serve``."""
        return self.home / "token"


def with_serve(settings: Settings, given: Mapping[str, object]) -> Settings:
    """The settings with what the command line says of ``[serve]`` in the place of the file's.

    Raises:
        InvalidRequest: it cannot be understood, or does not go together with the file.
    """
    said = {**settings.operator.serve.model_dump(exclude_unset=True), **given}
    if given.keys() & {"host", "port"} and "socket" not in given:
        said.pop("socket", None)
    try:
        serve = Serve.model_validate(said, context={"home": Path.cwd()})
    except ValidationError as error:
        raise InvalidRequest(
            "serve_options",
            f"This cannot be served: {told(error)}.",
            "See `postroom serve --help`.",
        ) from None
    operator = settings.operator.model_copy(update={"serve": serve})
    return settings.model_copy(update={"operator": operator})


def load(home: Path | None = None) -> Settings:
    """The settings of the post room at ``home``, else at ``POSTROOM_HOME``, else at the user's own
    data folder. The home is made where it is absent, readable by its owner alone.

    Raises:
        InvalidRequest: ``postroom.toml`` cannot be understood; the message names the key.
        Unavailable: the home cannot be made.
    """
    chosen = make_home(home_at(home))
    operator, said = _operator(chosen / CONFIG_FILE)
    return Settings(home=chosen, operator=operator, said=said)


def home_only(home: Path | None = None) -> Settings:
    """As `load`, without a look into ``postroom.toml``, and the home need not be there: for who
    puts another one there."""
    return Settings(home=home_at(home))


def domains_now(home: Path) -> frozenset[str]:
    """The domains that ``postroom.toml`` names at this moment, whatever it said when this program
    began; none where it cannot be understood."""
    try:
        operator, _ = _operator(home / CONFIG_FILE)
    except InvalidRequest:
        return frozenset()
    return frozenset(operator.served)


def builtin_domains_now(home: Path) -> frozenset[str]:
    """The domains of the built-in server by what ``postroom.toml`` says at this moment; none where
    it cannot be understood."""
    try:
        operator, _ = _operator(home / CONFIG_FILE)
    except InvalidRequest:
        return frozenset()
    return operator.builtin_domains


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
    ``POSTROOM_HOME``, else the user's own data folder.

    Raises:
        InvalidRequest: ``POSTROOM_HOME`` holds a placeholder that its client did not fill in.
    """
    named = os.environ.get("POSTROOM_HOME", "")
    if "${" in named and home is None:
        raise InvalidRequest(
            "home_unusable",
            "POSTROOM_HOME is a placeholder that the client did not fill in.",
            "Name a folder there, by its absolute path, or leave it out.",
        )
    usual = platformdirs.user_data_path("postroom", False)
    return (home or (Path(named).expanduser() if named else usual)).resolve()


def make_home(home: Path) -> Path:
    """A home that is there.

    Raises:
        Unavailable: it cannot be made.
    """
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise Unavailable(
            "home_unusable",
            f"The post room's folder {home} cannot be made: {error.strerror or error}.",
            "Name another one with --home or POSTROOM_HOME, or make it for this user.",
        ) from error
    return home


def environment() -> Mapping[str, str]:
    """The environment as it is now, for whoever reads a secret from it."""
    return os.environ


def bare_environment() -> dict[str, str]:
    """What a program needs in order to start at all: nothing, but on Windows its folder."""
    return {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}


def _operator(file: Path) -> tuple[Operator, str]:
    """What the file means, and the digest of what it says."""
    try:
        text = file.read_text(encoding="utf-8")
        if text.startswith("\ufeff"):
            raise _broken(file, "it begins with a byte order mark: save it as UTF-8 without one")
        said = tomllib.loads(text)
        operator = Operator.model_validate(said, context={"home": file.parent})
        return operator, _digest(said)
    except FileNotFoundError:
        return Operator(), _digest({})
    except OSError as error:
        raise _broken(file, error.strerror or "it cannot be opened") from error
    except UnicodeDecodeError:
        raise _broken(file, "it is not UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise _broken(file, str(error)) from None
    except ValidationError as error:
        # Not chained: its text could hold a secret that stands in a wrong place.
        raise _broken(file, told(error)) from None


def _mark(file: Path) -> tuple[int, int, int] | None:
    """What tells one state of a file from the next; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _digest(said: dict[str, Any]) -> str:
    """Of what a file says, wherever a table of it stands, and without its comments. What it says of
    domains of one's own is left out: that holds at once, and nobody has to start anew for it."""
    lasting = {key: value for key, value in said.items() if key != "dns"}
    written = json.dumps(lasting, sort_keys=True, default=str)
    return hashlib.blake2b(written.encode(), digest_size=16).hexdigest()


def _broken(file: Path, what: str) -> InvalidRequest:
    return InvalidRequest(
        "settings_invalid", f"{file} cannot be read: {what}.", "Correct the file."
    )
