"""`postroom domains publish`: what the zone would say, and whether it does."""

import asyncio
import binascii
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from postroom.accounts.host_names import split_host
from postroom.accounts.own_domain import Publishing
from postroom.cli.page import Page
from postroom.cli.wording import for_people
from postroom.credentials.vault import Vault
from postroom.desk.domains.records import Needs
from postroom.dns.publishing.updates import Job, Published, publish
from postroom.dns.records.changes import Change, Left
from postroom.dns.records.reading import DNS_PORT, Server
from postroom.model.domain_answers import RecordText, printable
from postroom.model.errors import InvalidRequest, Unavailable
from postroom.model.policy_answers import Told
from postroom.settings import environment

if TYPE_CHECKING:
    from dns.tsig import Key


class ChangeView(Told):
    """What is changed in one set of records."""

    name: str
    type: str
    purpose: str
    remove: tuple[RecordText, ...]
    add: tuple[RecordText, ...]


class LeftView(Told):
    """A record that is needed, and what stands in its way."""

    name: str
    type: str
    purpose: str
    why: str
    then: str


class PublishedView(Told):
    """What was changed in the zones, or would be."""

    domain: str
    zones: tuple[str, ...]
    wrote: bool
    changes: tuple[ChangeView, ...]
    left: tuple[LeftView, ...]
    pending: tuple[ChangeView, ...]
    """What the server took and does not say yet."""
    next_step: str


async def published(needs: Needs, replace_mx: bool, dry_run: bool) -> Published:
    """The domain's records, made to be in its zone; with ``dry_run`` only what that would be."""
    way = needs.own.publish
    if way is None:
        raise InvalidRequest(
            "publish_nowhere",
            f"Nobody said how the zone of {needs.domain} is changed.",
            f"postroom domains add {needs.domain} --server ns1.example.com --key NAME --key-file"
            " FILE, or --octodns FILE.",
        )
    if way.octodns is not None:
        return await _by_octodns(needs, way, way.octodns, replace_mx, dry_run)
    return await publish(await _job(needs, way, replace_mx), dry_run)


def view(domain: str, done: Published) -> PublishedView:
    """What came of it."""
    return PublishedView(
        domain=domain,
        zones=done.zones,
        wrote=done.wrote,
        changes=_changes(done.plan.changes),
        left=tuple(map(_left, done.plan.left)),
        pending=_changes(done.pending),
        next_step=_next(domain, done),
    )


def show(page: Page, told: PublishedView) -> None:
    """The difference: what goes, and what comes."""
    for change in told.changes:
        page.line((f"  {change.name}  {change.type}", "bold"))
        for value in change.remove:
            page.line((f"  - {printable(value)}", "red"))
        for value in change.add:
            page.line((f"  + {printable(value)}", "green"))
    for each in told.left:
        page.line(("! ", "bold yellow"), f"{each.name}  {each.type}: {each.why}; it was left.")
        page.line("  ", (for_people(each.then), "dim"))
    zones = ", ".join(told.zones)
    if not told.changes:
        page.line("Nothing is to be changed in the zone.")
    elif told.wrote:
        page.line(("Published", "bold green"), f" in {zones}.")
    else:
        page.line(("Nothing was changed in the zone", "bold"), f" {zones}: this is what would be.")
    page.hint(for_people(told.next_step))


async def _by_octodns(
    needs: Needs, way: Publishing, file: Path, replace_mx: bool, dry_run: bool
) -> Published:
    from postroom.dns.publishing.octodns import OctoJob, publish_by_octodns
    from postroom.dns.publishing.octodns_config import configured

    job = OctoJob(
        domain=needs.domain,
        keys=needs.keys,
        decide=needs.wanted,
        configured=configured(file, needs.domain, way.zone),
        program=way.program,
        environment=environment(),
        replace_mx=replace_mx,
    )
    return await publish_by_octodns(job, dry_run)


async def _job(needs: Needs, way: Publishing, replace_mx: bool) -> Job:
    assert way.server is not None  # one of the two is named
    return Job(
        domain=needs.domain,
        server=await server_of(needs.domain, way.server, way),
        zone=way.zone,
        questions=needs.questions,
        keys=needs.keys,
        decide=needs.wanted,
        replace_mx=replace_mx,
    )


async def server_of(domain: str, endpoint: str, way: Publishing) -> Server:
    """The server of a domain's zone, and the key that signs what it is asked.

    Raises:
        PostroomError: it has no address, or the key cannot be had.
    """
    host, port = split_host(endpoint)
    key = await _key(domain, way)
    return Server(await _address(host), int(port or DNS_PORT), key)


async def _key(domain: str, way: Publishing) -> "Key | None":
    from dns.exception import DNSException
    from dns.tsig import Key

    place = way.secret_of(domain)
    if place is None:
        return None
    secret = await Vault(environment()).at(place).read()
    try:
        return Key(way.key, secret.get_secret_value().strip(), f"{way.algorithm}.")
    except (DNSException, binascii.Error, ValueError):
        raise InvalidRequest(
            "tsig_key_malformed",
            "The name or the secret of the TSIG key is none.",
            "The secret is Base64, as `keymgr -t` or `tsig-keygen` writes it.",
        ) from None


async def _address(host: str) -> str:
    """Where a server is: dnspython asks addresses, and what is signed must not go to two."""
    bare = host.removeprefix("[").removesuffix("]")
    try:
        found = await asyncio.get_running_loop().getaddrinfo(bare, None, type=socket.SOCK_STREAM)
        return str(found[0][4][0])
    except (OSError, UnicodeError, IndexError):
        raise Unavailable(
            "dns_unavailable",
            f"The name server {host} has no address.",
            "Correct publish.server in postroom.toml.",
        ) from None


def _changes(changes: Sequence[Change]) -> tuple[ChangeView, ...]:
    return tuple(
        ChangeView(
            name=each.name,
            type=each.type,
            purpose=each.purpose,
            remove=each.remove,
            add=each.add,
        )
        for each in changes
    )


def _left(left: Left) -> LeftView:
    return LeftView(
        name=left.name, type=left.type, purpose=left.purpose, why=left.why, then=left.then
    )


def _next(domain: str, done: Published) -> str:
    if done.pending:
        return (
            "The server took the change and does not answer with it yet:"
            f" `postroom domains records {domain}` looks again."
        )
    if done.plan.changes and not done.wrote:
        return f"`postroom domains publish {domain}` writes it."
    return f"`postroom domains check {domain}` asks everybody whether they see it."
