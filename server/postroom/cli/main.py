"""The entry point of the program `postroom`."""

import sys
import traceback
from collections.abc import Sequence

import click

from postroom.cli.answers import err, tell_error
from postroom.cli.asked import shared
from postroom.cli.exits import ExitCode, of_error
from postroom.cli.lazy import LazyGroup
from postroom.cli.streams import OutputLost, complete_streams, let_output_go, printing
from postroom.model.errors import PostroomError

_AT = "postroom.cli.commands"

COMMANDS = {
    "demo": f"{_AT}.demo:demo",
    "mcp": f"{_AT}.mcp:mcp",
    "serve": f"{_AT}.serve:serve",
    "connect": f"{_AT}.connect:connect",
    "mailboxes": f"{_AT}.mailboxes:mailboxes",
    "accounts": f"{_AT}.accounts:accounts",
    "domains": f"{_AT}.domains:domains",
    "send": f"{_AT}.send:send",
    "sends": f"{_AT}.sends:sends",
    "approvals": f"{_AT}.approvals:approvals",
    "policy": f"{_AT}.policy:policy",
    "quarantine": f"{_AT}.quarantine:quarantine",
    "suppressions": f"{_AT}.suppressions:suppressions",
    "tokens": f"{_AT}.tokens:tokens",
    "webhooks": f"{_AT}.webhooks:webhooks",
    "threads": f"{_AT}.threads:threads",
    "wait": f"{_AT}.wait:wait",
    "events": f"{_AT}.events:events",
    "audit": f"{_AT}.audit:audit",
    "trace": f"{_AT}.trace:trace",
    "retention": f"{_AT}.retention:retention",
    "export": f"{_AT}.export:export",
    "erase": f"{_AT}.erase:erase",
    "index": f"{_AT}.index:index",
    "backup": f"{_AT}.backup:backup",
    "restore": f"{_AT}.restore:restore",
    "provision": f"{_AT}.provision:provision",
    "operator": f"{_AT}.operator:operator",
    "doctor": f"{_AT}.doctor:doctor",
    "completion": f"{_AT}.completion:completion",
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 failed or refused (also by one of several recipients), 2 usage,"
    " 3 not found, 4 timed out, 5 not now (no worker, queued, held), 130 stopped before it was"
    " done. What goes on until it is stopped (serve, mcp, --follow) ends with 0 then.",
)
@click.version_option(package_name="postroom", message="postroom %(version)s")
@shared
def postroom() -> None:
    """A post room for AI agents: real mailboxes behind MCP tools, and commands for operators."""


def main() -> None:
    """Run the command that the process was started with, and end with its exit code."""
    complete_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """The exit code of a command, its errors told where they can be."""
    try:
        return _run(arguments, as_json="--json" in arguments)
    except (OutputLost, BrokenPipeError):  # nobody can be told
        let_output_go()
        return ExitCode.FAILED


def _run(arguments: Sequence[str], as_json: bool) -> int:
    try:
        code = _called(arguments)
    except PostroomError as error:
        tell_error(as_json, error.code, error.message, error.next_step)
        return of_error(error)
    except click.ClickException as error:
        return _told_usage(as_json, error)
    except (click.Abort, KeyboardInterrupt):
        tell_error(as_json, "stopped", "Stopped.", "")
        return ExitCode.STOPPED
    except BrokenPipeError:  # `postroom … | head` is no error to tell
        let_output_go()
        return ExitCode.FAILED
    except OutputLost as error:
        let_output_go()
        tell_error(as_json, "output_lost", f"The output cannot be written: {error}.", "")
        return ExitCode.FAILED
    except Exception as error:
        return _told_bug(as_json, error)
    return code if isinstance(code, int) else ExitCode.DONE


def _called(arguments: Sequence[str]) -> object:
    try:
        code = postroom.main(list(arguments), prog_name="postroom", standalone_mode=False)
        with printing():
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        *_, (failed, _) = traceback.walk_tb(error.__traceback__)
        if failed.f_globals.get("__name__") != "click.utils":  # which prints a help
            raise
        raise OutputLost(error.strerror) from error
    return code


def _told_usage(as_json: bool, error: click.ClickException) -> int:
    message = error.format_message()
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    command = ctx.command_path if ctx is not None else "postroom"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        if not as_json:
            err().line(message)
            return ExitCode.USAGE
        message = "Name a command."
    tell_error(as_json, "usage", message, f"`{command} --help` shows how.")
    return ExitCode.USAGE


def _told_bug(as_json: bool, error: Exception) -> int:
    if not as_json:
        err().line(("".join(traceback.format_exception(error)), "dim"))
    tell_error(
        as_json,
        "internal_error",
        f"The program failed at this: {type(error).__name__}.",
        "Please report it with the lines above." if not as_json else "",
    )
    return ExitCode.FAILED
