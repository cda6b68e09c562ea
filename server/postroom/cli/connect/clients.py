"""The clients that `postroom connect` knows."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from postroom.cli.connect.folders import Folders


@dataclass(frozen=True)
class Remote:
    """How a client is told of a server elsewhere, and where it finds the token."""

    authorization: str = ""
    """The header, with the environment variable as the client writes one; empty where the entry
    names the variable itself."""
    url_key: str = "url"


@dataclass(frozen=True)
class Client:
    """One MCP client: its names, and how its configuration is laid out."""

    name: str
    title: str
    user_file: tuple[str, ...]
    """Of a person, below one of their folders (``below``)."""
    then: str
    """What the person does next."""
    project_file: tuple[str, ...] | None = None
    """Of a project, below its folder; None where the client has no such thing."""
    below: Literal["home", "config", "dot_config"] = "home"
    """Which of the person's `Folders`."""
    key: str = "mcpServers"
    """The object of the file that holds the servers."""
    with_type: bool = False
    """Whether an entry says ``"type": "stdio"``."""
    language: Literal["json", "toml"] = "json"
    folder_variable: str = ""
    """The environment variable that names the folder of the person's file, where there is one."""
    remote: Remote | None = None
    """None where its makers document no way to take a token from the environment."""
    package: str = ""
    """The name of its Windows package, as a pattern, where it is installed as one."""

    def file(self, folders: Folders, project: Path | None) -> Path | None:
        """The configuration file; None where a project is named and the client knows none."""
        if project is not None:
            return project.joinpath(*self.project_file) if self.project_file else None
        named = folders.named.get(self.folder_variable, "")
        if named:
            return Path(named) / self.user_file[-1]
        base: Path = self._in_package(folders) or getattr(folders, self.below)
        return base.joinpath(*self.user_file)

    def _in_package(self, folders: Folders) -> Path | None:
        """The settings folder that Windows gives to the client alone. Whichever of several was
        used before; they differ by who signed them."""
        if folders.packages is None or not self.package:
            return None
        found = sorted(folders.packages.glob(self.package))
        inside = [each / "LocalCache" / "Roaming" for each in found]
        used = [each for each in inside if each.joinpath(*self.user_file).exists()]
        return next(iter([*used, *inside]), None)


CLIENTS: dict[str, Client] = {
    client.name: client
    for client in (
        Client(
            name="claude-desktop",
            title="Claude Desktop",
            below="config",
            user_file=("Claude", "claude_desktop_config.json"),
            # The installer for Windows makes a package since February 2026, and the file that the
            # documentation names is then read by nobody (anthropics/claude-code#26073).
            package="Claude_*",
            then="Quit it altogether and start it again; then ask Claude to list your mailboxes.",
        ),
        Client(
            name="claude-code",
            title="Claude Code",
            with_type=True,
            user_file=(".claude.json",),
            folder_variable="CLAUDE_CONFIG_DIR",
            project_file=(".mcp.json",),
            remote=Remote("Bearer ${POSTROOM_TOKEN}"),
            then="Start a new session; /mcp shows the server.",
        ),
        Client(
            name="vscode",
            title="VS Code",
            key="servers",
            with_type=True,
            below="config",
            user_file=("Code", "User", "mcp.json"),
            project_file=(".vscode", "mcp.json"),
            then='Run "MCP: List Servers" from the command palette and start postroom.',
        ),
        Client(
            name="cursor",
            title="Cursor",
            user_file=(".cursor", "mcp.json"),
            project_file=(".cursor", "mcp.json"),
            remote=Remote("Bearer ${env:POSTROOM_TOKEN}"),
            then="Open Settings, MCP: postroom is listed there.",
        ),
        Client(
            name="codex",
            title="Codex",
            key="mcp_servers",
            language="toml",
            user_file=(".codex", "config.toml"),
            folder_variable="CODEX_HOME",
            project_file=(".codex", "config.toml"),
            remote=Remote(),
            then="Start a new session; /mcp shows the server.",
        ),
        Client(
            name="gemini-cli",
            title="Gemini CLI",
            user_file=(".gemini", "settings.json"),
            project_file=(".gemini", "settings.json"),
            remote=Remote("Bearer $POSTROOM_TOKEN", url_key="httpUrl"),
            then="Start it again; /mcp shows the server.",
        ),
        Client(
            name="windsurf",
            title="Windsurf",
            user_file=(".codeium", "windsurf", "mcp_config.json"),
            remote=Remote("Bearer ${env:POSTROOM_TOKEN}", url_key="serverUrl"),
            then="Open the MCP servers of Cascade and refresh them.",
        ),
        Client(
            name="zed",
            title="Zed",
            key="context_servers",
            below="dot_config",
            user_file=("zed", "settings.json"),
            then="Open the settings of the Agent Panel: a green dot stands beside postroom.",
        ),
    )
}
