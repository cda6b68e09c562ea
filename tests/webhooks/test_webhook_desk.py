"""Whose an endpoint is, who may make one, and where its secrets are told."""

import logging

import pytest
from rooms import Agent
from webhooks.telling import Room, courier

from postroom.accounts.webhooks import Webhooks
from postroom.desk.times import iso
from postroom.desk.webhooks.webhooks import MOST_OF_AN_AGENT, MOST_SECRETS, WebhookDesk
from postroom.index import webhooks
from postroom.index.database import Connection
from postroom.model.callers import Caller, agent, operator
from postroom.model.errors import Conflict, InvalidRequest, NotFound, Refused
from postroom.model.webhooks import Lane


def desk(telling: Room, agents: bool = True) -> WebhookDesk:
    """One whose operator lets agents make endpoints."""
    allowed = telling.post.settings.operator.webhooks.model_copy(update={"agents": agents})
    return WebhookDesk(telling.post.index, allowed, lambda: "")


async def test_by_default_operators_alone_make_endpoints(telling: Room) -> None:
    assert not Webhooks().agents
    with pytest.raises(Refused) as refused:
        await desk(telling, agents=False).create(telling.ada.caller, telling.receiver.url)
    assert refused.value.code == "operator_only"


async def test_another_agents_endpoint_looks_as_if_it_did_not_exist(telling: Room) -> None:
    hooks, ada = desk(telling), telling.ada.caller
    made = await hooks.create(ada, telling.receiver.url)
    own, theirs = made.webhook.webhook_id, (await telling.hook())[0]
    assert made.webhook.agent == "ada"
    for stranger in (agent("eve"), agent("acme/ada")):
        assert (await hooks.list(stranger)).webhooks == ()
    confined = ada.model_copy(update={"mailboxes": ("other",)})
    one_thread = ada.model_copy(update={"thread": "t_0123456789"})
    for caller, id in (
        (agent("eve"), own),
        (agent("acme/ada"), own),
        (confined, own),
        (one_thread, own),
        (ada, theirs),
    ):
        for call in (
            hooks.show, hooks.deliveries, hooks.pause, hooks.resume, hooks.rotate, hooks.test,
            hooks.delete,
        ):  # fmt: skip
            with pytest.raises(NotFound) as found:
                await call(caller, id)
            with pytest.raises(NotFound) as never:
                await call(caller, "w_0000000000")
            assert str(found.value) == str(never.value)
        with pytest.raises(NotFound):
            await hooks.replay(caller, id, "1h")
    (shown,) = (await hooks.list(ada)).webhooks
    assert shown.webhook_id == own
    assert shown.url == telling.receiver.url.replace("/hook", "/…")  # the rest may be a secret
    assert shown == await hooks.show(ada, own)
    assert len((await hooks.list(operator())).webhooks) == 2


async def test_an_agents_endpoint_hears_its_own_mail_alone_and_no_more_than_its_maker_sees(
    telling: Room,
) -> None:
    eve = await Agent(telling.post, "eve").open()
    second = Agent(telling.post, "ada")
    await second.open("second")
    hooks = desk(telling)
    confined = telling.ada.caller.model_copy(update={"mailboxes": ("second",)})
    await hooks.create(telling.ada.caller, telling.receiver.url, types=("message.received",))
    made = await hooks.create(confined, f"{telling.receiver.url}?c", types=("message.received",))
    assert made.webhook.mailboxes == ("second",)
    assert [each.webhook_id for each in (await hooks.list(confined)).webhooks] == [
        made.webhook.webhook_id
    ]
    async with courier(telling.post):
        await telling.letter("e", eve)
        await telling.letter("a")
        await telling.letter("s", second)
        await telling.receiver.gets(3)
        await telling.shown(made.webhook.webhook_id, lambda hook: hook.delivered_at)
    heard = sorted(each.json["data"]["mailbox"] for each in telling.receiver.got)
    assert heard == [telling.ada.address, second.address, second.address]


async def test_an_agent_cannot_pass_for_another_and_makes_only_so_many(telling: Room) -> None:
    hooks = desk(telling)
    with pytest.raises(Refused):
        await hooks.create(telling.ada.caller, telling.receiver.url, agent_name="eve")
    for _ in range(MOST_OF_AN_AGENT):
        made = await hooks.create(telling.ada.caller, telling.receiver.url)
        assert made.webhook.agent == "ada"
    with pytest.raises(Conflict):
        await hooks.create(telling.ada.caller, telling.receiver.url)
    with pytest.raises(Refused):
        await hooks.create(Caller(agent="ada", scopes=frozenset({"send"})), telling.receiver.url)


async def test_one_conversation_is_a_filter(telling: Room) -> None:
    await telling.letter("a")
    found = await telling.post.desk.reading.threads(telling.ada.caller)
    thread = found.threads[0].thread_id
    await telling.hook(thread_id=thread, types=("message.received",))
    with pytest.raises(NotFound):
        await telling.hook(agent_name="eve", thread_id=thread)
    with pytest.raises(InvalidRequest):
        await telling.hook(types=("message.flown",))
    async with courier(telling.post):
        await telling.letter("b")
        await telling.letter("a")
        await telling.letter("b")
        await telling.letter("a")
        came = await telling.receiver.gets(2)
    assert [each.thread for each in came] == [thread, thread]


async def test_the_next_try_is_that_of_the_whole_endpoint_while_it_rests(telling: Room) -> None:
    """Also where conversations of it were refused before, whose own time is over."""
    id, _ = await telling.hook(types=("message.received",))
    other, _ = await telling.hook(types=("mailbox.*",))
    now = telling.clock()
    since = now - 90

    def fails(con: Connection) -> None:
        hook = webhooks.one(con, id)
        assert hook is not None
        told = {"failures": 2, "failing_since": since, "next_at": now + 100}
        webhooks.moved(con, hook.model_copy(update=told))
        lane = Lane(
            name="a", mailbox="", position=1, failures=1, failing_since=since, next_at=now - 50
        )
        webhooks.put_lane(con, hook.id, lane)

    await telling.post.index.write(fails)
    assert (await telling.show(id)).next_try_at == iso(now + 100)
    await telling.later(3_600)  # nobody posts: it is due
    shown = await telling.show(id)
    assert shown.status == "failing"
    assert shown.next_try_at is not None
    assert shown.next_try_at >= iso(now + 3_600)
    for status, ids in (("failing", [id]), ("active", [other]), ("paused", [])):
        found = await telling.desk.list(operator(), status=status)
        assert [each.webhook_id for each in found.webhooks] == ids


async def test_a_test_that_arrived_counts_as_arrived(telling: Room) -> None:
    id, _ = await telling.hook(types=("thread.updated",))
    assert (await telling.show(id)).delivered_at is None
    async with courier(telling.post):
        await telling.desk.test(operator(), id)
        assert (await telling.show(id)).delivered_at == iso(telling.clock())


async def test_what_is_to_come_is_not_told_again(telling: Room) -> None:
    id, _ = await telling.hook()
    with pytest.raises(InvalidRequest) as refused:
        await telling.desk.replay(operator(), id, "2130-01-01")
    assert refused.value.code == "time_out_of_range"


async def test_while_a_secret_is_rotated_both_sign(telling: Room) -> None:
    id, old = await telling.hook(types=("message.received",))
    hooks = telling.desk
    async with courier(telling.post):
        new = (await hooks.rotate(operator(), id, 3_600)).secret
        await telling.letter("a")
        (came,) = await telling.receiver.gets(1)
        assert len(came.signatures) == 2
        assert came.is_signed_with(new)
        assert came.is_signed_with(old)
        await telling.later(3_601)
        await telling.letter("a")
        came = (await telling.receiver.gets(2))[-1]
        assert (came.is_signed_with(new), came.is_signed_with(old)) == (True, False)
        at_once = (await hooks.rotate(operator(), id, 0)).secret
        await telling.letter("a")
        came = (await telling.receiver.gets(3))[-1]
        assert len(came.signatures) == 1
        assert came.is_signed_with(at_once)
    assert (await telling.show(id)).secrets == 1
    for _ in range(MOST_SECRETS - 1):
        await hooks.rotate(operator(), id)
    with pytest.raises(Conflict):
        await hooks.rotate(operator(), id)
    await hooks.rotate(operator(), id, 0)  # a secret that leaked is replaced in any case


async def test_secrets_stand_in_no_list_answer_log_or_event(
    telling: Room, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    id, secret = await telling.hook()
    hooks = telling.desk
    await telling.receiver.close()
    async with courier(telling.post):
        await telling.letter("a")
        await telling.shown(id, lambda hook: hook.failing_since)
        second = (await hooks.rotate(operator(), id)).secret
        tested = await hooks.test(operator(), id)
    said = [
        await hooks.list(operator()), await hooks.show(operator(), id), tested,
        await hooks.deliveries(operator(), id), await hooks.pause(operator(), id),
        await telling.post.desk.tracing.events(operator(), 0, 1_000),
        await telling.post.desk.health.report(operator()), await hooks.delete(operator(), id),
    ]  # fmt: skip
    everything = " ".join(map(repr, said)) + caplog.text
    for each in (secret, second):
        assert each.startswith("whsec_")
        assert each.removeprefix("whsec_")[:12] not in everything
