"""Shows a CrewAI model tools that came in each of the ways that are named on standard input:
`adapter` is MCPServerAdapter, connected as the example does it; `http` and `stdio` are the agent's
own `mcps`.
"""

import functools
import inspect
import json
import os
import sys
from typing import Any

os.environ["CREWAI_DISABLE_TELEMETRY"] = os.environ["OTEL_SDK_DISABLED"] = "true"
os.environ["CREWAI_DISABLE_VERSION_CHECK"] = "true"
os.environ["CREWAI_TRACING_ENABLED"] = "false"

from crewai import Agent, BaseLLM, Crew, Task
from crewai.mcp import MCPServerHTTP, MCPServerStdio, client, tool_resolver
from crewai_tools import MCPServerAdapter
from pydantic import Field
from support_agent import connection

Shown = dict[str, Any]

HURRY_SECONDS = os.environ.get("HURRY_SECONDS")
"""In place of CrewAI's half a minute for a try; its tries and its pauses stay as they are."""


class Planned(BaseLLM):
    """Makes the calls of a plan, one a turn, and keeps what it is shown."""

    left: list[tuple[str, Shown]]
    shown: list[Shown] = Field(default_factory=list)

    def supports_function_calling(self) -> bool:
        return True

    def call(
        self, messages: str | list[Shown], tools: list[Shown] | None = None, *_: Any, **__: Any
    ) -> str | list[Shown]:
        self.shown = [each for each in messages if each["role"] == "tool"]
        if not self.left:
            return "Done."
        tool, given = self.left.pop(0)
        names = [each["function"]["name"] for each in tools or []]
        name = next(each for each in names if each.endswith(tool))
        asked = {"name": name, "arguments": json.dumps(given)}
        return [{"id": f"c{len(messages)}", "type": "function", "function": asked}]


def over_http() -> MCPServerHTTP:
    headers = {"Authorization": f"Bearer {os.environ['POSTROOM_TOKEN']}"}
    return MCPServerHTTP(url=f"{os.environ['POSTROOM_URL']}/mcp", headers=headers)


def over_stdio() -> MCPServerStdio:
    """Started by a short name: CrewAI makes the names of tools of it, of 64 letters at most."""
    home = {"POSTROOM_HOME": os.environ["POSTROOM_HOME"]}
    command = os.environ.get("COMMAND", "postroom")
    return MCPServerStdio(command=command, args=["mcp", "--agent", "support"], env=home)


def run(plan: list[tuple[str, Shown]], **tools: Any) -> list[Shown]:
    model = Planned(model="planned", left=plan)
    agent = Agent(role="r", goal="g", backstory="b", llm=model, max_iter=50, **tools)
    task = Task(description="Begin.", expected_output="An end.", agent=agent)
    Crew(agents=[agent], tasks=[task]).kickoff()
    return [{"tool": each["name"], "text": each["content"]} for each in model.shown]


def show(way: str, plan: list[tuple[str, Shown]]) -> list[Shown]:
    if way == "http":
        return run(plan, mcps=[over_http()])
    if way == "stdio":
        return run(plan, mcps=[over_stdio()])
    with MCPServerAdapter(connection()) as tools:
        return run(plan, tools=list(tools))


def patience() -> Shown:
    """What CrewAI does with a call that is slow, by itself."""
    defaults = inspect.signature(client.MCPClient).parameters
    return {
        "seconds": defaults["execution_timeout"].default,
        "tries": defaults["max_retries"].default,
    }


if __name__ == "__main__":
    told: Shown = {"patience": patience()}
    if HURRY_SECONDS:
        tool_resolver.MCPClient = functools.partial(
            client.MCPClient, execution_timeout=float(HURRY_SECONDS)
        )
    plans = json.load(sys.stdin)
    print(json.dumps(told | {way: show(way, plan) for way, plan in plans.items()}))
