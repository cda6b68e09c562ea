"""Stories: agents and people, through a real MCP client of real processes, in both eras."""

import asyncio
import imaplib
import json
import os
import smtplib
import sys
import time
from contextlib import AsyncExitStack
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from mcp import Client
from mcp.types import TextContent
from servers import postroom_processes as processes
from servers.postroom_processes import eventually, parameters, working

from postroom.testing import SimulatedPostRoom

ERAS = pytest.mark.parametrize("era", ["auto", "legacy"])
DOMAIN = "agents.localhost"


async def join(stack: AsyncExitStack, home: Path, agent: str, era: Any) -> Client:
    """An agent's client with its own process."""
    return await stack.enter_async_context(Client(parameters(home, agent), mode=era))


async def use(client: Client, tool: str, **given: Any) -> dict[str, Any]:
    """What a tool answers; its text and its structured content carry the same facts."""
    result = await client.call_tool(tool, given)
    (content,) = result.content
    assert isinstance(content, TextContent)
    assert not result.is_error, content.text
    found = result.structured_content
    assert isinstance(found, dict)
    assert json.loads(content.text) == found
    return found


async def refused(client: Client, tool: str, **given: Any) -> str:
    """The error's text; nothing else is there."""
    result = await client.call_tool(tool, given)
    assert result.is_error
    assert result.structured_content is None
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def words(message: dict[str, Any]) -> str:
    return str(message.get("untrusted_text", message.get("text")))


@ERAS
async def test_two_agents_talk_in_their_thread_with_attachments(tmp_path: Path, era: Any) -> None:
    async with AsyncExitStack() as stack:
        ada = await join(stack, tmp_path, "ada", era)
        ben = await join(stack, tmp_path, "ben", era)
        hers = (await use(ada, "create_mailbox", username="ada"))["address"]
        his = (await use(ben, "create_mailbox", username="ben"))["address"]
        sent = await use(
            ada,
            "send_email",
            to=his,
            subject="The figures",
            text="Here are the **figures**. Do they add up?",
            attachments=[{"filename": "figures.csv", "text": "a,b\n1,2\n"}],
        )
        assert sent["status"] == "sent"

        (heard,) = (await use(ben, "wait_for_reply"))["messages"]
        assert heard["from"] == hers
        assert heard["untrusted_subject"] == "The figures"
        (file,) = heard["attachments"]
        read = await use(ben, "read_attachment", attachment_id=file["attachment_id"])
        assert read["untrusted_text"].split() == ["a,b", "1,2"]
        assert read["untrusted_filename"] == "figures.csv"
        answer = await use(
            ben,
            "send_email",
            thread_id=heard["thread_id"],
            text="They do.\n\n> Do they add up?",
            attachments=[{"attachment_id": file["attachment_id"]}],
        )
        assert answer["recipients"] == [hers]

        back = await use(ada, "wait_for_reply", thread_id=sent["thread_id"], after=sent["after"])
        assert back["outcome"] == "reply"
        (reply,) = back["messages"]
        assert reply["thread_id"] == sent["thread_id"]
        assert words(reply).strip() == "They do."
        assert reply["attachments"][0]["untrusted_filename"] == "figures.csv"

        thread = await use(ada, "get_thread", thread_id=sent["thread_id"])
        assert [m["from"] for m in thread["messages"]] == ["you", "p1"]
        quoted = await use(ada, "get_thread", thread_id=sent["thread_id"], include_quoted=True)
        assert "> Do they add up?" in words(quoted["messages"][1])
        await use(ada, "send_email", thread_id=sent["thread_id"], text="Thank you.")
        (thanks,) = (await use(ben, "wait_for_reply", thread_id=heard["thread_id"]))["messages"]
        assert words(thanks) == "Thank you."
        listed = await use(ben, "list_threads", awaiting="us")
        assert [t["thread_id"] for t in listed["threads"]] == [heard["thread_id"]]
        assert listed["threads"][0]["message_count"] == 3
        assert (await use(ben, "list_mailboxes"))["mailboxes"][0]["awaiting_answer"] == 1


@ERAS
async def test_a_reply_arrives_although_neither_sender_nor_waiter_does_the_work(
    tmp_path: Path, era: Any
) -> None:
    async with AsyncExitStack() as stack:
        await join(stack, tmp_path, "carrier", era)
        carrier = await eventually(lambda: working(tmp_path))
        ada = await join(stack, tmp_path, "ada", era)
        ben = await join(stack, tmp_path, "ben", era)
        await use(ada, "create_mailbox", username="ada")
        await use(ben, "create_mailbox", username="ben")
        took = []
        for number in range(10):
            wait = asyncio.create_task(use(ben, "wait_for_reply", timeout_seconds=60))
            sent = await use(
                ada, "send_email", to=f"ben@{DOMAIN}", subject=f"No. {number}", text="Hello."
            )
            begun = time.monotonic()
            assert sent["status"] == "sent"
            heard = await wait
            took.append(time.monotonic() - begun)
            assert heard["messages"][0]["untrusted_subject"] == f"No. {number}"
            await use(ben, "wait_for_reply", after=heard["after"], timeout_seconds=0)
        assert sorted(took)[len(took) // 2] < 0.25
        now = processes.worker(tmp_path)
        assert now is not None
        assert now["pid"] == carrier["pid"]


@ERAS
async def test_a_send_that_is_repeated_is_one_mail(tmp_path: Path, era: Any) -> None:
    mail = {"to": f"ben@{DOMAIN}", "subject": "Once", "text": "Only once."}
    async with AsyncExitStack() as stack:
        ada = await join(stack, tmp_path, "ada", era)
        ben = await join(stack, tmp_path, "ben", era)
        await use(ada, "create_mailbox", username="ada")
        await use(ben, "create_mailbox", username="ben")
        given_up = asyncio.create_task(ada.call_tool("send_email", mail))
        await eventually(lambda: processes.ask(tmp_path, "SELECT 1 FROM sends"))
        given_up.cancel()
        await asyncio.gather(given_up, return_exceptions=True)
        again = await asyncio.gather(*(use(ada, "send_email", **mail) for _ in range(3)))
        assert {one["duplicate"] for one in again} == {True}
        assert len({one["send_id"] for one in again}) == 1

        keyed = {**mail, "subject": "Key", "idempotency_key": "k-1"}
        first = await use(ada, "send_email", **keyed)
        assert (await use(ada, "send_email", **keyed))["send_id"] == first["send_id"]
        error = await refused(ada, "send_email", **{**keyed, "text": "Other words."})
        assert error.startswith("idempotency_conflict: ")

        await eventually(lambda: len(received(tmp_path)) >= 2)
        threads = (await use(ben, "list_threads"))["threads"]
        assert sorted(t["untrusted_subject"] for t in threads) == ["Key", "Once"]
        assert {t["message_count"] for t in threads} == {1}


def received(home: Path) -> list[Any]:
    return processes.ask(home, "SELECT * FROM messages WHERE direction = 'received'")


@ERAS
async def test_another_agents_ids_look_as_if_they_did_not_exist(tmp_path: Path, era: Any) -> None:
    async with AsyncExitStack() as stack:
        ada = await join(stack, tmp_path, "ada", era)
        eve = await join(stack, tmp_path, "eve", era)
        hers = (await use(ada, "create_mailbox", username="ada"))["address"]
        await use(eve, "create_mailbox", username="eve")
        sent = await use(
            ada,
            "send_email",
            to=hers,
            subject="Secret",
            text="Nobody else.",
            attachments=[{"filename": "secret.txt", "text": "Secret."}],
        )
        (mine,) = (await use(ada, "wait_for_reply"))["messages"]
        file = mine["attachments"][0]["attachment_id"]
        thread = mine["thread_id"]
        known: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
            ("get_thread", {"thread_id": thread}, {"thread_id": "t_0000000000"}),
            ("wait_for_reply", {"thread_id": thread}, {"thread_id": "t_0000000000"}),
            ("wait_for_reply", {"mailbox": hers}, {"mailbox": f"nobody@{DOMAIN}"}),
            ("list_threads", {"mailbox": hers}, {"mailbox": f"nobody@{DOMAIN}"}),
            ("read_attachment", {"attachment_id": file}, {"attachment_id": "a_000000000"}),
            (
                "send_email",
                {"thread_id": thread, "text": "Hi."},
                {"thread_id": "t_0000000000", "text": "Hi."},
            ),
            (
                "send_email",
                {"mailbox": hers, "to": hers, "text": "Hi."},
                {"mailbox": f"nobody@{DOMAIN}", "to": hers, "text": "Hi."},
            ),
            (
                "send_email",
                {"to": hers, "text": "Hi.", "attachments": [{"attachment_id": file}]},
                {"to": hers, "text": "Hi.", "attachments": [{"attachment_id": "a_000000000"}]},
            ),
        ]
        for tool, foreign, absent in known:
            assert await refused(eve, tool, **foreign) == await refused(eve, tool, **absent), tool
        assert (await use(eve, "list_threads"))["threads"] == []
        assert (await use(eve, "list_threads", query="Secret"))["threads"] == []
        assert [m["address"] for m in (await use(eve, "list_mailboxes"))["mailboxes"]] == [
            f"eve@{DOMAIN}"
        ]
        assert sent["thread_id"] == thread


@ERAS
async def test_a_person_joins_with_an_ordinary_mail_program(tmp_path: Path, era: Any) -> None:
    async with AsyncExitStack() as stack:
        ada = await join(stack, tmp_path, "ada", era)
        person = await join(stack, tmp_path, "person", era)
        await use(ada, "create_mailbox", username="ada")
        await use(person, "create_mailbox", username="kim", display_name="Kim")
        await eventually(lambda: working(tmp_path))
        known = await credentials(tmp_path, f"kim@{DOMAIN}")

        await asyncio.to_thread(person_writes, known, f"ada@{DOMAIN}")
        (heard,) = (await use(ada, "wait_for_reply", timeout_seconds=20))["messages"]
        assert heard["from"] == f"kim@{DOMAIN}"
        assert heard["untrusted_from_name"] == "Kim Person"
        assert words(heard).strip() == "Are you there?"
        assert heard["sender_verdict"] == "verified"
        sent = await use(ada, "send_email", thread_id=heard["thread_id"], text="I am.")
        assert sent["status"] == "sent"

        reply = await asyncio.to_thread(person_reads, known)
        assert reply["Subject"] == "Re: A question"
        assert reply["In-Reply-To"] == "<kim-1@example.org>"
        part = reply.get_body(("plain",))
        assert part is not None
        assert part.get_content().startswith("I am.")
        # What a person sends with a mail program belongs to the mailbox as well.
        assert (await use(ada, "list_threads", awaiting="them"))["threads"][0]["message_count"] == 2


async def credentials(home: Path, address: str) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "postroom", "mailboxes", "credentials", address, "--json", "--home", str(home)),
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": processes.SEARCH},
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    found: dict[str, Any] = json.loads(out)
    return found


def person_writes(known: dict[str, Any], to: str) -> None:
    mail = EmailMessage()
    mail["From"] = f"Kim Person <{known['address']}>"
    mail["To"], mail["Subject"], mail["Message-ID"] = to, "A question", "<kim-1@example.org>"
    mail.set_content("Are you there?\n")
    with smtplib.SMTP(known["smtp_host"], known["smtp_port"]) as smtp:
        smtp.login(known["user"], known["password"])
        smtp.send_message(mail)


def person_reads(known: dict[str, Any]) -> EmailMessage:
    with imaplib.IMAP4(known["imap_host"], known["imap_port"]) as imap:
        imap.login(known["user"], known["password"])
        imap.select("INBOX")
        _, found = imap.fetch("1", "(RFC822)")
        assert isinstance(found[0], tuple)
        mail = message_from_bytes(found[0][1], policy=default)
        assert isinstance(mail, EmailMessage)
        return mail


@ERAS
async def test_a_disposable_mailbox_receives_until_its_time_is_over(
    post_room: SimulatedPostRoom, era: Any
) -> None:
    agent = await post_room.agent("ada")
    async with agent.client(era) as ada:
        made = await use(ada, "create_mailbox", username="short", expires_in="3d")
        assert made["expires_at"] == "2026-01-08T09:00:00Z"
        short = {"mailbox": agent.address, "to": made["address"]}
        await post_room.advance(days=3, seconds=-1)
        assert (await use(ada, "send_email", **short, text="In time."))["status"] == "sent"
        await post_room.advance(seconds=1)
        late = await use(ada, "send_email", **short, text="Too late.")
        assert late["status"] == "failed"
        kept = await use(ada, "list_threads", mailbox=made["address"])
        assert [t["untrusted_snippet"] for t in kept["threads"]] == ["In time."]
