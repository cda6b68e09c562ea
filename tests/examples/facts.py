"""What a model must be shown of an answer: all of its facts, and which of them a stranger chose."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx2
from examples.story import BEN, SUPPORT
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import TextContent
from served import Served

from postroom.client import Postroom
from postroom.model.requests import AttachmentRequest

Call = tuple[str, dict[str, Any]]

LABELS = {
    "untrusted_codes",
    "untrusted_filename",
    "untrusted_from_name",
    "untrusted_links",
    "untrusted_name",
    "untrusted_snippet",
    "untrusted_subject",
    "untrusted_text",
}

CHANGING = {"as_of"}
"""Another at each call."""

WORDS = """\
Your code is 483920. "Quoted", {braced} and \\ slashed, in two lines; Grüße, 日本.
Please confirm your address: https://shop.example/confirm?token=a1b2c3d4e5f6a7b8
"""


def letter_arrives(room: Served, ben: Postroom) -> list[Call]:
    """Every tool is asked about a mail with all that strangers choose; the calls, in an order in
    which they may be made again and again with the same answers."""
    with Postroom(room.url, room.token) as support:
        support.mailboxes.create(username="support-agent-01")
        ben.messages.send(
            mailbox=BEN,
            to=SUPPORT,
            subject="Order 17: “confirm”",
            text=WORDS,
            attachments=(AttachmentRequest(filename="bill.txt", text="Seventeen euros.\n"),),
        )
        came = support.messages.wait(mailbox=SUPPORT).messages[0]
    assert came.attachments
    file = came.attachments[0].attachment_id
    return [
        ("create_mailbox", {"username": "support-agent-01"}),
        ("list_mailboxes", {}),
        ("send_email", {"to": BEN, "subject": "Ours", "text": "We look into it."}),
        ("list_threads", {"limit": 5}),
        ("get_thread", {"thread_id": came.thread_id}),
        ("wait_for_reply", {"mailbox": SUPPORT, "timeout_seconds": 0}),
        ("read_attachment", {"attachment_id": file}),
        ("suppress", {"address": "stranger@elsewhere.example", "note": "They asked for it."}),
    ]


MISTAKES: list[Call] = [
    ("get_thread", {"thread_id": "t_0000000000"}),
    ("send_email", {"to": "nobody", "subject": "s", "text": "t"}),
    ("wait_for_reply", {"mailbox": SUPPORT, "after": "0-t0-1"}),
]


def told(room: Served, calls: list[Call]) -> list[dict[str, Any] | str]:
    """What the post room answers: the facts of an answer, or the text of an error."""
    return asyncio.run(_told(room, calls))


async def _told(room: Served, calls: list[Call]) -> list[dict[str, Any] | str]:
    headers = {"Authorization": f"Bearer {room.token}"}
    async with (
        httpx2.AsyncClient(headers=headers) as web,
        Client(streamable_http_client(f"{room.url}/mcp", http_client=web)) as post,
    ):
        answers = [await post.call_tool(name, given) for name, given in calls]
    return [answer.structured_content or _text(answer.content[0]) for answer in answers]


def _text(content: object) -> str:
    assert isinstance(content, TextContent)
    return content.text


def check(
    shown: list[dict[str, Any]], answers: list[dict[str, Any] | str], *, of_all: bool = True
) -> None:
    """A model is shown each fact of an answer, with its name, and all that an error says."""
    assert len(shown) == len(answers)
    for each, answer in zip(shown, answers, strict=True):
        if isinstance(answer, str):
            assert answer in each["text"]
        else:
            assert missing(answer, each["text"]) == []
    if of_all:
        assert {label for answer in answers for label in labels(answer)} == LABELS


def missing(facts: object, text: str) -> list[str]:
    """Which facts of an answer, each with its name, a text does not have."""
    return [pair for pair in _pairs(facts) if pair not in text]


def labels(facts: object) -> set[str]:
    """What of it is said to be a stranger's."""
    return {name for name in _names(facts) if name.startswith("untrusted_")}


def _pairs(facts: object) -> Iterator[str]:
    """``"name":value`` of each, as JSON writes it; of lists, each value."""
    if isinstance(facts, dict):
        for name, value in facts.items():
            if isinstance(value, dict | list):
                yield f"{_json(name)}:"
                yield from _pairs(value)
            elif name not in CHANGING:
                yield f"{_json(name)}:{_json(value)}"
    elif isinstance(facts, list):
        for value in facts:
            yield from _pairs(value) if isinstance(value, dict | list) else [_json(value)]


def _names(facts: object) -> Iterator[str]:
    if isinstance(facts, dict):
        for name, value in facts.items():
            yield name
            yield from _names(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from _names(value)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
