"""The way of a mail, told in the order in which things happened."""

from rooms import Agent, Postman, eventually, letter, rows

from postroom.build import PostRoom
from postroom.desk.records.steps import Steps, claimed
from postroom.model.answers import StepKind, Trace
from postroom.model.callers import operator

SENT = ["asked", "kept", "read", "event", "attempt", "event", "status", "filed"]
CAME = ["hop", "found", "kept", "read", "event", "woken"]


def kinds(trace: Trace) -> list[str]:
    """The kinds of its steps, each row of the same one once."""
    found: list[str] = []
    for step in trace.steps:
        if found[-1:] != [step.kind]:
            found.append(str(step.kind))
    return found


async def test_a_send_is_told_from_the_asking_to_the_filed_copy(
    agents: tuple[Agent, Agent],
) -> None:
    ada, ben = agents
    sent = await ada.send("Hello.", ben.address)

    async def filed() -> bool:
        question = "SELECT 1 FROM copies WHERE folder = 'Sent'"
        return bool(await ada.room.index.read(lambda con: rows(con, question)))

    await eventually(filed)
    trace = await ada.room.desk.tracing.trace(operator(), str(sent.send_id))
    assert kinds(trace) == SENT
    assert trace.steps[0].what.startswith(f"{sent.send_id} asked for by agent:default/ada")
    assert [s.what for s in trace.steps if s.kind is StepKind.STATUS] == ["now sent"]


async def test_a_mail_that_came_is_told_from_the_servers_it_passed_to_the_wait_it_ended(
    agents: tuple[Agent, Agent],
) -> None:
    ada, ben = agents
    await ada.send("Hello.", ben.address)
    got = await ben.wait()
    await ada.room.index.write(lambda con: None)  # behind the note of whom it woke
    trace = await ada.room.desk.tracing.trace(operator(), got.messages[0].message_id)
    assert kinds(trace) == CAME


async def test_a_message_id_tells_of_the_sending_before_the_arrival(
    agents: tuple[Agent, Agent],
) -> None:
    ada, ben = agents
    sent = await ada.send("Hello.", ben.address)
    await ben.wait()
    trace = await ada.room.desk.tracing.trace(operator(), f"<{sent.send_id}@agents.localhost>")
    order = [step.what.split(" ")[0] for step in trace.steps]
    assert order[0] == sent.send_id
    assert order.index("says") > order.index(str(sent.send_id))
    assert order.index("message.received") > order.index("says")
    assert [step.at for step in trace.steps] == sorted(step.at for step in trace.steps)


async def test_a_send_that_waits_is_told_with_where_it_stands_at_the_end(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await ada.send("Hello.", "ben@far.example")
    trace = await quiet_room.desk.tracing.trace(operator(), str(sent.send_id))
    assert kinds(trace) == ["asked", "kept", "read", "event", "status"]
    assert trace.steps[-1].what == "now queued"


async def test_a_step_without_more_to_say_has_no_detail(ada: Agent, postman: Postman) -> None:
    await postman.bring(ada.address, letter(id="1@x"))
    trace = await ada.room.desk.tracing.trace(operator(), "<1@x>")
    assert all(step.detail != "" for step in trace.steps)
    assert [s.detail for s in trace.steps if s.kind is StepKind.EVENT] == [None]


async def test_hops_stay_in_their_order_whatever_times_they_claim(
    ada: Agent, postman: Postman
) -> None:
    times = ("Fri, 1 Jan 2100 00:00:00 +0000", "some day", "Thu, 1 Jan 2026 00:00:00 +0000")
    fields = [f"Received: from a{n} by b{n} with SMTP; {at}" for n, at in enumerate(times)]
    await postman.bring(ada.address, letter(id="1@x", more="\n".join(fields)))
    trace = await ada.room.desk.tracing.trace(operator(), "<1@x>")
    hops = [step for step in trace.steps if step.kind is StepKind.HOP]
    assert [hop.what.split(" ")[3] for hop in hops] == ["b2", "b1", "b0"]
    assert trace.steps[: len(hops)] == tuple(hops), "before the arrival that we saw ourselves"
    assert hops[-1].at == "2100-01-01T00:00:00Z", "what it claims is shown as it is"


def test_steps_are_ordered_by_time_and_by_cause_within_one_moment() -> None:
    steps = Steps()
    steps.add(StepKind.EVENT, 5.2, "late")
    steps.add(StepKind.WOKEN, 5.1, "third")
    steps.add(StepKind.KEPT, 5.1, "first")
    steps.add(StepKind.ATTEMPT, 5.1, "second, a")
    steps.add(StepKind.ATTEMPT, 5.1, "second, b")
    told = [step.what for step in steps.in_order()]
    assert told == ["first", "second, a", "second, b", "third", "late"]


def test_a_claim_lies_between_what_is_known() -> None:
    assert claimed("1970-01-01T00:00:10", 5.0, 20.0) == 11.0
    assert claimed("1970-01-01T00:00:02", 5.0, 20.0) == 5.0
    assert claimed("2100-01-01T00:00:00", 5.0, 20.0) == 20.0
    assert claimed("some day", 5.0, 20.0) == 20.0
