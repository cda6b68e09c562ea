"""The servers behind the names: who takes mail in for the domain, where its people read and send.

Whether mail can go out on port 25 is told from the same connections: nobody else is contacted.
"""

import asyncio
import ipaddress
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any

from postroom.accounts.own_domain import MtaSts, OwnDomain
from postroom.dns.checking.connecting import ENCRYPTED, REACHED, Came, Place, Protocol, came
from postroom.dns.checking.finding_hosts import Where
from postroom.dns.checking.judging import WAIT
from postroom.dns.checking.servers import Ports, parts
from postroom.dns.checking.zones import one_of_each_kind
from postroom.model.domain_checks import Finding, Subject
from postroom.model.domains import RecordState

IMAPS, SUBMISSIONS = 993, 465
STARTTLS = frozenset({143, 587})
"""Ports where one begins without TLS; elsewhere it comes first (RFC 8314 §3)."""


Find = Callable[[str], Awaitable[Where]]
"""Finds a host."""


async def mail_host_findings(find: Find, own: OwnDomain, ports: Ports) -> list[Finding]:
    """How it stands with each of them."""
    exchangers, services = await asyncio.gather(
        asyncio.gather(*(_exchanger(find, host, ports) for host in own.mx)),
        asyncio.gather(*_services(find, own, ports)),
    )
    found = [
        in_time(of_exchanger(host, tried, own.mta_sts), where)
        for host, (where, tried) in zip(own.mx, exchangers, strict=True)
    ]
    reached = {address: how for _, each in exchangers for address, how in (each or {}).items()}
    return [*found, *services, outbound(reached)]


def in_time(found: Finding, where: Where) -> Finding:
    """A server that does what it should is not there for all before they see its address."""
    if where.until is None or found.state is not RecordState.RIGHT:
        return found
    return found.model_copy(
        update={
            "state": RecordState.PROPAGATING,
            "says": "It does what it should; a resolver does not see its address yet.",
            "next_step": WAIT,
            "until": where.until,
        }
    )


Tried = Mapping[str, Came]
"""By address, how far it came there."""

_NO_ADDRESS = ("The name has no address: nobody can connect to it.", "Give it an address record.")
_NO_ANSWER = ("Nobody could tell its address.", "Try again.")


async def _exchanger(find: Find, host: str, ports: Ports) -> tuple[Where, Tried | None]:
    return await _tried(find, host, ports.smtp, Protocol.SMTP, ports, tls_first=False)


async def _tried(
    find: Find, host: str, port: int, protocol: Protocol, ports: Ports, *, tls_first: bool
) -> tuple[Where, Tried | None]:
    """Where the host is, and how far it came there; None where nobody could tell its address."""
    where = await find(host)
    if where.addresses is None:
        return where, None
    addresses = one_of_each_kind(where.addresses)
    places = [Place(host, each, port, protocol, tls_first) for each in addresses]
    found = await asyncio.gather(*(came(each, ports.certificates) for each in places))
    return where, {place.address: how for place, how in zip(places, found, strict=True)}


def _best(tried: Tried) -> Came:
    """How far it came at the address where it came furthest: a machine may have no IPv6."""
    return min(tried.values(), key=list(Came).index)


def of_exchanger(host: str, tried: Tried | None, mta_sts: MtaSts) -> Finding:
    """How it stands with a host that takes mail in."""
    found = Finding(
        subject=Subject.MX,
        what=f"{host} port 25",
        state=RecordState.RIGHT,
        wanted=("TLS, with a certificate for this name",),
    )
    if not tried:
        return _nowhere(found, tried)
    how = _best(tried)
    if how not in REACHED:
        return _changed(
            found,
            RecordState.UNKNOWN if how is Came.SILENT else RecordState.WRONG,
            how.value,
            "From here it takes no mail. Many networks let nothing out on port 25."
            if how is Came.SILENT
            else "Nothing listens there: mail to this domain waits at whoever sends it.",
            "See that the mail server runs and its firewall lets port 25 in; try from elsewhere.",
        )
    if how is Came.OTHER:
        says = "What answers there is no mail server."
        return _changed(
            found, RecordState.WRONG, how.value, says, "Let the MX name the mail server."
        )
    if how is Came.PLAIN:
        says = "Mail to this domain crosses the internet unencrypted."
        return _changed(found, RecordState.WRONG, how.value, says, "Let the server offer STARTTLS.")
    return _of_certificate(found, how, mta_sts)


def _of_certificate(found: Finding, how: Came, mta_sts: MtaSts) -> Finding:
    then = "Let the server have a certificate for this name, of an authority that all know."
    if how is Came.VERIFIED:
        return found.model_copy(update={"there": (how.value,)})
    if mta_sts is MtaSts.ENFORCE:
        says = "Servers that keep to the MTA-STS policy deliver nothing here."
        return _changed(found, RecordState.WRONG, how.value, says, then)
    if mta_sts is MtaSts.TESTING:
        says = "Servers that keep to the MTA-STS policy would deliver nothing once it is enforced."
        return _changed(found, RecordState.WRONG, how.value, says, then)
    says = "It is encrypted. Without MTA-STS or DANE nobody looks at the certificate."
    return _changed(found, RecordState.RIGHT, how.value, says, "")


def _nowhere(found: Finding, tried: Tried | None) -> Finding:
    if tried is None:
        return _changed(found, RecordState.UNKNOWN, "", *_NO_ANSWER)
    return _changed(found, RecordState.WRONG, "", *_NO_ADDRESS)


def _changed(found: Finding, state: RecordState, there: str, says: str, then: str) -> Finding:
    return found.model_copy(
        update={"state": state, "there": (there,) if there else (), "says": says, "next_step": then}
    )


def _services(find: Find, own: OwnDomain, ports: Ports) -> list[Coroutine[Any, Any, Finding]]:
    said = (
        (own.imap, IMAPS, Protocol.IMAP, "read"),
        (own.submission, SUBMISSIONS, Protocol.SMTP, "send"),
    )
    return [
        _service(find, endpoint, usual, protocol, what, ports)
        for endpoint, usual, protocol, what in said
        if endpoint is not None
    ]


async def _service(
    find: Find, endpoint: str, usual: int, protocol: Protocol, what: str, ports: Ports
) -> Finding:
    host, number = parts(endpoint, usual)
    first = number not in STARTTLS
    where, tried = await _tried(find, host, number, protocol, ports, tls_first=first)
    return in_time(of_service(f"{host} port {number}", protocol, what, tried), where)


def of_service(name: str, protocol: Protocol, what: str, tried: Tried | None) -> Finding:
    """How it stands with a server of people's mail programs."""
    found = Finding(
        subject=Subject.SERVICE,
        what=f"{name} ({protocol.value})",
        state=RecordState.RIGHT,
        wanted=("TLS, with a certificate for this name",),
    )
    if not tried:
        return _nowhere(found, tried)
    how = _best(tried)
    if how is Came.VERIFIED:
        return found.model_copy(update={"there": (how.value,)})
    state = RecordState.UNKNOWN if how is Came.SILENT else RecordState.WRONG
    if how in ENCRYPTED:
        says = f"Mail programs warn people, or let nobody {what}."
        then = "Let the server have a certificate for this name, of an authority that all know."
    elif how is Came.PLAIN:
        says = "Passwords would cross the internet unencrypted."
        then = "Let the server offer TLS."
    else:
        says = f"From here nobody can {what} there."
        then = "See that the server runs, and that its firewall lets this port in."
    return _changed(found, state, how.value, says, then)


def outbound(tried: Tried) -> Finding:
    """Whether this machine can reach port 25 of others, as far as the domain's own MX tell."""
    far = {address: how for address, how in tried.items() if _is_far(address)}
    found = Finding(
        subject=Subject.SENDING,
        what="outbound port 25",
        state=RecordState.NOT_ASKED,
        wanted=("connections to port 25 of other networks",),
        says="No MX of the domain is in another network, and nobody else is contacted for this.",
    )
    if not far:
        return found
    # A refusal comes from there, too: what went out was answered.
    through = [a for a, how in far.items() if how in REACHED or how is Came.REFUSED]
    if through:
        says = f"{through[0]} was reached."
        return _changed(found, RecordState.RIGHT, "it is open", says, "")
    says = (
        f"Tried {', '.join(far)}: nothing came back. Where mail goes out by port 25, none may go."
    )
    then = (
        "Ask whoever runs this network to open port 25, or send through a server that is elsewhere."
    )
    return _changed(found, RecordState.UNKNOWN, Came.SILENT.value, says, then)


def _is_far(address: str) -> bool:
    return ipaddress.ip_address(address).is_global
