"""What becomes of webhooks, mail by HTTP, files, keys and the state of threads in a restore."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from backup.backups import back_up, places, put_back
from rooms import Agent, Postman, TestClock, letter, rows
from servers.rooms import ADA, mailbox, opened, received, until
from webhooks.receiver import Receiver
from webhooks.telling import Room, courier

from postroom.accounts.webhooks import Webhooks
from postroom.build import PostRoom, open_room
from postroom.index import events, handed_in
from postroom.model.callers import INBOUND, Caller, operator
from postroom.model.errors import Conflict, InvalidRequest
from postroom.model.requests import StateChange
from postroom.settings import Operator, Settings

EDGE = Caller(agent="edge", scopes=frozenset({INBOUND}), mailboxes=("*",))
BOX = "ada@agents.localhost"


@asynccontextmanager
async def telling(
    home: Path, receiver: Receiver, clock: TestClock, first_uid: int = 1
) -> AsyncIterator[Room]:
    """A room without other workers, whose operator lists the receiver; mail comes from a UID on."""
    allowed = Webhooks(allow=(f"127.0.0.1:{receiver.port}",))
    settings = Settings(home=home, operator=Operator(webhooks=allowed))
    async with open_room(settings, program="test", clock=clock) as room:
        ada, postman = await Agent(room, "ada").open("ada"), Postman(room)
        await postman.bring(ada.address, letter(id="first@far.example"), uid=first_uid)
        yield Room(room, ada, postman, receiver, clock)


async def test_a_receiver_knows_again_what_it_heard_before_and_nothing_new_bears_a_known_id(
    tmp_path: Path, clock: TestClock
) -> None:
    home, file, other = places(tmp_path)
    receiver = Receiver()
    await receiver.open()
    async with telling(home, receiver, clock) as room:
        id, secret = await room.hook(types=("message.received",))
        async with courier(room.post):
            await room.letter("before")
            await room.logs(1)
        await back_up(room.post, file)
        async with courier(room.post):
            await room.letter("lost")
            await room.logs(2)
    before, lost = (each.id for each in receiver.got)
    put_back(file, other)
    async with telling(other, receiver, clock, first_uid=50) as room:
        for known, code in ((before, ""), (lost, "event_id_of_another_history")):
            assert await refused(room.post, known) == code
        assert (await room.show(id)).status == "active"
        await room.letter("after")
        await room.desk.replay(operator(), id, "24h")
        async with courier(room.post):
            await room.logs(4)
        told = [each.id for each in receiver.got[2:]]
        assert before in told
        assert lost not in told
        assert len({id.partition("-")[0] for id in told}) == 2
        assert all(each.is_signed_with(secret) for each in receiver.got)
    await receiver.close()


async def refused(room: PostRoom, id: str) -> str:
    """The code with which the id of an event is refused; "" where it is known."""
    try:
        await room.index.read(lambda con: events.position_of(con, id))
    except InvalidRequest as error:
        return error.code
    return ""


@pytest.mark.parametrize("was_taken", [False, True])
async def test_mail_by_http_that_waits_comes_once(tmp_path: Path, was_taken: bool) -> None:
    home, file, other = places(tmp_path)
    raw = letter(subject="By HTTP")
    async with opened(home, working=was_taken) as room:
        await mailbox(room, ADA)
        await room.desk.inbound.take(EDGE, "x@far.example", (BOX,), raw)
        if was_taken:  # and the worker died before it forgot it
            await until(room, received("By HTTP"))
            await until(room, lambda con: handed_in.first(con) is None)
            await room.worker.stop()
            await room.desk.inbound.take(EDGE, "x@far.example", (BOX,), raw)
        await back_up(room, file)
    put_back(file, other)
    async with opened(other) as room:
        await until(room, lambda con: handed_in.first(con) is None)
        await room.desk.inbound.take(EDGE, "x@far.example", (BOX,), raw)  # as an edge repeats it
        await until(room, lambda con: handed_in.first(con) is None)
        count = "SELECT count(*) FROM messages WHERE subject = 'By HTTP'"
        assert await room.index.read(lambda con: rows(con, count)) == [(1,)]


async def test_keys_files_and_the_state_of_threads_are_as_they_were(tmp_path: Path) -> None:
    home, file, other = places(tmp_path)
    asked = {"text": "Hello.", "to": "x@far.example", "subject": "S", "idempotency_key": "k-1"}

    async def pieces() -> AsyncIterator[bytes]:
        yield b"words of a file"

    async with opened(home, working=False) as room:
        ada = await Agent(room, "ada").open("ada")
        sent = await ada.send(**asked)
        hook = await room.desk.webhooks.create(
            operator(), "https://far.example/", idempotency_key="w-1"
        )
        brought = await room.desk.uploads.take(ada.caller, pieces(), "a.txt", "text/plain")
        change = StateChange(add_labels=("escalated",), metadata={"status": "waiting"})
        await room.desk.thread_states.change(ada.caller, sent.thread_id, change)
        await back_up(room, file)
    put_back(file, other)
    async with opened(other, working=False) as room:
        ada = await Agent(room, "ada").open("ada")
        again = await ada.send(**asked)
        assert (again.send_id, again.duplicate) == (sent.send_id, True)
        with pytest.raises(Conflict, match=hook.webhook.webhook_id):
            await room.desk.webhooks.create(
                operator(), "https://far.example/", idempotency_key="w-1"
            )
        kept, name = await room.desk.attachments.save(ada.caller, brought.attachment_id)
        assert (kept, name) == (b"words of a file", "a.txt")
        state = await room.desk.thread_states.show(ada.caller, sent.thread_id)
        assert (state.labels, state.metadata) == (("escalated",), {"status": "waiting"})
