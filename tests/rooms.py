"""Post rooms for tests: a real one with its workers, and one where mail arrives when told to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, TypeVar

from ways import OtherWay, nowhere

from postroom.build import PostRoom
from postroom.imap.mail import FetchedMail
from postroom.index import journal, mailboxes
from postroom.index.database import Connection
from postroom.index.folders import Folder, Progress
from postroom.model.answers import YOU, SendAnswer, ThreadView, WaitAnswer
from postroom.model.callers import Caller
from postroom.model.held_answers import Decision
from postroom.model.requests import SendRequest
from postroom.policy_file import CurrentPolicy
from postroom.testing import person
from postroom.testing.clock import JumpClock
from postroom.work.intake import Intake
from postroom.work.places import Place, Role
from postroom.work.term import Term

T = TypeVar("T")

PATIENCE = 30.0
"""How long a test waits for what should be there at once: the machine may be busy."""
TRUSTED = frozenset({"post.localhost"})

FOLDERS = {Role.INBOX: "INBOX", Role.SENT: "Sent", Role.JUNK: "Junk"}

FORGED = "Authentication-Results: post.localhost; dmarc=fail header.from=bank.example"
"""A field that a trusted server writes into a letter which is not from bank.example."""


class TestClock(JumpClock):
    """The real time, and what a test has jumped ahead."""

    __test__ = False


@dataclass
class Agent:
    """One agent at the desk, with the mailbox it made last."""

    room: PostRoom
    name: str
    address: str = ""
    caller: Caller = field(init=False)

    def __post_init__(self) -> None:
        self.caller = Caller(agent=self.name)

    async def open(self, username: str | None = None, expires_in: str | None = None) -> "Agent":
        made = await self.room.desk.mailboxes.create(
            self.caller, username or self.name, expires_in=expires_in
        )
        self.address = made.address
        return self

    async def send(
        self, text: str = "Hello.", to: str | tuple[str, ...] = (), **more: object
    ) -> SendAnswer:
        """Send, by default from this agent's newest mailbox; in a thread from the thread's own."""
        if "mailbox" not in more and "thread_id" not in more:
            more["mailbox"] = self.address
        asked = {"text": text, "to": (to,) if isinstance(to, str) else to, **more}
        return await self.room.desk.sending.send(self.caller, SendRequest.model_validate(asked))

    async def wait(
        self,
        thread_id: str | None = None,
        after: str | None = None,
        timeout: float = PATIENCE,
        **more: Any,
    ) -> WaitAnswer:
        return await self.room.desk.waiting.wait(
            self.caller,
            thread_id=thread_id,
            mailbox=None if thread_id else self.address,
            after=after,
            timeout_seconds=timeout,
            **more,
        )


async def approve(room: PostRoom, send_id: str | None, note: str = "") -> Decision:
    """A person looks at a held send and lets it go."""
    return await person.approve(room.desk, str(send_id), note)


class Postman:
    """Brings mail into a room without workers: the real intake, when a test says so."""

    def __init__(self, room: PostRoom, policy: CurrentPolicy | None = None) -> None:
        """``policy``: the rules about mail that comes in, where there are to be any."""
        self._room = room
        self._policy = policy
        self._intake: Intake | None = None
        self._uid = 0

    async def bring(
        self,
        address: str,
        *mails: bytes,
        uidvalidity: int = 1,
        uid: int = 0,
        role: Role = Role.INBOX,
        at: float | None = None,
    ) -> None:
        """Let ``mails`` lie in a folder of ``address``, by default INBOX, and be read from there;
        ``at`` is when its server says that they came."""
        index = self._room.index
        if self._intake is None:
            number = await index.write(
                lambda con: journal.begin_term(con, index.clock(), 1, "test")
            )
            self._intake = Intake(Term(index, number), policy=self._policy)
        box = await index.read(lambda con: mailboxes.by_address(con, address))
        assert box is not None
        first = uid or self._uid + 1
        batch = [FetchedMail(number, raw, at, ()) for number, raw in enumerate(mails, first)]
        self._uid = max(self._uid, first + len(mails) - 1)
        folder = Folder(box.id, "builtin", FOLDERS[role], uidvalidity)
        way = OtherWay(frozenset({address.rpartition("@")[2]}), nowhere, TRUSTED)
        place = Place(folder, role, way, since=0.0)
        await self._intake.take(place, batch, Progress(last_uid=batch[-1].uid))


def letter(
    sender: str = "ben@elsewhere.example",
    to: str = "ada@agents.localhost",
    text: str = "Hello.",
    *,
    id: str = "",
    follows: str = "",
    subject: str = "A letter",
    more: str = "",
) -> bytes:
    """A plain mail; ``id`` and ``follows`` are Message-IDs without brackets. Of ``more`` fields
    those that servers write go on top, as they do it."""
    others = more.splitlines()
    fields = [each for each in others if each.startswith(("Received:", "Authentication-Results:"))]
    fields += [f"From: {sender}", f"To: {to}", f"Subject: {subject}"]
    fields += [f"Date: {format_datetime(datetime.fromtimestamp(1_790_000_000, UTC))}"]
    fields += [f"Message-ID: <{id}>"] if id else []
    fields += [f"In-Reply-To: <{follows}>", f"References: <{follows}>"] if follows else []
    fields += [each for each in others if each not in fields]
    fields += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8"]
    head = "\r\n".join(fields).encode()
    return head + b"\r\n\r\n" + text.replace("\n", "\r\n").encode() + b"\r\n"


def directions(thread: ThreadView) -> list[str]:
    """Which messages of a thread came in and which are the mailbox's own, in order."""
    implied = {YOU: "sent"}
    return [m.direction or implied.get(m.from_ or "", "received") for m in thread.messages]


async def eventually(look: Callable[[], Awaitable[T]], patience: float = PATIENCE) -> T:
    """The first true answer of ``look``, asked again and again."""
    async with asyncio.timeout(patience):
        # what is asked about may be on a server, which rings no event of ours
        while not (found := await look()):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return found


def rows(con: Connection, question: str, *values: object) -> list[tuple[object, ...]]:
    """The rows of a question, as plain tuples."""
    return [tuple(row) for row in con.execute(question, values)]
