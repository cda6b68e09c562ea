"""Time passes where everybody waits, in the order of what is due, and nowhere else."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from mcp import Client

from postroom.testing import (
    Agent,
    SimulatedPostRoom,
    StillAtIt,
    Stuck,
    ToolRefused,
    days,
    hours,
    minutes,
    open_post_room,
    replies,
    seconds,
)
from postroom.testing.agents import Era
from postroom.testing.clock import MONDAY_MORNING

KIM = "kim@customer.example"
ERAS: tuple[Era, ...] = ("auto", "legacy")


async def use(client: Client, tool: str, **arguments: Any) -> dict[str, Any]:
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def follows_up(agent: Agent, era: Era = "auto") -> list[str]:
    """An agent of the loop kind: it asks, waits, asks again after three days, and gives up after
    three more; the outcomes that it saw."""
    outcomes: list[str] = []
    async with agent.client(era) as client:
        sent = await use(client, "send_email", to=KIM, subject="Your order", text="Is it right?")
        thread, after = sent["thread_id"], sent["after"]
        begun = await now_of(client)
        reminded = False
        while True:
            heard = await use(
                client, "wait_for_reply", thread_id=thread, after=after, timeout_seconds=240
            )
            after = heard["after"]
            outcomes.append(heard["outcome"])
            if heard["outcome"] == "reply":
                await use(client, "send_email", thread_id=thread, text="Thank you.")
                return outcomes
            waited = datetime.fromisoformat(heard["as_of"]) - begun
            if waited >= days(6):
                return [*outcomes, "given up"]
            if waited >= days(3) and not reminded:
                await use(client, "send_email", thread_id=thread, text="Did you see this?")
                reminded = True


async def now_of(client: Client) -> datetime:
    return datetime.fromisoformat((await use(client, "list_mailboxes"))["as_of"])


@pytest.mark.parametrize("era", ERAS)
async def test_a_wait_by_a_tool_ends_when_its_time_is_over_in_the_room(
    post_room: SimulatedPostRoom, era: Era
) -> None:
    support = await post_room.agent("support")
    began = asyncio.get_running_loop().time()
    async with support.client(era) as client:
        heard = await support.run(use(client, "wait_for_reply", timeout_seconds=200))
    assert heard["outcome"] == "timeout"
    assert heard["as_of"] == "2026-01-05T09:03:20Z"
    assert asyncio.get_running_loop().time() - began < 5


async def test_an_agent_follows_up_where_nobody_answers_for_three_days(
    post_room: SimulatedPostRoom,
) -> None:
    kim = post_room.correspondent(KIM)
    support = await post_room.agent("support")
    outcomes = await support.run(follows_up(support), stride=hours(4))
    assert outcomes[-1] == "given up"
    assert post_room.now - MONDAY_MORNING == days(6)
    assert [mail.at - MONDAY_MORNING.timestamp() for mail in kim.received] == [0, 3 * 86_400]
    first, second = kim.received
    assert first.message_id in second.references


@pytest.mark.parametrize("era", ERAS)
async def test_an_agent_answers_in_the_thread_once_the_reply_is_there(
    post_room: SimulatedPostRoom, era: Era
) -> None:
    kim = post_room.correspondent(KIM, replies("It is.", after=hours(1)))
    support = await post_room.agent("support")
    assert (await support.run(follows_up(support, era)))[-1] == "reply"
    assert post_room.now - MONDAY_MORNING == hours(1)
    await post_room.settle()
    assert [mail.subject for mail in kim.received] == ["Your order", "Re: Your order"]
    assert "Thank you." in kim.received[1].text


async def test_waits_end_at_their_time_where_no_stride_is_given(
    post_room: SimulatedPostRoom,
) -> None:
    post_room.correspondent(KIM, replies("It is.", after=minutes(9)))
    support = await post_room.agent("support")
    assert await support.run(follows_up(support)) == ["timeout", "timeout", "reply"]


async def test_an_agent_in_the_background_goes_on_while_a_test_moves_the_clock(
    post_room: SimulatedPostRoom,
) -> None:
    kim = post_room.correspondent(KIM, replies("It is.", after=hours(30)))
    support = await post_room.agent("support")
    async with support.running(follows_up(support)) as going:
        await post_room.advance(hours=29)
        assert len(kim.received) == 1
        assert not going.done()
        await post_room.advance(hours=1)
        assert going.done()
    assert len(kim.received) == 2


async def test_what_an_agent_in_the_background_raises_is_raised(
    post_room: SimulatedPostRoom,
) -> None:
    support = await post_room.agent("support")

    async def fails() -> None:
        await support.sleep(hours(1))
        raise KeyError("a fault of the agent")

    with pytest.raises(KeyError, match="a fault of the agent"):
        async with support.running(fails()):
            await post_room.advance(hours=2)


async def test_an_agent_that_is_left_running_is_ended(post_room: SimulatedPostRoom) -> None:
    support = await post_room.agent("support")
    async with support.running(support.sleep(days(1))) as going:
        await post_room.advance(hours=1)
    assert going.cancelled()


async def test_a_wait_that_a_test_begins_by_itself_ends_by_the_rooms_clock(
    post_room: SimulatedPostRoom,
) -> None:
    support = await post_room.agent("support")
    async with support.client() as client:
        waiting = asyncio.create_task(use(client, "wait_for_reply", timeout_seconds=240))
        await post_room.advance(minutes=4)
        assert (await waiting)["outcome"] == "timeout"


async def test_two_agents_talk_each_at_its_own_time(post_room: SimulatedPostRoom) -> None:
    ada, ben = await post_room.agent("ada"), await post_room.agent("ben")

    async def asks() -> str:
        sent = await ada.call("send_email", to=ben.address, subject="Figures", text="Ready?")
        while True:
            heard = await ada.call(
                "wait_for_reply",
                thread_id=sent["thread_id"],
                after=sent["after"],
                timeout_seconds=240,
            )
            if heard["messages"]:
                return str(heard["messages"][0]["untrusted_text"])

    async def works_for_an_hour() -> None:
        heard = await ben.call("wait_for_reply", timeout_seconds=240)
        await ben.sleep(hours(1))
        await ben.call("send_email", thread_id=heard["messages"][0]["thread_id"], text="Now.")

    said, _ = await asyncio.gather(ada.run(asks()), ben.run(works_for_an_hour()))
    assert said == "Now."
    assert hours(1) <= post_room.now - MONDAY_MORNING <= hours(1) + minutes(4)


async def test_an_agent_that_never_ends_is_told_of(post_room: SimulatedPostRoom) -> None:
    support = await post_room.agent("support")

    async def waits_for_ever() -> None:
        while True:
            await support.call("wait_for_reply", timeout_seconds=240)

    with pytest.raises(StillAtIt, match="support"):
        await support.run(waits_for_ever(), limit=hours(1))
    assert post_room.now - MONDAY_MORNING <= hours(1)


async def test_an_agent_that_does_not_wait_by_the_rooms_clock_is_told_of(tmp_path: Path) -> None:
    async with open_post_room(tmp_path / "room", patience=0.2) as post_room:
        support = await post_room.agent("support")
        with pytest.raises(Stuck, match="neither waits for mail nor sleeps"):
            await support.run(asyncio.sleep(60))


async def test_an_agent_that_is_run_cannot_move_the_clock(post_room: SimulatedPostRoom) -> None:
    support = await post_room.agent("support")
    with pytest.raises(RuntimeError, match="let it sleep"):
        await support.run(post_room.advance(hours=1))


@pytest.mark.parametrize("era", ERAS)
async def test_what_a_test_raises_beside_a_client_is_raised_as_it_is(
    post_room: SimulatedPostRoom, era: Era
) -> None:
    support = await post_room.agent("support")
    with pytest.raises(AssertionError, match="what the test says"):
        async with support.client(era):
            raise AssertionError("what the test says")


async def test_a_tools_error_is_raised_with_its_code(post_room: SimulatedPostRoom) -> None:
    support = await post_room.agent("support")
    with pytest.raises(ToolRefused) as refused:
        await support.call("get_thread", thread_id="t_0000000000")
    assert refused.value.code in str(refused.value)
    assert refused.value.code.isidentifier()


async def test_a_person_approves_after_two_hours(post_room: SimulatedPostRoom) -> None:
    kim = post_room.correspondent(KIM)
    post_room.person.will_approve(after=hours(2), note="Go ahead.")
    support = await post_room.agent("support")
    heard = await support.run(asks_a_person(support))
    assert heard["outcome"] == "approved"
    assert post_room.now - MONDAY_MORNING == hours(2)
    await post_room.settle()
    assert kim.received[0].at - MONDAY_MORNING.timestamp() == 7200


async def asks_a_person(agent: Agent) -> dict[str, Any]:
    """An agent that does not send without a person, and waits for what they say."""
    sent = await agent.call(
        "send_email",
        to=KIM,
        subject="A refund",
        text="You get your money back.",
        hold_for_review="It is about money.",
    )
    assert sent["status"] == "held"
    while True:
        heard = await agent.call(
            "wait_for_reply",
            thread_id=sent["thread_id"],
            after=sent["after"],
            timeout_seconds=240,
        )
        if heard["outcome"] not in ("held", "timeout"):
            return heard


async def test_a_person_denies_and_the_agent_hears_why(post_room: SimulatedPostRoom) -> None:
    kim = post_room.correspondent(KIM)
    support = await post_room.agent("support")
    async with support.running(asks_a_person(support)) as going:
        await post_room.settle()
        (held,) = await post_room.person.held()
        assert held.agents_reason == "It is about money."
        await post_room.person.denies(note="Not twice.")
        heard = await going
    assert (heard["outcome"], heard["operator_note"]) == ("denied", "Not twice.")
    assert not (await post_room.the_mail()).has_left
    assert kim.received == []


async def test_what_nobody_decides_about_expires(post_room: SimulatedPostRoom) -> None:
    post_room.correspondent(KIM)
    support = await post_room.agent("support")
    heard = await support.run(asks_a_person(support), stride=hours(12))
    assert heard["outcome"] == "expired"
    assert (await support.sent())[0].status == "expired"


async def test_a_mailbox_for_a_while_ends_when_its_time_is_over(
    post_room: SimulatedPostRoom,
) -> None:
    support = await post_room.agent("support")
    await support.call("create_mailbox", username="short", expires_in="2h")
    await post_room.advance(hours=2)
    boxes = (await support.call("list_mailboxes"))["mailboxes"]
    assert [box["status"] for box in boxes if box["address"].startswith("short")] == ["expired"]


async def test_a_room_begins_when_and_by_which_rules_a_test_says(tmp_path: Path) -> None:
    christmas = datetime(2026, 12, 24, 18, tzinfo=UTC)
    async with open_post_room(
        tmp_path / "room", begins=christmas, policy='default = "hold"\n'
    ) as post_room:
        post_room.correspondent(KIM)
        assert post_room.now == christmas
        support = await post_room.agent("support")
        sent = await support.call("send_email", to=KIM, subject="Hello", text="Hello.")
        assert sent["status"] == "held"
        await post_room.person.approves()
        assert (await post_room.the_mail(KIM)).has_left


async def test_a_room_begins_at_no_local_time(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        async with open_post_room(tmp_path / "room", begins=datetime(2026, 1, 1)):  # noqa: DTZ001
            pass


async def test_a_mail_that_is_not_the_only_one_is_told_with_the_others(
    post_room: SimulatedPostRoom,
) -> None:
    post_room.correspondent(KIM)
    support = await post_room.agent("support")
    with pytest.raises(AssertionError, match="0 mails were sent so"):
        await post_room.the_mail(KIM)
    for number in range(2):
        await support.call("send_email", to=KIM, subject=f"No. {number}", text="Hello.")
    with pytest.raises(AssertionError, match=r"2 mails were sent so(.|\n)*'No. 1'"):
        await post_room.the_mail(KIM)
    assert seconds(60) == timedelta(minutes=1)
