"""LangChain: the example, and what a model is shown by each of its two adapters."""

from pathlib import Path
from typing import Any

import pytest
from cli.shell import Program
from environments import INSTALL_SECONDS, python_with
from examples import story
from examples.facts import MISTAKES, check, letter_arrives, told
from examples.running import EXAMPLES, Surroundings, over_http, over_stdio
from served import Served

from postroom.client import Postroom

HERE = Path(__file__).parent
EXAMPLE = EXAMPLES / "langchain"

pytestmark = pytest.mark.timeout(2 * INSTALL_SECONDS)

ADAPTERS = pytest.mark.parametrize(
    ("requirements", "program"),
    [("langchain.txt", "by_adapters.py"), ("langchain-mcp.txt", "by_mcp_adapter.py")],
    ids=["adapters", "mcp"],
)


def test_the_example_answers_sleeps_for_nothing_and_asks_a_person(
    room: Served, ben: Postroom, person: Program, tmp_path: Path
) -> None:
    python = python_with(HERE / "langchain.txt")
    around = Surroundings(python, tmp_path / "agent", {"WAIT_SECONDS": "1", **over_http(room)})
    with around.started(EXAMPLE / "support_agent.py") as agent:
        story.tell(room, ben, agent, person)
    assert around.reached_out == ""


@ADAPTERS
@pytest.mark.parametrize("way", [over_http, over_stdio])
def test_a_model_is_shown_every_fact_and_whose_it_is(
    room: Served, ben: Postroom, tmp_path: Path, requirements: str, program: str, way: Any
) -> None:
    calls = letter_arrives(room, ben)
    told(room, calls)  # what is new at the first time is not at the second
    around = Surroundings(python_with(HERE / requirements), tmp_path / "agent", way(room))
    shown = around.shown(program, calls + MISTAKES, EXAMPLE)
    check(shown, told(room, calls + MISTAKES))
    outcomes = ["success"] * len(calls) + ["error"] * len(MISTAKES)
    assert [each["status"] for each in shown] == outcomes
    assert around.reached_out == ""
