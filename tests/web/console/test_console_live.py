"""What is told as it happens."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
from consoles import console, sign_in

from postroom.model.callers import operator


async def lines_until(said: AsyncIterator[str], wanted: str) -> list[str]:
    """What is said up to the line that holds ``wanted``."""
    heard: list[str] = []
    async for line in said:
        heard.append(line)
        if wanted in line:
            return heard
    raise AssertionError(heard)


async def test_a_mail_is_told_at_once_and_what_came_while_away_afterwards(tmp_path: Path) -> None:
    async with console(tmp_path) as post, post.browser() as web:
        ada, ben = await post.agent("ada"), await post.agent("ben")
        assert (await web.get("/live")).status_code == 303
        await sign_in(web, post.token)
        async with web.stream("GET", "/live") as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            said = stream.aiter_lines()
            begun = await lines_until(said, "id: ")
            await ben.send("Secret words.", ada.address, subject="Secret subject")
            heard = await lines_until(said, '"type":"message.received"')
            assert "event: message.received" in heard
            assert not any("Secret" in line for line in heard)
        away = {"Last-Event-ID": begun[-1].removeprefix("id: ")}
        async with web.stream("GET", "/live", headers=away) as stream:
            said = stream.aiter_lines()
            assert ada.address in (await lines_until(said, '"type":"message.received"'))[-1]
            (token,) = (await post.room.desk.tokens.list(operator())).tokens
            await post.room.desk.tokens.revoke(operator(), token.token_id)
            assert [line async for line in said][-1:] == [""]  # it ends
        assert (await web.get("/live")).status_code == 303


async def test_a_place_that_never_was_is_told_so(person: httpx2.AsyncClient) -> None:
    answer = await person.get("/live", headers={"Last-Event-ID": "0000-7"})
    assert answer.status_code == 400
