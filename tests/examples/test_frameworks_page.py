"""What the page on LangChain and CrewAI shows is done, exactly as it is printed."""

import re
import sys
from pathlib import Path

import pytest
from environments import INSTALL_SECONDS, python_with
from examples.running import EXAMPLES, ROOT, Surroundings, over_http, over_stdio, python_for_crewai
from examples.story import BEN, SUPPORT, answered
from served import Served

from postroom.client import Postroom

HERE = Path(__file__).parent
PAGE = (ROOT / "docs/frameworks.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

ADAPTERS, MCP_ADAPTER, CREWAI = range(3)

pytestmark = pytest.mark.timeout(2 * INSTALL_SECONDS)


def test_there_are_three_programs() -> None:
    assert len(BLOCKS) == 3


@pytest.mark.parametrize(
    ("block", "requirements", "example"),
    [
        (ADAPTERS, "langchain.txt", "langchain"),
        (MCP_ADAPTER, "langchain-mcp.txt", "langchain"),
        (CREWAI, "crewai.txt", "crewai"),
    ],
    ids=["adapters", "mcp", "crewai"],
)
def test_a_program_answers_the_mail_that_came(
    room: Served,
    ben: Postroom,
    tmp_path: Path,
    block: int,
    requirements: str,
    example: str,
) -> None:
    with Postroom(room.url, room.token) as support:
        support.mailboxes.create(username="support-agent-01")
        asked = ben.messages.send(mailbox=BEN, to=SUPPORT, subject="Order 17", text="Where is it?")
        mail = support.messages.wait(mailbox=SUPPORT).messages[0]
    made_with = python_for_crewai() if block == CREWAI else Path(sys.executable)
    python = python_with(HERE / requirements, python=made_with)
    around = Surroundings(python, tmp_path / "agent", over_http(room) | over_stdio(room))
    told = mail.model_dump_json(by_alias=True, exclude_none=True)
    said = around.run("-c", BLOCKS[block], input=told, searched=[EXAMPLES / example])
    assert said.splitlines()[-1] == "My answer is sent."
    assert "tomorrow" in str(answered(ben, asked).messages[0].untrusted_text)
    assert around.reached_out == ""
