"""What the desk answers about accounts and about servers elsewhere; for operators, and never with a
secret."""

from typing import Literal

from postroom.model.answers import Answer


class LoginState(Answer):
    """How a login elsewhere stands."""

    name: str
    """An account's name, or the address of a mailbox with a login of its own; of a table, the
    domain."""
    state: str
    """reading, idle, polling, down; "unread" where nothing has been read there yet."""
    since: str | None = None
    detail: str | None = None
    read_now: bool = True
    """Whether a worker runs: where none does, the state is what was before."""


class AccountView(Answer):
    """One ``[accounts.NAME]``, and how it goes."""

    name: str
    address: str
    preset: str | None = None
    imap: str
    """``host:port security``."""
    smtp: str
    login: str
    """Where the password, or what tokens are got with, lies: never what it is."""
    smtp_login: str | None = None
    """As whom mail is submitted, and where that password lies; None where it is the same login."""
    files_sent: bool
    on_unknown: str
    trusted: tuple[str, ...] = ()
    connections: int
    poll_seconds: float
    idle_poll_seconds: float
    domains: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    """What a mailbox's address looks like in each domain: ``agent+NAME@example.com``."""
    mailboxes: int
    login_state: LoginState


class InletState(Answer):
    """How the place stands where a mail server hands mail in, by LMTP."""

    at: str
    """``127.0.0.1:port``, or a socket's path."""
    state: str
    """listening, down; "unheard of" where no worker has tried yet."""
    since: str | None = None
    detail: str | None = None
    last_mail_at: str | None = None
    listens_now: bool
    """Whether a worker runs and listens: where none does, the state is what was before."""


class DirectoryView(Answer):
    """A domain whose mailboxes each have a login of their own."""

    domain: str
    imap: str
    smtp: str
    mailboxes: int
    delivery: Literal["imap", "lmtp"] = "imap"
    """How mail comes in: it is read there, or handed in."""
    inlet: InletState | None = None
    """With "lmtp": how that goes. No login is read then."""
    database: str
    """Which, and where it is told; never the connection string."""
    table: LoginState
    """Its table: ready, down; "untried" where no worker has tried it yet."""
    states: dict[str, int]
    """How many logins stand how."""
    read_now: bool = True
    """Whether a worker runs: where none does, the states are what was before."""
    down: tuple[LoginState, ...] = ()
    """The first of those that are down."""


class AccountList(Answer):
    accounts: tuple[AccountView, ...]
    directories: tuple[DirectoryView, ...] = ()


class Stray(Answer):
    """A mail that was left where it lies."""

    account: str
    folder: str
    uid: int
    uidvalidity: int
    at: str
    """When it arrived, by its server; where that does not tell, when it was seen."""
    seen_at: str
    """When we met it and left it."""
    untrusted_from_name: str = ""
    untrusted_from: str = ""
    untrusted_subject: str = ""
    addresses: str
    """Whom it was for, as far as it says."""
    why: str


class StrayList(Answer):
    strays: tuple[Stray, ...]
