"""The built-in mail server and nothing else, until standard input ends. Argument: its store's file.

Prints its ports as one line of JSON. Every address of the domain has a mailbox.
"""

import asyncio
import json
import sys
from pathlib import Path

from postroom.clock import system_clock
from postroom.embedded.directory import Account
from postroom.embedded.server import EmbeddedServer, Ports

DOMAIN = "agents.localhost"
PASSWORD = "bench"


class Everybody:
    """A directory in which each address has a mailbox."""

    def domains(self) -> frozenset[str]:
        return frozenset({DOMAIN})

    async def find(self, address: str) -> Account | None:
        return Account(address, PASSWORD) if address.endswith(f"@{DOMAIN}") else None


async def main() -> None:
    server = EmbeddedServer(Path(sys.argv[1]), Everybody(), ports=Ports(0, 0), clock=system_clock)
    ports = await server.start()
    print(json.dumps({"imap": ports.imap, "smtp": ports.smtp}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop()


asyncio.run(main())
