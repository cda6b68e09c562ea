"""One child, from its start to its end: what it is told, and what it says."""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from postroom.children import begun, end
from postroom.extract import bounds
from postroom.extract.faults import Fault
from postroom.extract.formats import Told
from postroom.model.errors import Unavailable

_ANSWER_BYTES = bounds.MAX_CHARS * 12 + 1_000
"""The longest answer that a child can honestly give: a character is at most two ``\\uXXXX``."""


async def converse(content: bytes, told: Told, environment: Mapping[str, str]) -> dict[str, Any]:
    """What the child says of ``content``; it has ended when this returns, however it went."""
    child = await _start(environment)
    try:
        async with asyncio.timeout(bounds.SECONDS):
            said = await _said(child, content, told)
    except TimeoutError:
        return {"fault": Fault.SLOW}
    finally:
        await end(child)
    try:
        answer = json.loads(said)
    except ValueError:
        return {"fault": Fault.CRASHED}
    return answer if isinstance(answer, dict) else {"fault": Fault.CRASHED}


async def _start(environment: Mapping[str, str]) -> Process:
    """A child that knows nothing of us: no environment, no descriptor but its three."""
    try:
        return await begun(
            asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-m",
                "postroom.extract.child",
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,
                env=environment,
                start_new_session=True,  # an interrupt at the terminal is ours to answer
            )
        )
    except OSError as error:
        raise Unavailable(
            "reader_unavailable",
            f"The program that reads files cannot be started: {error.strerror}.",
            "Ask the operator to look at the machine's limits on processes and memory.",
        ) from error


async def _said(child: Process, content: bytes, told: Told) -> bytes:
    """All that the child says, at most a bounded number of bytes."""
    assert child.stdin is not None
    assert child.stdout is not None
    feeding = asyncio.ensure_future(_feed(child, content, told))
    pieces, left = [], _ANSWER_BYTES
    try:
        while left > 0:
            piece = await child.stdout.read(min(left, 1 << 20))
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
    finally:
        feeding.cancel()
    return b"".join(pieces)


async def _feed(child: Process, content: bytes, told: Told) -> None:
    assert child.stdin is not None
    try:
        child.stdin.write(json.dumps(asdict(told)).encode() + b"\n")
        child.stdin.write(content)
        await child.stdin.drain()  # it stays open: its end tells the child that we are gone
    except ConnectionError:
        return  # it ended before it had read everything: what it said tells why
