"""What the page about events says: its types are those that there are, and its program runs."""

import asyncio
import os
import re
import sys
from pathlib import Path

from mcp_faces import serving
from rooms import Agent

from postroom.build import open_room
from postroom.model.event_answers import OF_AGENTS
from postroom.model.operator_event_answers import OF_OPERATORS

TEXT = (Path(__file__).resolve().parents[2] / "docs/events.md").read_text(encoding="utf-8")


def test_every_type_is_told_and_no_other() -> None:
    table, _, rest = TEXT.partition("| type | when |")[2].partition("\n\n")
    agents = {each.model_fields["type"].default for each in OF_AGENTS}
    assert set(re.findall(r"^\| `([a-z.]+)`", table, re.MULTILINE)) == agents
    operators = {each.model_fields["type"].default for each in OF_OPERATORS}
    assert (
        set(re.findall(r"`([a-z]+(?:\.[a-z]+)+)`", rest.partition("Mail that is")[0])) == operators
    )


async def test_the_program_reads_events(tmp_path: Path) -> None:
    program = TEXT.partition("```python\n")[2].partition("```")[0]
    async with serving(tmp_path) as face:
        async with open_room(face.settings, program="test") as room:
            await Agent(room, "ada").open()
        told = {"TOKEN": face.token, "POSTROOM": face.url.removesuffix("/mcp")}
        running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-u", "-c", program),
            env={**os.environ, **told},
            stdout=asyncio.subprocess.PIPE,
        )
        assert running.stdout is not None
        line = await asyncio.wait_for(running.stdout.readline(), 10)
        assert b"mailbox.created" in line
        running.terminate()
        await running.wait()
