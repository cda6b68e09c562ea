"""`postroom connect`: the entry in a client's configuration."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

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
@click.option(
    "--url",
    help="A post room that is served there, over HTTP (claude-code, codex, cursor, gemini-cli,"
    " windsurf). Its token is taken from POSTROOM_TOKEN, with --agent NAME from"
    " POSTROOM_TOKEN_NAME.",
)
@for_agent
@shared
@pass_asked
def connect(
    asked: Asked,
    client: str,
    only_print: bool,
    remove: bool,
    project: Path | None,
    url: str | None,
    agent: str,
) -> None:
    """Let an MCP client start Postroom: write the entry into its configuration.

    What else stands there is kept, and a backup is left beside the file. With --url it starts
    nothing, and asks a post room that runs already.
    """
    from postroom.cli.connect.clients import CLIENTS
    from postroom.cli.connect.entry import token_variable
    from postroom.cli.connect.folders import folders_of_this_person

    if remove and (only_print or url is not None):
        raise click.UsageError("Pass --remove alone.")
    chosen = CLIENTS[client]
    file = _file(chosen, folders_of_this_person(), project)
    if remove:
        _tell(asked, chosen, _remove(chosen, file, agent))
        return
    made = _entry(asked, chosen, agent, url)
    if only_print:
        _print(asked, chosen, file, agent, made)
    else:
        outcome = _write(chosen, file, agent, made)
        _tell(asked, chosen, outcome, token=token_variable(agent) if url is not None else "")


def _file(client: "Client", folders: "Folders", project: Path | None) -> Path:
    file = client.file(folders, project.resolve() if project is not None else None)
    if file is None:
        raise click.UsageError(f"{client.title} has no configuration of projects.")
    return file


def _entry(asked: Asked, client: "Client", agent: str, url: str | None) -> dict[str, Any]:
    from postroom.cli.connect.clients import CLIENTS
    from postroom.cli.connect.entry import entry, is_in_clear, remote_entry, tools_at
    from postroom.cli.program import is_in_passing, program
    from postroom.model.errors import Refused

    if url is None:
        if is_in_passing():
            raise Refused(
                "program_in_passing",
                "This program lies in a cache of uvx or pipx run, and goes with it.",
                "Install it where it stays: `uv tool install` or `pipx install`, then connect by"
                " that one.",
            )
        return entry(client, program(), agent, asked.place())
    if client.remote is None:
        able = ", ".join(name for name, each in CLIENTS.items() if each.remote is not None)
        raise click.UsageError(
            f"{client.title} takes no token from the environment; of the clients that are known"
            f" here these do: {able}. What to put in by hand: manifests/README.md, Over HTTP."
        )
    address = tools_at(url)
    if not address:
        raise click.UsageError("--url is an address such as https://post.example.com/mcp.")
    if is_in_clear(address):
        err().line(("Over http everybody on the way can read the token: use https.", "yellow"))
    return remote_entry(client, client.remote, address, agent)


def _print(asked: Asked, client: "Client", file: Path, agent: str, made: dict[str, Any]) -> None:
    from postroom.cli.connect.connecting import shown
    from postroom.cli.connect.entry import server_name

    name = server_name(agent)
    if asked.json:
        say_json({"client": client.name, "file": str(file), client.key: {name: made}})
        return
    err().line((f"{client.title} reads {file}", "dim"))
    out().lines(shown(client, name, made))


def _write(client: "Client", file: Path, agent: str, made: dict[str, Any]) -> "Outcome":
    from postroom.cli.connect.config_file import ConfigFile
    from postroom.cli.connect.connecting import put_in
    from postroom.cli.connect.entry import server_name
    from postroom.clock import system_clock

    return put_in(client, ConfigFile(file, system_clock), server_name(agent), made)


def _remove(client: "Client", file: Path, agent: str) -> "Outcome":
    from postroom.cli.connect.config_file import ConfigFile
    from postroom.cli.connect.connecting import take_out
    from postroom.cli.connect.entry import server_name
    from postroom.clock import system_clock

    return take_out(client, ConfigFile(file, system_clock), server_name(agent))


def _tell(asked: Asked, client: "Client", outcome: "Outcome", *, token: str = "") -> None:
    """``token``: the variable that the client takes one from."""
    backup = str(outcome.backup) if outcome.backup else None
    if asked.json:
        told = {"client": client.name, "what": outcome.what, "file": str(outcome.file)}
        say_json(told | ({"backup": backup} if backup else {}))
        return
    page = out()
    page.line((SAYS[outcome.what], "bold"), f": {client.title} ({outcome.file})")
    if backup:
        page.line((f"Backup: {backup}", "dim"))
    if outcome.led_to:
        page.line(f"It led to the post room in {outcome.led_to} before; --home names another one.")
    if outcome.what in ("written", "unchanged"):
        if token:
            page.line(f"Set {token} to its token where the client is started.")
        page.line(client.then)
