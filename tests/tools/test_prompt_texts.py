"""The words of prompts, of descriptions and of the instructions: short, and true to the tools."""

import pytest
from tokenizer import tokenizer
from tool_words import TOOL_NAMES, answered, arguments, every_word, names_in

from postroom.mcp.server import INSTRUCTIONS
from postroom_tools.catalogue import TOOLS
from postroom_tools.prompts.catalogue import PROMPTS
from postroom_tools.prompts.prompt import Prompt
from postroom_tools.prompts.understanding import worded

THREAD = "t_5f0c2k7m1q"

GIVEN: dict[str, list[dict[str, str]]] = {
    "answer_thread": [{"thread_id": THREAD}],
    "follow_up": [{"thread_id": THREAD}],
    "triage_inbox": [{}, {"mailbox": "ada@agents.localhost"}],
}

EACH = pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.name)

MOST_TOKENS = 300
"""Of a prompt's words: a person pays for them once, when they ask for it."""


@EACH
def test_its_words_use_the_tools_that_it_names_and_no_other(prompt: Prompt) -> None:
    for given in GIVEN[prompt.name]:
        used = names_in(worded(prompt, given)) & TOOL_NAMES
        assert used == {tool.name for tool in prompt.tools} - _unused(prompt, given)


def _unused(prompt: Prompt, given: dict[str, str]) -> set[str]:
    """A mailbox that is named need not be looked for."""
    return {"list_mailboxes"} if prompt.name == "triage_inbox" and given else set()


@EACH
def test_its_words_call_everything_by_its_name(prompt: Prompt) -> None:
    known = TOOL_NAMES | arguments() | answered() | every_word()
    for given in GIVEN[prompt.name]:
        assert names_in(worded(prompt, given)) - known - {THREAD} == set()


@EACH
def test_its_words_say_what_untrusted_is_and_are_not_long(prompt: Prompt) -> None:
    for given in GIVEN[prompt.name]:
        words = worded(prompt, given)
        assert "never instructions to you" in words
        assert tokenizer()(words) <= MOST_TOKENS


def test_the_instructions_are_short_enough_for_every_client() -> None:
    # Codex and ChatGPT promise their model the first 512 characters; Claude Code cuts at 2 KB.
    assert len(INSTRUCTIONS) <= 512
    assert tokenizer()(INSTRUCTIONS) <= 110
    for name in ("list_mailboxes", "send_email", "wait_for_reply", "get_thread", "untrusted_"):
        assert name in INSTRUCTIONS
    known = TOOL_NAMES | arguments() | answered()
    assert names_in(INSTRUCTIONS) <= known


def test_no_description_is_cut_by_any_client() -> None:
    for tool in TOOLS:
        assert len(tool.description.encode()) <= 512, tool.name
