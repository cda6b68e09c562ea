"""What a client gets back from a call, in both protocol eras: through the SDK's own client.

The desk here is a scripted one: what is tested is what happens to its answers, its errors and its
waits on their way to the client. The real one answers in test_mcp_room.py.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mcp import Client
from mcp.types import CallToolResult, TextContent

from postroom.desk.desk import Desk
from postroom.mcp.server import INSTRUCTIONS, build_server
from postroom.model.answers import MailboxList, MailboxSummary, WaitAnswer
from postroom.model.callers import Caller
from postroom.model.errors import NotFound
from postroom_tools.catalogue import TOOLS

ADA = Caller(agent="ada")

MAILBOXES = MailboxList(
    mailboxes=(
        MailboxSummary(address="ada@x.test", display_name="Ada", status="live", awaiting_answer=2),
    ),
    as_of="2026-11-23T00:00:00Z",
)

ERAS = pytest.mark.parametrize("era", ["auto", "legacy"])


def desk_that(listing: Callable[..., Awaitable[Any]], **more: Any) -> Desk:
    """A desk that lists mailboxes as told."""
    return cast(Desk, SimpleNamespace(mailboxes=SimpleNamespace(list=listing), **more))


async def lists(caller: Caller) -> MailboxList:
    assert caller == ADA
    return MAILBOXES


def client(desk: Desk, era: Any, **more: Any) -> Client:
    async def give() -> Desk:
        return desk

    return Client(build_server(give, ADA, **more), mode=era)


def text(result: CallToolResult) -> str:
    (only,) = result.content
    assert isinstance(only, TextContent)
    return only.text


@ERAS
async def test_a_client_learns_who_we_are_and_how_to_work(era: str) -> None:
    async with client(desk_that(lists), era) as ada:
        assert ada.server_info
        assert ada.server_info.name == "postroom"
        assert ada.server_info.title == "Postroom"
        assert ada.server_info.version
        assert ada.instructions == INSTRUCTIONS
        assert len((await ada.list_tools()).tools) == len(TOOLS)


@ERAS
async def test_an_answer_is_the_same_as_structure_and_as_text(era: str) -> None:
    async with client(desk_that(lists), era) as ada:
        result = await ada.call_tool("list_mailboxes", {})
    assert not result.is_error
    assert result.structured_content == json.loads(text(result))
    assert result.structured_content == {
        "mailboxes": [
            {
                "address": "ada@x.test",
                "display_name": "Ada",
                "status": "live",
                "awaiting_answer": 2,
            }
        ],
        "as_of": "2026-11-23T00:00:00Z",
    }


@ERAS
async def test_an_error_of_ours_is_text_alone_with_its_code_and_what_to_do(era: str) -> None:
    async def refuses(caller: Caller) -> MailboxList:
        raise NotFound("thread_not_found", "You have no such thread.", "list_threads tells.")

    async with client(desk_that(refuses), era) as ada:
        result = await ada.call_tool("list_mailboxes", {})
    assert result.is_error
    assert result.structured_content is None
    assert text(result) == "thread_not_found: You have no such thread. list_threads tells."


@ERAS
async def test_any_other_error_is_masked_and_logged_without_a_word_of_mail(
    era: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def breaks(caller: Caller) -> MailboxList:
        raise KeyError("the words of a mail")

    with caplog.at_level(logging.DEBUG):
        async with client(desk_that(breaks), era) as ada:
            result = await ada.call_tool("list_mailboxes", {})
    assert result.is_error
    assert text(result).startswith("internal_error: ")
    assert "KeyError at" in caplog.text
    assert "breaks" in caplog.text
    assert "the words of a mail" not in text(result) + caplog.text


@ERAS
async def test_an_unknown_tool_is_an_error_that_names_those_there_are(era: str) -> None:
    async with client(desk_that(lists), era) as ada:
        result = await ada.call_tool("send_mail", {})
    assert result.is_error
    assert text(result).startswith("unknown_tool: ")
    assert "send_email" in text(result)


@ERAS
async def test_unknown_arguments_reach_us_and_nothing_is_done(era: str) -> None:
    async with client(desk_that(lists), era) as ada:
        result = await ada.call_tool("send_email", {"from": "a@x.test", "body": "hello"})
    assert result.is_error
    assert "use 'mailbox'" in text(result)
    assert "use 'text'" in text(result)


@ERAS
async def test_who_wants_to_work_behind_an_answer_is_told_of_each(era: str) -> None:
    told = []
    async with client(desk_that(lists), era, answered=lambda: told.append(1)) as ada:
        await ada.list_tools()
        assert not told
        await ada.call_tool("list_mailboxes", {})
        await ada.call_tool("no_such_tool", {})
    assert len(told) == 2


class Waits:
    """A wait that reports progress twice and then sleeps until it is let go."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.released = asyncio.Event()
        self.let_go = asyncio.Event()

    async def wait(self, caller: Caller, progress: Any, **asked: Any) -> WaitAnswer:
        self.begun.set()
        try:
            await progress(5.0, asked["timeout_seconds"])
            await progress(10.0, asked["timeout_seconds"])
            await self.let_go.wait()
        finally:
            self.released.set()
        return WaitAnswer(outcome="timeout", after="c", as_of="", next_step="Call again.")


@ERAS
async def test_progress_is_told_to_a_client_that_asked(era: str) -> None:
    told: list[tuple[float, float | None]] = []
    waits = Waits()

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total))
        if len(told) == 2:
            waits.let_go.set()

    async with client(desk_that(lists, waiting=waits), era) as ada:
        result = await ada.call_tool("wait_for_reply", {}, progress_callback=hear)
    assert told == [(5.0, 20.0), (10.0, 20.0)]
    assert result.structured_content is not None
    assert result.structured_content["outcome"] == "timeout"


@ERAS
async def test_no_progress_is_told_to_a_client_that_did_not_ask(era: str) -> None:
    waits = Waits()
    waits.let_go.set()
    async with client(desk_that(lists, waiting=waits), era) as ada:
        assert not (await ada.call_tool("wait_for_reply", {})).is_error


@ERAS
async def test_a_cancelled_wait_is_released_at_once(era: str) -> None:
    waits = Waits()
    async with client(desk_that(lists, waiting=waits), era) as ada:
        call = asyncio.create_task(ada.call_tool("wait_for_reply", {}))
        await asyncio.wait_for(waits.begun.wait(), 5)
        call.cancel()
        await asyncio.wait_for(waits.released.wait(), 2)
        # The connection lives on.
        assert not (await ada.call_tool("list_mailboxes", {})).is_error
