"""Signatures as the specification's own cases say, and the document's receiver as it is printed."""

import asyncio
import json
import os
import re
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks.webhooks as library
from pydantic import SecretStr
from rooms import eventually

from postroom.guarded.listed import listed
from postroom.index.webhooks import PREFIX
from postroom.model.webhooks import SigningSecret
from postroom.work.webhooks.posting import Posting
from postroom.work.webhooks.signing import signed

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/webhooks.md"
PROGRAM = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)[0]
SECRET = f"{PREFIX}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_790_000_000.0


def cases(corpora: Path) -> list[dict[str, Any]]:
    file = corpora / "webhooks" / "expected.jsonl"
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def secrets(*values: str) -> list[SigningSecret]:
    return [SigningSecret(value=SecretStr(value)) for value in values]


def test_what_is_signed_is_what_the_specification_signs(corpora: Path) -> None:
    valid = [case for case in cases(corpora) if case["valid"]]
    assert len(valid) > 5
    for case in valid:
        said = case["headers"]
        at, body = float(said["webhook-timestamp"]), case["payload"].encode()
        ours = signed(said["webhook-id"], at, body, secrets(case["secret"]))
        assert ours["webhook-signature"] in said["webhook-signature"].split(" "), case["id"]
        assert (ours["webhook-id"], ours["webhook-timestamp"]) == (
            said["webhook-id"],
            said["webhook-timestamp"],
        )


def test_the_documents_receiver_takes_what_is_valid_and_nothing_else(
    corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = cases(corpora)
    assert len(found) == 22
    for case in found:
        monkeypatch.setenv("WEBHOOK_SECRET", case["secret"])
        program: dict[str, Any] = {"__name__": "receiver"}
        exec(compile(PROGRAM, "receiver.py", "exec"), program)
        monkeypatch.setattr(library, "datetime", standing_at(float(case["now"])))
        taken = program["verified"](case["payload"].encode(), case["headers"])
        assert (taken is not None) is case["valid"], case["id"]


def standing_at(now: float) -> type[datetime]:
    """A clock for the library."""

    class Standing(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.fromtimestamp(now, tz)

    return Standing


def test_each_secret_signs_and_none_shows_itself() -> None:
    both = secrets(SECRET, f"{PREFIX}{'A' * 32}")
    fields = signed("1-2", NOW, b"{}", both)
    one, other = fields["webhook-signature"].split(" ")
    assert one != other
    assert SECRET not in repr(both) + str(both)


@asynccontextmanager
async def running(folder: Path, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    file = folder / "receiver.py"
    file.write_text(PROGRAM, encoding="utf-8")
    child = await asyncio.create_subprocess_exec(
        sys.executable, str(file), env={**os.environ, **environment},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield child
    finally:
        if child.returncode is None:
            child.kill()
        await child.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def test_the_documents_receiver_runs_as_it_is_printed(tmp_path: Path) -> None:
    port = free_port()
    now = datetime.now(UTC).timestamp()
    url, body = f"http://127.0.0.1:{port}/", b'{"type":"webhook.test","data":{}}'
    good = signed("1-2", now, body, secrets(SECRET))
    posting = Posting(listed([f"127.0.0.1:{port}"]), lambda: now)
    async with running(tmp_path, PORT=str(port), WEBHOOK_SECRET=SECRET) as child:
        await eventually(lambda: listens(port), 30)
        answers = [
            (await posting.post(url, fields, said)).status
            for fields, said in (
                (good, body),
                (good, body),  # again: it is dealt with once
                (good, body + b" "),
                (signed("1-3", now, body, secrets(f"{PREFIX}{'A' * 32}")), body),
                (signed("1-3", now - 600, body, secrets(SECRET)), body),
                (good | {"webhook-signature": "garbage"}, body),
                ({}, body),
                (signed("1-4", now, b"", secrets(SECRET)), b""),
            )
        ]
        assert answers == [204, 204, 400, 400, 400, 400, 400, 400]
        after = signed("1-5", now, b'{"type":"last"}', secrets(SECRET))
        await posting.post(url, after, b'{"type":"last"}')
        assert child.stdout is not None
        said = [json.loads(await child.stdout.readline()) for _ in range(2)]
    await posting.close()
    assert [each["type"] for each in said] == ["webhook.test", "last"]


async def test_without_a_secret_the_documents_receiver_does_not_start(tmp_path: Path) -> None:
    async with running(tmp_path, PORT="0", WEBHOOK_SECRET="") as child:
        assert await asyncio.wait_for(child.wait(), 30) != 0
