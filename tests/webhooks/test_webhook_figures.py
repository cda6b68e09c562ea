"""What /metrics tells of endpoints: how they stand, what waits, and what became of deliveries."""

from prometheus_client import CollectorRegistry
from webhooks.telling import Room, courier

from postroom.model.callers import operator
from postroom.web.operation.room_figures import RoomMetrics

WAITING, OLDEST = "postroom_webhook_events_waiting", "postroom_webhook_oldest_seconds"


class Scrapes:
    """One process that is scraped now and then."""

    def __init__(self, telling: Room) -> None:
        self.registry = CollectorRegistry()
        self.room = RoomMetrics(telling.post.desk, self.registry)
        self.telling = telling

    async def look(self) -> None:
        await self.telling.later(10)  # figures are kept for some seconds
        await self.room.look(operator())

    def of(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)

    def deliveries(self, outcome: str) -> float | None:
        return self.of("postroom_webhook_delivery_seconds_count", outcome=outcome)


async def test_deliveries_are_told_by_what_became_of_them_from_the_first_look_on(
    telling: Room,
) -> None:
    id, _ = await telling.hook(types=("message.received",))
    scrapes = Scrapes(telling)
    async with courier(telling.post):
        await telling.letter("a")
        await telling.logs(1)
        await scrapes.look()
        assert scrapes.deliveries("delivered") is None
        await telling.letter("a")
        await telling.logs(2)
        telling.receiver.says = lambda _: "500 No"
        await telling.letter("b")
        await telling.shown(id, lambda hook: hook.behind)
        await telling.logs(3)
    await scrapes.look()
    await scrapes.look()
    assert scrapes.deliveries("delivered") == 1
    assert scrapes.deliveries("refused") == 1
    assert scrapes.deliveries("unanswered") is None
    assert scrapes.of("postroom_webhook_deliveries_unlogged_total") == 0
    assert scrapes.of("postroom_webhooks", state="failing") == 1
    assert scrapes.of("postroom_webhooks", state="active") == 0
    assert scrapes.of(WAITING, state="failing") == 1


async def test_what_waits_for_one_that_is_stopped_is_told_with_its_age(telling: Room) -> None:
    id, _ = await telling.hook()
    scrapes = Scrapes(telling)
    await scrapes.look()
    assert scrapes.of("postroom_webhooks", state="active") == 1
    assert scrapes.of(WAITING, state="paused") == 0
    await telling.desk.pause(operator(), id)
    await telling.letter("a")
    await telling.later(3600)
    await scrapes.look()
    assert scrapes.of("postroom_webhooks", state="paused") == 1
    waiting, oldest = scrapes.of(WAITING, state="paused"), scrapes.of(OLDEST, state="paused")
    assert waiting is not None
    assert waiting >= 2
    assert oldest is not None
    assert oldest >= 3600
    assert scrapes.of(WAITING, state="active") is None
