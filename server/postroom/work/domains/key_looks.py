"""Whether everybody finds the record of a key: who is asked stands in postroom.toml."""

from collections.abc import Mapping

from postroom.accounts.own_domain import OwnDomain
from postroom.dns.checking.servers import parts
from postroom.dns.visibility import DNS_PORT, At, Visibility
from postroom.model.domains import DkimKey


class Looking:
    """Looks for keys by the resolvers of each domain. ``port`` is where zones' servers answer."""

    def __init__(self, domains: Mapping[str, OwnDomain], port: int = DNS_PORT) -> None:
        self._domains = domains
        self._port = port

    async def sees(self, key: DkimKey) -> bool | None:
        """Whether somebody finds a key's record, and nobody who answers lacks it; None where nobody
        answers."""
        own = self._domains.get(key.domain)
        resolvers = [endpoint(each) for each in own.resolvers] if own is not None else []
        found = await Visibility(resolvers, self._port).of_text(key.name, key.record)
        return found.found if found.has or found.lacking else None


def endpoint(named: str) -> At:
    """A resolver as it is named: ``203.0.113.5``, ``203.0.113.5:5353``, ``[2001:db8::1]:53``."""
    return parts(named, DNS_PORT)
