"""Keys that come to sign and go again, without a moment between them."""

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_keys import with_keys
from rooms import TestClock, eventually
from signing.steps_child import PUBLISHED

from postroom.build import PostRoom, open_room
from postroom.desk.domains.records import KeysAlone
from postroom.dns.records.changes import plan
from postroom.index import domain_keys, domains, journal
from postroom.index.database import Connection
from postroom.model.callers import Caller, operator
from postroom.model.domains import DkimKey, KeyAlgorithm, KeyState, RecordType
from postroom.model.errors import NotFound, Refused, Unavailable
from postroom.settings import Settings, load
from postroom.signing.rotation import RETIRE_SECONDS
from postroom.signing.secret import SECRET_FILE
from postroom.work.domains.key_steps import AT_ONCE, FIRST_PAUSE, LONGEST_SILENT, KeySteps
from postroom.work.term import Term

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("steps_child.py")
DOMAIN = "agents.example.com"


class Dns:
    """What is found, by whoever looks."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.asked = 0

    def publish(self, *keys: DkimKey) -> None:
        self.names |= {key.name for key in keys}

    async def sees(self, key: DkimKey) -> bool:
        self.asked += 1
        return key.name in self.names


async def term_of(room: PostRoom) -> Term:
    number = await room.index.write(lambda con: journal.begin_term(con, 0.0, 1, "test"))
    return Term(room.index, number)


async def steps_of(room: PostRoom, dns: Dns) -> KeySteps:
    return KeySteps(await term_of(room), dns.sees)


async def states(room: PostRoom) -> dict[str, str]:
    keys = await room.index.read(lambda con: domains.keys(con, DOMAIN))
    return {key.selector: str(key.state) for key in keys}


async def test_the_records_of_a_domain_that_was_removed_and_came_back_stay_for_their_time(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    signed = await with_keys(quiet_room, DOMAIN)
    await with_keys(quiet_room, DOMAIN, KeyState.MADE, stem="pr2612")
    await quiet_room.desk.domains.remove(operator(), DOMAIN)
    with sqlite3.connect(quiet_room.settings.index_file) as con:
        assert con.execute("SELECT count(private) FROM dkim_keys").fetchone() == (0,)
    found = {(key.name, RecordType.TXT): (key.record,) for key in signed}

    async def taken_out() -> set[str]:
        needs = await quiet_room.desk.domains.needs(operator(), DOMAIN)
        made = plan(KeysAlone.of(needs).wanted(found), needs.keys, found)
        return {each.name for each in made.changes if each.remove}

    await quiet_room.desk.domains.add(operator(), DOMAIN)
    assert await taken_out() == set()
    assert (await states(quiet_room))["pr2611-rsa"] == "retiring"
    assert (await states(quiet_room))["pr2612-rsa"] == "retired"  # it never signed
    clock.jump(RETIRE_SECONDS)
    await (await steps_of(quiet_room, Dns())).round()
    assert await taken_out() == {key.name for key in signed}


async def test_a_key_signs_once_its_record_is_found_and_not_before(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    dns, keys = Dns(), await with_keys(quiet_room, DOMAIN, KeyState.MADE)
    steps = await steps_of(quiet_room, dns)
    assert await steps.round() == pytest.approx(FIRST_PAUSE, abs=1)
    assert await states(quiet_room) == {"pr2611-rsa": "made", "pr2611-ed": "made"}
    await steps.round()
    assert dns.asked == 2  # nobody asks again at once
    dns.publish(keys[0])
    clock.jump(FIRST_PAUSE)
    await steps.round()
    assert await states(quiet_room) == {"pr2611-rsa": "active", "pr2611-ed": "made"}
    dns.publish(keys[1])
    clock.jump(2 * FIRST_PAUSE)
    await steps.round()
    assert set((await states(quiet_room)).values()) == {"active"}
    told = await quiet_room.index.read(lambda con: journal.since(con, 0))
    assert [e.type for e in told if e.detail == f"{DOMAIN} pr2611-rsa"] == [
        "domain.key.made",
        "domain.key.visible",
        "domain.key.active",
    ]


async def test_the_old_keys_sign_until_the_new_ones_do_and_go_a_week_later(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    dns = Dns()
    dns.publish(*await with_keys(quiet_room, DOMAIN))
    steps = await steps_of(quiet_room, dns)
    new = await with_keys(quiet_room, DOMAIN, KeyState.MADE, stem="pr2612")
    await steps.round()
    assert await states(quiet_room) == {
        "pr2611-rsa": "active",
        "pr2611-ed": "active",
        "pr2612-rsa": "made",
        "pr2612-ed": "made",
    }
    dns.publish(*new)
    clock.jump(FIRST_PAUSE)
    await steps.round()
    assert await states(quiet_room) == {
        "pr2611-rsa": "retiring",
        "pr2611-ed": "retiring",
        "pr2612-rsa": "active",
        "pr2612-ed": "active",
    }
    clock.jump(RETIRE_SECONDS - 60)
    await steps.round()
    assert (await states(quiet_room))["pr2611-rsa"] == "retiring"
    clock.jump(60)
    await steps.round()
    assert await states(quiet_room) == {
        "pr2611-rsa": "retired",
        "pr2611-ed": "retired",
        "pr2612-rsa": "active",
        "pr2612-ed": "active",
    }
    with sqlite3.connect(quiet_room.settings.index_file) as con:
        asked = "SELECT selector FROM dkim_keys WHERE private IS NOT NULL"
        assert {row[0] for row in con.execute(asked)} == {"pr2612-rsa", "pr2612-ed"}


async def test_a_record_that_was_found_and_is_gone_by_the_switch_lets_nothing_sign(
    quiet_room: PostRoom,
) -> None:
    await with_keys(quiet_room, DOMAIN, KeyState.VISIBLE)  # a worker died here
    await (await steps_of(quiet_room, Dns())).round()
    assert set((await states(quiet_room)).values()) == {"made"}


async def test_domains_whose_servers_are_silent_hold_up_no_other_and_are_asked_less_and_less(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    dead = [f"dead{n:02}.example.com" for n in range(2 * AT_ONCE)]
    for each in dead:
        await with_keys(quiet_room, each, KeyState.MADE)
    dns, silence, asked = Dns(), asyncio.Event(), list[str]()

    async def sees(key: DkimKey) -> bool | None:
        asked.append(key.domain)
        if key.domain == DOMAIN:
            return await dns.sees(key)
        await silence.wait()
        return None

    async def hears(looks: int) -> None:
        async def enough() -> bool:
            return len(asked) >= looks

        await eventually(enough)

    silence.set()
    steps = KeySteps(await term_of(quiet_room), sees)
    await steps.round()
    assert len(asked) == 4 * AT_ONCE
    silence.clear()
    asked.clear()
    retiring = await with_keys(quiet_room, "old.example.com", KeyState.RETIRING)
    clock.jump(RETIRE_SECONDS)
    running = asyncio.create_task(steps.run())
    try:
        await eventually(lambda: _is(quiet_room, retiring[0].domain, "retired"))
        await hears(2 * AT_ONCE)
        dns.publish(*await with_keys(quiet_room, DOMAIN, KeyState.MADE))
        assert len(asked) == 2 * AT_ONCE  # all of them are silent yet
        silence.set()
        await eventually(lambda: _is(quiet_room, DOMAIN, "active"))
        assert asked[2 * AT_ONCE] == DOMAIN
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    asked.clear()
    for _ in range(12):
        clock.jump(LONGEST_SILENT)
        await steps.round()
    clock.jump(LONGEST_SILENT - 1)
    asked.clear()
    await steps.round()
    assert asked == []


async def _is(room: PostRoom, domain: str, state: str) -> bool:
    keys = await room.index.read(lambda con: domains.keys(con, domain))
    return {key.state for key in keys} == {state}


async def test_the_operator_rotates_once_however_often_they_say_so(quiet_room: PostRoom) -> None:
    await with_keys(quiet_room, DOMAIN)
    desk = quiet_room.desk.domain_keys
    first = await desk.rotate(operator(), DOMAIN)
    assert (first.made, len(first.signs), len(first.waits)) == (True, 2, 2)
    assert all(key.record.startswith("v=DKIM1; k=") for key in first.waits)
    again = await desk.rotate(operator(), f"{DOMAIN.upper()}.")
    assert (again.made, again.waits) == (False, first.waits)
    assert (await desk.wait(operator(), DOMAIN, 0)).waits == first.waits
    forced = await desk.rotate(operator(), DOMAIN, now=True)
    assert {key.selector for key in forced.signs} == {key.selector for key in first.waits}
    assert {key.selector for key in forced.retires} == {"pr2611-rsa", "pr2611-ed"}


async def test_of_two_who_rotate_at_the_same_time_one_makes_the_keys(quiet_room: PostRoom) -> None:
    await with_keys(quiet_room, DOMAIN)
    desk = quiet_room.desk.domain_keys
    views = await asyncio.gather(*(desk.rotate(operator(), DOMAIN) for _ in range(2)))
    assert sorted(view.made for view in views) == [False, True]
    assert len(await states(quiet_room)) == 4


async def test_keys_that_cannot_be_opened_are_replaced_with_the_secret_that_is_there(
    quiet_room: PostRoom,
) -> None:
    await with_keys(quiet_room, DOMAIN)
    await with_keys(quiet_room, DOMAIN, KeyState.MADE, stem="pr2612")
    (quiet_room.settings.home / SECRET_FILE).unlink()
    view = await quiet_room.desk.domain_keys.rotate(operator(), DOMAIN, new_secret=True)
    assert view.made
    assert {key.selector for key in view.waits}.isdisjoint({"pr2612-rsa", "pr2612-ed"})
    assert (await states(quiet_room))["pr2612-rsa"] == "retired"
    assert (await states(quiet_room))["pr2611-rsa"] == "active"  # its mail waits, and goes signed


async def test_no_other_secret_is_made_without_a_word_where_keys_of_any_domain_are_sealed(
    quiet_room: PostRoom,
) -> None:
    await with_keys(quiet_room, "other.example.com")
    await with_keys(quiet_room, DOMAIN)
    secret = quiet_room.settings.home / SECRET_FILE
    secret.unlink()
    before = await states(quiet_room)
    with pytest.raises(Unavailable, match="domain_keys_closed") as closed:
        await quiet_room.desk.domain_keys.rotate(operator(), DOMAIN)
    assert "--new-secret" in closed.value.next_step
    assert (secret.exists(), await states(quiet_room)) == (False, before)


async def test_only_operators_rotate_and_only_what_was_added(quiet_room: PostRoom) -> None:
    desk = quiet_room.desk.domain_keys
    with pytest.raises(Refused):
        await desk.rotate(Caller(agent="ada"), DOMAIN)
    with pytest.raises(NotFound):
        await desk.rotate(operator(), DOMAIN)
    with pytest.raises(NotFound):
        await desk.wait(operator(), "no domain at all", 0)


CRASHES = [(2, "before"), (3, "before"), (4, "before"), (4, "after")]
"""Two keys, two steps each: found, and switched to."""


@pytest.mark.parametrize(("step", "side"), CRASHES)
async def test_a_worker_that_is_killed_at_any_step_is_followed_by_one_that_ends_it(
    tmp_path: Path, step: int, side: str
) -> None:
    clock = TestClock()
    async with open_room(load(tmp_path), program="test", clock=clock) as room:
        old = await with_keys(room, DOMAIN)
        new = await with_keys(room, DOMAIN, KeyState.MADE, stem="pr2612")
    (tmp_path / PUBLISHED).write_text("\n".join(k.name for k in (*old, *new)), encoding="ascii")
    await killed(tmp_path, step, side)
    async with open_room(load(tmp_path), program="test", clock=clock) as room:
        await check_no_gap(room, {key.name for key in (*old, *new)})
        dns = Dns()
        dns.publish(*old, *new)
        await (await steps_of(room, dns)).round()
        assert await states(room) == {
            "pr2611-rsa": "retiring",
            "pr2611-ed": "retiring",
            "pr2612-rsa": "active",
            "pr2612-ed": "active",
        }


async def test_a_worker_that_is_killed_while_keys_retire_leaves_no_private_part(
    tmp_path: Path,
) -> None:
    clock = TestClock()
    async with open_room(load(tmp_path), program="test", clock=clock) as room:
        await with_keys(room, DOMAIN, KeyState.RETIRING)
    (tmp_path / PUBLISHED).write_text("", encoding="ascii")
    await killed(tmp_path, 1, "after", ahead=RETIRE_SECONDS)
    clock.jump(RETIRE_SECONDS)
    async with open_room(load(tmp_path), program="test", clock=clock) as room:
        await (await steps_of(room, Dns())).round()
        assert set((await states(room)).values()) == {"retired"}
        assert not await room.index.read(domain_keys.is_any_kept)


async def killed(home: Path, step: int, side: str, ahead: float = 0) -> None:
    search = os.pathsep.join([*(str(ROOT / n) for n in ("server", "tools", "tests")), *sys.path])
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, str(CHILD), str(home), str(step), side, str(ahead)),
        env={**os.environ, "PYTHONPATH": search},
    )
    async with asyncio.timeout(60):
        assert await child.wait() == -signal.SIGKILL


async def check_no_gap(room: PostRoom, found: set[str]) -> None:
    """What signs is found, and of each kind there is one key that signs."""

    def look(con: Connection) -> list[DkimKey]:
        return [key for key in domains.keys(con, DOMAIN) if key.state is KeyState.ACTIVE]

    active = await room.index.read(look)
    assert {key.name for key in active} <= found
    assert sorted(key.algorithm for key in active) == sorted(KeyAlgorithm)


ACTS = st.lists(st.sampled_from(["rotate", "publish", "hide", "look", "wait"]), max_size=14)


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_whatever_happens_between_what_signs_is_found(
    tmp_path_factory: pytest.TempPathFactory, acts: list[str]
) -> None:
    asyncio.run(history(tmp_path_factory.mktemp("history"), acts))


async def history(home: Path, acts: list[str]) -> None:
    """Rotations, records that come late, and records that go again while nothing is signed with
    their keys."""
    clock, dns = TestClock(), Dns()
    async with open_room(Settings(home=home), program="test", clock=clock) as room:
        dns.publish(*await with_keys(room, DOMAIN))
        steps = await steps_of(room, dns)
        for number, act in enumerate(acts):
            waiting = await room.index.read(lambda con: domain_keys.waiting(con, DOMAIN))
            if act == "rotate" and not waiting:
                await with_keys(room, DOMAIN, KeyState.MADE, stem=f"new{number}")
            elif act == "publish":
                dns.publish(*waiting[: 1 + number % 2])
            elif act == "hide":
                dns.names -= {key.name for key in waiting}
            elif act == "wait":
                clock.jump(RETIRE_SECONDS / 2)
            elif act == "look":
                clock.jump(120)
                await steps.round()
            await check_no_gap(room, dns.names)
