"""A domain whose mailboxes are rows of a table: tried now, part by part, and shown."""

from pydantic import SecretStr

from postroom.accounts.directory import DirectoryDomain
from postroom.cli.accounts.check_page import show_failure, show_well
from postroom.cli.page import Page
from postroom.credentials.vault import Vault
from postroom.probe.findings import HostProbed
from postroom.probe.hosting import reach_imap, reach_inlet, reach_smtp, try_database
from postroom.provision.choosing import of_directory
from postroom.settings import environment
from postroom.work.ways import DirectoryWay

TITLES = {"database": "database", "imap": "IMAP", "smtp": "SMTP", "inlet": "inlet"}


async def probed_host(name: str, domain: DirectoryDomain) -> HostProbed:
    """What was found of each part; every one is tried, whatever becomes of the others."""
    place, way = domain.conninfo(name), DirectoryWay(name, domain, frozenset({name}))
    directory = of_directory(name, domain, Vault(environment()).at(place) if place else None)
    nobody = SecretStr("")
    parts = [
        await try_database(directory.rehearse),
        await reach_imap(await way.imap("", nobody)),
        await reach_smtp(await way.smtp("", nobody)),
    ]
    if domain.lmtp is not None:
        parts.append(await reach_inlet(domain.lmtp.port, domain.lmtp.socket))
    well = all(part.failure is None for part in parts)
    return HostProbed(ok=well, domain=name, parts=tuple(parts))


def show_host(page: Page, found: HostProbed) -> None:
    """All of it, a line a part."""
    for part in found.parts:
        title = TITLES[part.name]
        if part.failure is not None:
            show_failure(page, title, part.failure)
        else:
            show_well(page, title, part.says or "")
