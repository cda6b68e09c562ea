"""A command of the operator's, started for one message.

Nothing that a stranger wrote stands in its arguments, in the shell's line or in its environment:
there are ids alone, made of letters and digits. The message itself comes on standard input. What
the command writes goes where ours goes, unless our standard output is for JSON.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

from postroom.children import begun, tell
from postroom.cli.following import Place

if TYPE_CHECKING:
    from postroom.model.answers import MessageView

GRACE_SECONDS = 5.0
"""For a command to end once it is asked to."""


class Handing:
    """Starts ``command`` for messages, each at most ``seconds`` long."""

    def __init__(self, command: str, seconds: float, *, beside_json: bool = False) -> None:
        """``beside_json``: what it writes goes to standard error, or a program that reads our JSON
        would find it in between."""
        self._command = command
        self._seconds = seconds
        self._output = sys.stderr if beside_json else None

    async def hand(self, message: "MessageView", place: Place) -> str:
        """Why the command did not deal with the message; "" where it did (it ended with 0)."""
        process = await begun(
            asyncio.create_subprocess_shell(
                self._command,
                stdin=subprocess.PIPE,
                stdout=self._output,
                env=_environment(message, place),
                # Ctrl-C goes to us; the command is let finish.
                start_new_session=os.name == "posix",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        )
        text = message.model_dump_json(by_alias=True, exclude_none=True)
        talking = asyncio.create_task(_talk(process, text.encode() + b"\n"))
        try:
            code = await asyncio.wait_for(asyncio.shield(talking), self._seconds)
        except TimeoutError:
            await _end(process, talking)
            return f"it took longer than {self._seconds:g} s and was ended"
        except asyncio.CancelledError:
            await _end(process, talking)
            raise
        return "" if code == 0 else f"it ended with {code}"


async def _talk(process: asyncio.subprocess.Process, text: bytes) -> int:
    assert process.stdin is not None
    # A command need not read what it is given.
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(text)
        await process.stdin.drain()
    process.stdin.close()
    return await process.wait()


async def _end(process: asyncio.subprocess.Process, talking: asyncio.Task[int]) -> None:
    """Ask it to end, then make it."""
    tell(process, "SIGTERM")
    await asyncio.wait({talking}, timeout=GRACE_SECONDS)
    if not talking.done():
        tell(process, "SIGKILL")
        await asyncio.wait({talking}, timeout=GRACE_SECONDS)


def _environment(message: "MessageView", place: Place) -> dict[str, str]:
    return {
        # Handed on as it is, not read: the command is the operator's, and so is its environment.
        **os.environ,  # noqa: TID251
        "POSTROOM_MESSAGE_ID": message.message_id,
        "POSTROOM_THREAD_ID": message.thread_id or "",
        "POSTROOM_MAILBOX": place.mailbox,
        "POSTROOM_HOME": place.home,
    }
