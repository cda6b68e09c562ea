"""What stands in a client's configuration: how to start `postroom mcp`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from postroom.cli.connect.clients import Client


def server_name(agent: str) -> str:
    """The name of the entry: one client may have a server for each of several agents."""
    return "postroom" if agent == "default" else f"postroom-{agent.replace('/', '--')}"


def entry(client: Client, command: Sequence[str], agent: str, home: Path) -> dict[str, Any]:
    """The entry, with absolute paths: a desktop program has neither your PATH nor your folder."""
    kind = {"type": "stdio"} if client.with_type else {}
    return {
        **kind,
        "command": command[0],
        "args": [*command[1:], "mcp", "--agent", agent],
        "env": {"POSTROOM_HOME": str(home)},
    }


def is_ours(found: object) -> bool:
    """Whether an entry that stands there starts `postroom mcp`, in whatever environment."""
    if not isinstance(found, dict):
        return False
    command, args = found.get("command"), found.get("args")
    if not isinstance(command, str) or not isinstance(args, list):
        return False
    # Windows paths too, wherever the file is read.
    program = command.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    names_us = program == "postroom" or "postroom" in args
    return names_us and "mcp" in args
