"""An account on Dovecot with folders of names in other scripts, and with very large mail."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from elsewhere.conftest import room_on_one_account
from elsewhere.one_account import Account
from rooms import Agent, TestClock, directions, eventually, letter
from servers.postfix import running_mail_host

from postroom.imap.utf7 import encode_name
from postroom.model.callers import operator
from postroom.work import vigil

QUESTION = "question@customer.test"
SENT, JUNK = "Отправленные", "迷惑メール"

OTHER_NAMES = f"""
namespace inbox {{
  mailbox Sent {{
    special_use =
    auto = no
  }}
  mailbox Junk {{
    special_use =
    auto = no
  }}
  mailbox {SENT} {{
    special_use = \\Sent
    auto = subscribe
  }}
  mailbox {JUNK} {{
    special_use = \\Junk
    auto = subscribe
  }}
}}
"""


@pytest.fixture
async def odd(
    tmp_path: Path, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Account]:
    """A room on an account whose folders have such names."""
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 1.0)
    with ExitStack() as stack:
        running = running_mail_host(more_dovecot=OTHER_NAMES)
        host = await asyncio.to_thread(stack.enter_context, running)
        async with room_on_one_account(tmp_path, host, clock, "sub-address") as made:
            yield made


async def test_folders_are_known_by_their_use_in_whatever_script_their_names_are(
    odd: Account,
) -> None:
    ada = await Agent(odd.room, "ada").open()
    unwanted = letter(to=ada.address, text="Buy!")
    await asyncio.to_thread(odd.file, quoted(JUNK), unwanted)
    came = await ada.wait(timeout=60)
    assert [(m.untrusted_text, m.in_spam) for m in came.messages] == [("Buy!", True)]

    question = letter(to=ada.address, text="Who answers?", id=QUESTION)
    await asyncio.to_thread(odd.deliver, ada.address, question)
    came = await ada.wait(after=came.after, timeout=60)
    thread_id = str(came.messages[0].thread_id)
    answer = letter(
        odd.address,
        "ben@elsewhere.example",
        "I do.",
        id="a@laptop.test",
        follows="question@customer.test",
    )
    await asyncio.to_thread(odd.file, quoted(SENT), answer)

    async def joined() -> bool:
        thread = await odd.room.desk.reading.thread(operator(), thread_id)
        return directions(thread) == ["received", "sent"]

    await eventually(joined, 60)


async def test_a_mail_of_25_mb_comes_whole_and_those_after_it_too(odd: Account) -> None:
    ada = await Agent(odd.room, "ada").open()
    content = bytes(range(256)) * (18 * 2**20 // 256)
    large = (
        f"From: ben@elsewhere.test\r\nTo: {ada.address}\r\nSubject: Large\r\n"
        "Message-ID: <large@elsewhere.test>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: application/octet-stream; name="all.bin"\r\n'
        "Content-Disposition: attachment; filename=all.bin\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode() + base64.encodebytes(content).replace(b"\n", b"\r\n")
    assert len(large) > 25 * 10**6
    await asyncio.to_thread(odd.deliver, ada.address, large)
    await asyncio.to_thread(odd.deliver, ada.address, letter(to=ada.address, text="After it."))
    came = await ada.wait(timeout=60)
    if len(came.messages) < 2:
        more = await ada.wait(after=came.after, timeout=60)
        messages = [*came.messages, *more.messages]
    else:
        messages = list(came.messages)
    assert [m.untrusted_text for m in messages[1:]] == ["After it."]
    (attachment,) = messages[0].attachments or ()
    assert attachment.size == len(content)


def quoted(name: str) -> str:
    """A folder's name as imaplib passes it on."""
    return f'"{encode_name(name)}"'
