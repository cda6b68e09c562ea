"""An account's logins, and the address that it can send itself a mail from."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from postroom.accounts.domains import AccountDomain
from postroom.cli.asked import Asked
from postroom.clock import system_clock
from postroom.credentials.vault import Vault
from postroom.model.errors import NotFound
from postroom.provision.choosing import of_account
from postroom.settings import Operator, environment
from postroom.work.tokens import tokens_of
from postroom.work.ways import AccountWay

if TYPE_CHECKING:
    from postroom.accounts.account import Account
    from postroom.imap.account import ImapLogin
    from postroom.smtp.account import SmtpLogin


def operator_of(asked: Asked) -> Operator:
    """What postroom.toml says; nothing is made where there is no post room."""
    return asked.settings().operator if asked.place().is_dir() else Operator()


def account_in(operator: Operator, name: str) -> "Account":
    """The account of that name; NotFound where there is none."""
    account = operator.accounts.get(name)
    if account is None:
        raise NotFound(
            "account_not_found",
            "There is no account and no domain with a directory of this name in postroom.toml.",
            "`postroom accounts list` tells which there are; `postroom accounts add` adds one.",
        )
    return account


@asynccontextmanager
async def logins_of(name: str, account: "Account") -> "AsyncIterator[tuple[ImapLogin, SmtpLogin]]":
    """Both logins, with what they log in with. PostroomError: a secret or a token cannot be had.

    A token that is just being renewed at the end is waited for: the provider may have replaced the
    refresh token, and the old one is worthless then.
    """
    vault = Vault(environment())
    tokens = tokens_of(account, vault, system_clock)
    way = AccountWay(name, account, frozenset(), vault, tokens)
    none = SecretStr("")  # the account's own is read from where it lies
    try:
        yield await way.imap("", none), await way.smtp("", none)
    finally:
        if tokens is not None:
            await tokens.close()


def own_address(operator: Operator, name: str, account: "Account", detail: str) -> str:
    """The address of a mailbox ``detail`` of the account; its own address where it serves no
    domain."""
    for domain, served in operator.served.items():
        if isinstance(served, AccountDomain) and served.account == name:
            return of_account(domain, served, account).address_of(detail)
    return account.address
