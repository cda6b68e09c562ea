"""Shows a model the tools of `langchain-mcp-adapters`, connected as the example does it."""

import asyncio

from langchain_mcp_adapters.client import MultiServerMCPClient
from langchain_mcp_adapters.tools import load_mcp_tools
from planned_langchain import show
from support_agent import connection


async def main() -> None:
    client = MultiServerMCPClient({"postroom": connection()})
    async with client.session("postroom") as post:
        await show(await load_mcp_tools(post))


asyncio.run(main())
