"""Nobody learns by a tool of what is another agent's: whatever names are made of a stranger's, the
answer is the same as for names that never were, and nothing changes.

The strangers are an agent of the same tenant and one of another, who is called the same as the
asker. Each has lived: mail came in, went out, waits for a person or its time, was denied, was kept
out; with files, codes and long links.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from mcp import Client
from mcp.types import TextContent
from policies import write_policy
from rooms import Agent, Postman, TestClock, letter, rows

from postroom.build import PostRoom
from postroom.index.database import Connection
from postroom.mcp.server import build_server
from postroom.model.callers import Caller, agent, operator
from postroom.model.requests import SendRequest
from postroom.policy_file import CurrentPolicy

POLICY = """default = "allow"
[[rules]]
name = "no"
when = "draft.subject == 'Forbidden'"
then = "deny"
reason = "No."
[[inbound]]
name = "out"
when = "message.subject == 'Kept out'"
then = "quarantine"
"""

LINK = f"https://shop.example/orders/{'0123456789abcdef' * 6}"


class StandingClock(TestClock):
    """A time that stands still: two answers differ by what they say alone."""

    def __call__(self) -> float:
        return 1_790_000_000.0 + self.ahead


@pytest.fixture
def clock() -> TestClock:
    return StandingClock()


@dataclass(frozen=True)
class Names:
    """What one agent's life left behind to be named, by sort."""

    mailbox: str
    thread: str
    message: str
    send: str
    attachment: str
    link: str
    waiting: str
    waiting_there: str
    listing: str
    paging: str
    reading: str

    def every(self) -> dict[str, str]:
        return dict(vars(self))


IDS = ("mailbox", "thread", "message", "send", "attachment", "link")
CURSORS = ("waiting", "waiting_there", "listing", "paging", "reading")


async def lived(one: Agent, postman: Postman, word: str) -> Names:
    """A life in which ``word`` stands in everything."""
    desk, caller = one.room.desk, one.caller
    far = f"{word} <{word}@far.example>"
    long = f"{word} code 493817. {LINK}?{word} " + f"{word} word " * 2_000
    subject = f"About {word}"
    await postman.bring(
        one.address,
        letter(far, one.address, f"Hello {word}.", id=f"1.{word}@x", subject=subject),
        letter(far, one.address, long, id=f"2.{word}@x", subject=subject),
        letter(far, one.address, "More.", id=f"3.{word}@x", follows=f"2.{word}@x"),
        letter(far, one.address, f"Out {word}.", id=f"4.{word}@x", subject="Kept out"),
    )
    file = {"filename": f"{word}.txt", "text": f"{word} " * 3_000}
    to = f"{word}@near.example"
    sent = await one.send(f"Dear {word}.", to, attachments=[file])
    await one.send(f"Held {word}.", to, hold_for_review=f"Look, {word}.")
    await one.send(f"Denied {word}.", to, subject="Forbidden")
    later = SendRequest(text=f"Later {word}.", to=(to,), mailbox=one.address)
    await desk.sending.send(caller, later, at="1h")
    found = await one.wait(timeout=0)
    thread = str(found.messages[1].thread_id)
    listed = await desk.reading.threads(caller, mailbox=one.address, limit=1)
    paged = await desk.reading.thread(caller, thread, max_tokens=300)
    whole = await desk.reading.thread(caller, thread, max_tokens=8_000)
    (link,) = set(re.findall(r"l_[0-9a-z]+", whole.model_dump_json()))
    view = await desk.reading.thread(caller, str(sent.thread_id))
    (named,) = view.messages[0].attachments or ()
    read = await desk.attachments.read(caller, named.attachment_id, max_tokens=200)
    return Names(
        mailbox=one.address,
        thread=thread,
        message=str(found.messages[1].message_id),
        send=str(sent.send_id),
        attachment=named.attachment_id,
        link=link,
        waiting=found.after,
        waiting_there=str(whole.after),
        listing=str(listed.next_cursor),
        paging=str(paged.next_cursor),
        reading=str(read.next_cursor),
    )


def never_were(real: Names) -> Names:
    """The same names with other letters: well formed, and nobody's."""

    def piece(cursor: str, at: int, other: str) -> str:
        parts = cursor.split("-")
        return "-".join([*parts[:at], other, *parts[at + 1 :]])

    return Names(
        mailbox=re.sub("|".join(WORDS), lambda word: "o" * len(word[0]), real.mailbox),
        thread="t_0000000000",
        message="m_00000000",
        send="s_0000000000",
        attachment="a_000000000",
        link="l_000000000",
        waiting=piece(real.waiting, 1, "m7fffffff"),
        waiting_there=piece(real.waiting_there, 1, "t7fffffff"),
        listing=piece(real.listing, 1, "l12345678"),
        paging=piece(real.paging, 1, "pt7fffffff"),
        reading=piece(real.reading, 1, "a_000000000"),
    )


Spelling = Callable[[str], str]

LOOKALIKES = str.maketrans(
    {"a": "\u0430", "e": "\u0435", "k": "\u212a", "@": "\uff20", "_": "\uff3f"}
)

SPELLINGS: dict[str, Spelling] = {
    "as it is": lambda name: name,
    "capitals": str.upper,
    "spaces": lambda name: f" {name}\t",
    "lookalikes": lambda name: name.translate(LOOKALIKES),
    "fullwidth": lambda name: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name),
    "unseen": lambda name: f"{name[:3]}\u200b{name[3:]}",
    "begun": lambda name: name[:-1],
    "gone on": lambda name: f"{name}0",
    "as a thread": lambda name: f"t_{name[2:]}",
    "as a message": lambda name: f"m_{name[2:10]}",
    "as a file": lambda name: f"a_{name[2:10]}0",
    "as a link": lambda name: f"l_{name[2:10]}0",
    "as a send": lambda name: f"s_{name[2:]}",
    "with a detail": lambda name: name.replace("@", "+x@"),
    "as a person": lambda name: f"You <{name}>",
    "like": lambda name: f"{name[:4]}%",
}

Slots = Iterator[tuple[str, dict[str, Any]]]


def asks(name: str, own: Names) -> Slots:
    """Every call that takes a name, with ``name`` in each place that does; the rest is the asker's
    own."""
    mail = {"subject": "S", "text": "T", "to": ["x@far.example"]}
    yield "get_thread", {"thread_id": name}
    yield "get_thread", {"thread_id": own.thread, "cursor": name}
    yield "get_thread", {"thread_id": name, "cursor": own.paging}
    yield "list_threads", {"mailbox": name}
    yield "list_threads", {"mailbox": name, "query": "word"}
    yield "list_threads", {"cursor": name}
    yield "list_threads", {"mailbox": own.mailbox, "limit": 1, "cursor": name}
    yield "wait_for_reply", {"thread_id": name, "timeout_seconds": 0}
    yield "wait_for_reply", {"mailbox": name, "timeout_seconds": 0}
    yield "wait_for_reply", {"mailbox": own.mailbox, "thread_id": name, "timeout_seconds": 0}
    yield "wait_for_reply", {"mailbox": name, "thread_id": own.thread, "timeout_seconds": 0}
    yield "wait_for_reply", {"mailbox": own.mailbox, "after": name, "timeout_seconds": 0}
    yield "wait_for_reply", {"thread_id": own.thread, "after": name, "timeout_seconds": 0}
    yield "read_attachment", {"attachment_id": name}
    yield "read_attachment", {"attachment_id": own.attachment, "cursor": name}
    yield "read_attachment", {"attachment_id": name, "cursor": own.reading}
    yield "send_email", {"mailbox": name, **mail}
    yield "send_email", {"thread_id": name, "text": "T", "confirm": True}
    yield "send_email", {"thread_id": own.thread, "mailbox": name, "text": "T", "confirm": True}
    file = [{"attachment_id": name}]
    yield "send_email", {"mailbox": own.mailbox, "attachments": file, **mail}


STATE = (
    "SELECT max(position) FROM journal",
    "SELECT count(*), max(id) FROM mail",
    "SELECT id, status, not_before FROM sends",
    "SELECT id, status, owner FROM mailboxes",
    "SELECT * FROM acknowledged WHERE agent <> ?1",
    "SELECT * FROM acknowledged_apart WHERE agent <> ?1",
    "SELECT * FROM shown WHERE agent <> ?1",
    "SELECT * FROM wakes WHERE agent <> ?1",
    "SELECT * FROM waits",
    "SELECT * FROM quarantine",
)


def state(con: Connection) -> list[object]:
    """All that a call of the asker must leave as it is. Asked for as a change, it finds all done
    that nobody waits for."""
    who = "agent:default/eve"
    return [rows(con, each, *([who] if "?1" in each else [])) for each in STATE]


@dataclass
class World:
    """The asker's client, and everybody's names."""

    room: PostRoom
    client: Client
    own: Names
    strangers: tuple[Names, ...]

    async def says(self, tool: str, arguments: dict[str, Any]) -> str:
        """What a call answers, as text."""
        result = await self.client.call_tool(tool, arguments)
        (only,) = result.content
        assert isinstance(only, TextContent)
        assert "internal_error" not in only.text, (tool, arguments)
        return ("error " if result.is_error else "") + only.text

    async def check(self, real: str, nobodys: str) -> None:
        """Ask all with a stranger's name and with one that never was, and see that nothing tells
        them apart."""
        before = await self.room.index.write(state)
        both = zip(asks(real, self.own), asks(nobodys, self.own), strict=True)
        for (tool, theirs), (_, nothing) in both:
            said = await self.says(tool, theirs)
            assert said == await self.says(tool, nothing), (tool, theirs)
            assert not any(word in said for word in WORDS), (tool, theirs)
        assert await self.room.index.write(state) == before


WORDS = ("zibeline", "quokka")


@pytest.fixture
async def everybody(quiet_room: PostRoom) -> dict[str, tuple[Caller, Names]]:
    """Eve, who asks; Ada of her tenant; and another Eve, of another."""
    write_policy(quiet_room.settings.home, POLICY)
    policy = CurrentPolicy(quiet_room.settings.policy_file, quiet_room.index)
    postman = Postman(quiet_room, policy)
    found = {}
    for name, word in (("ada", "zibeline"), ("eve", "myself"), ("acme/eve", "quokka")):
        one = Agent(quiet_room, name.rpartition("/")[2])
        one.caller = agent(name)
        await one.open(word if word != "myself" else "eve")
        found[name] = one.caller, await lived(one, postman, word)
    return found


@asynccontextmanager
async def world(room: PostRoom, everybody: dict[str, tuple[Caller, Names]]) -> AsyncIterator[World]:
    async def desk() -> Any:
        return room.desk

    caller, own = everybody["eve"]
    strangers = tuple(names for name, (_, names) in everybody.items() if name != "eve")
    async with Client(build_server(desk, caller), mode="auto") as client:
        yield World(room, client, own, strangers)


HYPOTHESIS = examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)


async def test_every_name_of_a_stranger_is_answered_as_one_that_never_was(
    quiet_room: PostRoom, everybody: dict[str, tuple[Caller, Names]]
) -> None:
    async with world(quiet_room, everybody) as one:
        for theirs in one.strangers:
            nobodys = never_were(theirs).every()
            for sort, name in theirs.every().items():
                await one.check(name, nobodys[sort])


@HYPOTHESIS
@given(
    whose=st.integers(0, 1),
    sort=st.sampled_from(IDS),
    spelled=st.lists(st.sampled_from(sorted(SPELLINGS)), min_size=1, max_size=2),
)
async def test_however_a_strangers_name_is_written(
    quiet_room: PostRoom,
    everybody: dict[str, tuple[Caller, Names]],
    whose: int,
    sort: str,
    spelled: list[str],
) -> None:
    async with world(quiet_room, everybody) as one:
        theirs = one.strangers[whose]
        real, nobodys = theirs.every()[sort], never_were(theirs).every()[sort]
        for spelling in spelled:
            real, nobodys = SPELLINGS[spelling](real), SPELLINGS[spelling](nobodys)
        await one.check(real, nobodys)


@HYPOTHESIS
@given(
    whose=st.integers(0, 1),
    sort=st.sampled_from(CURSORS),
    other=st.sampled_from(CURSORS),
    place=st.integers(0, 5),
    taken=st.integers(0, 5),
)
async def test_cursors_joined_from_pieces_of_a_strangers_tell_nothing(
    quiet_room: PostRoom,
    everybody: dict[str, tuple[Caller, Names]],
    whose: int,
    sort: str,
    other: str,
    place: int,
    taken: int,
) -> None:
    async with world(quiet_room, everybody) as one:
        pieces = one.own.every()[sort].split("-")
        theirs = one.strangers[whose].every()[other].split("-")
        pieces[place % len(pieces)] = theirs[taken % len(theirs)]
        before = await quiet_room.index.write(state)
        for tool, asked in asks("-".join(pieces), one.own):
            said = await one.says(tool, asked)
            assert not any(word in said for word in WORDS), (tool, asked)
        assert await quiet_room.index.write(state) == before


async def test_the_place_of_a_page_says_nothing_of_mail_elsewhere(
    quiet_room: PostRoom, everybody: dict[str, tuple[Caller, Names]]
) -> None:
    async with world(quiet_room, everybody) as one:
        epoch, thread, _, offset = one.own.paging.split("-")
        mails = await quiet_room.index.read(
            lambda con: rows(con, "SELECT m.id FROM mail m JOIN mailboxes b ON b.id = m.mailbox_id"
                             " WHERE b.address LIKE 'zibeline%' ORDER BY m.id")
        )  # fmt: skip
        nothing = await one.says(
            "get_thread",
            {"thread_id": one.own.thread, "cursor": f"{epoch}-{thread}-7fffffff-{offset}"},
        )
        for (mail,) in mails:
            cursor = f"{epoch}-{thread}-{mail:x}-{offset}"
            asked = {"thread_id": one.own.thread, "cursor": cursor}
            assert await one.says("get_thread", asked) == nothing


async def test_what_names_nothing_tells_of_ones_own_alone(
    quiet_room: PostRoom, everybody: dict[str, tuple[Caller, Names]]
) -> None:
    async with world(quiet_room, everybody) as one:
        own = json.loads(await one.says("list_mailboxes", {}))
        assert [box["address"] for box in own["mailboxes"]] == [one.own.mailbox]
        for word in (*WORDS, "word", "hello", "far.example", "493817", "out"):
            said = await one.says("list_threads", {"query": word})
            assert not any(other in said for other in WORDS)
        for word in WORDS:
            assert not json.loads(await one.says("list_threads", {"query": word}))["threads"]
        said = await one.says("list_threads", {}) + await one.says("wait_for_reply", {})
        assert not any(word in said for word in WORDS)


async def test_a_thread_is_not_joined_by_references_into_another_agents(
    quiet_room: PostRoom, everybody: dict[str, tuple[Caller, Names]]
) -> None:
    postman, caller = Postman(quiet_room), everybody["eve"][0]
    address = everybody["eve"][1].mailbox
    await postman.bring(
        address, letter(to=address, id="9@x", follows="2.zibeline@x", text="Me too."), uid=1_000
    )
    found = await quiet_room.desk.reading.threads(caller, query="too")
    (thread,) = found.threads
    view = await quiet_room.desk.reading.thread(caller, thread.thread_id)
    assert len(view.messages) == 1
    theirs = everybody["ada"][1].thread
    assert len((await quiet_room.desk.reading.thread(operator(), theirs)).messages) == 2


async def test_agents_of_one_name_in_two_tenants_share_nothing(
    quiet_room: PostRoom, everybody: dict[str, tuple[Caller, Names]]
) -> None:
    for name in ("eve", "acme/eve"):
        caller, names = everybody[name]
        one = Agent(quiet_room, "eve", names.mailbox)
        one.caller = caller
        sent = await one.send("Same.", "x@far.example", idempotency_key="k", subject="Same")
        assert sent.duplicate is None
        boxes = await quiet_room.desk.mailboxes.list(caller)
        assert [box.address for box in boxes.mailboxes] == [names.mailbox]
    listed = await quiet_room.desk.mailboxes.list(operator())
    assert {box.agent for box in listed.mailboxes} == {"ada", "eve", "acme/eve"}
