"""The skill: good by the format's own judge, and true to the tools."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from environments import program_with
from tokenizer import tokenizer
from tool_words import TOOL_NAMES, answered, arguments, every_word, names_in, words_of

SKILL = Path(__file__).resolve().parents[2] / "manifests" / "skills" / "postroom"
TEXT = (SKILL / "SKILL.md").read_text(encoding="utf-8")
BODY = TEXT.split("---\n", 2)[2]

REQUIREMENTS = Path(__file__).with_name("skills-ref.txt")

MOST_TOKENS = 1_500
"""Of the whole skill, which is read once it is used; what stands before a model at all times, its
description, has a bound of its own."""


def judged(*asked: str) -> str:
    """What the format's reference library says."""
    program = program_with(REQUIREMENTS, "agentskills")
    done = subprocess.run(
        [program, *asked, SKILL], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def rows(heading: str) -> set[str]:
    """What the first column of the table below a line lists."""
    table = BODY.partition(f"\n{heading}\n")[2].partition("| --- | --- |\n")[2]
    return {
        word
        for line in table.partition("\n\n")[0].splitlines()
        for word in re.findall(r"`(\w+)`", line.split(" | ")[0])
    }


@pytest.mark.timeout(900)
def test_the_formats_own_library_finds_the_skill_valid() -> None:
    assert "Valid skill" in judged("validate")
    told = json.loads(judged("read-properties"))
    assert told["name"] == SKILL.name == "postroom"
    assert "email" in told["description"]
    assert tokenizer()(told["description"]) <= 100


def test_it_is_short_enough_to_be_read_whole() -> None:
    assert tokenizer()(TEXT) <= MOST_TOKENS
    assert len(TEXT.splitlines()) < 500


def test_every_tool_is_named() -> None:
    assert {name for name in TOOL_NAMES if f"`{name}`" in BODY} == TOOL_NAMES


def test_every_name_is_one_that_the_tools_use() -> None:
    known = TOOL_NAMES | arguments() | answered() | every_word()
    assert names_in(BODY) <= known
    quoted = set(re.findall(r"`(\w+)`", BODY))
    assert quoted <= known


def test_each_outcome_and_each_status_has_its_row_and_no_other() -> None:
    assert rows("`outcome` of `wait_for_reply`:") == words_of("wait_for_reply", "outcome")
    assert rows("`status` of `send_email`:") == words_of("send_email", "status")


def test_it_says_how_to_take_what_strangers_write_and_what_a_human_decides() -> None:
    for said in ("`untrusted_…`", "`sender_verdict`", "`hold_for_review`", "No tool can approve"):
        assert said in BODY
