"""A model that answers by a script, and asks nobody: what a real one would do, for free."""

import json
from typing import Any

from crewai import BaseLLM

MONEY = ("money back", "refund")

Shown = dict[str, Any]
Call = tuple[str, dict[str, str]]


class ScriptedSupport(BaseLLM):
    """Looks at what it is shown last, and does what comes next."""

    def supports_function_calling(self) -> bool:
        return True

    def call(
        self, messages: str | list[Shown], tools: list[Shown] | None = None, *_: Any, **__: Any
    ) -> str | list[Shown]:
        assert not isinstance(messages, str)
        said = _next(messages)
        if isinstance(said, str):
            return said
        tool, given = said
        # An agent's own `mcps` put the name of their server before that of a tool.
        names = [each["function"]["name"] for each in tools or []]
        name = next(each for each in names if each.endswith(tool))
        asked = {"name": name, "arguments": json.dumps(given)}
        return [{"id": f"call-{tool}", "type": "function", "function": asked}]


def _next(messages: list[Shown]) -> Call | str:
    """A call of a tool, or the last word."""
    answers = [shown for shown in messages if shown["role"] == "tool"]
    if not answers:
        return "get_thread", {"thread_id": _mail(messages)["thread_id"]}
    name, text = answers[-1]["name"], answers[-1]["content"]
    if not text.startswith("{"):
        return f"That went wrong: {text}"
    facts = json.loads(text)
    if name.endswith("get_thread"):
        return "send_email", {"thread_id": facts["thread_id"], **_answer(facts)}
    return f"My answer is {facts['status']}."


def _mail(messages: list[Shown]) -> Shown:
    """The mail of the task: a line of JSON."""
    lines = messages[-1]["content"].splitlines()
    return json.loads(next(line for line in lines if line.startswith("{")))


def _answer(thread: Shown) -> dict[str, str]:
    # The newest that somebody else wrote: our own answer to the one before may be behind it.
    words = [each.get("untrusted_text", "") for each in thread["messages"]]
    words = next((each.lower() for each in reversed(words) if each), "")
    if any(each in words for each in MONEY):
        return {
            "text": "You get your money back within a week.",
            "hold_for_review": "It promises money.",
        }
    return {"text": "Your order left us this morning and is with you tomorrow."}
