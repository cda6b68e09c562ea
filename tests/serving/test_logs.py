"""What goes to standard error, and what does not."""

import asyncio
import imaplib
import json
import logging
import re
import sqlite3
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cli.shell import Program
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from rooms import letter

from postroom.current_request import CurrentRequest, answering
from postroom.model.errors import NotFound
from postroom.serving.logs import JsonLines, TextLines

WORD, NAME = "zanzibarquux", "quixotepuzzle"
ADDRESS = f"{NAME}@agents.localhost"
PATIENCE = 30


@pytest.fixture
def postroom(tmp_path: Path) -> Program:
    (tmp_path / "person").mkdir()
    return Program(tmp_path / "home", tmp_path / "person")


def record(name: str, message: str, *args: object, error: BaseException | None = None) -> Any:
    exc = (type(error), error, error.__traceback__) if error is not None else None
    return logging.LogRecord(name, logging.ERROR, "/lib/place.py", 7, message, args, exc)


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_line_says_which_request_it_belongs_to() -> None:
    with answering(CurrentRequest("abc")):
        said = json.loads(JsonLines(tells_all=False).format(record("postroom.work", "Hm %s.", 7)))
    assert (said["message"], said["request_id"], said["level"]) == ("Hm 7.", "abc", "error")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", said["time"])
    said = json.loads(JsonLines(tells_all=False).format(record("postroom.work", "Hm.")))
    assert "request_id" not in said


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ValueError(WORD), "ValueError"),
        (NotFound("thread_not_found", f"No {WORD}."), "NotFound thread_not_found"),
        (OSError(28, WORD), "OSError 28"),
        (sqlite3.OperationalError(WORD), "OperationalError"),
        (ExceptionGroup(WORD, [KeyError(WORD)]), "KeyError"),
    ],
)
def test_of_an_error_its_kind_and_its_place_are_told_and_not_its_words(
    error: Exception, kind: str
) -> None:
    line = JsonLines(tells_all=False).format(
        record("postroom.work", "It failed.", error=raised(error))
    )
    said = json.loads(line)
    assert said["error"] == kind
    assert said["at"][0].endswith(" raised")
    assert WORD not in line


def test_an_address_in_a_line_of_ours_is_left_out() -> None:
    line = TextLines(tells_all=False).format(record("postroom.work", "Of <%s>: no.", ADDRESS))
    assert "Of <(an address)>: no." in line


def test_a_library_is_quoted_at_the_level_debug_alone() -> None:
    said = record("mailparser", f"Cannot read {WORD}")
    assert WORD not in JsonLines(tells_all=False).format(said)
    assert json.loads(JsonLines(tells_all=False).format(said))["message"] == "place:7"
    assert WORD in JsonLines(tells_all=True).format(said)


def test_a_line_of_text_is_one_line() -> None:
    line = TextLines(tells_all=True).format(record("other", "a\nb\x1b[31m\u2028c"))
    assert line.isprintable()


async def test_a_whole_story_leaves_no_word_no_address_and_no_token_in_the_log(
    postroom: Program,
) -> None:
    serving = postroom.start("serve", "--port", "0", "--json", "--log-format", "json")
    assert serving.stdout is not None
    said = json.loads(await asyncio.to_thread(serving.stdout.readline))["says"]
    url = next(word for word in said.split() if word.startswith("http"))
    token = (postroom.home / "token").read_text().strip()
    try:
        await story(url, token, postroom)
    finally:
        serving.terminate()
        _, err = await asyncio.to_thread(serving.communicate, timeout=PATIENCE)
    lines = [json.loads(line) for line in err.decode().splitlines()]
    for secret in (WORD, NAME, "@", token):
        assert secret not in err.decode(), secret
    asked = [line for line in lines if line["logger"] == "postroom.access"]
    assert {"id-of-the-story", "own"} <= {line["request_id"] for line in asked} | {
        line.get("token") for line in asked
    }
    assert {line["route"] for line in asked} >= {"/mcp", "/v1/mailboxes", "/v1"}


async def story(url: str, token: str, postroom: Program) -> None:
    """Words and an address go through tools, REST, and the built-in server, well and badly."""
    headers = {"Authorization": f"Bearer {token}", "X-Request-Id": "id-of-the-story"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=PATIENCE) as web,
        Client(streamable_http_client(url, http_client=web), mode="auto") as agent,
    ):
        base = url.removesuffix("/mcp")
        await web.get(f"{base}/v1/{WORD}/{ADDRESS}?q={WORD}")
        await web.post(f"{base}/v1/mailboxes", json={"username": NAME, "displayName": WORD})
        await web.post(f"{base}/v1/mailboxes", json={"username": f"{WORD} {NAME}"})
        await web.get(f"{base}/v1/mailboxes", headers={"Authorization": f"Bearer {token}{WORD}"})
        mail = {"to": [ADDRESS], "subject": WORD, "text": WORD}
        await agent.call_tool("send_email", mail)
        await agent.call_tool("send_email", {**mail, "to": [f"no-one-{NAME}@agents.localhost"]})
        await agent.call_tool("send_email", {**mail, "body": WORD})
        await agent.call_tool(WORD, {WORD: WORD})
        await asyncio.to_thread(append, postroom)
        await agent.call_tool("wait_for_reply", {"mailbox": ADDRESS, "timeout_seconds": 5})
        await agent.call_tool("list_threads", {"query": WORD})
        await agent.call_tool("read_attachment", {"attachment_id": WORD})


def append(postroom: Program) -> None:
    """Mail comes in, whole and broken."""
    shown = postroom("mailboxes", "credentials", ADDRESS, "--json").json
    broken = b"Content-Type: multipart/mixed; boundary=" + WORD.encode() + b"\n\n--" + WORD.encode()
    with imaplib.IMAP4("127.0.0.1", int(shown["imap_port"])) as program:
        program.login(ADDRESS, shown["password"])
        for mail in (letter(f"{NAME}@far.test", ADDRESS, WORD, subject=WORD), broken):
            program.append("INBOX", "", "", mail)
