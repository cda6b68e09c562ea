"""The answers that the page of concepts shows are those that a conversation brings."""

import json
from typing import Any

from docs.blocks import blocks
from rooms import Agent

from postroom.model.answers import Answer

SENT, CAME = (json.loads(each.text) for each in blocks("docs/concepts.md"))


def facts(answer: Answer) -> dict[str, Any]:
    """An answer as a tool gives it."""
    return answer.model_dump(mode="json", by_alias=True, exclude_none=True)


async def test_what_is_shown_is_what_two_agents_are_told(agents: tuple[Agent, Agent]) -> None:
    ada, ben = agents
    asked = await ada.send("How are you?", ben.address, subject="Hello")
    assert facts(asked).keys() == SENT.keys()
    assert asked.status == SENT["status"]
    letter = (await ben.wait()).messages[0]
    await ben.send(CAME["messages"][0]["untrusted_text"], thread_id=letter.thread_id)
    came = facts(await ada.wait(asked.thread_id, asked.after))
    assert came.keys() == CAME.keys()
    assert came["next_step"] == CAME["next_step"]
    (message,), (shown,) = came["messages"], CAME["messages"]
    assert message.keys() == shown.keys()
    told = ("direction", "from", "to", "kind", "untrusted_subject", "untrusted_text")
    assert [message[each] for each in told] == [shown[each] for each in told]
    assert message["sender_verdict"] == shown["sender_verdict"]
