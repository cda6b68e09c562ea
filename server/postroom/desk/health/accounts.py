"""Accounts and servers elsewhere, as an operator asks about them: what was set, how it goes."""

from collections import Counter
from collections.abc import Callable, Mapping

from postroom.accounts.account import Account
from postroom.accounts.directory import DirectoryDomain
from postroom.accounts.domains import AccountDomain
from postroom.accounts.servers import MailServer
from postroom.accounts.sources import SecretSource
from postroom.desk import door
from postroom.desk.health import inlets, tables
from postroom.desk.times import iso
from postroom.index import folders, logins, mailboxes
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model.account_answers import (
    AccountList,
    AccountView,
    DirectoryView,
    LoginState,
    Stray,
    StrayList,
)
from postroom.model.callers import Caller
from postroom.model.errors import NotFound
from postroom.provision.provisioner import Provisioner
from postroom.settings import Operator

MOST_STRAYS = 500
MOST_DOWN = 10
"""Logins of one directory that are named: where all are down, their host is."""

UNREAD = "unread"


class AccountReports:
    """What ``postroom.toml`` says of accounts, and how each of their logins stands."""

    def __init__(
        self,
        index: Index,
        operator: Operator,
        provisioners: Mapping[str, Provisioner],
        idle: Callable[[], str],
    ) -> None:
        self._index = index
        self._operator = operator
        self._provisioners = provisioners
        self._idle = idle

    async def list(self, caller: Caller) -> AccountList:
        """Every account, and every domain whose mailboxes have logins of their own."""
        door.for_operators(caller)
        return await self._index.read(self._all)

    async def show(self, caller: Caller, name: str) -> AccountView:
        """One account. NotFound: ``postroom.toml`` has none of that name."""
        door.for_operators(caller)
        account = self._operator.accounts.get(name)
        if account is None:
            raise NotFound(
                "account_not_found",
                "There is no account and no domain with a directory of this name in postroom.toml.",
                "`postroom accounts list` tells which there are; `postroom accounts add` adds one.",
            )
        return await self._index.read(lambda con: self._account(con, name, account))

    async def host(self, caller: Caller, name: str) -> DirectoryView | None:
        """One domain with a directory; None where ``name`` is none, or an account's name."""
        door.for_operators(caller)
        served = self._operator.served.get(name)
        if name in self._operator.accounts or not isinstance(served, DirectoryDomain):
            return None
        idle = self._idle()
        return await self._index.read(lambda con: _directory(con, name, served, idle))

    async def strays(self, caller: Caller, most: int = 50) -> StrayList:
        """Mail that was left where it lies, newest first, at most ``most`` (of 500)."""
        door.for_operators(caller)
        wanted = max(0, min(most, MOST_STRAYS))
        rows = await self._index.read(lambda con: folders.strays(con, wanted))
        return StrayList(strays=tuple(map(_stray, rows)))

    def _all(self, con: Connection) -> AccountList:
        operator = self._operator
        return AccountList(
            accounts=tuple(
                self._account(con, name, account) for name, account in operator.accounts.items()
            ),
            directories=tuple(
                _directory(con, name, domain, self._idle())
                for name, domain in operator.served.items()
                if isinstance(domain, DirectoryDomain)
            ),
        )

    def _account(self, con: Connection, name: str, account: Account) -> AccountView:
        domains = [
            domain
            for domain, served in self._operator.served.items()
            if isinstance(served, AccountDomain) and served.account == name
        ]
        boxes = [box for box in mailboxes.every(con) if box.address.rpartition("@")[2] in domains]
        row = logins.state(con, name)
        stands = state_of(row) if row else LoginState(name=name, state=UNREAD)
        return AccountView(
            name=name,
            address=account.address,
            preset=account.preset or None,
            imap=_where(account.imap),
            smtp=_where(account.smtp),
            login=_login(account),
            smtp_login=_other_login(account),
            files_sent=account.files_sent,
            on_unknown=account.on_unknown,
            trusted=account.trusted,
            connections=account.connections,
            poll_seconds=account.poll_seconds,
            idle_poll_seconds=account.idle_poll_seconds,
            domains=tuple(domains),
            addresses=tuple(self._provisioners[each].address_of("NAME") for each in domains),
            mailboxes=len(boxes),
            login_state=stands.model_copy(update={"read_now": not self._idle()}),
        )


def state_of(row: Row) -> LoginState:
    """How a login stands, from its row."""
    return LoginState(
        name=row["name"],
        state=row["state"] or UNREAD,
        since=iso(row["state_at"]) if row["state_at"] else None,
        detail=row["detail"] or None,
    )


def _directory(con: Connection, name: str, domain: DirectoryDomain, idle: str) -> DirectoryView:
    boxes = {box.address for box in mailboxes.every(con) if box.address.endswith(f"@{name}")}
    by_lmtp, read_now = domain.lmtp is not None, not idle
    rows = [row for row in logins.every(con) if row["name"] in boxes and not by_lmtp]
    states = [state_of(row).model_copy(update={"read_now": read_now}) for row in rows]
    return DirectoryView(
        domain=name,
        imap=_where(domain.imap),
        smtp=_where(domain.smtp),
        mailboxes=len(boxes),
        delivery="lmtp" if by_lmtp else "imap",
        inlet=inlets.state_of(con, name, domain.lmtp, idle) if domain.lmtp is not None else None,
        database=_database(domain),
        table=tables.state_of(con, name, idle),
        states=dict(Counter(one.state for one in states)),
        read_now=read_now,
        down=tuple(one for one in states if one.state == "down")[:MOST_DOWN],
    )


def _database(domain: DirectoryDomain) -> str:
    if domain.database.sqlite is not None:
        return f"SQLite, {domain.database.sqlite}"
    return f"PostgreSQL, as {_place(domain.database.postgresql)} says"


def _stray(row: Row) -> Stray:
    return Stray(
        account=row["account"],
        folder=row["folder"],
        uid=row["uid"],
        uidvalidity=row["uidvalidity"],
        at=iso(row["seen_at"] if row["arrived_at"] is None else row["arrived_at"]),
        seen_at=iso(row["seen_at"]),
        untrusted_from_name=row["from_name"],
        untrusted_from=shown_address(row["from_address"]) if row["from_address"] else "",
        untrusted_subject=row["subject"],
        addresses=row["addresses"],
        why=row["why"],
    )


def _where(server: MailServer) -> str:
    return f"{server.host}:{server.port} {server.security}"


def _login(account: Account) -> str:
    if account.oauth is not None:
        token = account.oauth.refresh_token or account.oauth.client_secret
        return f"OAuth 2 ({account.oauth.grant}), from {_place(token)}"
    password = account.imap_login.password
    return f"password from {_place(password.source if password is not None else None)}"


def _other_login(account: Account) -> str | None:
    """As whom mail is submitted, where that is another login than the one that reads."""
    imap, smtp = account.imap_login, account.smtp_login
    if smtp == imap:
        return None
    if not smtp.user:
        return "none: submission without a login"
    if smtp.password is None:
        return f"{smtp.user}, OAuth 2 as above"
    return f"{smtp.user}, password from {_place(smtp.password.source)}"


def _place(source: SecretSource | None) -> str:
    if source is None:
        return "nowhere"
    if source.env is not None:
        return f"the environment variable {source.env}"
    return f"the file {source.file}" if source.file is not None else "the keyring"
