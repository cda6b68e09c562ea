"""The tools on a real room with its real mail server, for two agents, in both eras."""

import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.types import TextContent

from postroom.build import open_room
from postroom.mcp.server import build_server
from postroom.model.callers import Caller
from postroom.settings import load


class Agent:
    """An agent with its client."""

    def __init__(self, client: Client, address: str) -> None:
        self.client = client
        self.address = address

    async def ask(self, tool: str, **arguments: Any) -> dict[str, Any]:
        result = await self.client.call_tool(tool, arguments)
        (only,) = result.content
        assert isinstance(only, TextContent)
        assert not result.is_error, only.text
        assert json.loads(only.text) == result.structured_content
        assert isinstance(result.structured_content, dict)
        return result.structured_content

    async def refusal(self, tool: str, **arguments: Any) -> str:
        result = await self.client.call_tool(tool, arguments)
        (only,) = result.content
        assert isinstance(only, TextContent)
        assert result.is_error
        assert result.structured_content is None
        return only.text


@asynccontextmanager
async def two_agents(home: Path, era: Any) -> AsyncIterator[list[Agent]]:
    """Ada and Ben, each with a mailbox, in one room that is at work. No fixture: those are entered
    and left in different tasks, which a client forbids."""
    async with open_room(load(home), program="test") as room:
        await room.worker.start()

        async def desk() -> Any:
            return room.desk

        servers = [build_server(desk, Caller(agent=name)) for name in ("ada", "ben")]
        async with (
            Client(servers[0], mode=era) as one,
            Client(servers[1], mode=era) as two,
        ):
            found = [Agent(one, ""), Agent(two, "")]
            for agent, name in zip(found, ("ada", "ben"), strict=True):
                made = await agent.ask("create_mailbox", username=name)
                agent.address = made["address"]
            yield found


ERAS = pytest.mark.parametrize("era", ["auto", "legacy"])


@ERAS
async def test_a_file_is_sent_read_and_passed_on(tmp_path: Path, era: str) -> None:
    async with two_agents(tmp_path, era) as (ada, ben):
        content = base64.b64encode(b"a,b\n1,2\n").decode()
        sent = await ada.ask(
            "send_email",
            to=ben.address,
            text="See the file.",
            attachments=[
                {"filename": "t.csv", "content_type": "text/csv", "content_base64": content}
            ],
        )
        assert sent["status"] == "sent"
        (message,) = (await ben.ask("wait_for_reply"))["messages"]
        (file,) = message["attachments"]
        assert file["untrusted_filename"] == "t.csv"
        read = await ben.ask("read_attachment", attachment_id=file["attachment_id"])
        assert read["untrusted_text"].splitlines() == ["a,b", "1,2"]
        await ben.ask(
            "send_email",
            thread_id=message["thread_id"],
            text="Back to you.",
            attachments={"attachment_id": file["attachment_id"]},
        )
        back = await ada.ask("wait_for_reply", thread_id=sent["thread_id"], after=sent["after"])
        assert back["messages"][0]["attachments"][0]["untrusted_filename"] == "t.csv"


@ERAS
async def test_the_same_call_again_sends_nothing_again(tmp_path: Path, era: str) -> None:
    async with two_agents(tmp_path, era) as (ada, ben):
        first = await ada.ask("send_email", to=ben.address, subject="Hi", text="Once.")
        again = await ada.ask("send_email", to=ben.address, subject="Hi", text="Once.")
        assert again["duplicate"] is True
        assert again["send_id"] == first["send_id"]


@ERAS
async def test_an_outside_address_fails_at_once_with_a_reason(tmp_path: Path, era: str) -> None:
    async with two_agents(tmp_path, era) as (ada, _):
        answer = await ada.ask("send_email", to="someone@example.com", text="Hello")
        assert answer["status"] == "failed"
        assert answer["reason"]


@ERAS
async def test_a_wait_that_runs_out_is_a_success_that_says_what_to_do(
    tmp_path: Path, era: str
) -> None:
    async with two_agents(tmp_path, era) as (ada, _):
        answer = await ada.ask("wait_for_reply", timeout_seconds=0.05)
        assert answer["outcome"] == "timeout"
        assert answer["after"]
        assert answer["next_step"]


@ERAS
async def test_another_agents_ids_look_as_if_they_did_not_exist(tmp_path: Path, era: str) -> None:
    async with two_agents(tmp_path, era) as (ada, ben):
        sent = await ada.ask("send_email", to="carl@agents.localhost", text="Hello")
        theirs = await ben.refusal("get_thread", thread_id=sent["thread_id"])
        nobodys = await ben.refusal("get_thread", thread_id="t_nothing")
        assert theirs == nobodys
        assert (await ben.refusal("send_email", mailbox=ada.address, to="x@y.test", text="x")) == (
            await ben.refusal("send_email", mailbox="no@agents.localhost", to="x@y.test", text="x")
        )


@ERAS
async def test_a_new_chat_learns_what_it_owns_and_what_awaits_it(tmp_path: Path, era: str) -> None:
    async with two_agents(tmp_path, era) as (ada, ben):
        await ada.ask("send_email", to=ben.address, text="A question?")
        await ben.ask("wait_for_reply")
        listed = await ben.ask("list_mailboxes")
        assert [(m["address"], m["awaiting_answer"]) for m in listed["mailboxes"]] == [
            (ben.address, 1)
        ]
        (thread,) = (await ben.ask("list_threads", awaiting="us"))["threads"]
        assert ada.address in thread["participants"]


@ERAS
async def test_who_asked_to_be_left_alone_gets_no_more(tmp_path: Path, era: str) -> None:
    async with two_agents(tmp_path, era) as (ada, ben):
        await ada.ask("send_email", to=ben.address, text="An offer.")
        (message,) = (await ben.ask("wait_for_reply"))["messages"]
        await ben.ask("send_email", thread_id=message["thread_id"], text="Please stop.")
        await ada.ask("wait_for_reply")
        done = await ada.ask("suppress", address=ben.address, note="They wrote: please stop.")
        assert done == {"address": ben.address, "scope": "tenant:default", "existed": False}
        assert (await ada.ask("suppress", address=ben.address))["existed"]
        sent = await ada.ask("send_email", to=ben.address, text="But wait.")
        assert sent["status"] == "denied"
        assert "address_invalid" in await ada.refusal("suppress", address="nobody")
