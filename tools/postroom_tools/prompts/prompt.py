"""What a prompt is: its words for a person who chooses it, and those that a model gets."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from postroom.model.callers import Caller
from postroom_tools.tool import Tool

MAX_GUIDANCE_CHARS = 4_000
"""A user's own words beside a prompt, characters: some pages, and no pasted archive."""

Given = Mapping[str, str]
"""Arguments by name, each as its form asks for; those that were left out are not there."""


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a value looks like. Ids and addresses stand amid our own words, so nothing but an id or
    an address gets there."""

    pattern: re.Pattern[str]
    expected: str
    """As the end of a sentence: "should be …"."""


THREAD_ID = Form(pattern=re.compile(r"t_[a-z0-9]{1,40}"), expected="an id such as t_5f0c2k7m1q")
ADDRESS = Form(
    pattern=re.compile(r"""[^\s"'<>@\\]{1,64}@[^\s"'<>@\\]{1,255}"""),  # RFC 5321 §4.5.3.1
    expected="an address such as ada@agents.localhost",
)
WORDS = Form(
    pattern=re.compile(rf"(?s).{{1,{MAX_GUIDANCE_CHARS}}}"),
    expected=f"at most {MAX_GUIDANCE_CHARS} characters",
)


@dataclass(frozen=True, kw_only=True)
class PromptArgument:
    """What a prompt is given: always text, as MCP has it."""

    name: str
    title: str
    description: str
    form: Form
    required: bool = False
    awaiting: Literal["us", "them"] | None = None
    """Of a thread's id: which threads are offered for it."""


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """A text that a person asks for by name."""

    name: str
    title: str
    description: str
    """For a person: what their model will do."""
    arguments: tuple[PromptArgument, ...]
    tools: tuple[Tool[Any, Any], ...]
    """What its words tell the model to use."""
    words: Callable[[Given], str]

    def is_for(self, caller: Caller) -> bool:
        """Whether a caller may use all that it asks for."""
        return all(tool.is_for(caller) for tool in self.tools)


GUIDANCE = PromptArgument(
    name="guidance",
    title="What to say",
    description="Your own words on what the mail should say, or how.",
    form=WORDS,
)


def guided(words: str, given: Given) -> str:
    """``words``, and below them what the user wants besides."""
    guidance = given.get("guidance", "").strip()
    return f"{words}\n\nWhat I want it to say:\n{guidance}" if guidance else words
