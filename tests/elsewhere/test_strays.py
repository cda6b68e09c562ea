"""Mail that was left where it lies: what a person is shown of it, and for how long it is kept."""

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from elsewhere.frail_account import ADDRESS, Frail, frail_account, state
from rooms import Agent, eventually, letter

from postroom.desk.times import iso
from postroom.index import folders
from postroom.index.database import Connection
from postroom.index.folders import Folder
from postroom.model.account_answers import Stray
from postroom.model.callers import operator
from postroom.work import vigil, watch
from postroom.work.taking import MAX_SUBJECT_CHARS


@pytest.fixture
async def frail(tmp_path: Path) -> AsyncIterator[Frail]:
    async with frail_account(tmp_path) as made:
        yield made


async def test_what_was_left_alone_is_listed_with_its_words_and_when_it_came(frail: Frail) -> None:
    hostile = "Win =?utf-8?q?=1B]0;owned=07_=E2=80=AE?= now " + "x" * 500
    async with frail.open() as room:
        ada = await Agent(room, "ada").open()
        await state(room, "idle")
        at = int(time.time()) - 30
        private = letter("Eve <eve@elsewhere.example>", ADDRESS, "Private.", subject=hostile)
        frail.imap.deliver(private, at=at)

        async def listed() -> tuple[Stray, ...]:
            return (await room.desk.accounts.strays(operator())).strays

        (stray,) = await eventually(listed)
        assert (stray.untrusted_from_name, stray.untrusted_from) == ("Eve", "eve@elsewhere.example")
        assert stray.untrusted_subject.startswith("Win ]0;owned now xxx")
        assert stray.untrusted_subject.isprintable()
        assert len(stray.untrusted_subject) == MAX_SUBJECT_CHARS
        assert stray.at == iso(at)
        assert stray.seen_at > stray.at
        kept = frail.settings.index_file
        await room.desk.mailboxes.delete(operator(), ada.address)

        async def gone() -> bool:
            return not await listed()

        await eventually(gone)
    # Nothing is read there any more, and what others wrote to it is in no file of ours.
    assert b"eve@elsewhere.example" not in kept.read_bytes()


async def test_what_was_left_in_a_folder_that_is_read_no_longer_is_listed_no_longer(
    frail: Frail, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vigil, "ROUND_SECONDS", 0.2)
    monkeypatch.setattr(watch, "COMPARE_SECONDS", 0.2)

    async with frail.open() as room:
        await Agent(room, "ada").open()
        await state(room, "idle")

        def leave(con: Connection) -> None:
            folders.leave(con, Folder(0, "work", "Old junk", 7), 5, 0, "left")
            folders.leave(con, Folder(0, "gone", "INBOX", 7), 5, 0, "left")

        await room.index.write(leave)

        async def left() -> bool:
            found = await room.index.read(lambda con: folders.strays(con, 10))
            return [row["account"] for row in found] == ["gone"]

        await eventually(left)
    async with frail.open() as room:
        assert (await room.desk.accounts.strays(operator())).strays == ()
