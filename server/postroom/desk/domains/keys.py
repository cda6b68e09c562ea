"""The keys of a domain, made once; and those that its mail is signed with."""

from collections.abc import Sequence

from pydantic import SecretStr

from postroom.index import domain_keys
from postroom.index.database import Connection
from postroom.index.domain_keys import KeptKey
from postroom.index.index import Index
from postroom.model.domains import DkimKey, KeyState
from postroom.model.errors import PostroomError
from postroom.settings import Settings
from postroom.signing.making import new_keys
from postroom.signing.opening import OpenedKeys, SigningKey
from postroom.signing.secret import SealingSecret


class DomainKeys:
    """The keys of a post room's domains."""

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._secret = SealingSecret.of(settings)
        self._opened = OpenedKeys(self._secret)

    async def ensure(self, domain: str) -> tuple[DkimKey, ...]:
        """The keys that sign for a domain, or shall once their records are found: an RSA and an
        Ed25519 key, made where there are none, in one transaction with the domain itself. However
        many processes ask at the same time, they are made once.

        Raises:
            Refused, InvalidRequest, Unavailable: what they are sealed with cannot be had.
        """
        while True:
            there, taken, any_kept = await self._index.read(lambda con: _standing(con, domain))
            if there:
                return there
            # Where keys are sealed the secret is somewhere; another one would open none of them.
            secret = await (self._secret.read() if any_kept else self._secret.read_or_make())
            await self._make(domain, taken, secret)

    async def rotate(self, domain: str, new_secret: bool = False) -> bool:
        """Whether new keys were made, of a domain that was added: not where some wait to be found,
        unless those cannot be opened. Raises as ``ensure``; with ``new_secret`` one that is gone is
        made anew, which opens no key of before, of any domain."""
        any_kept = await self._index.read(domain_keys.is_any_kept)
        is_needed = any_kept and not new_secret
        secret = await (self._secret.read() if is_needed else self._secret.read_or_make())
        there, closed = await self._index.read(lambda con: _waiting(con, domain))
        opens = await self._opens(there)
        if there and opens:
            return False
        taken = await self._index.read(lambda con: domain_keys.selectors(con, domain))
        now = self._index.clock()
        new = await new_keys(domain, taken, now, secret)

        def change(con: Connection) -> bool:
            if not domain_keys.add(con, now, "operator", new, taken):
                return False
            for key in closed:
                domain_keys.come_into(con, now, "operator", key, KeyState.RETIRED)
            return True

        return await self._index.write(change)

    async def _opens(self, kept: Sequence[KeptKey]) -> bool:
        """Whether the secret that is there opens all of these."""
        try:
            await OpenedKeys(self._secret).of(kept)
        except PostroomError:
            return False
        return True

    async def switch(self, domain: str) -> None:
        """Let the keys of a domain sign that wait to be found."""
        now = self._index.clock()

        def change(con: Connection) -> None:
            for key in domain_keys.waiting(con, domain):
                domain_keys.switch_to(con, now, "operator", key)

        await self._index.write(change)

    async def signers(self, domain: str) -> tuple[SigningKey, ...]:
        """The keys that mail of a domain is signed with at this moment, opened; none where its
        mail goes unsigned. Raises as ``ensure``."""
        kept = await self._index.read(lambda con: domain_keys.signing(con, domain))
        return await self._opened.of(kept)

    async def _make(self, domain: str, taken: frozenset[str], secret: SecretStr) -> None:
        now = self._index.clock()
        new = await new_keys(domain, taken, now, secret)
        await self._index.write(lambda con: domain_keys.add(con, now, "operator", new, taken))


def _waiting(con: Connection, domain: str) -> tuple[tuple[KeptKey, ...], tuple[DkimKey, ...]]:
    """The keys that wait to be found: as they lie here, and as they are told."""
    keys = domain_keys.waiting(con, domain)
    names = {key.selector for key in keys}
    kept = tuple(each for each in domain_keys.kept(con, domain) if each.selector in names)
    return kept, keys


def _standing(con: Connection, domain: str) -> tuple[tuple[DkimKey, ...], frozenset[str], bool]:
    return (
        domain_keys.in_use(con, domain),
        domain_keys.selectors(con, domain),
        domain_keys.is_any_kept(con),
    )
