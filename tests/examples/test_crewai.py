"""CrewAI: the example, what a model is shown in each of the ways to a server, and a slow call."""

import json
import subprocess
from pathlib import Path

import pytest
from cli.shell import Program
from environments import INSTALL_SECONDS, python_with
from examples import story
from examples.facts import MISTAKES, Call, check, letter_arrives, told
from examples.running import (
    EXAMPLES,
    PROGRAMS,
    Surroundings,
    over_http,
    over_stdio,
    python_for_crewai,
)
from examples.swallowing import swallowing
from served import Served

from postroom.client import Postroom

HERE = Path(__file__).parent
EXAMPLE = EXAMPLES / "crewai"

pytestmark = pytest.mark.timeout(2 * INSTALL_SECONDS)


def surroundings(folder: Path, **more: str) -> Surroundings:
    python = python_with(HERE / "crewai.txt", python=python_for_crewai())
    return Surroundings(python, folder / "agent", more)


def loses_answers(around: Surroundings) -> bool:
    """Whether an agent's own `mcps` get no answer over HTTP: CrewAI 1.15 with Python 3.11, where
    `asyncio.wait_for` enters a connection in another task than it is left in."""
    told = subprocess.check_output([around.python, "--version"], text=True)
    return told.startswith("Python 3.11.")


def test_the_example_answers_sleeps_for_nothing_and_asks_a_person(
    room: Served, ben: Postroom, person: Program, tmp_path: Path
) -> None:
    around = surroundings(tmp_path, WAIT_SECONDS="1", **over_stdio(room))
    with around.started(EXAMPLE / "support_agent.py") as agent:
        story.tell(room, ben, agent, person)
    assert around.reached_out == ""


def test_a_model_is_shown_every_fact_and_whose_it_is(
    room: Served, ben: Postroom, tmp_path: Path
) -> None:
    calls = letter_arrives(room, ben)
    told(room, calls)  # what is new at the first time is not at the second
    # Each call of an agent's own `mcps` begins another session, and over stdio another server.
    some = [call for call in calls if call[0] in ("get_thread", "wait_for_reply")] + MISTAKES[:1]
    plans = {"adapter": calls + MISTAKES, "stdio": some}
    around = surroundings(tmp_path, **over_http(room), **over_stdio(room))
    if not loses_answers(around):
        plans["http"] = some
    shown = around.shown("by_crewai.py", plans, EXAMPLE)
    for way, plan in plans.items():
        check(shown[way], told(room, plan), of_all=way == "adapter")
    assert around.reached_out == ""


def test_a_slow_call_is_tried_three_times_and_one_mail_goes_out(
    room: Served, ben: Postroom, tmp_path: Path
) -> None:
    plans = {way: [mail(way)] for way in ("stdio", "http")}
    with Postroom(room.url, room.token) as support:
        support.mailboxes.create(username="support-agent-01")
    with swallowing(room.url, "send_email", times=2) as proxy:
        slow = over_http(room) | over_stdio(room) | {"POSTROOM_URL": proxy.url, "COMMAND": "slow"}
        around = surroundings(tmp_path, **slow, HURRY_SECONDS="2")
        around.make_program("slow", f"{PROGRAMS / 'slow_stdio.py'} send_email 2 postroom")
        shown = around.shown("by_crewai.py", plans, EXAMPLE)
        assert proxy.swallowed == 2
    assert shown["patience"] == {"seconds": 30, "tries": 3}
    for way in plans:
        (answer,) = (each["text"] for each in shown[way])
        if way == "stdio" or not loses_answers(around):
            assert (json.loads(answer)["status"], json.loads(answer)["duplicate"]) == ("sent", True)
    came = ben.messages.wait(mailbox=story.BEN).messages
    assert sorted(str(each.untrusted_subject) for each in came) == ["By http", "By stdio"]


def mail(way: str) -> Call:
    return "send_email", {"to": story.BEN, "subject": f"By {way}", "text": "It is on its way."}
