"""What the DNS says, kept within bounds: asked of a real name server, which may be slow or lie."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from rooms import TestClock
from servers.dns import NameServer, name_server

from postroom.dns.resolver import Resolver
from postroom.dns.senders import answers as module
from postroom.dns.senders.answers import (
    FAILED_SECONDS,
    MAX_NONE_SECONDS,
    MAX_SECONDS,
    MIN_SECONDS,
    Answers,
    Found,
)

ZONE = """
a.example. 5 IN TXT "one " "text"
b.example. 999999 IN TXT "long"
c.example. 600 IN TXT "ten minutes"
m.example. 60 IN MX 10 mx.m.example.
v4.example. 60 IN A 203.0.113.9
v6.example. 60 IN AAAA 2001:db8::9
p.example. 60 IN PTR host.example.
x.example. 60 IN CNAME y.example.
y.example. 60 IN CNAME x.example.
z.example. 60 IN CNAME a.example.
"""


@dataclass
class Asked:
    names: NameServer
    answers: Answers
    clock: TestClock = field(default_factory=TestClock)

    async def values(self, name: str, kind: str = "TXT") -> tuple[str, ...] | None:
        return (await self.answers.of(name, kind)).values


@pytest.fixture
async def asked() -> AsyncIterator[Asked]:
    async with name_server(ZONE) as names:
        clock = TestClock()
        yield Asked(names, Answers(Resolver(names.address, patience=0.3), clock), clock)


async def test_records_of_each_type_are_told_as_they_are_written(asked: Asked) -> None:
    assert await asked.values("a.example") == ("one text",)
    assert await asked.values("z.example") == ("one text",)
    assert await asked.values("m.example", "MX") == ("10 mx.m.example",)
    assert await asked.values("v4.example", "A") == ("203.0.113.9",)
    assert await asked.values("v6.example", "AAAA") == ("2001:db8::9",)
    assert await asked.values("p.example", "PTR") == ("host.example",)


@pytest.mark.parametrize(
    "name", ["none.example", "v4.example", "a..example", "x" * 64 + ".example", "é.example", ""]
)
async def test_what_is_not_there_or_cannot_be_has_no_records(asked: Asked, name: str) -> None:
    assert await asked.values(name) == ()


async def test_an_answer_is_kept_for_its_time_within_bounds(asked: Asked) -> None:
    for name, seconds in (
        ("a", MIN_SECONDS),
        ("c", 600.0),
        ("b", MAX_SECONDS),
        ("no", MAX_NONE_SECONDS),
    ):
        question = f"{name}.example", "TXT"
        await asked.answers.of(*question)
        asked.clock.jump(seconds - 5)
        await asked.answers.of(*question)
        assert asked.names.asked.count(question) == 1
        asked.clock.jump(10)
        await asked.answers.of(*question)
        assert asked.names.asked.count(question) == 2


async def test_a_failure_is_no_answer_and_nobody_asks_again_for_a_while(asked: Asked) -> None:
    asked.names.failing.add("a.example")
    assert await asked.values("a.example") is None
    asked.names.failing.clear()
    assert await asked.values("a.example") is None
    asked.clock.jump(FAILED_SECONDS + 1)
    assert await asked.values("a.example") == ("one text",)


async def test_many_who_ask_the_same_ask_once(asked: Asked) -> None:
    found = await asyncio.gather(*(asked.values("a.example") for _ in range(50)))
    assert set(found) == {("one text",)}
    assert asked.names.asked == [("a.example", "TXT")]


async def test_a_silent_server_and_a_loop_of_aliases_are_no_answer_in_bounded_time(
    asked: Asked,
) -> None:
    asked.names.mute.add("a.example")
    async with asyncio.timeout(3):
        assert await asked.values("a.example") is None
        assert await asked.values("x.example") is None


async def test_an_answer_too_long_for_a_datagram_comes_and_one_too_long_to_keep_does_not() -> None:
    piece = '"' + "x" * 250 + '"'
    zone = f"long.example. 60 IN TXT {' '.join([piece] * 20)}\n"
    zone += f"huge.example. 60 IN TXT {' '.join([piece] * 100)}\n"
    async with name_server(zone) as names:
        answers = Answers(Resolver(names.address, patience=1.0), TestClock())
        assert await answers.of("long.example", "TXT") == Found(("x" * 5000,))
        assert await answers.of("huge.example", "TXT") == Found(None)


async def test_no_more_is_kept_than_there_is_room_for(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_KEPT", 20)
    await asked.answers.all_of((f"n{number}.example", "TXT") for number in range(60))
    kept = [n for n in range(60) if asked.answers.kept(f"n{n}.example", "TXT") is not None]
    assert len(kept) == 20
    monkeypatch.setattr(module, "MAX_KEPT_CHARS", 100)
    await asked.answers.of("a.example", "TXT")
    kept = [n for n in range(60) if asked.answers.kept(f"n{n}.example", "TXT") is not None]
    assert len(kept) < 10
    assert asked.answers.kept("a.example", "TXT") is not None


async def test_more_questions_than_may_wait_are_not_answered_and_not_kept(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 5)
    asked.names.mute |= {f"n{number}.example" for number in range(5)}
    waiting = [asyncio.ensure_future(asked.values(f"n{number}.example")) for number in range(5)]
    await asyncio.sleep(0)
    assert await asked.values("a.example") is None
    await asyncio.gather(*waiting)
    assert await asked.values("a.example") == ("one text",)


async def test_what_is_on_its_way_ends_with_the_room(asked: Asked) -> None:
    asked.names.mute.add("a.example")
    waits = asyncio.ensure_future(asked.answers.of("a.example", "TXT"))
    await asyncio.sleep(0)
    await asked.answers.close()
    with pytest.raises(asyncio.CancelledError):
        await waits


async def test_a_question_that_nobody_waits_for_any_more_is_answered_for_the_next(
    asked: Asked,
) -> None:
    given_up = asyncio.ensure_future(asked.answers.of("a.example", "TXT"))
    await asyncio.sleep(0)
    given_up.cancel()
    assert await asked.values("a.example") == ("one text",)
    assert asked.names.asked == [("a.example", "TXT")]
