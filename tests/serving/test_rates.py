"""How often whoever comes may ask."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_faces import Serving, serving
from serving.asking import web

from postroom.build import open_room
from postroom.model.callers import operator
from postroom.serving import paces
from postroom.serving.paces import MINUTE, Pace
from postroom.serving.rates import network_of


async def new_token(face: Serving, agent: str) -> tuple[str, str]:
    """(id, secret)."""
    async with open_room(face.settings, program="test") as room:
        made = await room.desk.tokens.create(operator(), agent)
    return made.token.token_id, made.secret


async def test_a_token_has_its_turns_and_no_other_waits_for_it(tmp_path: Path) -> None:
    async with serving(tmp_path, requests_per_minute=3) as face:
        _, ben = await new_token(face, "ben")
        async with web(face) as one, web(face, ben) as two:
            # The first makes it known, as a stranger's.
            told = [(await one.get("/v1/mailboxes")) for _ in range(5)]
            assert [each.status_code for each in told] == [200] * 4 + [429]
            assert told[-1].json()["code"] == "too_many_requests"
            assert 0 < int(told[-1].headers["retry-after"]) <= MINUTE / 3
            assert (await two.get("/v1/mailboxes")).status_code == 200
            by_tools = await one.post("/mcp", json={})
            assert (by_tools.status_code, by_tools.json()["error"]) == (429, "too_many_requests")


async def test_false_tokens_cost_their_senders_turns_and_nobody_elses(tmp_path: Path) -> None:
    async with (
        serving(tmp_path, strangers_per_minute=4) as face,
        web(face) as ada,
        web(face, "") as stranger,
    ):
        assert (await ada.get("/v1/mailboxes")).status_code == 200
        told = []
        for attempt in range(6):
            headers = {"Authorization": f"Bearer postroom_{attempt}"}
            # What anybody may ask makes no token a good one.
            await stranger.get("/.well-known/oauth-protected-resource", headers=headers)
            told.append((await stranger.get("/v1/mailboxes", headers=headers)).status_code)
        assert told[0] == 401
        assert told[-1] == 429
        for probe in ("/healthz", "/readyz"):
            assert [(await stranger.get(probe)).status_code for _ in range(6)] == [200] * 6
        assert (await ada.get("/v1/mailboxes")).status_code == 200


async def test_a_revoked_token_is_a_strangers_from_then_on(tmp_path: Path) -> None:
    async with serving(tmp_path, strangers_per_minute=2) as face:
        id, secret = await new_token(face, "ben")
        async with web(face, secret) as ben:
            assert (await ben.get("/v1/mailboxes")).status_code == 200
            async with open_room(face.settings, program="test") as room:
                await room.desk.tokens.revoke(operator(), id)
            told = [(await ben.get("/v1/mailboxes")).status_code for _ in range(3)]
            assert told == [401, 401, 429]


async def test_whoever_is_signed_in_at_the_console_is_no_stranger(tmp_path: Path) -> None:
    async with serving(tmp_path, strangers_per_minute=4) as face:
        async with open_room(face.settings, program="test") as room:
            made = await room.desk.tokens.create(operator(), "you", ("operator",))
        async with web(face, "") as person, web(face, "") as stranger:
            shown = {"Origin": str(person.base_url).rstrip("/")}
            done = await person.post("/sign-in", data={"token": made.secret}, headers=shown)
            assert done.status_code == 303
            told = [(await person.get("/outbox")).status_code for _ in range(8)]
            assert told == [200] * 8
            false = {"Cookie": "postroom=x"}
            others = [(await stranger.get("/outbox", headers=false)).status_code for _ in range(4)]
            assert others[-1] == 429
            assert (await person.get("/outbox")).status_code == 200


class Steady:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_turns_come_back_evenly() -> None:
    clock = Steady()
    pace = Pace(6, clock)
    assert [pace.wait("a") for _ in range(6)] == [0] * 6
    assert pace.wait("a") == pytest.approx(10)
    assert pace.wait("b") == 0
    clock.now += 10
    assert (pace.wait("a"), pace.wait("a") > 0) == (0, True)
    clock.now += 3600
    assert [pace.wait("a") > 0 for _ in range(7)] == [False] * 6 + [True]


@given(st.integers(1, 50), st.lists(st.floats(0, 30), max_size=200))
def test_no_minute_has_more_than_twice_its_turns_and_who_waits_as_told_may(
    per_minute: int, pauses: list[float]
) -> None:
    clock = Steady()
    pace = Pace(per_minute, clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        if (wait := pace.wait("a")) > 0:
            clock.now += wait + 1e-5
            assert pace.wait("a") == 0
        taken.append(clock.now)
        assert sum(clock.now - each < MINUTE for each in taken) <= 2 * per_minute


def test_a_flood_of_addresses_is_forgotten_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paces, "MOST_KEYS", 100)
    pace = Pace(1, Steady())
    for n in range(1000):
        pace.wait(f"{n}")
    assert len(pace._due) == 100
    assert pace.wait("999") > 0


@pytest.mark.parametrize(
    ("client", "network"),
    [
        (("192.0.2.1", 5), "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 5), "2001:db8:1:2::/64"),
        (("2001:db8:1:2::9", 5), "2001:db8:1:2::/64"),
        (("unix", 0), "unix"),
        (None, ""),
    ],
)
def test_addresses_that_one_machine_may_choose_among_count_as_one(
    client: tuple[str, int] | None, network: str
) -> None:
    assert network_of({"type": "http", "client": client}) == network
