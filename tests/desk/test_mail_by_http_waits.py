"""Mail that was handed in over HTTP and that nobody takes: told with figures, and by doctor."""

from rooms import Agent, TestClock, letter

from postroom.build import PostRoom
from postroom.desk.health.handed_in import LONG_SECONDS
from postroom.model.answers import Check
from postroom.model.callers import INBOUND, Caller, operator


async def told(room: PostRoom) -> list[Check]:
    report = await room.desk.health.report(operator())
    return [each for each in report.checks if each.name == "mail by HTTP"]


async def test_what_waits_for_long_is_told(
    quiet_room: PostRoom, ada: Agent, clock: TestClock
) -> None:
    edge = Caller(agent="edge", scopes=frozenset({INBOUND}), mailboxes=("*",))
    desk = quiet_room.desk
    for text in ("One", "Two"):
        await desk.inbound.take(edge, "x@far.example", (ada.address,), letter(text=text))
    clock.jump(LONG_SECONDS - 60)
    assert not await told(quiet_room)
    clock.jump(120)
    (check,) = await told(quiet_room)
    assert not check.ok
    assert check.says == "2 mails wait to be indexed, the oldest for 6 minutes"
    assert check.because == "worker"  # nobody runs
    seen = (await desk.metrics.now(operator())).handed_in
    assert seen.many == 2
    assert seen.oldest_seconds > LONG_SECONDS
