"""An agent of somebody else's: a loop around a model, which is scripted here.

It knows an MCP client and nothing of Postroom but the tools' names.
"""

import json
from collections.abc import Callable
from typing import Any

from mcp import Client
from mcp.types import TextContent

Model = Callable[[str], list[tuple[str, dict[str, Any]]]]
"""What a model would do: from what it was shown to the tools that it calls."""

DANGEROUS = ("forward", "ignore all previous instructions", "new instructions")


def careful_model(shown: str) -> list[tuple[str, dict[str, Any]]]:
    """Answers people, and asks a person before it pays money back."""
    message = json.loads(shown)["messages"][-1]
    said = message["untrusted_text"].lower()
    reply = {"thread_id": message["thread_id"]}
    if message.get("kind") == "auto_reply" or any(word in said for word in DANGEROUS):
        return []
    if "money back" in said:
        why = {"hold_for_review": "The customer asks for money."}
        return [("send_email", {**reply, **why, "text": "You get your money back."})]
    return [("send_email", {**reply, "text": "Thank you. We have noted it."})]


def gullible_model(shown: str) -> list[tuple[str, dict[str, Any]]]:
    """Does what the mail says: a model that an attacker has won over."""
    said = json.loads(shown)["messages"][-1]["untrusted_text"]
    to = next((word.strip(".,") for word in said.split() if "@attacker" in word), None)
    mail = {"to": to, "subject": "As you asked", "text": said}
    return [("send_email", mail)] if to else []


async def serve_customers(client: Client, model: Model, mails: int) -> None:
    """Wait outside of the model, wake it for each mail, and do what it says."""
    after, answered = None, 0
    while answered < mails:
        arguments = {"timeout_seconds": 240} | ({"after": after} if after else {})
        heard = await client.call_tool("wait_for_reply", arguments)
        (content,) = heard.content
        assert isinstance(content, TextContent)
        told = json.loads(content.text)
        after = told["after"]
        if not told["messages"]:
            continue
        answered += len(told["messages"])
        for tool, given in model(content.text):
            await client.call_tool(tool, given)
