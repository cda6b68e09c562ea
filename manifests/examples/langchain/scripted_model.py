"""A chat model that answers by a script, and asks nobody: what a real one would do, for free."""

import json
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult

MONEY = ("money back", "refund")


class ScriptedSupport(BaseChatModel):
    """Looks at the last message that it is shown, and does what comes next."""

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **_: Any) -> BaseChatModel:
        return self

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **_: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_next(messages[-1]))])


def _next(shown: BaseMessage) -> AIMessage:
    if isinstance(shown, HumanMessage):
        mail = json.loads(shown.text.partition("\n")[2])
        return _call("get_thread", thread_id=mail["thread_id"])
    if getattr(shown, "status", "") == "error":
        return AIMessage(f"That went wrong: {shown.text}")
    facts = json.loads(shown.text)
    if shown.name == "get_thread":
        return _call("send_email", thread_id=facts["thread_id"], **_answer(facts))
    return AIMessage(f"My answer is {facts['status']}.")


def _answer(thread: dict[str, Any]) -> dict[str, str]:
    # The newest that somebody else wrote: our own answer to the one before may be behind it.
    words = [each.get("untrusted_text", "") for each in thread["messages"]]
    words = next((each.lower() for each in reversed(words) if each), "")
    if any(each in words for each in MONEY):
        return {
            "text": "You get your money back within a week.",
            "hold_for_review": "It promises money.",
        }
    return {"text": "Your order left us this morning and is with you tomorrow."}


def _call(tool: str, **given: str) -> AIMessage:
    return AIMessage("", tool_calls=[{"name": tool, "args": given, "id": f"call-{tool}"}])
