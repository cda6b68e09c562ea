"""Labels and metadata of a thread: kept, shown, found by, joined, and gone with the words."""

import pytest
from rooms import Agent, Postman, letter, rows

from postroom.build import PostRoom
from postroom.index import correspondence, removal
from postroom.index.database import Connection
from postroom.index.rebuild import rebuild
from postroom.model.answers import ThreadState
from postroom.model.callers import Caller, operator
from postroom.model.errors import Conflict, NotFound, PostroomError
from postroom.model.requests import StateChange
from postroom.model.retention import Stage


async def change(
    room: PostRoom, caller: Caller, thread_id: str, version: int | None = None, **more: object
) -> ThreadState:
    wanted = StateChange.model_validate(more)
    return await room.desk.thread_states.change(caller, thread_id, wanted, version)


@pytest.fixture
async def thread(ada: Agent, postman: Postman) -> str:
    await postman.bring(ada.address, letter(id="a@x"))
    return str((await ada.wait(timeout=0)).messages[0].thread_id)


async def test_what_is_kept_is_shown_and_found_by(
    quiet_room: PostRoom, ada: Agent, thread: str, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="other@x", text="other words"))
    made = await change(
        quiet_room,
        ada.caller,
        thread,
        add_labels=("Escalated", "vip"),
        metadata={"status": "open", "decisions": [{"by": "ada"}]},
    )
    assert (made.labels, made.version) == (("escalated", "vip"), 1)
    reading = quiet_room.desk.reading
    view = await reading.thread(ada.caller, thread)
    assert view.labels == ("escalated", "vip")
    assert view.metadata == {"status": "open", "decisions": [{"by": "ada"}]}
    for asked in ({}, {"mailbox": ada.address}, {"query": "hello"}, {"awaiting": "us"}):
        for caller in (ada.caller, operator()):
            found = await reading.threads(caller, label="ESCALATED", **asked)  # type: ignore[arg-type]
            assert [(one.thread_id, one.labels) for one in found.threads] == [
                (thread, ("escalated", "vip"))
            ]
    assert (await reading.threads(ada.caller, label="nothing")).threads == ()
    assert (await reading.threads(ada.caller, label="vip", query="other")).threads == ()
    after = await change(
        quiet_room, operator(), thread, remove_labels=("vip",), metadata={"status": None}
    )
    assert (after.labels, after.metadata) == (("escalated",), {"decisions": [{"by": "ada"}]})


async def test_each_change_is_in_the_journal_without_a_word_and_wakes_nobody(
    quiet_room: PostRoom, ada: Agent, thread: str
) -> None:
    after = (await ada.wait(timeout=0)).after
    await change(quiet_room, ada.caller, thread, add_labels=("secret-word",))
    await change(quiet_room, ada.caller, thread, add_labels=("secret-word",))
    await change(quiet_room, operator(), thread, metadata={"secret": "word"})
    told = await quiet_room.index.read(
        lambda con: rows(
            con,
            "SELECT actor, detail, digest IS NOT NULL FROM journal WHERE type = 'thread.updated'",
        )
    )
    assert told == [
        ("agent:default/ada", "1 label, version 1", 1),
        ("operator", "1 metadata key, version 2", 1),
    ]
    assert (await ada.wait(after=after, timeout=0)).outcome == "timeout"


async def test_who_says_what_they_have_seen_is_told_when_somebody_was_first(
    quiet_room: PostRoom, ada: Agent, thread: str
) -> None:
    seen = await quiet_room.desk.thread_states.show(ada.caller, thread)
    assert seen.version == 0
    await change(quiet_room, operator(), thread, version=0, metadata={"owner": "ben"})
    with pytest.raises(Conflict) as refused:
        await change(quiet_room, ada.caller, thread, version=0, metadata={"owner": "ada"})
    assert refused.value.code == "thread_state_changed"
    merged = await change(quiet_room, ada.caller, thread, metadata={"status": "open"})
    assert merged.metadata == {"owner": "ben", "status": "open"}


async def test_anothers_thread_is_none(quiet_room: PostRoom, ada: Agent, thread: str) -> None:
    eve = await Agent(quiet_room, "eve").open()
    await change(quiet_room, ada.caller, thread, add_labels=("mine",))
    elsewhere = Caller(agent="ada", mailboxes=("b*",))
    for caller in (eve.caller, elsewhere):
        for id in (thread, "t_0000000000"):
            for asked in (
                quiet_room.desk.thread_states.show(caller, id),
                change(quiet_room, caller, id, add_labels=("x",)),
            ):
                with pytest.raises(NotFound) as refused:
                    await asked
                assert refused.value.code == "thread_not_found"
    assert (await quiet_room.desk.reading.threads(eve.caller, label="mine")).threads == ()
    for scopes in ({"read"}, {"send"}):
        caller = Caller(agent="ada", scopes=frozenset(scopes))
        asked = (
            change(quiet_room, caller, thread, add_labels=("x",))
            if scopes == {"read"}
            else quiet_room.desk.thread_states.show(caller, thread)
        )
        with pytest.raises(PostroomError) as refused_scope:
            await asked
        assert refused_scope.value.code == "scope_missing"


async def test_threads_that_join_join_what_is_kept_and_a_rebuild_leaves_it(
    quiet_room: PostRoom, ada: Agent, postman: Postman, thread: str
) -> None:
    await postman.bring(ada.address, letter(id="c@x", follows="b@x"))
    newest = (await quiet_room.desk.reading.threads(ada.caller)).threads[0].thread_id
    await change(
        quiet_room, ada.caller, thread, add_labels=("old",), metadata={"a": 1, "both": "old"}
    )
    await change(
        quiet_room, ada.caller, newest, add_labels=("new",), metadata={"b": 2, "both": "new"}
    )
    await postman.bring(ada.address, letter(id="b@x", follows="a@x"))
    for _ in range(2):
        for id in (thread, newest):
            state = await quiet_room.desk.thread_states.show(ada.caller, id)
            assert state.thread_id == thread
            assert state.labels == ("new", "old")
            assert state.metadata == {"a": 1, "b": 2, "both": "new"}
        await rebuild(quiet_room.index, lambda done, total: None, lambda domain: frozenset())


async def test_a_small_answer_leaves_metadata_out_and_keeps_to_its_tokens(
    quiet_room: PostRoom, ada: Agent, thread: str
) -> None:
    await change(quiet_room, ada.caller, thread, labels=("a",), metadata={"notes": "word " * 700})
    small = await quiet_room.desk.reading.thread(ada.caller, thread, max_tokens=300)
    assert (small.labels, small.metadata) == (("a",), None)
    large = await quiet_room.desk.reading.thread(ada.caller, thread)
    assert large.metadata is not None


def reduced(con: Connection, stage: Stage, newest: int = 0) -> None:
    """All mail, but for the newest so many, comes to a stage."""
    ids = [int(str(row[0])) for row in rows(con, "SELECT id FROM mail ORDER BY id")]
    done = [one for id in ids[: len(ids) - newest] for one in removal.reduce(con, id, stage)]
    removal.relist(con, done)


async def kept(room: PostRoom) -> int:
    found = await room.index.read(lambda con: rows(con, "SELECT * FROM thread_states"))
    labels = await room.index.read(lambda con: rows(con, "SELECT * FROM thread_labels"))
    assert bool(found) is bool(labels)
    return len(found)


@pytest.mark.parametrize("stage", [Stage.WITHOUT_WORDS, Stage.GONE])
async def test_it_goes_with_the_last_words_of_its_thread(
    quiet_room: PostRoom, ada: Agent, postman: Postman, thread: str, stage: Stage
) -> None:
    await postman.bring(ada.address, letter(id="b@x", follows="a@x"))
    await change(quiet_room, ada.caller, thread, labels=("a",), metadata={"b": 1})
    await quiet_room.index.write(lambda con: reduced(con, stage, newest=1))
    assert await kept(quiet_room) == 1
    await quiet_room.index.write(lambda con: reduced(con, stage))
    assert await kept(quiet_room) == 0


async def test_it_goes_with_the_mail_of_a_correspondent_who_is_erased(
    quiet_room: PostRoom, ada: Agent, postman: Postman, thread: str
) -> None:
    await postman.bring(ada.address, letter("cam@far.example", id="b@x", follows="a@x"))
    await change(quiet_room, ada.caller, thread, labels=("a",), metadata={"b": 1})

    def erase(con: Connection) -> None:
        correspondence.ask(con, 1.0, "ben@elsewhere.example", "operator")
        (erasure,) = correspondence.asked(con)
        found = correspondence.look(con, "ben@elsewhere.example", 0)
        assert found is not None
        correspondence.erase(con, 1.0, erasure["id"], found.mails)

    exported = [
        one.facts["thread_metadata"]
        async for one in quiet_room.desk.correspondence.export(operator(), "ben@elsewhere.example")
    ]
    assert exported == [{"b": 1}]
    await quiet_room.index.write(erase)
    assert await kept(quiet_room) == 0
    view = await quiet_room.desk.reading.thread(ada.caller, thread)
    assert (len(view.messages), view.labels) == (1, None)
