"""How much goes in and out, and how fast, as an operator is told."""

from policies import write_policy
from rooms import Agent, Postman, TestClock, approve, letter

from postroom.build import PostRoom
from postroom.index.database import Connection
from postroom.model.callers import operator


async def settle(room: PostRoom, send_id: str | None) -> None:
    """A server took it just now."""
    now = room.index.clock()

    def change(con: Connection) -> None:
        con.execute(
            "UPDATE sends SET status = 'sent', settled_at = ? WHERE public_id = ?", (now, send_id)
        )

    await room.index.write(change)


async def test_mail_is_counted_by_the_hour_and_answers_by_how_long_they_took(
    quiet_room: PostRoom, ada: Agent, postman: Postman, clock: TestClock
) -> None:
    clock.jump(3600 - clock() % 3600 + 60)  # a minute past the hour
    await postman.bring(ada.address, letter(id="1@x"), at=clock())
    (thread,) = (await quiet_room.desk.reading.threads(ada.caller)).threads
    clock.jump(3600)
    sent = await ada.send("An answer.", thread_id=thread.thread_id, confirm=True)
    await settle(quiet_room, sent.send_id)
    found = await quiet_room.desk.figures.show(operator())
    assert [(one.came_in, one.went_out) for one in found.hours[-2:]] == [(1, 0), (0, 1)]
    assert sum(one.came_in + one.went_out for one in found.hours) == 2
    assert found.median_seconds is not None
    assert 3590 < found.median_seconds < 3700
    told = {one.up_to: one.count for one in found.answered_within}
    assert told["4 hours"] + told["1 hour"] == 1
    assert sum(told.values()) == 1


async def test_the_queue_and_the_limits_say_how_full_they_are(
    quiet_room: PostRoom, ada: Agent
) -> None:
    write_policy(
        quiet_room.settings.home, 'default = "allow"\n[limits]\nmailbox = ["2/hour", "8/day"]\n'
    )
    held = await ada.send("Held.", "x@far.example", hold_for_review="Look.")
    await ada.send("Queued.", "y@far.example")
    found = await quiet_room.desk.figures.show(operator())
    assert {one.status: one.count for one in found.queue} == {
        "queued": 1,
        "submitting": 0,
        "held": 1,
        "unknown": 0,
    }
    assert [(one.rate, one.used, one.most) for one in found.limits] == [
        ("2 an hour", 1, 2),
        ("8 a day", 1, 8),
    ]
    await approve(quiet_room, held.send_id)
    found = await quiet_room.desk.figures.show(operator())
    assert found.limits[0].used == 2


async def test_deliveries_are_listed_by_pages(quiet_room: PostRoom, ada: Agent) -> None:
    write_policy(quiet_room.settings.home, 'default = "allow"\n')
    for number in range(52):
        await ada.send(f"Words {number}.", "x@far.example", subject=f"Mail {number}")
    first = await quiet_room.desk.figures.deliveries(operator())
    assert first.deliveries[0].subject == "Mail 51"
    assert first.deliveries[0].recipients[0].address == "x@far.example"
    rest = await quiet_room.desk.figures.deliveries(operator(), first.before)
    assert [one.subject for one in rest.deliveries] == ["Mail 1", "Mail 0"]
    assert rest.before is None
