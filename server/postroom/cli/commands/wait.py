"""`postroom wait`: sleep until mail comes, and start a command for each message."""

import click

from postroom.cli.asked import Asked, pass_asked, shared
from postroom.cli.at_desk import Stopped, at_desk
from postroom.cli.completing import addresses
from postroom.cli.exits import ExitCode
from postroom.cli.seconds import Seconds
from postroom.model.limits import DEFAULT_WAIT_SECONDS


@click.command()
@click.option(
    "--mailbox",
    metavar="ADDRESS",
    shell_complete=addresses,
    help="Not needed if there is only one.",
)
@click.option("--thread", "thread_id", metavar="THREAD", help="Only this conversation.")
@click.option("--sender", metavar="ADDRESS", help="Only mail from this address or domain.")
@click.option(
    "--has-code", is_flag=True, help="Only mail with a one-time code or confirmation link."
)
@click.option("--after", metavar="CURSOR", help="What lies before it counts as acknowledged.")
@click.option(
    "--timeout",
    type=Seconds(0),
    metavar="SECONDS",
    help=f"[default: {DEFAULT_WAIT_SECONDS:g}; with --follow: until stopped]",
)
@click.option("--follow", is_flag=True, help="Go on after the first message, until stopped.")
@click.option(
    "--exec",
    "command",
    metavar="COMMAND",
    help="Start this shell command for each message, one at a time, in order.",
)
@click.option(
    "--exec-timeout",
    type=Seconds(1),
    default=900.0,
    show_default=True,
    metavar="SECONDS",
    help="How long the command may take for one message.",
)
@shared
@pass_asked
def wait(
    asked: Asked,
    mailbox: str | None,
    thread_id: str | None,
    sender: str | None,
    has_code: bool,
    after: str | None,
    timeout: float | None,
    follow: bool,
    command: str | None,
    exec_timeout: float,
) -> int:
    """Wait for new mail in a mailbox or thread. Becomes the worker where none runs.

    A command started by --exec has the message as JSON on its standard input, and its ids in
    POSTROOM_MESSAGE_ID, POSTROOM_THREAD_ID, POSTROOM_MAILBOX and POSTROOM_HOME. A message is
    acknowledged once its command ends with 0; one that fails is tried three times, and then this
    command ends with 1: the next run begins with that message. With --json what the command writes
    goes to standard error, and the last line of standard output tells how many messages it got.
    """
    from postroom.cli.following import Receiver, Scope, Watch
    from postroom.cli.handing import Handing
    from postroom.cli.receivers import HandOver, Print

    seconds = timeout if timeout is not None or follow else DEFAULT_WAIT_SECONDS
    printing = Print(asked.json, follow)
    receiver: Receiver = printing
    if command:
        handing = Handing(command, exec_timeout, beside_json=asked.json)
        receiver = HandOver(handing, printing, asked.json)
    watch = Watch(Scope(mailbox, thread_id, sender, has_code), after, seconds, follow, receiver)
    try:
        return at_desk(asked, "wait", watch.run, becomes_worker=True, makes_room=True)
    except Stopped:
        if follow and not watch.broke_off:
            return ExitCode.DONE
        raise
