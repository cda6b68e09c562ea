"""Another process of a post room: says "ready", waits for a word, then makes the keys of a domain
and prints their selectors with their public parts."""

import asyncio
import sys
from pathlib import Path

from postroom.build import open_room
from postroom.desk.domains.keys import DomainKeys
from postroom.settings import load


async def main() -> None:
    home, domain = sys.argv[1:]
    settings = load(Path(home))
    async with open_room(settings, program="child") as room:
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        keys = await DomainKeys(room.index, settings).ensure(domain)
        print(*(f"{key.selector}={key.public}" for key in keys), flush=True)


asyncio.run(main())
