"""What belongs to another agent looks exactly as if it did not exist, whatever is asked."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rooms import Agent, Postman, letter

from postroom.build import PostRoom
from postroom.model.callers import Caller
from postroom.model.errors import PostroomError
from postroom.model.requests import AttachmentRequest, SendRequest, StateChange


@dataclass(frozen=True)
class Names:
    """What can be named in a call: all of it one agent's, or all of it nobody's."""

    address: str
    thread_id: str
    send_id: str
    message_id: str
    attachment_id: str
    wait_cursor: str
    thread_wait_cursor: str
    list_cursor: str
    thread_cursor: str


Call = Callable[[PostRoom, Caller, Names, Names], Awaitable[object]]
"""Asks something with the first names, where the second are the caller's own."""


def sends(**asked: object) -> SendRequest:
    return SendRequest.model_validate({"text": "Hello.", "to": ("x@far.example",), **asked})


def passing_on(id: str) -> tuple[AttachmentRequest, ...]:
    return (AttachmentRequest(attachment_id=id),)


CALLS: dict[str, Call] = {
    "show a mailbox": lambda r, c, n, _: r.desk.mailboxes.show(c, n.address),
    "list its threads": lambda r, c, n, _: r.desk.reading.threads(c, mailbox=n.address),
    "search its threads": lambda r, c, n, _: r.desk.reading.threads(
        c, mailbox=n.address, query="a"
    ),
    "go on with its list": lambda r, c, n, _: r.desk.reading.threads(
        c, mailbox=n.address, cursor=n.list_cursor
    ),
    "go on with a list of one's own": lambda r, c, n, own: r.desk.reading.threads(
        c, mailbox=own.address, limit=1, cursor=n.list_cursor
    ),
    "read a thread": lambda r, c, n, _: r.desk.reading.thread(c, n.thread_id),
    "read a thread with spaces": lambda r, c, n, _: r.desk.reading.thread(c, f" {n.thread_id} "),
    "go on with a thread": lambda r, c, n, _: r.desk.reading.thread(
        c, n.thread_id, cursor=n.thread_cursor
    ),
    "go on with one's own thread": lambda r, c, n, own: r.desk.reading.thread(
        c, own.thread_id, cursor=n.thread_cursor
    ),
    "wait on a mailbox": lambda r, c, n, _: r.desk.waiting.wait(
        c, mailbox=n.address, timeout_seconds=0
    ),
    "wait on a thread": lambda r, c, n, _: r.desk.waiting.wait(
        c, thread_id=n.thread_id, timeout_seconds=0
    ),
    "wait on a thread of a mailbox": lambda r, c, n, own: r.desk.waiting.wait(
        c, thread_id=own.thread_id, mailbox=n.address, timeout_seconds=0
    ),
    "wait on a mailbox of a thread": lambda r, c, n, own: r.desk.waiting.wait(
        c, thread_id=n.thread_id, mailbox=own.address, timeout_seconds=0
    ),
    "wait with a mailbox's cursor": lambda r, c, n, own: r.desk.waiting.wait(
        c, mailbox=own.address, after=n.wait_cursor, timeout_seconds=0
    ),
    "wait with a thread's cursor": lambda r, c, n, own: r.desk.waiting.wait(
        c, thread_id=own.thread_id, after=n.thread_wait_cursor, timeout_seconds=0
    ),
    "wait on a thread with its cursor": lambda r, c, n, _: r.desk.waiting.wait(
        c, thread_id=n.thread_id, after=n.thread_wait_cursor, timeout_seconds=0
    ),
    "read events of a mailbox": lambda r, c, n, _: r.desk.events.list(c, mailbox=n.address),
    "read events of a thread": lambda r, c, n, _: r.desk.events.list(c, thread_id=n.thread_id),
    "follow events of a thread": lambda r, c, n, _: anext(
        r.desk.events.follow(c, thread_id=n.thread_id)
    ),
    "read a part of a message": lambda r, c, n, _: r.desk.messages.within(c, n.message_id),
    "send from a mailbox": lambda r, c, n, _: r.desk.sending.send(c, sends(mailbox=n.address)),
    "answer a thread": lambda r, c, n, _: r.desk.sending.send(
        c, sends(thread_id=n.thread_id, to=(), confirm=True)
    ),
    "answer a thread from one's own mailbox": lambda r, c, n, own: r.desk.sending.send(
        c, sends(thread_id=n.thread_id, mailbox=own.address)
    ),
    "answer one's own thread from a mailbox": lambda r, c, n, own: r.desk.sending.send(
        c, sends(thread_id=own.thread_id, mailbox=n.address)
    ),
    "pass a file on": lambda r, c, n, own: r.desk.sending.send(
        c, sends(mailbox=own.address, attachments=passing_on(n.attachment_id))
    ),
    "weigh a send from a mailbox": lambda r, c, n, _: r.desk.sending.would_be(
        c, sends(mailbox=n.address)
    ),
    "weigh an answer to a thread": lambda r, c, n, _: r.desk.sending.would_be(
        c, sends(thread_id=n.thread_id, to=(), confirm=True)
    ),
    "take a file along": lambda r, c, n, _: r.desk.attachments.resolve(
        c, passing_on(n.attachment_id)
    ),
    "download a file": lambda r, c, n, _: r.desk.attachments.download(c, n.attachment_id),
    "show a message": lambda r, c, n, _: r.desk.messages.show(c, n.message_id),
    "take a message's source": lambda r, c, n, _: r.desk.messages.raw(c, n.message_id),
    "take a thread for a message": lambda r, c, n, _: r.desk.messages.show(c, n.thread_id),
    "look at a send": lambda r, c, n, _: r.desk.unsent.show(c, n.send_id),
    "take a send back": lambda r, c, n, _: r.desk.unsent.cancel(c, n.send_id),
    "suppress for a mailbox": lambda r, c, n, _: r.desk.suppressions.suppress(
        c, "bob@far.example", mailbox=n.address
    ),
    "read a file": lambda r, c, n, _: r.desk.attachments.read(c, n.attachment_id),
    "save a file": lambda r, c, n, _: r.desk.attachments.save(c, n.attachment_id),
    "show what is kept with a thread": lambda r, c, n, _: r.desk.thread_states.show(c, n.thread_id),
    "label a thread": lambda r, c, n, _: r.desk.thread_states.change(
        c, n.thread_id, StateChange(add_labels=("seen",))
    ),
    "take a message for a thread": lambda r, c, n, _: r.desk.reading.thread(c, n.message_id),
    "take a send for a thread": lambda r, c, n, _: r.desk.reading.thread(c, n.send_id),
    "take a message for a file": lambda r, c, n, _: r.desk.attachments.read(c, n.message_id),
    "delete a mailbox": lambda r, c, n, _: r.desk.mailboxes.delete(c, n.address),
    "ask for credentials": lambda r, c, n, _: r.desk.mailboxes.credentials(c, n.address),
    "trace a send": lambda r, c, n, _: r.desk.tracing.trace(c, n.send_id),
    "trace a message": lambda r, c, n, _: r.desk.tracing.trace(c, n.message_id),
    "trace a mailbox": lambda r, c, n, _: r.desk.tracing.trace(c, n.address),
}


async def lived(agent: Agent, postman: Postman) -> Names:
    """Everything that an agent's life leaves behind to be named."""
    reading = agent.room.desk.reading
    long = "word " * 2_000
    await postman.bring(
        agent.address,
        letter(to=agent.address, id="1@x"),
        letter(to=agent.address, id="2@x", text=long),
    )
    file = {"filename": "secret.txt", "text": "Secret."}
    sent = await agent.send("Hello.", "ben@far.example", attachments=[file])
    view = await reading.thread(agent.caller, sent.thread_id)
    whole = await agent.wait(timeout=0)
    thread_id = str(whole.messages[1].thread_id)
    listed = await reading.threads(agent.caller, mailbox=agent.address, limit=1)
    paged = await reading.thread(agent.caller, thread_id, max_tokens=300)
    return Names(
        address=agent.address,
        thread_id=thread_id,
        send_id=str(sent.send_id),
        message_id=str(sent.message_id),
        attachment_id=(view.messages[0].attachments or ())[0].attachment_id,
        wait_cursor=whole.after,
        thread_wait_cursor=sent.after,
        list_cursor=str(listed.next_cursor),
        thread_cursor=str(paged.next_cursor),
    )


def nobodys(real: Names) -> Names:
    """The same names with other letters: well formed, and nobody's."""
    epoch, _, position = real.wait_cursor.split("-")
    _, _, at, thread = real.list_cursor.split("-")
    _, _, mail, offset = real.thread_cursor.split("-")
    return Names(
        address="nobody-at-all@agents.localhost",
        thread_id="t_0000000000",
        send_id="s_0000000000",
        message_id="m_00000000",
        attachment_id="a_000000000",
        wait_cursor=f"{epoch}-m7fff-{position}",
        thread_wait_cursor=f"{epoch}-t_0000000000-{position}",
        list_cursor=f"{epoch}-l12345678-{at}-{thread}",
        thread_cursor=f"{epoch}-pt_0000000000-{mail}-{offset}",
    )


async def said(asked: Awaitable[object]) -> tuple[str, str, str]:
    with pytest.raises(PostroomError) as refused:
        await asked
    error = refused.value
    return error.code, error.message, error.next_step


@pytest.fixture
async def eve(quiet_room: PostRoom) -> Agent:
    return await Agent(quiet_room, "eve").open()


@pytest.mark.parametrize("tenant", ["default", "other"])
async def test_every_call_answers_for_anothers_names_as_for_names_that_do_not_exist(
    quiet_room: PostRoom, ada: Agent, postman: Postman, tenant: str
) -> None:
    eve = Agent(quiet_room, "ada" if tenant == "other" else "eve")
    eve.caller = Caller(agent=eve.name, tenant=tenant)
    await eve.open("eve")
    theirs, own = await lived(ada, postman), await lived(eve, postman)
    for what, call in CALLS.items():
        anothers = await said(call(quiet_room, eve.caller, theirs, own))
        nothing = await said(call(quiet_room, eve.caller, nobodys(theirs), own))
        assert anothers == nothing, what
        assert not any(name in " ".join(anothers) for name in vars(theirs).values()), what


OWN_TO_OPERATORS = {"delete a mailbox", "ask for credentials"}
WORKS = set(CALLS) - OWN_TO_OPERATORS - {
    "trace a send", "trace a message", "trace a mailbox", "take a message for a thread",
    "take a send for a thread", "take a message for a file", "go on with its list",
    "wait on a thread with its cursor", "wait with a thread's cursor",
    "take a thread for a message",
}  # fmt: skip


async def test_the_same_calls_work_with_ones_own_names(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    own = await lived(ada, postman)
    for what in sorted(WORKS):
        assert await CALLS[what](quiet_room, ada.caller, own, own) is not None


async def test_nothing_of_anothers_is_told_of_by_calls_that_name_nothing(
    quiet_room: PostRoom, ada: Agent, eve: Agent, postman: Postman
) -> None:
    theirs = await lived(ada, postman)
    answers = [
        await quiet_room.desk.mailboxes.list(eve.caller),
        await quiet_room.desk.reading.threads(eve.caller),
        await quiet_room.desk.reading.threads(eve.caller, query="hello"),
        await quiet_room.desk.waiting.wait(eve.caller, timeout_seconds=0),
    ]
    for answer in answers:
        told = answer.model_dump_json()
        assert not any(name in told for name in vars(theirs).values())


IDS = st.from_regex(r"[tsma]_[0-9a-z]{0,14}", fullmatch=True)


@examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50
)
@given(what=st.sampled_from(sorted(CALLS)), name=st.one_of(st.text(max_size=40), IDS))
async def test_no_name_whatever_gets_more_than_an_error_of_ours(
    quiet_room: PostRoom, ada: Agent, what: str, name: str
) -> None:
    odd = Names(*([name] * 9))
    own = Names(ada.address, *(["t_0000000000"] * 8))
    try:
        await CALLS[what](quiet_room, ada.caller, odd, own)
    except PostroomError as error:
        assert error.code  # noqa: PT017  # an empty name may be taken for none
    else:
        assert not name.strip() or name.strip("\x00") == ""


async def test_an_idempotency_key_of_another_agent_means_nothing(
    quiet_room: PostRoom, ada: Agent, eve: Agent
) -> None:
    await ada.send("Mine.", "x@far.example", idempotency_key="k")
    assert (await eve.send("Other.", "x@far.example", idempotency_key="k")).duplicate is None


async def test_scopes_are_asked_for_at_every_door(quiet_room: PostRoom, ada: Agent) -> None:
    nobody = Caller(agent="ada", scopes=frozenset())
    desk = quiet_room.desk
    for ask in (
        desk.mailboxes.create(nobody),
        desk.mailboxes.list(nobody),
        desk.mailboxes.show(nobody, ada.address),
        desk.reading.threads(nobody),
        desk.reading.thread(nobody, "t_0000000000"),
        desk.waiting.wait(nobody, timeout_seconds=0),
        desk.sending.send(nobody, sends(mailbox=ada.address)),
        desk.attachments.read(nobody, "a_000000000"),
        desk.attachments.save(nobody, "a_000000000"),
        desk.attachments.resolve(nobody, ()),
        desk.sending.would_be(nobody, sends(mailbox=ada.address)),
        desk.unsent.cancel(nobody, "s_0000000000"),
        desk.thread_states.show(nobody, "t_0000000000"),
        desk.thread_states.change(nobody, "t_0000000000", StateChange()),
        desk.inbound.take(nobody, "", ("ada@agents.localhost",), b"x"),
        desk.suppressions.suppress(nobody, "bob@far.example"),
    ):
        code, _, _ = await said(ask)
        assert code == "scope_missing"
