"""Exit codes that scripts can rely on.

0    done; or stopped, where it would have gone on for ever (serve, mcp, --follow)
1    failed or refused: nothing will happen by itself; also a send that not all recipients get
2    the command was not understood, or its arguments are off; nothing was done
3    no such post room, mailbox, thread, message, file
4    the time ran out before mail came
5    not now: no worker, a lock, another version; or a send that is queued or held
130  stopped by the person or the system before it was done (128 + SIGINT)
"""

from enum import IntEnum
from typing import TYPE_CHECKING

from postroom.model.errors import InvalidRequest, NotFound, PeerTimeout, PostroomError, Unavailable

if TYPE_CHECKING:
    from postroom.model.answers import SendAnswer


class ExitCode(IntEnum):
    DONE = 0
    FAILED = 1
    USAGE = 2
    NOT_FOUND = 3
    TIMED_OUT = 4
    NOT_NOW = 5
    STOPPED = 130


OF_SEND = {"sent": ExitCode.DONE, "queued": ExitCode.NOT_NOW, "held": ExitCode.NOT_NOW}
"""Of a send's status; every other one is FAILED."""


def of_send(sent: "SendAnswer") -> ExitCode:
    """Of a send. Where somebody does not get it a script has something to do, and its status alone
    does not say so."""
    return OF_SEND.get(sent.status, ExitCode.FAILED) if not sent.refused else ExitCode.FAILED


OF_WAIT = {
    "reply": ExitCode.DONE,
    "auto_reply": ExitCode.DONE,
    "approved": ExitCode.DONE,
    "timeout": ExitCode.TIMED_OUT,
    "held": ExitCode.NOT_NOW,
}
"""Of a wait's outcome; a bounce, denied and failed are FAILED."""


def of_error(error: PostroomError) -> ExitCode:
    """The exit code of an error that the desk raised."""
    for kind, code in _OF_ERRORS:
        if isinstance(error, kind):
            return code
    return ExitCode.FAILED


_OF_ERRORS: tuple[tuple[type[PostroomError], ExitCode], ...] = (
    (InvalidRequest, ExitCode.USAGE),
    (NotFound, ExitCode.NOT_FOUND),
    (Unavailable, ExitCode.NOT_NOW),
    (PeerTimeout, ExitCode.TIMED_OUT),
)
