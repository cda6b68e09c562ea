"""An MCP server with nothing in it but one constant tool, over HTTP: the floor of a call there.

    empty_http.py FILE     listens on a free port, and prints its address

The tool answers what lies in FILE, a JSON object, as structured content and as text.
"""

import json
import socket
import sys
from pathlib import Path
from typing import Any

import uvicorn
from mcp.server import MCPServer

answer: dict[str, Any] = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
server = MCPServer("empty", log_level="WARNING")


@server.tool()
def constant() -> dict[str, Any]:
    """The same each time."""
    return answer


with socket.create_server(("127.0.0.1", 0)) as listener:
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # as it is where asyncio binds
    print(f"http://127.0.0.1:{listener.getsockname()[1]}/mcp", flush=True)
    config = uvicorn.Config(server.streamable_http_app(), log_level="warning", access_log=False)
    uvicorn.Server(config).run(sockets=[listener])
