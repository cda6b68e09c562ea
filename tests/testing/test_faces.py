"""An agent is connected to the room of a test as to any other: HTTP, REST, standard input."""

import asyncio

import httpx2
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from postroom.client import AsyncPostroom, Postroom
from postroom.testing import SimulatedPostRoom, hours, minutes, replies
from postroom.testing.agents import Agent
from postroom.testing.blocking import BlockingPostRoom
from postroom.testing.clock import MONDAY_MORNING

KIM = "kim@customer.example"


async def asks(client: Client) -> str:
    """Asks, and waits for as long as it takes."""
    mail = {"to": KIM, "subject": "Your order", "text": "Is it right?"}
    sent = (await client.call_tool("send_email", mail)).structured_content
    assert isinstance(sent, dict)
    given = {"thread_id": sent["thread_id"], "after": sent["after"], "timeout_seconds": 240}
    while True:
        heard = (await client.call_tool("wait_for_reply", given)).structured_content
        assert isinstance(heard, dict)
        if heard["outcome"] == "reply":
            return str(heard["messages"][0]["untrusted_text"])


async def test_a_client_that_starts_a_program_waits_by_the_clock_of_the_test(
    post_room: SimulatedPostRoom,
) -> None:
    post_room.correspondent(KIM, replies("It is.", after=hours(1)))
    support = await post_room.agent("support")
    program, *arguments = await support.command()
    async with Client(StdioServerParameters(command=program, args=arguments)) as client:
        assert await support.run(asks(client)) == "It is."
    assert post_room.now - MONDAY_MORNING == hours(1)


async def test_a_program_with_a_wrong_secret_is_served_nothing(
    post_room: SimulatedPostRoom,
) -> None:
    support = await post_room.agent("support")
    port = int((await support.command())[3])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b'wrong support\n{"jsonrpc":"2.0","id":1,"method":"ping"}\n')
    assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()


async def test_a_client_over_http_waits_by_the_clock_of_the_test(
    post_room: SimulatedPostRoom,
) -> None:
    post_room.correspondent(KIM, replies("It is.", after=hours(1)))
    support = await post_room.agent("support")
    access = {"Authorization": f"Bearer {await support.token()}"}
    async with httpx2.AsyncClient(headers=access, timeout=30) as web:
        wire = streamable_http_client(f"{await support.url()}/mcp", http_client=web)
        async with Client(wire) as client:
            assert await support.run(asks(client)) == "It is."
    assert post_room.now - MONDAY_MORNING == hours(1)


async def test_a_program_asks_by_rest(post_room: SimulatedPostRoom) -> None:
    post_room.correspondent(KIM, replies("It is.", after=minutes(3)))
    support = await post_room.agent("support")

    async def asks_by_rest(agent: Agent) -> str:
        async with AsyncPostroom(await agent.url(), await agent.token()) as post:
            sent = await post.messages.send(
                mailbox=agent.address, to=KIM, subject="Your order", text="Is it right?"
            )
            heard = await post.messages.wait(
                thread_id=sent.thread_id, after=sent.after, timeout_seconds=240
            )
            return heard.messages[0].untrusted_text or ""

    assert await support.run(asks_by_rest(support)) == "It is."


def test_a_test_that_does_not_await_has_all_of_it(blocking_post_room: BlockingPostRoom) -> None:
    room = blocking_post_room
    kim = room.correspondent(KIM, replies("It is.", after=minutes(3)))
    support = room.agent("support")

    def agent() -> str:
        with Postroom(support.url(), support.token()) as post:
            sent = post.messages.send(
                mailbox=support.address, to=KIM, subject="Your order", text="Is it right?"
            )
            heard = post.messages.wait(
                thread_id=sent.thread_id, after=sent.after, timeout_seconds=240
            )
            support.sleep(hours(2))
            support.call("send_email", thread_id=sent.thread_id, text="Thank you.")
            return heard.messages[0].untrusted_text or ""

    assert support.run(agent) == "It is."
    room.settle()
    assert room.now - MONDAY_MORNING == hours(2) + minutes(3)
    assert [mail.at - MONDAY_MORNING.timestamp() for mail in kim.received] == [0, 7380]
    assert [mail.has_left for mail in support.sent(KIM)] == [True, True]
    kim.writes(support.address, "Another thing", "When?", after=hours(1))
    room.advance(hours=1)
    heard = support.call("wait_for_reply", timeout_seconds=0)
    assert heard["messages"][-1]["untrusted_subject"] == "Another thing"
    support.call("send_email", to=KIM, subject="Soon", text="Soon.", hold_for_review="Is it?")
    assert [each.subject for each in room.person.held()] == ["Soon"]
    room.person.approves()
    assert kim.received[-1].subject == "Soon"
