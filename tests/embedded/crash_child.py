"""A built-in mail server in a process of its own, to be killed: prints its ports, runs for ever."""

import asyncio
import sys
import time
from pathlib import Path

from embedded.postoffice import ADA, BEN, EVE, DictDirectory

from postroom.embedded.server import EmbeddedServer, Ports


async def main() -> None:
    directory = DictDirectory()
    directory.open(ADA, BEN, EVE)
    server = EmbeddedServer(Path(sys.argv[1]), directory, ports=Ports(0, 0), clock=time.time)
    ports = await server.start()
    print(ports.imap, ports.smtp, flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
