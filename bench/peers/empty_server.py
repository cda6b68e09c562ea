"""An MCP server with nothing in it but one constant tool: the floor of a start and of a process."""

from mcp.server import MCPServer

server = MCPServer("empty")


@server.tool()
def constant() -> dict[str, str]:
    """The same each time."""
    return {"answer": "constant"}


server.run()
