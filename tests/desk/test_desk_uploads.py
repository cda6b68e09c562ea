"""A file that was brought goes out with a mail, is its bringer's own, and is gone after a day."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest
from rooms import Agent, TestClock, rows

from postroom.backup.making import make
from postroom.build import PostRoom
from postroom.desk.files import uploads as desk_uploads
from postroom.index import journal, uploads
from postroom.index.uploads import NewUpload
from postroom.model.callers import Caller, operator
from postroom.model.errors import InvalidRequest, PostroomError, Refused
from postroom.model.upload_answers import Uploaded
from postroom.work.caretaker import Caretaker
from postroom.work.term import Term

BEN = "ben@elsewhere.example"


async def in_pieces(content: bytes, size: int = 100_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]


async def bring(
    room: PostRoom, caller: Caller, content: bytes = b"a,b\n", name: str = "a.csv"
) -> Uploaded:
    return await room.desk.uploads.take(caller, in_pieces(content), name)


async def code(room: PostRoom, caller: Caller, id: str) -> str:
    try:
        await room.desk.attachments.save(caller, id)
    except PostroomError as error:
        return error.code
    return "there"


async def test_a_file_goes_out_byte_for_byte_with_its_name_and_type(
    quiet_room: PostRoom, ada: Agent
) -> None:
    content = bytes(range(256)) * 12_000
    made = await bring(quiet_room, ada.caller, content, "../Wöche 47.csv")
    assert (made.filename, made.content_type, made.size) == ("Wöche 47.csv", "text/csv", 3_072_000)
    file = {"attachment_id": made.attachment_id}
    sent = await ada.send("See.", BEN, attachments=[file, {**file, "filename": "other.bin"}])
    view = await quiet_room.desk.reading.thread(ada.caller, sent.thread_id)
    found = view.messages[0].attachments or ()
    assert [each.untrusted_filename for each in found] == ["Wöche 47.csv", "other.bin"]
    kept, _ = await quiet_room.desk.attachments.save(ada.caller, found[0].attachment_id)
    assert kept == content
    again = await ada.send("See.", BEN, attachments=[file, {**file, "filename": "other.bin"}])
    assert again.duplicate


async def test_it_can_be_read_before_it_is_sent(quiet_room: PostRoom, ada: Agent) -> None:
    made = await bring(quiet_room, ada.caller, b"Some words.", "a.txt")
    read = await quiet_room.desk.attachments.read(ada.caller, made.attachment_id)
    assert (read.untrusted_text or "").strip() == "Some words."


async def test_it_is_nobody_elses(quiet_room: PostRoom, ada: Agent) -> None:
    eve = await Agent(quiet_room, "eve").open()
    namesake = Agent(quiet_room, "ada")
    namesake.caller = Caller(agent="ada", tenant="acme")
    await namesake.open("ada-of-acme")
    sent = await ada.send("One.", BEN)
    some = Caller(agent="ada", mailboxes=("a*",))
    others = Caller(agent="ada", mailboxes=("b*",))
    one_thread = Caller(agent="ada", scopes=frozenset({"read", "send"}), thread=sent.thread_id)
    callers = (ada.caller, eve.caller, namesake.caller, some, others, one_thread, operator())
    seen = {
        who: [await code(quiet_room, other, (await bring(quiet_room, caller)).attachment_id)
              for other in callers]
        for who, caller in (("all", ada.caller), ("some", some), ("thread", one_thread))
    }  # fmt: skip
    there, none = "there", "attachment_not_found"
    assert seen["all"] == [there, none, none, none, none, none, there]
    assert seen["some"] == [there, none, none, there, none, none, there]
    assert seen["thread"] == [there, none, none, none, none, there, there]
    own = (await bring(quiet_room, operator())).attachment_id
    assert [await code(quiet_room, caller, own) for caller in (ada.caller, operator())] == [
        none,
        there,
    ]


async def test_who_has_no_mailbox_or_may_not_send_brings_nothing(quiet_room: PostRoom) -> None:
    for caller, expected in (
        (Caller(agent="nobody"), "mailbox_missing"),
        (Caller(agent="nobody", scopes=frozenset({"read"})), "scope_missing"),
    ):
        with pytest.raises(PostroomError) as refused:
            await bring(quiet_room, caller)
        assert refused.value.code == expected


async def test_what_is_too_large_or_breaks_off_leaves_nothing(
    quiet_room: PostRoom, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield bytes(2_000_000)
        raise ConnectionResetError

    monkeypatch.setattr(desk_uploads, "MAX_ATTACHMENT_BYTES", 2_500_000)
    with pytest.raises(InvalidRequest) as refused:
        await bring(quiet_room, ada.caller, bytes(2_500_001))
    assert refused.value.code == "attachments_too_large"
    with pytest.raises(ConnectionResetError):
        await quiet_room.desk.uploads.take(ada.caller, broken(), "a.bin")
    await tidy(quiet_room)
    assert await left(quiet_room, "SELECT * FROM upload_parts") == []
    assert await left(quiet_room, "SELECT * FROM uploads") == []
    assert await left(quiet_room, "SELECT * FROM journal WHERE type LIKE 'file.%'") == []


async def test_one_that_comes_slowly_is_kept(
    quiet_room: PostRoom, ada: Agent, clock: TestClock
) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield bytes(desk_uploads.PART_BYTES)
            clock.jump(uploads.ARRIVING_SECONDS - 60)
            await tidy(quiet_room)

    made = await quiet_room.desk.uploads.take(ada.caller, slowly(), "a.bin")
    assert made.size == 3 * desk_uploads.PART_BYTES


async def test_what_a_killed_process_left_goes_and_its_room_is_used_again_and_not_backed_up(
    quiet_room: PostRoom, ada: Agent, clock: TestClock, tmp_path: Path
) -> None:
    part = bytes(desk_uploads.PART_BYTES)

    async def left_behind() -> int:
        """Bytes of the index, once what came of a file is removed whose process was killed."""
        now, new = clock(), NewUpload(None, "", "a.bin", "application/octet-stream")
        id = await quiet_room.index.write(lambda con: uploads.begin(con, now, new))
        for number in range(12):
            add = partial(uploads.add_part, now=now, upload_id=id, number=number, part=part)
            assert await quiet_room.index.write(add)
        clock.jump(uploads.ARRIVING_SECONDS + 1)
        await tidy(quiet_room)
        assert await left(quiet_room, "SELECT * FROM upload_parts") == []
        ((pages,),) = await left(quiet_room, "SELECT page_count FROM pragma_page_count")
        return int(str(pages)) * 4096

    first = await left_behind()
    assert await left_behind() - first < len(part)
    file = tmp_path / "b.tar"
    made = await asyncio.to_thread(make, quiet_room.settings, file, clock, lambda *_: None)
    assert made.size < 6 * len(part) < first


async def test_an_agent_has_so_many_files_there_and_no_more(
    quiet_room: PostRoom, ada: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    eve = await Agent(quiet_room, "eve").open()
    monkeypatch.setattr(desk_uploads, "MAX_UPLOADED_BYTES", 1_000)
    await bring(quiet_room, ada.caller, bytes(1_000))
    with pytest.raises(Refused) as refused:
        await bring(quiet_room, ada.caller, b"x")
    assert refused.value.code == "uploads_full"
    monkeypatch.setattr(desk_uploads, "MAX_UPLOADS", 1)
    with pytest.raises(Refused) as refused:
        await bring(quiet_room, ada.caller, b"")
    assert refused.value.code == "too_many_uploads"
    await bring(quiet_room, eve.caller, b"x")


async def tidy(room: PostRoom) -> None:
    """One round of the caretaker's."""

    async def forget(address: str) -> None:
        return None

    now = room.index.clock()
    term = await room.index.write(lambda con: journal.begin_term(con, now, 1, "test"))
    await Caretaker(Term(room.index, term), 0.0, forget).round()


async def left(room: PostRoom, question: str) -> list[tuple[object, ...]]:
    return await room.index.read(lambda con: rows(con, question))


async def test_after_a_day_it_is_gone_and_the_journal_tells_both(
    quiet_room: PostRoom, ada: Agent, clock: TestClock
) -> None:
    made = await bring(quiet_room, ada.caller, bytes(9 * desk_uploads.PART_BYTES + 1))
    clock.jump(uploads.KEPT_SECONDS - 60)
    await tidy(quiet_room)
    assert await code(quiet_room, ada.caller, made.attachment_id) == "there"
    clock.jump(61)
    assert await code(quiet_room, ada.caller, made.attachment_id) == "attachment_not_found"
    await tidy(quiet_room)
    assert await left(quiet_room, "SELECT * FROM upload_parts") == []
    told = await left(quiet_room, "SELECT type, detail FROM journal WHERE type LIKE 'file.%'")
    assert told == [
        ("file.uploaded", made.attachment_id),
        ("file.expired", made.attachment_id),
    ]
