"""Events come to an endpoint: signed, in order for each conversation, at least once."""

import asyncio

from rooms import Agent, rows
from webhooks.receiver import Received
from webhooks.telling import Room, courier

from postroom.work.webhooks.courier import PLACES, SLOW_PLACES


def received(room: Room) -> list[str]:
    """The threads of what was taken, in order."""
    return [each.thread for each in room.receiver.taken]


async def test_a_mail_is_told_signed_by_its_ids_and_without_its_words(telling: Room) -> None:
    _, secret = await telling.hook(types=("message.*",))
    async with courier(telling.post):
        await telling.letter("a")
        (came,) = await telling.receiver.gets(1)
    said = came.json
    assert set(said) == {"type", "timestamp", "data"}
    assert said["type"] == "message.received"
    assert said["data"]["mailbox"] == telling.ada.address
    assert {"thread_id", "message_id", "id"} <= set(said["data"])
    assert b"secret word" not in came.body
    assert came.id == said["data"]["id"]
    assert came.is_signed_with(secret)
    assert came.headers["content-type"] == "application/json"


async def test_what_happened_while_nobody_worked_is_told_in_order(telling: Room) -> None:
    await telling.hook(types=("message.received",))
    for thread in "aabab":
        await telling.letter(thread)
    async with courier(telling.post):
        came = await telling.receiver.gets(5)
    ids = [int(each.id.partition("-")[2]) for each in came]
    for thread in {each.thread for each in came}:
        own = [id for id, each in zip(ids, came, strict=True) if each.thread == thread]
        assert own == sorted(own)
    async with courier(telling.post):
        await telling.letter("c")
        await telling.receiver.gets(6)
    assert len({each.id for each in telling.receiver.got}) == 6  # none came twice


async def test_a_conversation_that_is_refused_waits_and_the_others_go_on(telling: Room) -> None:
    id, _ = await telling.hook(types=("message.received",))
    refused: list[str] = []

    def says(came: Received) -> str:
        if not refused:
            refused.append(came.thread)
        return "500 Not now" if came.thread in refused else "200 OK"

    telling.receiver.says = says
    async with courier(telling.post):
        for thread in "aababb":
            await telling.letter(thread)
        await telling.receiver.until(lambda: len(telling.receiver.taken) == 3)
        assert (await telling.shown(id, lambda hook: hook.behind)).status == "failing"
        assert set(received(telling)).isdisjoint(refused)
        (first,) = [each for each in telling.receiver.got if each.thread in refused]
        telling.receiver.says = lambda _: "200 OK"
        await telling.later(10)
        await telling.receiver.until(lambda: len(telling.receiver.taken) == 6)
        await telling.shown(id, lambda hook: not hook.behind)
    own = [each.id for each in telling.receiver.taken if each.thread in refused]
    assert own[0] == first.id  # the same again
    assert own == sorted(own, key=lambda each: int(each.partition("-")[2]))


async def test_where_nobody_answers_everything_waits_and_comes_once(telling: Room) -> None:
    id, _ = await telling.hook(types=("message.received",))
    await telling.receiver.close()
    async with courier(telling.post):
        for thread in "abcd":
            await telling.letter(thread)
        failing = await telling.shown(id, lambda hook: hook.failing_since)
        assert (failing.status, failing.behind) == ("failing", None)
        log = (await telling.log(id))[0]
        assert (log.status, (log.fault or "").partition(":")[0]) == (None, "peer_unreachable")
        await telling.receiver.open()
        await telling.later(25)
        await telling.receiver.gets(4)
        assert not (await telling.shown(id, lambda hook: not hook.failing_since)).next_try_at
    assert len({each.id for each in telling.receiver.got}) == 4


async def test_a_slow_receiver_does_not_hold_the_others(telling: Room) -> None:
    over = asyncio.Event()
    await telling.hook(f"{telling.receiver.url}?slow", types=("message.received",))
    await telling.hook(types=("message.received",))
    seen: set[str] = set()

    def holds(came: Received) -> asyncio.Event | None:
        """The first that come of each event are held: one of the two endpoints is slow."""
        is_first = came.id not in seen
        seen.add(came.id)
        return over if is_first else None

    telling.receiver.holds = holds
    async with courier(telling.post):
        await telling.letter("a")
        await telling.letter("b")
        await telling.receiver.until(lambda: len(telling.receiver.taken) == 2)
        over.set()
        await telling.receiver.until(lambda: len(telling.receiver.taken) == 4)


async def test_retry_after_is_honoured_within_bounds(telling: Room) -> None:
    id, _ = await telling.hook(types=("message.received",))
    telling.receiver.says = lambda _: "503 Busy\r\nRetry-After: 600"
    async with courier(telling.post):
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.failing_since)
        telling.receiver.says = lambda _: "429 Too many\r\nRetry-After: 99999999"
        await telling.later(300)
        await telling.letter("b")
        assert len(telling.receiver.got) == 1
        await telling.later(301)
        await telling.receiver.gets(2)
        await telling.until(lambda con: rows(con, "SELECT 1 FROM webhooks WHERE failures > 1"))
        telling.receiver.says = lambda _: "200 OK"
        await telling.later(7_201)
        await telling.receiver.until(lambda: len(telling.receiver.taken) == 2)


async def test_only_what_an_endpoint_asks_for_comes_to_it(telling: Room) -> None:
    ben = await Agent(telling.post, "ben").open()
    await telling.hook(f"{telling.receiver.url}", mailboxes=("ben",), types=("message.received",))
    async with courier(telling.post):
        await telling.letter("a")
        await telling.letter("b", ben)
        await telling.ada.send("Hello.", "x@far.example")
        await telling.letter("b", ben)
        came = await telling.receiver.gets(2)
    assert {each.json["data"]["mailbox"] for each in came} == {ben.address}
    assert len(came) == 2


async def test_whoever_answers_at_once_waits_for_no_crowd_of_the_slow(telling: Room) -> None:
    """However many endpoints hold their answers back, there are places for the others."""
    receiver, ended = telling.receiver, asyncio.Event()
    receiver.holds = lambda came: ended if came.path != "/hook" else None

    def came(to_slow: bool) -> int:
        return sum((each.path != "/hook") == to_slow for each in receiver.got)

    await telling.hook(types=("message.received",))
    async with courier(telling.post):
        await telling.letter("a")
        await receiver.gets(1)  # it is known to answer at once
        for number in range(PLACES):
            await telling.hook(f"{receiver.url}/{number}", types=("message.received",))
        for number, thread in enumerate("bcdefgh"):
            await telling.letter(thread)
            await receiver.until(lambda: came(to_slow=False) == 2 + number)  # noqa: B023
        await receiver.until(lambda: came(to_slow=True) == SLOW_PLACES)
        ended.set()
        # All have their turn, one after the other.
        await receiver.until(lambda: len(receiver.taken) == 1 + 7 * (PLACES + 1))
