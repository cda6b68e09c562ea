"""What does not arrive is parked after a day and told, keeps its place, and is never dropped."""

import asyncio
from contextlib import AsyncExitStack, suppress

import pytest
from webhooks.receiver import PATIENCE, Received
from webhooks.telling import Room, courier

from postroom.model.callers import operator
from postroom.model.errors import InvalidRequest, NotFound
from postroom.work.webhooks import ledger
from postroom.work.webhooks.backoff import LONGEST_SECONDS

DAY = 86_400


async def check(telling: Room) -> str:
    """What the report on the room's health says of webhooks."""
    report = await telling.post.desk.health.report(operator())
    return next((each.says for each in report.checks if each.name == "webhooks"), "")


async def parked_events(telling: Room) -> list[str]:
    found = (await telling.post.desk.tracing.events(operator(), 0, 1_000)).events
    return [each.detail or "" for each in found if each.type == "webhook.parked"]


@pytest.mark.parametrize("how", ["nobody", "refused"])
async def test_after_a_day_it_is_parked_and_told_and_resumed_where_it_stopped(
    telling: Room, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "GATHER_RETRIES_SECONDS", 0.05)  # a day has many of them
    id, _ = await telling.hook(types=("message.received",))
    telling.receiver.says = lambda _: "500 No"
    if how == "nobody":
        await telling.receiver.close()
    async with courier(telling.post):
        await telling.letter("a")
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.failing_since)
        await telling.all_day(DAY - 60)
        await telling.letter("a")
        assert (await telling.show(id)).status == "failing"
        assert await check(telling) == ""
        await telling.later(120)
        hook = await telling.shown(id, lambda hook: hook.status == "parked")
        assert (hook.reason or "").startswith("It was tried for a day.")
        assert await parked_events(telling) == [id]
        assert id in await check(telling)
        tried = len(await telling.log(id))
        telling.receiver.says = lambda _: "200 OK"
        if how == "nobody":
            await telling.receiver.open()
        await telling.later(DAY)
        assert len(await telling.log(id)) == tried
        await telling.desk.resume(operator(), id)
        await telling.receiver.until(lambda: len(telling.receiver.taken) == 3)
        hook = await telling.shown(id, lambda hook: not hook.behind and not hook.failing_since)
        assert hook.status == "active"
    positions = [int(each.id.partition("-")[2]) for each in telling.receiver.taken]
    assert positions == sorted(set(positions))
    assert await check(telling) == ""


async def test_one_that_says_it_is_gone_is_parked_at_once(telling: Room) -> None:
    id, _ = await telling.hook()
    telling.receiver.says = lambda _: "410 Gone"
    async with courier(telling.post):
        await telling.letter("a")
        hook = await telling.shown(id, lambda hook: hook.status == "parked")
        assert "410" in (hook.reason or "")
        await telling.letter("b")
        telling.receiver.says = lambda _: "200 OK"
        await telling.desk.resume(operator(), id)
        await telling.receiver.until(lambda: len({each.id for each in telling.receiver.taken}) >= 2)


async def test_one_that_is_paused_hears_nothing_until_it_goes_on(telling: Room) -> None:
    id, _ = await telling.hook(types=("message.received",))
    desk = telling.desk
    async with courier(telling.post):
        await telling.letter("a")
        await telling.receiver.gets(1)
        assert (await desk.pause(operator(), id)).status == "paused"
        await telling.letter("a")
        tested = await desk.test(operator(), id)  # also where it is stopped
        assert tested.delivery is not None
        assert tested.delivery.status == 204
        assert [each.type for each in telling.receiver.got] == ["message.received", "webhook.test"]
        await desk.resume(operator(), id)
        await telling.receiver.gets(3)


@pytest.mark.parametrize("by", ["resume", "test"])
@pytest.mark.parametrize("status", ["503 Later", "500 No"])
async def test_one_that_rests_after_failures_is_tried_at_once_when_told_so(
    telling: Room, by: str, status: str
) -> None:
    id, _ = await telling.hook(types=("message.received",))
    telling.receiver.says = lambda _: status
    async with courier(telling.post):
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.failing_since)
        telling.receiver.says = lambda _: "200 OK"
        await (telling.desk.resume if by == "resume" else telling.desk.test)(operator(), id)
        await telling.shown(id, lambda hook: hook.delivered_at and not hook.failing_since)


async def test_resuming_one_that_goes_well_changes_nothing(telling: Room) -> None:
    id, _ = await telling.hook()
    before = await telling.show(id)
    assert await telling.desk.resume(operator(), id) == before


async def test_what_is_replayed_comes_again_under_the_same_ids(telling: Room) -> None:
    id, _ = await telling.hook(types=("message.received",))
    desk = telling.desk
    async with courier(telling.post):
        await telling.letter("a")
        await telling.letter("b")
        first = sorted(each.id for each in await telling.receiver.gets(2))
        done = await desk.replay(operator(), id, "1h")
        assert done.events >= 3
        # the letter from before the endpoint was made comes too
        await telling.receiver.gets(5)
        assert set(first) < {each.id for each in telling.receiver.got[2:]}
        await telling.logs(5)
        await desk.replay(operator(), id, first[0])
        await telling.receiver.gets(6)
        assert telling.receiver.got[-1].id == first[1]
        with pytest.raises(InvalidRequest):
            await desk.replay(operator(), id, "yesterday")
        with pytest.raises(NotFound):
            await desk.replay(operator(), "w_0000000000", "1h")


async def test_a_replay_waits_for_what_is_under_way(telling: Room) -> None:
    import asyncio

    id, _ = await telling.hook(types=("message.received",))
    over = asyncio.Event()
    telling.receiver.holds = lambda _: over
    async with courier(telling.post):
        await telling.letter("a")
        await telling.receiver.gets(1)
        await telling.desk.replay(operator(), id, "1h")
        await telling.later(1)
        assert len(telling.receiver.got) == 1
        over.set()
        await telling.receiver.gets(3)
    assert telling.receiver.got[0].id == telling.receiver.got[2].id


async def test_a_mailbox_that_is_deleted_is_told_and_nothing_more_of_it(telling: Room) -> None:
    id, _ = await telling.hook(agent_name="ada", types=("mailbox.*", "message.*"))

    def says(_: Received) -> str:
        return "500 No"

    telling.receiver.says = says
    async with courier(telling.post):
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.behind)
        await telling.post.desk.mailboxes.delete(operator(), telling.ada.address)
        telling.receiver.says = lambda _: "200 OK"
        await telling.later(600)
        await telling.receiver.until(lambda: bool(telling.receiver.taken))
        await telling.shown(id, lambda hook: not hook.behind)
    assert [each.type for each in telling.receiver.taken] == ["mailbox.deleted"]


async def test_an_endpoint_that_is_deleted_leaves_nothing(telling: Room) -> None:
    id, secret = await telling.hook()
    async with courier(telling.post):
        await telling.letter("a")
        await telling.receiver.gets(1)
        await telling.shown(id, lambda hook: hook.delivered_at)
        await telling.desk.delete(operator(), id)
        came = len(telling.receiver.got)
        await telling.letter("b")
        other, _ = await telling.hook(f"{telling.receiver.url}?other", types=("message.received",))
        await telling.letter("c")
        await telling.shown(other, lambda hook: hook.delivered_at)
    assert {each.type for each in telling.receiver.got[came:]} == {"message.received"}
    left = "SELECT count(*) FROM webhook_log WHERE webhook_id = 1"
    count = await telling.post.index.read(lambda con: con.execute(left).fetchone()[0])
    assert count == 0
    await telling.post.index.close()
    assert secret.encode() not in telling.post.settings.index_file.read_bytes()


async def test_a_day_in_which_the_machine_slept_is_no_day_of_trying(telling: Room) -> None:
    id, _ = await telling.hook(types=("message.received",))
    telling.receiver.says = lambda _: "503 Not now"
    async with courier(telling.post):
        await telling.letter("a")
        await telling.logs(1)
        await telling.later(3 * DAY)
        await telling.logs(2)
        assert (await telling.show(id)).status == "failing"
        telling.receiver.says = lambda _: "200 OK"
        await telling.later(LONGEST_SECONDS)
        await telling.receiver.until(lambda: len(telling.receiver.taken) == 1)


@pytest.mark.parametrize("worker", ["the same", "another"])
@pytest.mark.parametrize("said", ["503 Not now", "500 No"])
async def test_a_clock_that_was_put_back_keeps_nothing_waiting(
    telling: Room, said: str, worker: str
) -> None:
    await telling.hook(types=("message.received",))
    telling.receiver.says = lambda _: said
    async with AsyncExitStack() as working:
        await working.enter_async_context(courier(telling.post))
        await telling.letter("a")
        await telling.logs(1)
        if worker == "another":
            await working.aclose()
        before = telling.clock()
        await telling.later(-3_650 * DAY)
        telling.receiver.says = lambda _: "200 OK"
        if worker == "another":
            await working.enter_async_context(courier(telling.post))
        async with asyncio.timeout(PATIENCE):
            while not telling.receiver.taken:
                await telling.later(LONGEST_SECONDS)
                with suppress(TimeoutError):  # a worker that begins has not looked yet
                    async with asyncio.timeout(0.05):
                        await telling.receiver.until(lambda: bool(telling.receiver.taken))
    assert telling.clock() < before - 1_000 * DAY
