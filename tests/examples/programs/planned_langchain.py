"""A LangChain model that makes the calls of a plan, and keeps what it is shown of each."""

import json
import os
import sys
from typing import Any

os.environ["LANGSMITH_TRACING"] = os.environ["LANGCHAIN_TRACING_V2"] = "false"

from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.tools import BaseTool


class Planned(BaseChatModel):
    """One call a turn."""

    left: list[tuple[str, dict[str, Any]]]

    @property
    def _llm_type(self) -> str:
        return "planned"

    def bind_tools(self, tools: Any, **_: Any) -> BaseChatModel:
        return self

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        said = AIMessage("Done.")
        if self.left:
            tool, given = self.left.pop(0)
            said = AIMessage(
                "", tool_calls=[{"name": tool, "args": given, "id": f"c{len(messages)}"}]
            )
        return ChatResult(generations=[ChatGeneration(message=said)])


async def show(tools: list[BaseTool]) -> None:
    """Print what the model is shown of the calls that standard input has."""
    agent = create_agent(Planned(left=json.load(sys.stdin)), tools)
    done = await agent.ainvoke({"messages": ["Begin."]}, {"recursion_limit": 100})
    shown = [each for each in done["messages"] if isinstance(each, ToolMessage)]
    told = [{"tool": each.name, "text": each.text, "status": each.status} for each in shown]
    print(json.dumps(told))
