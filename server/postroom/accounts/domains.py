"""Where the mailboxes of a domain come from."""

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from postroom.accounts.directory import DirectoryDomain
from postroom.accounts.presets import PRESETS
from postroom.accounts.table import Table

SEPARATORS = "+-_=.#"
"""What mail systems put between a local part and its detail. Some of them may stand in a username
or in the account's own name too; an address is read from its beginning, which is known."""


BUILTIN_HOSTNAME = "post.localhost"
"""What the built-in server calls itself: in its greeting, and as the authserv-id (RFC 8601 §2.5)
whose Authentication-Results are believed."""


class AddressForm(StrEnum):
    """What the addresses look like that an account's domain gives out."""

    SUB_ADDRESS = "sub-address"
    """``agent+name@``: the account's local part, a separator, the username (RFC 5233)."""
    CATCH_ALL = "catch-all"
    """``name@``: the domain puts every address into this account."""
    FOLDER = "folder"
    """``agent+name@``, and the server files each detail in a folder of that name."""


class BuiltinDomain(Table):
    """Addresses on the built-in mail server."""

    provisioner: Literal["builtin"] = "builtin"


class AccountDomain(Table):
    """Addresses that are all one account's."""

    provisioner: Literal["account"] = "account"
    account: str
    """The name of an ``[accounts.NAME]``."""
    addresses: AddressForm = AddressForm.SUB_ADDRESS
    separator: str = "+"

    @field_validator("separator")
    @classmethod
    def _one_character(cls, value: str) -> str:
        if len(value) != 1 or value not in SEPARATORS:
            raise ValueError(f"is one of {' '.join(SEPARATORS)}: what the server cuts addresses at")
        return value


Domain = Annotated[
    AccountDomain | DirectoryDomain | BuiltinDomain, Field(discriminator="provisioner")
]


def with_separator(domain: Any, accounts: Any) -> Any:
    """A domain's table with the separator of its account's provider, where it names none."""
    if not isinstance(domain, dict) or not isinstance(accounts, dict) or "separator" in domain:
        return domain
    if domain.get("provisioner") != "account" or domain.get("addresses") == AddressForm.CATCH_ALL:
        return domain
    account = accounts.get(str(domain.get("account")))
    name = account.get("preset") if isinstance(account, dict) else getattr(account, "preset", "")
    preset = PRESETS.get(str(name))
    return {**domain, "separator": preset.separator} if preset else domain
