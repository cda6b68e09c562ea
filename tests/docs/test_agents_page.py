"""The page for whoever writes an agent: its figures are measured anew, its programs run, its names
are the tools' own."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs.answering import answering
from mcp import Client
from mcp.types import TextContent
from rooms import Agent
from served import served
from tokenizer import tokenizer
from tool_words import TOOL_NAMES, answered, arguments, every_word, names_in, words_of

from postroom.build import PostRoom
from postroom.client import Postroom
from postroom.mcp.server import INSTRUCTIONS, build_server, listed
from postroom.model.limits import (
    DEFAULT_THREAD_TOKENS,
    DUPLICATE_WINDOW_SECONDS,
    MAX_WAIT_MESSAGES,
    MAX_WAIT_SECONDS,
)
from postroom_tools.catalogue import TOOLS
from postroom_tools.prompts.catalogue import BY_NAME as PROMPTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/agents.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)

count = tokenizer()

LETTER = (
    "Thank you for the parcel, which came on Monday. The blue lamp in it is broken: its shade has a"
    " crack from the top to the bottom, and the switch does not work either. I would like to have a"
    " new one, or my money back. What do you need from me for that, and who pays for sending the"
    " old one?"
)
"""Sixty words, as people write them."""

TOLERANCE = 0.08
"""How far a figure may be off: ids and times are other ones each time."""


@dataclass
class Cost:
    """Tokens of one step: what the model writes, and what it then reads."""

    written: int
    read: int

    def is_near(self, found: "Cost") -> bool:
        return is_near(self.written, found.written) and is_near(self.read, found.read)


class Ledger:
    """An agent's calls through a real MCP client, and what each cost."""

    def __init__(self, room: PostRoom, agent: Agent) -> None:
        async def desk() -> Any:
            return room.desk

        self._server = build_server(desk, agent.caller)
        self.costs: dict[str, Cost] = {}

    async def call(self, step: str, tool: str, **given: Any) -> dict[str, Any]:
        async with Client(self._server) as client:
            result = await client.call_tool(tool, given)
        (said,) = result.content
        assert isinstance(said, TextContent)
        assert not result.is_error, said.text
        asked = json.dumps({"name": tool, "arguments": given})
        self.costs[step] = Cost(count(asked), count(said.text))
        answer: dict[str, Any] = json.loads(said.text)
        return answer


async def measured(room: PostRoom, ada: Agent, ben: Agent) -> dict[str, Cost]:
    """What the steps of a conversation cost."""
    ledger = Ledger(room, ada)
    await ledger.call("list_mailboxes", "list_mailboxes")
    asked = {"to": ben.address, "subject": "Your parcel"}
    sent = await ledger.call("send", "send_email", text=LETTER, **asked)
    here = {"thread_id": sent["thread_id"]}
    waits = {**here, "after": sent["after"], "timeout_seconds": 1}
    waited = await ledger.call("timeout", "wait_for_reply", **waits)
    assert waited["outcome"] == "timeout"
    got = await ben.wait()
    theirs = got.messages[0].thread_id
    await ben.send(LETTER, thread_id=theirs)
    waits = {**here, "after": waited["after"], "timeout_seconds": 20}
    came = await ledger.call("reply", "wait_for_reply", **waits)
    assert came["outcome"] == "reply"
    await ledger.call("answer", "send_email", text=LETTER, **here)
    for _ in range(8):
        got = await ben.wait(after=got.after)
        await ben.send(LETTER, thread_id=theirs)
        came = await ledger.call("again", "wait_for_reply", **{**waits, "after": came["after"]})
        await ledger.call("again", "send_email", text=LETTER, **here)
    await ben.wait(after=got.after)
    await ben.send(LETTER, thread_id=theirs)
    await ledger.call("again", "wait_for_reply", **{**waits, "after": came["after"]})
    thread = await ledger.call("thread", "get_thread", **here)
    assert len(thread["messages"]) == 20
    await ledger.call("list_threads", "list_threads", awaiting="us")
    return ledger.costs


def of_the_catalogue() -> dict[str, Cost]:
    """What stands before a model, whatever it does."""
    shown = [
        listed(tool).model_dump(mode="json", by_alias=True, exclude_none=True) for tool in TOOLS
    ]
    plain = [{key: tool[key] for key in ("name", "description", "inputSchema")} for tool in shown]
    skill = (ROOT / "manifests/skills/postroom/SKILL.md").read_text(encoding="utf-8")
    prompt = PROMPTS["answer_thread"].words({"thread_id": "t_5f0c2k7m1q"})
    return {
        "tools": Cost(0, count(_compact(shown))),
        "inputs": Cost(0, count(_compact(plain))),
        "instructions": Cost(0, count(INSTRUCTIONS)),
        "prompt": Cost(0, count(prompt)),
        "skill": Cost(0, count(skill)),
    }


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def figures() -> dict[str, Cost]:
    """What the page says, by step."""
    found = re.findall(r"^\| <!-- (\w+) -->.*? \| (\d*) ?\| (\d+) \|$", PAGE, re.MULTILINE)
    return {step: Cost(int(written or 0), int(read)) for step, written, read in found}


def is_near(told: int, found: int) -> bool:
    return abs(told - found) <= max(5, TOLERANCE * found)


async def test_what_each_step_costs_is_what_is_told(
    agents: tuple[Agent, Agent], room: PostRoom
) -> None:
    found = {**of_the_catalogue(), **await measured(room, *agents)}
    told = figures()
    assert told.keys() == found.keys() - {"again"}
    wrong = {
        step: (cost, found[step])
        for step, cost in told.items()
        if not is_near(cost.written, found[step].written)
        or not is_near(cost.read, found[step].read)
    }
    assert wrong == {}, "tokens told, and found"


def test_an_hour_of_waiting_in_vain_costs_what_is_told() -> None:
    found = re.search(r"waits of (\d+) seconds.*?<!-- hour -->(\d+) tokens", PAGE, re.DOTALL)
    assert found is not None
    seconds, told = int(found[1]), int(found[2])
    each = figures()["timeout"]
    assert is_near(told, 3600 // seconds * (each.written + each.read))


def test_the_letters_have_as_many_words_as_is_told() -> None:
    assert abs(len(LETTER.split()) - 60) <= 3


def test_every_name_is_one_that_the_tools_use() -> None:
    text = re.sub(r"^```.*?^```", "", PAGE, flags=re.MULTILINE | re.DOTALL)
    text = re.sub(r"<!--.*?-->", "", text)
    known = TOOL_NAMES | arguments() | answered() | every_word() | PROMPTS.keys()
    codes = {"cursor_of_another_history", "idempotency_conflict"}
    elsewhere = {"cl100k_base"}
    assert names_in(text) <= known | codes | elsewhere
    for code in codes:
        assert f'"{code}"' in SOURCES


SOURCES = "".join(
    path.read_text(encoding="utf-8") for path in (ROOT / "server/postroom/desk").rglob("*.py")
)


def test_limits_are_those_that_hold() -> None:
    text = " ".join(PAGE.split())
    assert f"at most {MAX_WAIT_MESSAGES} messages" in text
    assert f"`timeout_seconds`, at most {MAX_WAIT_SECONDS:.0f}" in text
    assert f"`max_tokens`, {DEFAULT_THREAD_TOKENS} by themselves" in text
    assert DUPLICATE_WINDOW_SECONDS == 600
    assert "within ten minutes" in text


def test_each_prompt_has_its_row_with_all_that_it_asks_for() -> None:
    table = PAGE.partition("| prompt | asks for | does |\n| --- | --- | --- |\n")[2]
    rows = [line.split(" | ") for line in table.partition("\n\n")[0].splitlines()]
    told = {row[0].strip("| `"): re.findall(r"`(\w+)`", row[1]) for row in rows}
    assert told == {
        name: [argument.name for argument in prompt.arguments] for name, prompt in PROMPTS.items()
    }


def test_the_programs_outcomes_and_statuses_are_real() -> None:
    loop = BLOCKS[0][1]
    going_on = set(re.findall(r'"(\w+)"', re.findall(r'\["outcome"\] in \((.*)\)', loop)[0]))
    assert going_on <= words_of("wait_for_reply", "outcome")
    sent = set(re.findall(r'"(\w+)"', re.findall(r'\["status"\] in \((.*)\)', loop)[0]))
    assert sent <= words_of("send_email", "status")


ANSWERS = ("It comes on Friday.", "Thank you for asking.")


def around(room_home: Path, **more: str) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "POSTROOM_HOME": str(room_home), **more}


def test_the_loop_sends_waits_reads_and_answers(tmp_path: Path) -> None:
    language, program = BLOCKS[0]
    assert language == "python"
    with served(tmp_path / "home", agent="default") as room, answering(room, ANSWERS):
        given = {"POSTROOM_URL": room.url, "POSTROOM_TOKEN": room.token, "NO_PROXY": "127.0.0.1"}
        done = subprocess.run(
            [sys.executable, "-c", program],
            env=around(room.home, **given),
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 0, done.stderr
    assert tuple(done.stdout.splitlines()) == ANSWERS


def test_a_command_that_waits_outside_answers_by_the_pages_program(tmp_path: Path) -> None:
    (_, command), (_, program) = BLOCKS[1:3]
    (tmp_path / "answer.py").write_text(program, encoding="utf-8")
    with served(tmp_path / "home", agent="default") as room:
        env = around(room.home, NO_PROXY="127.0.0.1")
        with Postroom(room.url, room.token) as post:
            post.mailboxes.create(username="orders-agent")
            ben = post.mailboxes.create(username="ben")
            sent = post.messages.send(
                mailbox=ben.address,
                to="orders-agent@agents.localhost",
                subject="My order",
                text="Where is it?",
            )
            waiting = subprocess.Popen(
                ["sh", "-c", f"exec {command.strip()}"],
                env=env,
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            came = post.messages.wait(
                thread_id=sent.thread_id, after=sent.after, timeout_seconds=30
            )
            waiting.send_signal(signal.SIGINT)
            said, _ = waiting.communicate(timeout=30)
    assert [message.untrusted_text for message in came.messages] == [
        "Your mail has arrived, and you will hear from us today."
    ], said
    assert waiting.returncode == 0, said
