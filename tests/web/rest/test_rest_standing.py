"""REST: an answer that is repeated from memory is the one that the desk would give."""

import asyncio
from pathlib import Path

import pytest
from rooms import TestClock
from web.rest.rest_rig import ADA, EVE, OPERATOR, Rest, done, lived, problem

from postroom import settings as configuration
from postroom.build import open_room
from postroom.model.callers import agent, operator

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_what_another_process_writes_is_told_in_the_next_answer(rest: Rest) -> None:
    mine = await lived(rest[ADA], "other-process")
    path = f"/v1/threads?mailbox={mine.address}"
    for number in range(5):
        for _ in range(3):
            before = await done(rest[ADA].get(path))
        async with open_room(configuration.load(rest.face.settings.home), program="x") as other:
            await other.desk.unsent.cancel(operator(), mine.held) if number == 0 else None
            made = await other.desk.mailboxes.create(agent("ada"), f"made-{number}")
        listed = await done(rest[ADA].get("/v1/mailboxes"))
        assert made.address in [each["address"] for each in listed["mailboxes"]]
        shown = await done(rest[ADA].get(f"/v1/mailboxes/{made.address}"))
        assert shown["status"] == "live"
        assert (await done(rest[ADA].get(path)))["threads"] == before["threads"] or number == 0


async def test_a_thread_that_is_read_again_and_again_shows_each_answer_at_once(rest: Rest) -> None:
    mine = await lived(rest[ADA], "growing")
    path = f"/v1/threads/{mine.thread}"
    for number in range(4):
        for _ in range(3):
            view = await done(rest[ADA].get(path))
        assert len(view["messages"]) == number + 1
        answer = {"threadId": mine.thread, "text": f"Answer {number}.", "confirm": True}
        await done(rest[ADA].post("/v1/messages/send", json=answer))


async def test_nobody_is_given_what_another_was_told(rest: Rest) -> None:
    mine = await lived(rest[ADA], "private")
    path = f"/v1/threads/{mine.thread}"
    for _ in range(3):
        assert (await rest[ADA].get(path)).is_success
        assert (await rest[OPERATOR].get(path)).is_success
        assert problem(await rest[EVE].get(path)) == (404, "thread_not_found")
        async with rest.client(None) as nobody:
            assert problem(await nobody.get(path)) == (401, "token_required")
        async with rest.client("postroom_wrong") as nobody:
            assert problem(await nobody.get(path)) == (401, "token_required")


async def test_a_token_is_good_no_more_with_the_next_request(rest: Rest) -> None:
    asked = {"agent": "ada", "scopes": ["read"]}
    made = await done(rest[OPERATOR].post("/v1/tokens", json=asked))
    id = made["token"]["token_id"]
    async with rest.client(made["secret"]) as web:
        for _ in range(3):
            assert (await web.get("/v1/threads")).is_success
        rotated = await done(
            rest[OPERATOR].post(f"/v1/tokens/{id}/rotate", json={"graceSeconds": 0})
        )
        assert problem(await web.get("/v1/threads")) == (401, "token_required")
    async with rest.client(rotated["secret"]) as web:
        for _ in range(3):
            assert (await web.get("/v1/threads")).is_success
        async with open_room(configuration.load(rest.face.settings.home), program="x") as other:
            await other.desk.tokens.revoke(operator(), id)
        assert problem(await web.get("/v1/threads")) == (401, "token_required")


async def test_a_token_ends_when_its_time_is_over_and_its_old_secret_when_that_is(
    tmp_path: Path,
) -> None:
    clock = TestClock()
    async with open_room(configuration.load(tmp_path), program="x", clock=clock) as room:
        tokens = room.desk.tokens
        made = await tokens.create(operator(), "ada", expires="60s")
        other = await tokens.create(operator(), "ada")
        again = await tokens.rotate(operator(), other.token.token_id, grace_seconds=30)
        for secret in (made.secret, other.secret, again.secret):
            assert await tokens.bearer(secret) == await tokens.bearer(secret) is not None
        clock.jump(31)
        assert await tokens.bearer(made.secret)
        assert await tokens.bearer(other.secret) is None
        clock.jump(30)
        assert await tokens.bearer(made.secret) is None
        assert await tokens.bearer(again.secret)


async def test_a_moment_is_over_with_any_commit_of_any_process(tmp_path: Path) -> None:
    settings = configuration.load(tmp_path)
    async with open_room(settings, program="x") as room, open_room(settings, program="y") as other:
        await asyncio.sleep(0)
        for writer in (room, other):
            before = room.desk.standing.moment().version
            assert room.desk.standing.moment().version == before
            await writer.desk.mailboxes.create(agent("ada"))
            assert room.desk.standing.moment().version != before
