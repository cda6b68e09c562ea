"""Whose question is asked next, whatever names strangers write into their mail."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from rooms import TestClock, eventually
from servers.dns import NameServer, name_server

from postroom.dns.resolver import Resolver
from postroom.dns.senders.answers import UNANSWERED, Answers
from postroom.dns.senders.turns import (
    MAX_AT_ONCE,
    MAX_FAILURES,
    MAX_OF_ONE,
    MAX_OTHERS,
    SILENT_SECONDS,
    Silences,
    Turn,
    Turns,
    owner,
)


@pytest.mark.parametrize(
    ("name", "whose"),
    [
        ("_dmarc.a.corp.example", "corp.example"),
        ("s1._domainkey.mail.corp.co.uk", "corp.co.uk"),
        ("a.b.github.io", "b.github.io"),
        ("9.113.0.203.in-addr.arpa", "113.0.203.in-addr.arpa"),
        ("f." * 20 + "8.b.d.0.1.0.0.2.0.0.0.0.ip6.arpa", "8.b.d.0.1.0.0.2.0.0.0.0.ip6.arpa"),
        ("com", "com"),
        ("", ""),
    ],
)
def test_a_name_is_whoevers_domain_it_is_below(name: str, whose: str) -> None:
    assert owner(name) == whose


def begun(turns: list[Turn]) -> int:
    return sum(turn.came.done() for turn in turns)


async def test_few_questions_about_one_owners_names_are_on_their_way() -> None:
    turns = Turns()
    some = [turns.ask("evil.example", first=True) for _ in range(20)]
    assert begun(some) == MAX_OF_ONE
    assert turns.ask("corp.example", first=True).came.done()
    turns.end(some[0])
    assert begun(some) == MAX_OF_ONE + 1
    turns.dismiss("evil.example")
    assert [turn.came.result() for turn in some] == [True] * 5 + [False] * 15


async def test_keys_of_strangers_leave_most_of_the_room_and_what_decides_goes_first() -> None:
    turns = Turns()
    others = [turns.ask(f"n{number}.example", first=False) for number in range(100)]
    assert begun(others) == MAX_OTHERS
    first = [turns.ask(f"m{number}.example", first=True) for number in range(100)]
    assert begun(first) == MAX_AT_ONCE - MAX_OTHERS
    turns.end(others[0])
    assert (begun(others), begun(first)) == (MAX_OTHERS, MAX_AT_ONCE - MAX_OTHERS + 1)
    turns.hurry(others[99])
    for turn in first:
        turns.end(turn)
    assert others[99].came.done()


async def test_an_owner_of_whom_nothing_is_heard_is_left_alone_for_a_while() -> None:
    clock = TestClock()
    silences = Silences(clock)
    for _ in range(MAX_FAILURES):
        assert not silences.of("evil.example")
        silences.failed("evil.example")
    assert silences.of("evil.example")
    clock.jump(SILENT_SECONDS + 1)
    assert not silences.of("evil.example")
    silences.failed("evil.example")
    assert silences.of("evil.example")
    silences.heard("evil.example")
    assert not silences.of("evil.example")


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    async with name_server('a.corp.example. 60 IN TXT "text"\n') as made:
        made.mute_below.add("evil.example")
        yield made


async def test_a_silent_owner_is_not_asked_by_whoever_waits_in_line(names: NameServer) -> None:
    clock = TestClock()
    answers = Answers(Resolver(names.address, patience=0.3), clock)
    some = [(f"n{number}.evil.example", "TXT") for number in range(30)]
    async with asyncio.timeout(3):
        found = await answers.all_of(some)
    assert set(found.values()) == {UNANSWERED}
    assert len(set(names.asked)) < 2 * MAX_OF_ONE  # some begin until it is known
    assert await answers.of("new.evil.example", "TXT") == UNANSWERED
    assert ("new.evil.example", "TXT") not in names.asked
    names.mute_below.clear()
    clock.jump(SILENT_SECONDS + 1)
    assert (await answers.of("new.evil.example", "TXT")).values == ()


async def test_a_question_that_nobody_waits_for_any_more_leaves_the_line(
    names: NameServer,
) -> None:
    answers = Answers(Resolver(names.address, patience=0.3), TestClock())
    some = [(f"n{number}.evil.example", "TXT") for number in range(MAX_OF_ONE)]
    asked = asyncio.ensure_future(answers.all_of(some))

    async def all_are_asked() -> bool:
        return len(set(names.asked)) == MAX_OF_ONE

    await eventually(all_are_asked)
    waits = asyncio.ensure_future(answers.of("late.evil.example", "TXT"))
    await asyncio.sleep(0)
    waits.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waits
    assert set((await asked).values()) == {UNANSWERED}
    assert (await answers.of("a.corp.example", "TXT")).values == ("text",)
    assert ("late.evil.example", "TXT") not in names.asked


async def test_who_asks_again_what_left_the_line_is_answered(names: NameServer) -> None:
    answers = Answers(Resolver(names.address, patience=0.3), TestClock())
    slow = asyncio.ensure_future(
        answers.all_of((f"n{number}.corp.example", "TXT") for number in range(MAX_OF_ONE))
    )
    await asyncio.sleep(0)
    waits = asyncio.ensure_future(answers.of("a.corp.example", "TXT"))
    await asyncio.sleep(0)
    waits.cancel()
    await asyncio.sleep(0)
    assert (await answers.of("a.corp.example", "TXT")).values == ("text",)
    await slow
