"""What a start costs: a command imports what it needs, and nothing else."""

import subprocess
import sys

import click
import pytest
from cli.shell import Program

from postroom.cli.main import COMMANDS, postroom


def loaded_by(arguments: str) -> set[str]:
    """The modules that a command has imported once it has ended."""
    code = f"import sys; from postroom.cli.main import run; run({arguments.split()!r});"
    code += "print('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, timeout=60, text=True
    )
    return set(done.stderr.splitlines())


def test_a_help_page_loads_neither_the_room_nor_the_sdk_nor_rich() -> None:
    loaded = loaded_by("--help")
    assert not {"rich", "mcp", "postroom.build", "sqlite3", "pydantic"} & loaded


def test_mcp_loads_nothing_for_a_terminal(postroom: Program) -> None:
    code = (
        "import sys, atexit;"
        "atexit.register(lambda: print('\\n'.join(sys.modules), file=sys.stderr));"
        "from postroom.cli.main import main; sys.argv[1:] = ['mcp']; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=True,
        text=True,
        env=postroom.environment(),
    )
    loaded = set(done.stderr.splitlines())
    assert "postroom.mcp.stdio" in loaded
    assert not [name for name in loaded if name.split(".")[0] in ("rich", "platformdirs.windows")]
    ours = {name for name in loaded if name.startswith("postroom.cli.commands.")}
    assert ours == {"postroom.cli.commands.mcp"}


def every_command(
    group: click.Group, path: tuple[str, ...] = ()
) -> list[tuple[tuple[str, ...], click.Command]]:
    found: list[tuple[tuple[str, ...], click.Command]] = []
    with click.Context(group) as ctx:
        for name in group.list_commands(ctx):
            command = group.get_command(ctx, name)
            assert command is not None
            if isinstance(command, click.Group):
                found += every_command(command, (*path, name))
            else:
                found.append(((*path, name), command))
    return found


@pytest.mark.parametrize(
    ("path", "command"), every_command(postroom), ids=lambda part: "-".join(part)
    if isinstance(part, tuple)
    else "",
)  # fmt: skip
def test_every_command_takes_what_it_offers_and_says_what_it_does(
    path: tuple[str, ...], command: click.Command
) -> None:
    options = {option for parameter in command.params for option in parameter.opts}
    assert "--json" in options
    assert ("--home" in options) == (path != ("demo",)), "the demo makes a home of its own"
    assert command.help
    first = command.help.splitlines()[0]
    assert first.endswith((".", ":", ";")) or "." in first or len(first) > 60


def test_every_name_of_the_help_page_leads_to_a_command() -> None:
    assert [path[0] for path, _ in every_command(postroom)]
    with click.Context(postroom) as ctx:
        assert postroom.list_commands(ctx) == list(COMMANDS)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_for_each_shell(postroom: Program, shell: str) -> None:
    done = postroom("completion", shell)
    assert done.code == 0, done.err
    assert "_POSTROOM_COMPLETE" in done.out


def completed(postroom: Program, line: str) -> list[str]:
    """What the tab key offers for the last word of a line."""
    done = postroom(
        _POSTROOM_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(line.count(" "))
    )
    assert done.err == ""
    return [found.partition(",")[2] for found in done.out.split()]


def test_completion_knows_commands_and_options(postroom: Program) -> None:
    assert completed(postroom, "postroom mail") == ["mailboxes"]
    assert completed(postroom, "postroom mailboxes cr") == ["create", "credentials"]
    assert "--display-name" in completed(postroom, "postroom mailboxes create --")
    assert completed(postroom, "postroom connect cl") == ["claude-desktop", "claude-code"]


def test_completion_knows_the_mailboxes(two_mailboxes: Program) -> None:
    ada = "ada@agents.localhost"
    assert completed(two_mailboxes, "postroom mailboxes show a") == [ada]
    for command in ("send", "wait", "threads list"):
        assert completed(two_mailboxes, f"postroom {command} --mailbox ad") == [ada]
    home = two_mailboxes.home.parent / "absent"
    assert completed(two_mailboxes, f"postroom --home {home} mailboxes show a") == []
    assert not home.exists()
