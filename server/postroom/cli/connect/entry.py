"""What stands in a client's configuration: how to start `postroom mcp`, or where it is served."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from postroom.cli.connect.clients import Client, Remote

TOKEN = "POSTROOM_TOKEN"
"""The environment variable that a client takes the token of a server elsewhere from."""

_TOKEN_VARIABLE = re.compile(rf"(?<![A-Z0-9_]){TOKEN}(_[A-Z0-9_]+)?(?![A-Za-z0-9_])")

_ADDRESS = re.compile(r"""[^\s\x00-\x1f\x7f-\U0010ffff${}"'<>\\]+""")
"""What an address is written in (RFC 3986 §2), without what a client would fill in."""

_STARTERS = frozenset({"uv", "uvx", "pipx"})
"""Programs that start one by its name."""

PATH = "/mcp"
"""Where `postroom serve` has its tools; not imported, since its module loads all of MCP."""


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


def token_variable(agent: str) -> str:
    """The variable of one agent's token: each has a token of its own."""
    if agent == "default":
        return TOKEN
    return f"{TOKEN}_{re.sub('[^A-Z0-9]', '_', agent.upper())}"


def remote_entry(
    client: Client, remote: Remote, address: str, agent: str = "default"
) -> dict[str, Any]:
    """The entry for a server elsewhere; the token itself is not in it."""
    kind = {"type": "http"} if client.with_type else {}
    variable = token_variable(agent)
    said = (
        {"headers": {"Authorization": remote.authorization.replace(TOKEN, variable)}}
        if remote.authorization
        else {"bearer_token_env_var": variable}
    )
    return {**kind, remote.url_key: address, **said}


def with_what_was_set(found: object, made: dict[str, Any]) -> dict[str, Any]:
    """The entry that was made, with what a person has set in the one that stands there: time-outs,
    what is asked before a tool is called, more variables."""
    if not isinstance(found, dict):
        return made
    merged = {key: said for key, said in found.items() if key not in _HOW} | made
    for key in ("env", "headers"):
        if key in made and isinstance(found.get(key), dict):
            merged[key] = found[key] | made[key]
    return merged


_HOW = {"type", "command", "args", "env", "url", "httpUrl", "serverUrl", "headers"}
_HOW |= {"bearer_token_env_var"}
"""What says how the server is reached; the rest of an entry is a person's."""


def home_of(found: object) -> str:
    """The post room that an entry leads to; "" where it names none."""
    env = found.get("env") if isinstance(found, dict) else None
    return str(env.get("POSTROOM_HOME", "")) if isinstance(env, dict) else ""


def is_in_clear(address: str) -> bool:
    """Whether a token would go over a network for everybody on the way to read."""
    parts = urlsplit(address)
    return parts.scheme == "http" and parts.hostname not in ("localhost", "127.0.0.1", "::1")


def tools_at(url: str) -> str:
    """The address of the tools of a server, which may be named by its own; "" where it is none."""
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("http", "https") and parts.hostname and not parts.query
        _ = parts.port  # raises where it is none
    except ValueError:
        return ""
    if not _ADDRESS.fullmatch(url):
        return ""
    path = parts.path.rstrip("/")
    if not named or parts.fragment or parts.username is not None:
        return ""
    return parts._replace(path=path if path.endswith(PATH) else path + PATH).geturl()


def is_ours(found: object) -> bool:
    """Whether an entry that stands there starts `postroom mcp`, in whatever environment, or leads
    to a server elsewhere as `remote_entry` has it."""
    return isinstance(found, dict) and (_starts_us(found) or _leads_to_us(found))


def _leads_to_us(found: dict[str, Any]) -> bool:
    headers = found.get("headers")
    said = headers.get("Authorization", "") if isinstance(headers, dict) else ""
    variable = str(found.get("bearer_token_env_var", ""))
    by_our_token = any(_TOKEN_VARIABLE.search(each) for each in (str(said), variable))
    addresses = (found.get(key) for key in ("url", "httpUrl", "serverUrl"))
    return by_our_token and any(str(each).endswith(PATH) for each in addresses)


def _starts_us(found: dict[str, Any]) -> bool:
    command, args = found.get("command"), found.get("args")
    if not isinstance(command, str) or not isinstance(args, list):
        return False
    # Windows paths too, wherever the file is read.
    program = command.replace("\\", "/").rpartition("/")[2].removesuffix(".exe")
    as_module = args[:2] == ["-m", "postroom"]
    by_name = program in _STARTERS and "postroom" in args
    return (program == "postroom" or as_module or by_name) and "mcp" in args
