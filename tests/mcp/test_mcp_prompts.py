"""Prompts, and what their arguments may be, in both eras: in process, over stdio and over HTTP."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from mcp.types import PromptReference, ResourceTemplateReference, TextContent
from mcp_faces import Serving, serving
from rooms import Agent, Postman, letter

from postroom.build import PostRoom, open_room
from postroom.mcp.resources import THREAD_TEMPLATE
from postroom.mcp.server import build_server
from postroom.model.callers import Caller, operator

ERAS = pytest.mark.parametrize("era", ["auto", "legacy"])

EVERY = ["answer_thread", "follow_up", "triage_inbox"]


def server_of(room: PostRoom, caller: Caller) -> Any:
    async def desk() -> Any:
        return room.desk

    return build_server(desk, caller)


@asynccontextmanager
async def by_http(face: Serving, secret: str, era: Any) -> AsyncIterator[Client]:
    headers = {"Authorization": f"Bearer {secret}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=20) as web,
        Client(streamable_http_client(face.url, http_client=web), mode=era) as client,
    ):
        yield client


def parameters(home: Path, agent: str) -> StdioServerParameters:
    given = ["-m", "postroom", "--home", str(home), "mcp", "--agent", agent]
    return StdioServerParameters(command=sys.executable, args=given)


async def shown(client: Client) -> list[str]:
    return [prompt.name for prompt in (await client.list_prompts()).prompts]


async def words(client: Client, prompt: str, **given: str) -> str:
    got = await client.get_prompt(prompt, given)
    (message,) = got.messages
    assert message.role == "user"
    assert isinstance(message.content, TextContent)
    return message.content.text


async def refused(client: Client, prompt: str, **given: str) -> str:
    with pytest.raises(MCPError) as caught:
        await client.get_prompt(prompt, given)
    assert caught.value.error.code == -32602
    code: str = caught.value.error.data["code"]
    assert caught.value.error.message.startswith(f"{code}: ")
    return code


async def offered(client: Client, prompt: str, argument: str, typed: str = "") -> list[str]:
    asked = {"name": argument, "value": typed}
    return (await client.complete(PromptReference(name=prompt), asked)).completion.values


@ERAS
async def test_prompts_are_listed_and_given(quiet_room: PostRoom, ada: Agent, era: Any) -> None:
    async with Client(server_of(quiet_room, ada.caller), mode=era) as client:
        assert client.server_capabilities.prompts is not None
        assert client.server_capabilities.completions is not None
        assert await shown(client) == EVERY
        text = await words(client, "answer_thread", thread_id="t_5f0c2k7m1q", guidance="Yes.")
        assert text.startswith("Answer the email thread t_5f0c2k7m1q.")
        assert text.endswith("What I want it to say:\nYes.")
        assert "all my mailboxes" in await words(client, "triage_inbox")
        assert await refused(client, "answer_thread") == "invalid_arguments"
        assert await refused(client, "follow_up", thread="t_5f0c2k7m1q") == "unknown_argument"
        assert await refused(client, "no_such") == "unknown_prompt"


@ERAS
async def test_arguments_are_completed_with_ones_own_and_no_word_of_a_mail(
    quiet_room: PostRoom, ada: Agent, postman: Postman, era: Any
) -> None:
    await Agent(quiet_room, "eve").open()
    for number, subject in enumerate(("The invoice", "Lunch")):
        mail = letter(to=ada.address, id=f"{number}@x", subject=subject)
        await postman.bring(ada.address, mail)
    invoice, lunch = ((m.thread_id or "") for m in (await ada.wait(timeout=0)).messages)
    ours = (await ada.send("Are you coming?", "ben@elsewhere.example")).thread_id
    other = await Agent(quiet_room, "ada").open("ada-too")
    async with Client(server_of(quiet_room, ada.caller), mode=era) as client:
        assert set(await offered(client, "answer_thread", "thread_id")) == {invoice, lunch}
        assert await offered(client, "follow_up", "thread_id") == [ours]
        assert await offered(client, "answer_thread", "thread_id", lunch[:6]) == [lunch]
        assert await offered(client, "answer_thread", "thread_id", "invoice") == [invoice]
        assert await offered(client, "answer_thread", "thread_id", "t_zzzzzzzzzzzz") == []
        assert await offered(client, "answer_thread", "guidance", "x") == []
        assert await offered(client, "answer_thread", "no_such") == []
        assert await offered(client, "no_such", "thread_id") == []
        # The one that somebody waits at comes first.
        assert await offered(client, "triage_inbox", "mailbox") == [ada.address, other.address]
        assert await offered(client, "triage_inbox", "mailbox", "ada-") == [other.address]
        resource = ResourceTemplateReference(uri=THREAD_TEMPLATE)
        found = await client.complete(resource, {"name": "thread_id", "value": ""})
        assert set(found.completion.values) == {invoice, lunch, ours}
        elsewhere = ResourceTemplateReference(uri="postroom://messages/{message_id}")
        found = await client.complete(elsewhere, {"name": "message_id", "value": ""})
        assert found.completion.values == []


@ERAS
async def test_nobody_is_offered_what_they_may_not_see(
    quiet_room: PostRoom, ada: Agent, postman: Postman, era: Any
) -> None:
    other = await Agent(quiet_room, "ada").open("other")
    for number, one in enumerate((ada, ada, other)):
        await postman.bring(one.address, letter(to=one.address, id=f"{number}@x"))
    first, second = ((m.thread_id or "") for m in (await ada.wait(timeout=0)).messages)
    for change, threads, boxes in (
        ({"agent": "eve"}, set(), []),
        ({"mailboxes": ("ada",)}, {first, second}, [ada.address]),
        ({"thread": first}, {first}, []),
        ({"scopes": frozenset({"read"})}, set(), [ada.address, other.address]),
        ({"scopes": frozenset({"send"})}, set(), []),
    ):
        caller = ada.caller.model_copy(update=change)
        async with Client(server_of(quiet_room, caller), mode=era) as client:
            assert set(await offered(client, "answer_thread", "thread_id")) == threads
            assert await offered(client, "triage_inbox", "mailbox") == boxes


async def test_of_many_threads_the_newest_hundred_are_offered(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    mails = [letter(to=ada.address, id=f"{number}@x") for number in range(101)]
    await postman.bring(ada.address, *mails)
    async with Client(server_of(quiet_room, ada.caller)) as client:
        asked = {"name": "thread_id", "value": "t_"}
        found = await client.complete(PromptReference(name="answer_thread"), asked)
        assert len(found.completion.values) == 100
        assert found.completion.has_more


@asynccontextmanager
async def beside(face: Serving) -> AsyncIterator[PostRoom]:
    async with open_room(face.settings, program="test") as room:
        yield room


@ERAS
async def test_over_http_a_token_shows_the_prompts_whose_tools_it_may_use(
    tmp_path: Path, era: Any
) -> None:
    async with serving(tmp_path) as face, beside(face) as room:
        box = await Agent(room, "ada").open()
        reads = await room.desk.tokens.create(operator(), "ada", scopes=("read",))
        whole = await room.desk.tokens.create(operator(), "ada")
        async with by_http(face, whole.secret, era) as client:
            assert await shown(client) == EVERY
            assert await offered(client, "triage_inbox", "mailbox") == [box.address]
        async with by_http(face, reads.secret, era) as client:
            assert await shown(client) == ["triage_inbox"]
            assert await refused(client, "answer_thread", thread_id="t_5f0c2k7m1q")


@ERAS
async def test_over_stdio_a_thread_is_offered_and_its_prompt_given(
    tmp_path: Path, era: Any
) -> None:
    async with Client(parameters(tmp_path, "ada"), mode=era) as client:
        assert await shown(client) == EVERY
        made = await client.call_tool("create_mailbox", {"username": "ada"})
        assert made.structured_content is not None
        to = made.structured_content["address"]
        sent = await client.call_tool("send_email", {"to": to, "text": "To myself."})
        assert sent.structured_content is not None
        thread = sent.structured_content["thread_id"]
        found = await offered(client, "follow_up", "thread_id", "t_")
        found += await offered(client, "answer_thread", "thread_id", "t_")
        assert thread in found
        assert thread in await words(client, "follow_up", thread_id=thread)
