"""The clients that `postroom connect` knows."""

from dataclasses import dataclass
from pathlib import Path

import platformdirs


@dataclass(frozen=True)
class Folders:
    """The person's folders; tests pass folders of their own."""

    home: Path
    config: Path
    """Where programs keep their settings: ``~/.config``, ``~/Library/Application Support``, or
    ``AppData\\Roaming``."""


def folders_of_this_person() -> Folders:
    """The folders of whoever runs the program."""
    return Folders(
        home=Path.home(), config=platformdirs.user_config_path(appname=None, roaming=True)
    )


@dataclass(frozen=True)
class Client:
    """One MCP client: its names, and how its configuration is laid out."""

    name: str
    title: str
    key: str
    """The object of the file that holds the servers."""
    with_type: bool
    """Whether an entry says ``"type": "stdio"``."""
    user_file: tuple[str, ...]
    """Of a person, below their home folder or (``in_config``) their configuration folder."""
    in_config: bool
    project_file: tuple[str, ...] | None
    """Of a project, below its folder; None where the client has no such thing."""
    then: str
    """What the person does next."""

    def file(self, folders: Folders, project: Path | None) -> Path | None:
        """The configuration file; None where a project is named and the client knows none."""
        if project is not None:
            return project.joinpath(*self.project_file) if self.project_file else None
        base = folders.config if self.in_config else folders.home
        return base.joinpath(*self.user_file)


CLIENTS: dict[str, Client] = {
    client.name: client
    for client in (
        Client(
            name="claude-desktop",
            title="Claude Desktop",
            key="mcpServers",
            with_type=False,
            user_file=("Claude", "claude_desktop_config.json"),
            in_config=True,
            project_file=None,
            then="Quit it altogether and start it again; then ask Claude to list your mailboxes.",
        ),
        Client(
            name="claude-code",
            title="Claude Code",
            key="mcpServers",
            with_type=True,
            user_file=(".claude.json",),
            in_config=False,
            project_file=(".mcp.json",),
            then="Start a new session; /mcp shows the server.",
        ),
        Client(
            name="vscode",
            title="VS Code",
            key="servers",
            with_type=True,
            user_file=("Code", "User", "mcp.json"),
            in_config=True,
            project_file=(".vscode", "mcp.json"),
            then='Run "MCP: List Servers" from the command palette and start postroom.',
        ),
        Client(
            name="cursor",
            title="Cursor",
            key="mcpServers",
            with_type=False,
            user_file=(".cursor", "mcp.json"),
            in_config=False,
            project_file=(".cursor", "mcp.json"),
            then="Open Settings, MCP: postroom is listed there.",
        ),
    )
}
