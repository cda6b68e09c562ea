"""Every fenced block of the documents is held by something: TOML and JSON are read by the program,
Python is run, and what is neither is listed with the reason."""

import ast
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docs.blocks import ROOT, Block, all_blocks
from pydantic import BaseModel

from postroom.desk.policies.checking import checked
from postroom.model.answers import SendAnswer, WaitAnswer
from postroom.model.event_answers import MessageReceived
from postroom.settings import Operator
from postroom.web.rest.problems import Problem

BLOCKS = all_blocks()

POLICY_KEYS = {
    "default", "rules", "limits", "warmup", "reputation", "inbound", "contacts", "timezone",
    "builtin_rules",
}  # fmt: skip
"""What a policy may hold at its top. `inbound` is a table of settings, too."""

TOGETHER = {
    "# of [accounts.inbox]": """
        [accounts.inbox]
        address = "agent@example.org"
        preset = "fastmail"
        password = { keyring = true }
    """,
    "agent+approvals@example.org": """
        [accounts.work]
        address = "agent@example.org"
        preset = "fastmail"
        password = { keyring = true }
        [domains."example.org"]
        provisioner = "account"
        account = "work"
    """,
}
"""What the words around a block say that stands in the file besides, by words of the block."""


def of(*languages: str) -> list[Block]:
    return [each for each in BLOCKS if each.language in languages]


@pytest.mark.parametrize("block", of("toml"), ids=lambda block: block.name)
def test_a_file_of_an_operator_is_understood(block: Block) -> None:
    said = tomllib.loads(block.text)
    if block.page.startswith("manifests/"):
        an_entry_for_a_client(said)
        return
    if said.keys() <= POLICY_KEYS and "default" in said:
        assert checked(block.text, block.name).faults == ()
        return
    besides = [each for words, each in TOGETHER.items() if words in block.text]
    whole = "\n".join([block.text, *besides])
    Operator.model_validate(tomllib.loads(whole), context={"home": Path("/home/of/it")})


def strictly(model: type[BaseModel]) -> Callable[[Any], None]:
    """A check that what is shown is an answer of that shape, with no field of another name."""

    def check(said: Any) -> None:
        written = model.model_validate(said).model_dump(
            mode="json", by_alias=True, exclude_unset=True
        )
        assert written == said

    return check


def a_line_of_the_log(said: Any) -> None:
    """tests/serving/test_logs.py holds what a line has."""
    assert {"time", "level", "logger", "message", "request_id", "route", "status"} <= said.keys()


def what_a_webhook_posts(said: Any) -> None:
    """tests/webhooks hold what a body has."""
    assert said.keys() == {"type", "timestamp", "data"}
    strictly(MessageReceived)({"type": said["type"], "at": said["timestamp"], **said["data"]})


def an_entry_for_a_client(said: Any) -> None:
    """Its makers document it: it starts our program, or names where `postroom serve` answers."""
    text = json.dumps(said)
    assert ":8765/mcp" in text or "postroom" in re.findall(r'"command": "(\w+)"', text)


JSON_OF: dict[str, tuple[Callable[[Any], None], ...]] = {
    "docs/concepts.md": (strictly(SendAnswer), strictly(WaitAnswer)),
    "docs/events.md": (strictly(MessageReceived),),
    "docs/operation.md": (a_line_of_the_log,),
    "docs/rest.md": (strictly(Problem),),
    "docs/webhooks.md": (what_a_webhook_posts,),
}
"""What the JSON of each page is, in order."""


def shown() -> list[Any]:
    places: Counter[str] = Counter()
    found = []
    for block in of("json", "jsonc"):
        if block.page.startswith("docs/"):
            checks = JSON_OF.get(block.page, ())
            number = places[block.page]
            check = checks[number] if number < len(checks) else None
            places[block.page] += 1
        else:
            check = an_entry_for_a_client
        found.append(pytest.param(block, check, id=block.name))
    return found


@pytest.mark.parametrize(("block", "check"), shown())
def test_json_is_what_the_program_would_say(
    block: Block, check: Callable[[Any], None] | None
) -> None:
    assert check is not None, "say what it is, in JSON_OF"
    check(json.loads(block.text))


RUN_BY = {
    "README.md": "docs/test_blocks_run.py::test_the_readme_writes_and_reads_what_came",
    "manifests/README.md": (
        "docs/test_blocks_run.py::test_a_program_calls_a_tool_over_http_as_the_manifests_show"
    ),
    "docs/agents.md": "docs/test_agents_page.py::test_the_loop_sends_waits_reads_and_answers",
    "docs/client.md": "docs/test_blocks_run.py::test_the_clients_page_runs_from_top_to_bottom",
    "docs/events.md": "docs/test_events_page.py::test_the_program_reads_events",
    "docs/frameworks.md": (
        "examples/test_frameworks_page.py::test_a_program_answers_the_mail_that_came"
    ),
    "docs/testing.md": "docs/test_testing_page.py::test_the_page_of_the_test_kit_passes",
    "docs/webhooks.md": (
        "webhooks/test_signing.py::test_the_documents_receiver_takes_what_is_valid_and_nothing_else"
    ),
}
"""Who runs the Python of a page, all of it."""


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / file).read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(each.name for each in tree.body if isinstance(each, functions))


@pytest.mark.parametrize("block", of("python"), ids=lambda block: block.name)
def test_python_is_run_by_a_test_that_is_there(block: Block) -> None:
    compile(block.text, block.name, "exec")
    assert block.page in RUN_BY, "run it in a test, and name that in RUN_BY"
    file, _, test = RUN_BY[block.page].partition("::")
    assert test in names_in(file)


HELD_ELSEWHERE = {
    "": "a drawing, or a file of another program",
    "caddyfile": "Caddy's, which no test has",
    "ini": "systemd's own; its keys are those of manifests/systemd",
    "js": "for a browser or another maker's servers; its request is made by tests of REST",
    "nginx": "nginx's, which no test has",
    "powershell": "Microsoft's, which no test has",
    "sh": "read by test_recipes.py",
    "sql": "read by PostgreSQL in tests of provisioning, as the program prints it",
    "text": "how a command is called, written by the program",
    "yaml": "Prometheus's own",
}
"""Languages of which nothing is read here, each with the reason."""


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.name)
def test_nothing_stands_in_a_language_that_nobody_holds(block: Block) -> None:
    assert block.language in {"toml", "json", "jsonc", "python", *HELD_ELSEWHERE}


def test_there_is_something_to_look_at() -> None:
    assert len(of("toml")) > 25
    assert len(of("python")) > 6
    assert {each.language for each in BLOCKS} >= {*HELD_ELSEWHERE}
