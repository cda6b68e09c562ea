"""A tool that answers with bytes that stand ready: the floor of a tool call.

`answers` loads a JSON file of results; `answer` gives the one that is asked for, unchanged. It is
the SDK's low-level server: nothing is looked up, validated or serialised but what MCP itself asks.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.types import CallToolResult, ListToolsResult, TextContent, Tool

_answers: list[CallToolResult] = [
    CallToolResult(content=[TextContent(text="{}")], structured_content={})
]


async def list_tools(ctx: Any, params: Any) -> ListToolsResult:
    names = ("answer", "answers")
    return ListToolsResult(tools=[Tool(name=n, input_schema={"type": "object"}) for n in names])


async def call_tool(ctx: Any, params: Any) -> CallToolResult:
    given = params.arguments or {}
    if params.name == "answers":
        _load(Path(given["file"]))
        return CallToolResult(content=[], structured_content={"count": len(_answers)})
    number: int = given.get("number", 0)
    return _answers[number]


def _load(file: Path) -> None:
    found = json.loads(file.read_text(encoding="utf-8"))
    _answers[:] = [CallToolResult.model_validate(one) for one in found]


async def main() -> None:
    server: Server[Any] = Server("constant", on_list_tools=list_tools, on_call_tool=call_tool)
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


asyncio.run(main())
