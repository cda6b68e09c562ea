"""A new domain and a new mailbox send as much as their plan says, through the desk as it is."""

import random
from collections import Counter
from datetime import UTC, datetime

import pytest
from policies import write_policy
from rooms import Agent, TestClock, approve, rows

from postroom.build import PostRoom
from postroom.desk.policies.replaying import replay
from postroom.index import journal
from postroom.index.database import Connection
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator
from postroom.model.errors import Refused
from postroom.model.requests import SendRequest
from postroom.policy.reading import policy_of
from postroom.policy_file import CurrentPolicy
from postroom.settings import Settings
from postroom.work.rules_known import RulesKnown
from postroom.work.term import Term

DAY = 86_400
UNLIMITED = 'default = "allow"\ntimezone = "UTC"\n[limits]\nmailbox = []\nagent = []\n'


def plan(settings: Settings, **said: object) -> str:
    lines = "".join(f"{name} = {value!r}\n" for name, value in said.items())
    text = f"{UNLIMITED}[warmup]\n{lines}"
    write_policy(settings.home, text)
    return text


def morning(clock: TestClock) -> None:
    """An hour past the beginning of a day."""
    clock.jump(DAY - clock() % DAY + 3600)


def waits(answer: SendAnswer) -> bool:
    """Whether a plan puts a mail off."""
    return "warm-up" in str(answer.reason)


async def places(room: PostRoom) -> list[tuple[str, int]]:
    """The day of each send that goes, and how many outside it is for."""

    def look(con: Connection) -> list[tuple[str, int]]:
        asked = (
            "SELECT max(created_at, not_before), outside FROM sends"
            " WHERE status NOT IN ('denied', 'held') ORDER BY id"
        )
        return [
            (datetime.fromtimestamp(float(str(at)), UTC).date().isoformat(), int(str(outside)))
            for at, outside in rows(con, asked)
        ]

    return await room.index.read(look)


async def a_day(room: PostRoom) -> list[int]:
    """Recipients outside, by the day."""
    found = Counter[str]()
    for day, outside in await places(room):
        found[day] += outside
    return [found[day] for day in sorted(found)]


async def test_what_is_over_todays_plan_goes_by_itself_tomorrow_and_says_what_is_left(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    plan(settings, domain=[3, 5])
    ben = await Agent(quiet_room, "ben").open()
    assert not waits(await ada.send("One.", ("a@x.test", "b@x.test")))
    late = await ada.send("Two.", ("c@x.test", "d@x.test"))
    tomorrow = datetime.fromtimestamp((clock() // DAY + 1) * DAY, UTC).isoformat()
    tomorrow = tomorrow.replace("+00:00", "Z")
    assert late.status == "queued"
    assert late.reason == (
        "agents.localhost is on day 1 of 2 of its warm-up, on which it may write to 3 recipients"
        f" outside, and 1 of them is left until {tomorrow}: it goes out by itself at {tomorrow}."
    )
    assert not waits(await ada.send("Three.", "e@x.test"))
    assert not waits(await ada.send("Within.", ben.address))
    assert await a_day(quiet_room) == [3, 2]


async def test_a_mail_for_which_no_day_has_room_is_denied_and_says_what_is_left(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    plan(settings, mailbox=[2, 2], horizon="2 days")
    denied = await ada.send("To many.", tuple(f"p{n}@x.test" for n in range(3)))
    assert denied.status == "denied"
    assert f"{ada.address} is on day 1 of 2" in str(denied.reason)
    assert "2 of them are left" in str(denied.reason)
    assert "tell the user" in str(denied.next_step).lower()


async def test_what_is_scheduled_takes_its_place_on_its_day(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    plan(settings, domain=[2, 2, 2])
    await ada.send("Today.", "a@x.test")
    for number in range(2):
        request = SendRequest(text=f"Later {number}.", to=("b@x.test",), mailbox=ada.address)
        await quiet_room.desk.sending.send(operator(), request, at="1d")
    clock.jump(DAY)
    late = await ada.send("Tomorrow.", "c@x.test")
    assert "day 2 of 3" in str(late.reason)
    assert await a_day(quiet_room) == [1, 2, 1]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_in_two_weeks_no_day_has_more_than_the_plan_and_nothing_is_lost(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock, seed: int
) -> None:
    morning(clock)
    volumes = [2, 4, 7, 11]
    plan(settings, domain=volumes, horizon="31 days")
    by_chance, sent = random.Random(seed), 0
    for number in range(45):
        many = by_chance.choice((1, 1, 1, 2))
        answer = await ada.send(f"M{number}.", tuple(f"p{number}-{n}@x.test" for n in range(many)))
        assert answer.status == "queued"
        sent += many
        clock.jump(by_chance.choice((600, 600, 7_200, DAY / 3)))
    days = await a_day(quiet_room)
    assert sum(days) == sent
    assert all(used <= most for used, most in zip(days, volumes, strict=False))
    assert days[: len(volumes) - 1] == volumes[:-1] or sum(days[:3]) < sum(volumes[:3])


async def test_a_domain_that_is_silent_for_a_month_begins_anew(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    plan(settings, domain=[1])
    await ada.send("First.", "a@x.test")
    clock.jump(DAY)
    for number in range(3):
        assert not waits(await ada.send(f"Behind the plan {number}.", "a@x.test"))
    clock.jump(31 * DAY)
    await ada.send("Once more.", "a@x.test")
    assert "day 1 of 1" in str((await ada.send("And more.", "b@x.test")).reason)


async def test_what_a_person_lets_go_has_its_turn_by_the_plan_too(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    plan(settings, domain=[1, 5, 5, 5, 5])
    held = await ada.send("Held.", "a@x.test", hold_for_review="Look.")
    many = await ada.send("All.", tuple(f"p{n}@x.test" for n in range(6)), hold_for_review="Look.")
    await ada.send("First.", "b@x.test")
    decided = await approve(quiet_room, held.send_id)
    assert "lets it go at" in str(decided.next_step)
    assert await a_day(quiet_room) == [1, 1]
    with pytest.raises(Refused) as no:
        await approve(quiet_room, many.send_id)
    assert "day 1 of 5 of its warm-up" in no.value.message


async def test_an_operator_sees_the_day_of_each_plan_and_what_is_left(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    plan(settings, domain=[3, 5], mailbox=[2, 4])
    await ada.send("One.", ("a@x.test", "b@x.test"))
    found = await quiet_room.desk.reputation.show(operator(), "agents.localhost")
    assert found.warmup is not None
    assert (found.warmup.day, found.warmup.days, found.warmup.left) == (1, 2, 1)
    assert found.mailboxes is not None
    assert [(each.whose, each.used, each.left) for each in found.mailboxes] == [(ada.address, 2, 0)]
    used = (await quiet_room.desk.figures.show(operator())).limits
    assert [(each.mailbox, each.used, each.most) for each in used] == [
        (ada.address, 2, 2),
        ("agents.localhost", 2, 3),
    ]
    held = await quiet_room.desk.policies.show(operator())
    assert held.warmup == {"domain": (3, 5), "mailbox": (2, 4)}
    draft = SendRequest(text="Two.", to=("c@x.test",), mailbox=ada.address)
    explained = await quiet_room.desk.policies.explain_draft(operator(), draft)
    assert "0 of them are left" in str(explained.reason)


async def test_a_replay_counts_a_plan_anew(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    write_policy(settings.home, UNLIMITED)
    began = clock() - 1
    for number in range(4):
        await ada.send(f"Mail {number}.", f"p{number}@x.test")
    other = policy_of(f"{UNLIMITED}[warmup]\ndomain = [1, 2]\nhorizon = '1 day'\n")
    turned = await replay(quiet_room.index, began, other)
    assert turned.turned == {"allow → deny": 1}
    assert turned.changed[0].now == "deny by limits.warmup.domain"
    text = plan(settings, domain=[1, 2])
    clock.jump(DAY)
    for number in range(6):
        await ada.send(f"Next {number}.", f"n{number}@x.test")
    same = await quiet_room.desk.policies.replay(operator(), clock() - 60, policy_of(text))
    assert same.turned == {}


async def worker(room: PostRoom) -> RulesKnown:
    """What keeps up with the rules."""
    term = await room.index.read(lambda con: int(journal.sql.meta(con, key="term")))
    return RulesKnown(Term(room.index, term), CurrentPolicy(room.settings.policy_file, room.index))


async def by_day(room: PostRoom) -> list[list[str]]:
    """Whom mail goes to, by the day, each in the order in which it was written."""

    def look(con: Connection) -> list[list[str]]:
        asked = (
            "SELECT CAST(max(created_at, not_before) / 86400 AS INTEGER), r.address"
            " FROM sends s JOIN recipients r ON r.send_id = s.id ORDER BY s.id"
        )
        found: dict[int, list[str]] = {}
        for day, address in rows(con, asked):
            found.setdefault(int(str(day)), []).append(str(address).partition("@")[0])
        return [found[day] for day in sorted(found)]

    return await room.index.read(look)


async def test_a_plan_that_is_raised_brings_forward_what_was_written_first(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    plan(settings, domain=[1, 2, 2], horizon="20 days")
    rules = await worker(quiet_room)
    for name in "abcde":
        await ada.send(f"To {name}.", f"{name}@x.test")
    request = SendRequest(text="At noon.", to=("noon@x.test",), mailbox=ada.address)
    await quiet_room.desk.sending.send(operator(), request, at="1d")
    await rules.round()
    assert await by_day(quiet_room) == [["a"], ["b", "c"], ["d", "e"], ["noon"]]
    plan(settings, domain=[3, 4, 4], horizon="20 days")
    await rules.round()
    assert await by_day(quiet_room) == [["a", "b", "c"], ["d", "e", "noon"]]
    await ada.send("Later.", "f@x.test")
    assert await by_day(quiet_room) == [["a", "b", "c"], ["d", "e", "noon", "f"]]
    asked = "SELECT reason, not_before FROM sends ORDER BY id LIMIT 4"
    found = await quiet_room.index.read(lambda con: rows(con, asked))
    assert [reason for reason, _ in found[:3]] == ["", "", ""]
    assert "sooner than was said" in str(found[3][0])
    assert float(str(found[1][1])) <= clock()  # due
    plan(settings, domain=[1, 1], horizon="20 days")
    await rules.round()
    assert await by_day(quiet_room) == [["a", "b", "c"], ["d", "e", "noon", "f"]]


@pytest.mark.parametrize("seed", range(4))
async def test_however_often_a_plan_is_raised_no_day_has_more_than_it_and_nothing_is_lost(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock, seed: int
) -> None:
    morning(clock)
    rules, by_chance, sent = await worker(quiet_room), random.Random(seed), 0
    volumes = [1, 2, 3, 5]
    for step in range(4):
        plan(settings, domain=volumes, mailbox=volumes, horizon="31 days")
        await rules.round()
        days = await a_day(quiet_room)
        assert sum(days) == sent
        assert all(used <= most for used, most in zip(days, volumes, strict=False))
        for number in range(8):
            many = by_chance.choice((1, 1, 1, min(2, volumes[0])))
            whom = tuple(f"p{step}-{number}-{n}@x.test" for n in range(many))
            text, at = f"M{step}-{number}.", by_chance.choice((None, None, None, "30h", "60h"))
            request = SendRequest(text=text, to=whom, mailbox=ada.address)
            answer = await quiet_room.desk.sending.send(operator(), request, at=at)
            assert answer.status == "queued"
            sent += many
        clock.jump(by_chance.choice((60, DAY)))
        volumes = [each + by_chance.choice((1, 2)) for each in volumes]
        volumes = sorted(volumes)


async def test_a_limit_that_is_raised_lets_go_what_waits_for_it(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    text = 'default = "allow"\n[limits]\nagent = []\nhorizon = "1 day"\nmailbox = ["%s per hour"]\n'
    write_policy(settings.home, text % 1)
    rules = await worker(quiet_room)
    await rules.round()
    for name in "abc":
        await ada.send(f"To {name}.", f"{name}@x.test")
    write_policy(settings.home, text % 2)
    await rules.round()
    asked = "SELECT not_before FROM sends ORDER BY id"
    found = await quiet_room.index.read(lambda con: rows(con, asked))
    wait = [float(str(at)) - clock() for (at,) in found]
    assert wait[1] <= 0 < wait[2] <= 3600


async def test_a_domain_that_goes_on_has_late_mail_asked_first_and_then_what_waits_for_its_turn(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    morning(clock)
    plan(settings, domain=[1, 2, 2], horizon="20 days")
    rules = await worker(quiet_room)
    await rules.round()
    for name in "abcd":
        await ada.send(f"To {name}.", f"{name}@x.test")

    def resumed(con: Connection) -> None:
        con.execute("UPDATE sends SET status = 'sent', attempts = 1 WHERE id = 1")
        con.execute(
            "INSERT INTO standing (domain, counted_from) VALUES ('agents.localhost', ?)", (clock(),)
        )

    await quiet_room.index.write(resumed)
    clock.jump(DAY)
    await rules.round()  # b and c are due, and late
    assert await by_day(quiet_room) == [["a"], ["b", "c"], ["d"]]
    plan(settings, domain=[1, 4, 4], horizon="20 days")
    await rules.round()
    assert await by_day(quiet_room) == [["a"], ["b", "c"], ["d"]]

    def carried(con: Connection) -> None:
        con.execute("UPDATE sends SET status = 'sent', attempts = 1 WHERE id IN (2, 3)")

    await quiet_room.index.write(carried)
    await rules.round()
    assert await by_day(quiet_room) == [["a"], ["b", "c", "d"]]
