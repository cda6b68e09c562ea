"""Many connections that are told at once, and nothing else, until standard input ends.

Prints its two ports as one line of JSON: whoever connects to the one gets each datagram that the
other is sent. Less than that no event stream can do with this event loop.
"""

import asyncio
import json
import sys


class Connection(asyncio.Protocol):
    """One who is told."""

    def __init__(self, everybody: set[asyncio.Transport]) -> None:
        self._everybody = everybody

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._everybody.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._everybody.clear()


class Datagrams(asyncio.DatagramProtocol):
    """What is told."""

    def __init__(self, everybody: set[asyncio.Transport]) -> None:
        self._everybody = everybody

    def datagram_received(self, data: bytes, addr: object) -> None:
        for one in self._everybody:
            one.write(data)


async def main() -> None:
    loop, everybody = asyncio.get_running_loop(), set[asyncio.Transport]()
    server = await loop.create_server(lambda: Connection(everybody), "127.0.0.1", 0)
    told, _ = await loop.create_datagram_endpoint(
        lambda: Datagrams(everybody), local_addr=("127.0.0.1", 0)
    )
    ports = {
        "streams": server.sockets[0].getsockname()[1],
        "told": told.get_extra_info("sockname")[1],
    }
    print(json.dumps(ports), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.close()


asyncio.run(main())
