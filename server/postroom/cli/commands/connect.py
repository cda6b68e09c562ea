"""`postroom connect`: the entry in a client's configuration."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from postroom.cli.answers import err, out, say_json
from postroom.cli.asked import Asked, for_agent, pass_asked, shared

if TYPE_CHECKING:
    from postroom.cli.connect.clients import Client
    from postroom.cli.connect.connecting import Outcome
    from postroom.cli.connect.folders import Folders

CLIENT_NAMES = (
    "claude-desktop",
    "claude-code",
    "vscode",
    "cursor",
    "codex",
    "gemini-cli",
    "windsurf",
    "zed",
)

SAYS = {
    "written": "Connected",
    "unchanged": "Connected already",
    "removed": "Disconnected",
    "absent": "Not connected; nothing to remove",
}


@click.command()
@click.argument("client", type=click.Choice(CLIENT_NAMES))
@click.option("--print", "only_print", is_flag=True, help="Only show the entry; write nothing.")
@click.option("--remove", is_flag=True, help="Take our entry out.")
@click.option(
    "--project",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="For this project only, in its folder.",
)
@for_agent
@shared
@pass_asked
def connect(
    asked: Asked, client: str, only_print: bool, remove: bool, project: Path | None, agent: str
) -> None:
    """Let an MCP client start Postroom: write the entry into its configuration.

    What else stands there is kept, and a backup is left beside the file.
    """
    from postroom.cli.connect.clients import CLIENTS
    from postroom.cli.connect.folders import folders_of_this_person

    if only_print and remove:
        raise click.UsageError("Pass one of --print and --remove.")
    chosen = CLIENTS[client]
    file = _file(chosen, folders_of_this_person(), project)
    if only_print:
        _print(asked, chosen, file, agent)
    elif remove:
        _tell(asked, chosen, _remove(chosen, file, agent))
    else:
        _tell(asked, chosen, _write(asked, chosen, file, agent))


def _file(client: "Client", folders: "Folders", project: Path | None) -> Path:
    file = client.file(folders, project.resolve() if project is not None else None)
    if file is None:
        raise click.UsageError(f"{client.title} has no configuration of projects.")
    return file


def _print(asked: Asked, client: "Client", file: Path, agent: str) -> None:
    from postroom.cli.connect.connecting import shown
    from postroom.cli.connect.entry import entry, server_name
    from postroom.cli.program import program

    name = server_name(agent)
    made = entry(client, program(), agent, asked.place())
    if asked.json:
        say_json({"client": client.name, "file": str(file), client.key: {name: made}})
        return
    err().line((f"{client.title} reads {file}", "dim"))
    out().lines(shown(client, name, made))


def _write(asked: Asked, client: "Client", file: Path, agent: str) -> "Outcome":
    from postroom.cli.connect.config_file import ConfigFile
    from postroom.cli.connect.connecting import put_in
    from postroom.cli.connect.entry import entry, server_name
    from postroom.cli.program import program
    from postroom.clock import system_clock

    made = entry(client, program(), agent, asked.place())
    return put_in(client, ConfigFile(file, system_clock), server_name(agent), made)


def _remove(client: "Client", file: Path, agent: str) -> "Outcome":
    from postroom.cli.connect.config_file import ConfigFile
    from postroom.cli.connect.connecting import take_out
    from postroom.cli.connect.entry import server_name
    from postroom.clock import system_clock

    return take_out(client, ConfigFile(file, system_clock), server_name(agent))


def _tell(asked: Asked, client: "Client", outcome: "Outcome") -> None:
    backup = str(outcome.backup) if outcome.backup else None
    if asked.json:
        told = {"client": client.name, "what": outcome.what, "file": str(outcome.file)}
        say_json(told | ({"backup": backup} if backup else {}))
        return
    page = out()
    page.line((SAYS[outcome.what], "bold"), f": {client.title} ({outcome.file})")
    if backup:
        page.line((f"Backup: {backup}", "dim"))
    if outcome.what in ("written", "unchanged"):
        page.line(client.then)
