"""The correspondents' mailboxes, as the built-in server asks for them."""

import secrets

from postroom.embedded.directory import Account, domain_of

POSTMASTER = "mailer-daemon"
"""Who reports at each of the domains."""


class Neighbours:
    """Who has a mailbox outside; a `Directory`. Everybody else is nobody, and is remembered."""

    def __init__(self, own: frozenset[str]) -> None:
        """``own``: the domains of the room, whose unknown addresses are none of ours."""
        self._own = own
        self._accounts: dict[str, Account] = {}
        self._gone: set[str] = set()
        self.unknown: list[str] = []
        """Addresses that mail was sent to and that nobody has, each once."""

    def domains(self) -> frozenset[str]:
        """Where somebody has an address, or had one."""
        return frozenset(map(domain_of, [*self._accounts, *self._gone]))

    async def find(self, address: str) -> Account | None:
        found = self._accounts.get(address)
        if found is None and not self._is_expected(address) and address not in self.unknown:
            self.unknown.append(address)
        return found

    def add(self, address: str) -> Account:
        """A mailbox for a new address, and one for those who report there.

        Raises:
            ValueError: the address is taken, or one of the room's own domains.
        """
        address = address.lower()
        if domain_of(address) in self._own:
            raise ValueError(f"{address} is an address of the room: take another domain")
        if address in self._accounts or address in self._gone:
            raise ValueError(f"{address} is somebody's already")
        self._open(f"{POSTMASTER}@{domain_of(address)}")
        return self._open(address)

    def remove(self, address: str) -> None:
        """From now on the server refuses mail for this address."""
        self._accounts.pop(address.lower(), None)
        self._gone.add(address.lower())

    def postmaster(self, address: str) -> Account:
        """Who reports of an address."""
        return self._accounts[f"{POSTMASTER}@{domain_of(address)}"]

    def _open(self, address: str) -> Account:
        return self._accounts.setdefault(address, Account(address, secrets.token_urlsafe(12)))

    def _is_expected(self, address: str) -> bool:
        return address in self._gone or domain_of(address) in self._own
