"""`postroom policy`: what holds, whether a file means something, why a mail goes or not."""

from pathlib import Path
from typing import Any

import click

from postroom.cli.answers import say
from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import at_desk
from postroom.cli.completing import addresses
from postroom.cli.drafting import of_a_mail, request_of
from postroom.cli.exits import ExitCode
from postroom.cli.passphrase import for_operators, require
from postroom.cli.policy_files import checked, missing, policy_in, text_of

NO_WORDS = "(no words)"

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

_OTHER = click.option(
    "--policy", "other", type=_FILE, metavar="FILE", help="Judge by this file, not by what holds."
)


@click.group()
def policy() -> None:
    """What may be sent, to whom, how often, and who must look first: policy.toml."""


@policy.command()
@click.option("--builtin", is_flag=True, help="Print the rules that hold without a file, as TOML.")
@shared
@pass_asked
def show(asked: Asked, builtin: bool) -> int:
    """Show what holds now: the rules in order, the limits, and whether the file is broken.
    Exit code 1 where it is."""
    from postroom.cli.policy_page import show_policy
    from postroom.model.callers import operator

    if builtin:
        from postroom.policy.reading import builtin_text

        click.echo(builtin_text(), nl=False)
        return ExitCode.DONE
    found = at_desk(asked, "policy show", lambda room: room.desk.policies.show(operator()))
    say(asked.json, found, lambda page: show_policy(page, found))
    return ExitCode.FAILED if found.fault else ExitCode.DONE


@policy.command()
@click.argument("file", type=_FILE, required=False)
@shared
@pass_asked
def check(asked: Asked, file: Path | None) -> int:
    """Say whether FILE (else the post room's policy.toml) means something: each fault with its line
    and key. Exit code 1 where it does not."""
    from postroom.cli.policy_page import show_check

    there = file or asked.existing().policy_file
    found = checked(text_of(there), there) if there.exists() else missing(asked, there)
    say(asked.json, found, lambda page: show_check(page, found))
    return ExitCode.DONE if found.ok else ExitCode.FAILED


@policy.command()
@click.argument("file", type=_FILE, required=False)
@click.option("--builtin", is_flag=True, help="Go back to the builtin rules.")
@for_operators
@shared
@pass_asked
def use(asked: Asked, file: Path | None, builtin: bool, passphrase_file: Path | None) -> int:
    """Put what FILE says in the place of policy.toml: it holds from then on. A FILE that means
    nothing changes nothing. Asks for the operator's passphrase."""
    from postroom.cli.policy_page import show_check, show_policy
    from postroom.model.callers import operator
    from postroom.policy_file import BUILTIN, put

    if (file is None) is not builtin:
        raise click.UsageError("Name a FILE, or pass --builtin.")
    text = text_of(file) if file is not None else BUILTIN
    there = asked.existing().policy_file
    told = checked(text, file or there)
    if not told.ok:
        say(asked.json, told, lambda page: show_check(page, told))
        return ExitCode.FAILED
    require(asked, passphrase_file)
    put(there, text)
    found = at_desk(asked, "policy use", lambda room: room.desk.policies.show(operator()))
    say(asked.json, found, lambda page: show_policy(page, found))
    return ExitCode.FAILED if found.fault else ExitCode.DONE


@policy.command()
@click.argument("send", metavar="[SEND]", required=False)
@click.option("--mailbox", metavar="ADDRESS", shell_complete=addresses, help="A draft from there.")
@of_a_mail
@_OTHER
@shared
@pass_asked
def explain(asked: Asked, /, send: str | None, other: Path | None, **draft: Any) -> None:
    """Say what becomes of a draft, or of SEND by the facts of then: each rule, matched or not.

    A draft is judged as if the agent of its mailbox sent it now; nothing is sent.
    """
    from postroom.cli.policy_page import show_explanation
    from postroom.model.callers import operator

    if (send is None) == (draft["mailbox"] is None and draft["thread_id"] is None):
        raise click.UsageError("Name a SEND, or a draft by --mailbox or --thread.")
    by, request = policy_in(other), request_of(draft, NO_WORDS)
    found = at_desk(
        asked,
        "policy explain",
        lambda room: (
            room.desk.policies.explain_send(operator(), send, by)
            if send is not None
            else room.desk.policies.explain_draft(operator(), request, by)
        ),
    )
    say(asked.json, found, lambda page: show_explanation(page, found))


@policy.command()
@click.option("--since", default="30d", show_default=True, metavar="TIME", help="Such as 12h, 7d.")
@_OTHER
@shared
@pass_asked
def replay(asked: Asked, since: str, other: Path | None) -> None:
    """Say what the rules would have done to what was sent, as a difference."""
    from postroom.cli.policy_page import show_replay
    from postroom.desk.times import duration
    from postroom.model.callers import operator

    seconds, by = duration(since, "since"), policy_in(other)
    found = at_desk(
        asked,
        "policy replay",
        lambda room: room.desk.policies.replay(operator(), room.index.clock() - seconds, by),
    )
    say(asked.json, found, lambda page: show_replay(page, found))
