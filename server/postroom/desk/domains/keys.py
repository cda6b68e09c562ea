"""The keys of a domain, made once; and those that its mail is signed with."""

from pydantic import SecretStr

from postroom.index import domain_keys
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.model.domains import DkimKey
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

    async def signers(self, domain: str) -> tuple[SigningKey, ...]:
        """The keys that mail of a domain is signed with at this moment, opened; none where its
        mail goes unsigned. Raises as ``ensure``."""
        kept = await self._index.read(lambda con: domain_keys.signing(con, domain))
        return await self._opened.of(kept)

    async def _make(self, domain: str, taken: frozenset[str], secret: SecretStr) -> None:
        now = self._index.clock()
        new = await new_keys(domain, taken, now, secret)
        await self._index.write(lambda con: domain_keys.add(con, now, "operator", new, taken))


def _standing(con: Connection, domain: str) -> tuple[tuple[DkimKey, ...], frozenset[str], bool]:
    return (
        domain_keys.in_use(con, domain),
        domain_keys.selectors(con, domain),
        domain_keys.is_any_kept(con),
    )
