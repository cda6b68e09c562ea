"""Shows a model the tools of LangChain's `MCPAdapter`, over HTTP or, without a URL, stdio."""

import asyncio
import os

from fastmcp import Client
from fastmcp.client.transports import StdioTransport, StreamableHttpTransport
from langchain.mcp import MCPAdapter
from planned_langchain import show


def transport() -> StreamableHttpTransport | StdioTransport:
    if url := os.environ.get("POSTROOM_URL"):
        headers = {"Authorization": f"Bearer {os.environ['POSTROOM_TOKEN']}"}
        return StreamableHttpTransport(f"{url}/mcp", headers=headers)
    home = {"POSTROOM_HOME": os.environ["POSTROOM_HOME"]}
    return StdioTransport("postroom", ["mcp", "--agent", "support"], env=home)


async def main() -> None:
    async with MCPAdapter(Client(transport())) as adapter:
        await show(await adapter.list_tools())


asyncio.run(main())
