"""A person tries an agent by hand: by real mail, there and back."""

import pytest
from rooms import Agent, eventually

from postroom.build import PostRoom
from postroom.model.answers import ThreadSummary
from postroom.model.callers import operator
from postroom.model.errors import Conflict, NotFound, Refused


async def test_a_visitors_mail_reaches_the_agent_and_its_answer_comes_back(
    room: PostRoom, agents: tuple[Agent, Agent]
) -> None:
    ada, _ = agents
    visiting, caller = room.desk.visiting, operator()
    assert ada.address in (await visiting.places(caller)).agents
    sent = await visiting.write(caller, ada.address, "A question", "How late is it?")
    assert sent.status == "sent"
    got = await ada.wait()
    (message,) = got.messages
    assert message.from_ == "visitor@agents.localhost"
    assert (message.untrusted_text, message.sender_verdict) == ("How late is it?", "verified")
    await ada.send("Ten.", thread_id=message.thread_id, confirm=True)

    async def answered() -> tuple[ThreadSummary, ...]:
        found = await room.desk.reading.threads(caller, "visitor@agents.localhost", awaiting="us")
        return found.threads

    (thread,) = await eventually(answered)
    assert thread.thread_id == sent.thread_id
    await visiting.answer(caller, thread.thread_id, "Thank you.")
    again = await ada.wait(after=got.after)
    assert again.messages[0].untrusted_text == "Thank you."


async def test_a_visitor_is_nobody_else_and_no_agent(quiet_room: PostRoom, ada: Agent) -> None:
    visiting, caller = quiet_room.desk.visiting, operator()
    await Agent(quiet_room, "ben").open()
    with pytest.raises(Conflict):
        await visiting.write(caller, ada.address, "S", "T", name="ben")
    for nobody in ("x@far.example", "none@agents.localhost", ""):
        with pytest.raises(NotFound):
            await visiting.write(caller, nobody, "S", "T")
    await visiting.write(caller, ada.address, "S", "T")
    with pytest.raises(Conflict):
        await Agent(quiet_room, "visitor").open()
    own = (await ada.send("Hello.", "x@far.example", subject="S")).thread_id
    with pytest.raises(Refused):
        await visiting.answer(caller, own, "T")
    places = await visiting.places(caller)
    assert places.visitors == ("visitor@agents.localhost",)
    assert set(places.agents) == {ada.address, "ben@agents.localhost"}
