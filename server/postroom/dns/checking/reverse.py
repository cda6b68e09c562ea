"""Whether the addresses that mail goes out from have names, and the names them (RFC 1912 §2.1)."""

import asyncio
import ipaddress

from postroom.dns.checking.zones import Zones
from postroom.model.domain_checks import Finding, Subject
from postroom.model.domains import RecordState

MAX_NAMES = 5
"""Of one address that are followed."""

ASK = "Let whoever gives you the address set its PTR record to the name that the server has."


async def reverse_findings(zones: Zones, addresses: tuple[str, ...]) -> list[Finding]:
    """How it stands with each address."""
    return list(await asyncio.gather(*(_of(zones, address) for address in addresses)))


async def _of(zones: Zones, address: str) -> Finding:
    names = await zones.values(ipaddress.ip_address(address).reverse_pointer, "PTR")
    hosts = [each.rstrip(".") for each in names or ()][:MAX_NAMES]
    leads = await asyncio.gather(*(zones.addresses(host) for host in hosts))
    confirmed = [
        host for host, some in zip(hosts, leads, strict=True) if _is_in(address, some or ())
    ]
    known = names is not None and (bool(confirmed) or None not in leads)
    return _finding(address, known, hosts, confirmed)


def _is_in(address: str, some: tuple[str, ...]) -> bool:
    return any(ipaddress.ip_address(address) == ipaddress.ip_address(each) for each in some)


def _finding(address: str, known: bool, hosts: list[str], confirmed: list[str]) -> Finding:
    state, says, then = RecordState.RIGHT, "", ""
    if not known:
        state, says = (
            RecordState.UNKNOWN,
            "No resolver could tell the address's name, and where it leads.",
        )
        then = "Try again."
    elif not hosts:
        state, says = (
            RecordState.MISSING,
            "Many servers refuse mail from an address without a name.",
        )
        then = ASK
    elif not confirmed:
        state = RecordState.WRONG
        says = "Its name does not lead back to the address: many servers refuse mail from it."
        then = "Give that name an address record with this address, or let the PTR name another."
    return Finding(
        subject=Subject.SENDING,
        what=f"{address} PTR",
        state=state,
        there=tuple(confirmed or hosts),
        wanted=("a name that leads back to the address",),
        says=says,
        next_step=then,
    )
