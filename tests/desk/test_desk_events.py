"""What happened, page by page, and what happens, as it comes."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from rooms import Agent, Postman, letter

from postroom.build import PostRoom
from postroom.desk.events import feed, listener
from postroom.desk.events.events import News
from postroom.index import journal
from postroom.model.callers import Caller, operator
from postroom.model.errors import InvalidRequest, NotFound, PostroomError
from postroom.model.events import EventType


async def next_told(following: AsyncGenerator[News, None]) -> list[str]:
    """The types of what comes next."""
    async with asyncio.timeout(10):
        async for news in following:
            if news.told:
                return [one.event.type for one in news.told]
    raise AssertionError("it ended")


async def happen(room: PostRoom, count: int, mailbox_id: int = 1) -> None:
    """So many events of a mailbox, each a commit of its own."""
    for _ in range(count):
        await room.index.write(
            lambda con: journal.append(
                con, 1.0, EventType.MAILBOX_PROBLEM, "worker", mailbox_id=mailbox_id
            )
        )


async def test_pages_tell_everything_once_and_in_order(quiet_room: PostRoom, ada: Agent) -> None:
    await happen(quiet_room, 7)
    desk, after, ids = quiet_room.desk.events, "begin", []
    while True:
        page = await desk.list(ada.caller, after, limit=2)
        ids += [one.id for one in page.events]
        after = page.after
        if not page.more:
            break
    assert len(ids) == len(set(ids)) == 9
    assert [int(id.partition("-")[2]) for id in ids] == sorted(
        int(id.partition("-")[2]) for id in ids
    )
    assert not (await desk.list(ada.caller, after)).events
    assert not (await desk.list(ada.caller)).events


async def test_a_page_waits_for_its_first_event(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    desk = quiet_room.desk.events
    before = (await desk.list(ada.caller)).after
    asked = asyncio.create_task(desk.list(ada.caller, before, types=["message.*"], wait_seconds=30))
    await happen(quiet_room, 3)
    await postman.bring(ada.address, letter(to=ada.address))
    page = await asked
    assert [one.type for one in page.events] == ["message.received"]
    behind = await desk.list(ada.caller, page.after, wait_seconds=0.05)
    assert not behind.events


async def test_what_is_followed_begins_with_its_place_and_tells_what_was_and_what_comes(
    quiet_room: PostRoom, ada: Agent
) -> None:
    following = quiet_room.desk.events.follow(ada.caller, "begin")
    first = await anext(following)
    assert not first.told
    assert (await quiet_room.desk.events.list(ada.caller, first.after, limit=1)).events
    assert await next_told(following) == ["mailbox.created", "mailbox.live"]
    await happen(quiet_room, 1)
    assert await next_told(following) == ["mailbox.problem"]
    await following.aclose()


async def test_many_follow_and_each_is_told_its_own(quiet_room: PostRoom, ada: Agent) -> None:
    eve = Agent(quiet_room, "eve")
    await eve.open("eve")
    follow = quiet_room.desk.events.follow
    streams = [
        follow(ada.caller),
        follow(eve.caller),
        follow(operator()),
        follow(ada.caller, types=["message.*"]),
        follow(operator(), mailbox=eve.address),
    ]
    for each in streams:
        await anext(each)
    heard = [asyncio.create_task(next_told(each)) for each in streams]
    await happen(quiet_room, 1)
    done, _ = await asyncio.wait(heard[:1])
    await happen(quiet_room, 1, mailbox_id=2)
    done, _ = await asyncio.wait([heard[1], heard[2], heard[4]])
    assert len(done) == 3
    assert not heard[3].done()
    heard[3].cancel()
    await asyncio.wait(heard[3:4])
    for each in streams:
        await each.aclose()


async def test_who_takes_too_slowly_loses_nothing(
    quiet_room: PostRoom, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "MAX_KEPT", 3)
    following = quiet_room.desk.events.follow(ada.caller)
    await anext(following)
    told: list[int] = []
    pending = asyncio.create_task(next_told(following))
    for _ in range(3):
        await happen(quiet_room, 1)
    await pending
    await happen(quiet_room, 20)
    before = await quiet_room.index.position()
    async with asyncio.timeout(10):
        async for news in following:
            told += [one.position for one in news.told]
            if told and told[-1] == before:
                break
    assert told == list(range(told[0], before + 1))
    await following.aclose()


async def test_a_quiet_place_moves_on_with_the_journal(
    quiet_room: PostRoom, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is told nothing for long does not have all of it looked through when it comes back."""
    monkeypatch.setattr(feed, "BEAT_SECONDS", 0.01)
    eve = Agent(quiet_room, "eve")
    await eve.open("eve")
    following = quiet_room.desk.events.follow(eve.caller)
    first = await anext(following)
    await happen(quiet_room, 5)
    async with asyncio.timeout(10):
        async for news in following:
            assert not news.told
            if news.after.endswith(f"-{await quiet_room.index.position()}"):
                break
    assert news.after != first.after
    await following.aclose()


async def test_nobody_follows_what_is_anothers(quiet_room: PostRoom, ada: Agent) -> None:
    sent = await ada.send("Hello.", "ben@far.example")
    stranger = Caller(agent="eve")
    questions: tuple[tuple[dict[str, Any], str], ...] = (
        ({"mailbox": ada.address}, "mailbox_not_found"),
        ({"mailbox": "nobody@agents.localhost"}, "mailbox_not_found"),
        ({"thread_id": sent.thread_id}, "thread_not_found"),
        ({"thread_id": "t_0000000000"}, "thread_not_found"),
    )
    for asked, code in questions:
        for call in (
            quiet_room.desk.events.list(stranger, **asked),
            anext(quiet_room.desk.events.follow(stranger, **asked)),
        ):
            with pytest.raises(NotFound) as refused:
                await call
            assert refused.value.code == code
    cannot_read = ada.caller.model_copy(update={"scopes": frozenset({"send"})})
    with pytest.raises(PostroomError):
        await quiet_room.desk.events.list(cannot_read)


@pytest.mark.parametrize(
    "asked", [{"limit": 0}, {"limit": 501}, {"wait_seconds": 61}, {"types": ["x"]}, {"after": "x"}]
)
async def test_what_means_nothing_is_refused(
    quiet_room: PostRoom, ada: Agent, asked: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRequest):
        await quiet_room.desk.events.list(ada.caller, **asked)


async def test_a_closed_room_ends_what_is_followed(quiet_room: PostRoom, ada: Agent) -> None:
    following = quiet_room.desk.events.follow(ada.caller)
    await anext(following)
    pending = asyncio.create_task(next_told(following))
    await happen(quiet_room, 1)
    await pending
    pending = asyncio.create_task(next_told(following))
    quiet_room.index.next_change()
    await quiet_room.index.close()
    quiet_room.index._rung()
    with pytest.raises(PostroomError):
        await pending
