"""Tokens over HTTP: each is somebody's, sees what is theirs, and is good until it is not."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent
from mcp_faces import Serving, post, serving

from postroom.build import PostRoom, open_room
from postroom.model.callers import operator
from postroom.model.limits import LATE_SECONDS
from postroom.model.token_answers import NewSecret

ERAS = pytest.mark.parametrize("era", ["auto", "legacy"])


@asynccontextmanager
async def beside(face: Serving) -> AsyncIterator[PostRoom]:
    """The operator's own desk on the same home, as the command line has it."""
    async with open_room(face.settings, program="test") as room:
        yield room


async def token(face: Serving, agent: str, **more: Any) -> NewSecret:
    async with beside(face) as room:
        return await room.desk.tokens.create(operator(), agent, **more)


@asynccontextmanager
async def client(face: Serving, secret: str, era: Any = "auto") -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as web,
        Client(streamable_http_client(face.url, http_client=web), mode=era) as one,
    ):
        yield one


async def tools(one: Client) -> set[str]:
    return {tool.name for tool in (await one.list_tools()).tools}


async def done(one: Client, tool: str, **given: Any) -> dict[str, Any]:
    result = await one.call_tool(tool, given)
    assert not result.is_error, result.content
    assert isinstance(result.structured_content, dict)
    return result.structured_content


async def refused(one: Client, tool: str, **given: Any) -> str:
    result = await one.call_tool(tool, given)
    assert result.is_error, result.structured_content
    (said,) = result.content
    assert isinstance(said, TextContent)
    return said.text.partition(":")[0]


@ERAS
async def test_two_tokens_are_two_agents_on_one_server(tmp_path: Path, era: str) -> None:
    async with serving(tmp_path) as face:
        ada, ben = await token(face, "ada"), await token(face, "acme/ben")
        async with client(face, ada.secret, era) as one, client(face, ben.secret, era) as two:
            made = await done(one, "create_mailbox", username="ada")
            await done(two, "create_mailbox", username="ben")
            sent = await done(two, "send_email", to=made["address"], text="Hello.")
            assert sent["status"] == "sent"
            (message,) = (await done(one, "wait_for_reply"))["messages"]
            hidden = {"thread_id": message["thread_id"]}
            assert await refused(two, "get_thread", **hidden) == "thread_not_found"
            theirs = (await done(two, "list_mailboxes"))["mailboxes"]
            assert [box["address"] for box in theirs] == ["ben@agents.localhost"]


READING = {"list_mailboxes", "list_threads", "get_thread", "wait_for_reply", "read_attachment"}


@ERAS
@pytest.mark.parametrize(
    ("scope", "seen"),
    [("read", READING), ("send", {"send_email", "suppress"}), ("create", {"create_mailbox"})],
)
async def test_a_token_shows_the_tools_that_it_may_use_and_no_other_answers(
    tmp_path: Path, era: str, scope: str, seen: set[str]
) -> None:
    async with serving(tmp_path) as face:
        made = await token(face, "ada", scopes=(scope,))
        async with client(face, made.secret, era) as one:
            assert await tools(one) == seen
            for hidden in {"create_mailbox", "send_email", "list_threads"} - seen:
                assert await refused(one, hidden) == "unknown_tool"


async def test_patterns_keep_an_agent_to_some_of_its_mailboxes(tmp_path: Path) -> None:
    async with serving(tmp_path) as face:
        whole = await token(face, "ada")
        part = await token(face, "ada", mailboxes=("support-*",))
        async with client(face, whole.secret) as ada, client(face, part.secret) as support:
            for name in ("private", "support-one"):
                await done(ada, "create_mailbox", username=name)
            private, one = (f"{name}@agents.localhost" for name in ("private", "support-one"))
            out_of_reach = await refused(support, "create_mailbox", username="other")
            assert out_of_reach == "address_out_of_reach"
            assert (await done(support, "create_mailbox", username="support-two"))["address"]
            found = (await done(support, "list_mailboxes"))["mailboxes"]
            assert {box["address"] for box in found} == {one, "support-two@agents.localhost"}
            await done(ada, "send_email", mailbox=one, to=private, text="Inside.")
            (message,) = (await done(ada, "wait_for_reply", mailbox=private))["messages"]
            given = {"thread_id": message["thread_id"]}
            assert await refused(support, "get_thread", **given) == "thread_not_found"
            assert await refused(support, "list_threads", mailbox=private) == "mailbox_not_found"
            assert await refused(support, "list_threads") == "mailbox_ambiguous"
            assert len((await done(support, "list_threads", mailbox=one))["threads"]) == 1
            asked = {"mailbox": private, "to": one, "text": "From there."}
            assert await refused(support, "send_email", **asked) == "mailbox_not_found"
            unclear = await refused(support, "suppress", address="x@far.example")
            assert unclear == "mailbox_ambiguous"


async def test_a_token_for_one_conversation_sees_nothing_else(tmp_path: Path) -> None:
    async with serving(tmp_path) as face:
        whole, other = await token(face, "ada"), await token(face, "ben")
        async with client(face, whole.secret) as ada, client(face, other.secret) as ben:
            mine = (await done(ada, "create_mailbox", username="ada"))["address"]
            theirs = (await done(ben, "create_mailbox", username="ben"))["address"]
            file = [{"filename": "plan.txt", "text": "Words."}]
            for words in ("Open", "Secret"):
                new = {"to": mine, "subject": words, "text": words, "attachments": file}
                await done(ben, "send_email", **new)
            found = (answer := await done(ada, "wait_for_reply"))["messages"]
            while len(found) < 2:  # the second may still be on its way
                answer = await done(ada, "wait_for_reply", after=answer["after"])
                found += answer["messages"]
            seen, hidden = sorted(found, key=lambda m: str(m["untrusted_subject"]))
            kept = await token(face, "ada", scopes=("read", "send"), thread_id=seen["thread_id"])
            async with client(face, kept.secret) as one:
                await _sees_one(one, seen, hidden, mine, theirs)


async def _sees_one(
    one: Client, seen: dict[str, Any], hidden: dict[str, Any], mine: str, theirs: str
) -> None:
    assert await tools(one) == {"send_email", "get_thread", "wait_for_reply", "read_attachment"}
    thread = await done(one, "get_thread", thread_id=seen["thread_id"])
    assert [m["untrusted_text"] for m in thread["messages"]] == ["Open"]
    (file_id,) = [a["attachment_id"] for a in seen["attachments"]]
    (other_id,) = [a["attachment_id"] for a in hidden["attachments"]]
    assert (await done(one, "read_attachment", attachment_id=file_id))["size"]
    unknown = await refused(one, "read_attachment", attachment_id=other_id)
    assert unknown == "attachment_not_found"
    calls: tuple[tuple[str, dict[str, str]], ...] = (
        ("get_thread", {}), ("wait_for_reply", {}), ("send_email", {"text": "?"}),
    )  # fmt: skip
    for tool, more in calls:
        given = {"thread_id": hidden["thread_id"], **more}
        assert await refused(one, tool, **given) == "thread_not_found"
        told = str((await one.call_tool(tool, given)).content)
        assert f"You see one conversation alone: {seen['thread_id']}." in told
    assert await refused(one, "wait_for_reply") == "thread_missing"
    new = {"to": theirs, "text": "Anew."}
    assert await refused(one, "send_email", **new) == "thread_missing"
    assert await refused(one, "send_email", **new, mailbox=mine) == "mailbox_not_found"
    reply = {"thread_id": seen["thread_id"], "text": "Answer."}
    passed = [{"attachment_id": other_id}]
    unknown = await refused(one, "send_email", **reply, attachments=passed)
    assert unknown == "attachment_not_found"
    assert (await done(one, "send_email", **reply))["status"] == "sent"


async def test_a_revoked_or_replaced_secret_opens_nothing(tmp_path: Path) -> None:
    async with serving(tmp_path) as face:
        made = await token(face, "ada")

        async def opens(secret: str) -> bool:
            return (await post(face, Authorization=f"Bearer {secret}")).status_code != 401

        assert await opens(made.secret)
        async with beside(face) as room:
            desk, id = room.desk.tokens, made.token.token_id
            anew = await desk.rotate(operator(), id, 3600)
            assert (await opens(made.secret), await opens(anew.secret)) == (True, True)
            again = await desk.rotate(operator(), id, 0)
            old = (made.secret, anew.secret)
            assert [await opens(secret) for secret in old] == [False, False]
            assert await opens(again.secret)
            await desk.revoke(operator(), id)
            assert not await opens(again.secret)


async def test_a_session_is_of_the_token_that_began_it(tmp_path: Path) -> None:
    begin = {
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {"protocolVersion": "2025-11-25", "capabilities": {},
                   "clientInfo": {"name": "t", "version": "1"}},
    }  # fmt: skip
    async with serving(tmp_path) as face, httpx2.AsyncClient() as web:
        ada, ben = await token(face, "ada"), await token(face, "ben")
        accept = {"Accept": "application/json, text/event-stream"}
        mine = accept | {"Authorization": f"Bearer {ada.secret}"}
        theirs = accept | {"Authorization": f"Bearer {ben.secret}"}
        began = await web.post(face.url, json=begin, headers=mine)
        session = {"Mcp-Session-Id": began.headers["mcp-session-id"]}
        ping = {"jsonrpc": "2.0", "id": 2, "method": "ping"}
        assert (await web.post(face.url, json=ping, headers=theirs | session)).status_code == 404
        assert (await web.post(face.url, json=ping, headers=mine | session)).status_code == 200


async def test_a_wait_that_goes_on_brings_nothing_once_its_token_is_revoked(
    tmp_path: Path,
) -> None:
    async with serving(tmp_path) as face:
        made, other = await token(face, "ada"), await token(face, "ben")
        async with client(face, made.secret) as ada, client(face, other.secret) as ben:
            mine = (await done(ada, "create_mailbox", username="ada"))["address"]
            await done(ben, "create_mailbox", username="ben")
            waiting = asyncio.create_task(refused(ada, "wait_for_reply", timeout_seconds=20))
            await asyncio.sleep(LATE_SECONDS * 2)
            async with beside(face) as room:
                await room.desk.tokens.revoke(operator(), made.token.token_id)
            await done(ben, "send_email", to=mine, text="For ada alone.")
            assert await asyncio.wait_for(waiting, 20) == "token_over"


@pytest.mark.parametrize(
    ("pattern", "address", "reached"),
    [
        ("support-*", "support-one@x.test", True),
        ("support-*", "agent+support-one@x.test", True),
        ("support-?", "support-one@x.test", False),
        ("[!a]*", "bob@x.test", False),
        ("*@bücher.example", "ada@xn--bcher-kva.example", True),
        ("ada@x.test", "ada@y.test", False),
    ],
)
async def test_patterns_know_stars_and_question_marks_alone(
    tmp_path: Path, pattern: str, address: str, reached: bool
) -> None:
    async with serving(tmp_path) as face:
        made = await token(face, "ada", mailboxes=(pattern,))
        async with beside(face) as room:
            bearer = await room.desk.tokens.bearer(made.secret)
            assert bearer is not None
            assert bearer.caller.reaches(address) is reached
