"""A room without other workers in which events are posted, and time jumps when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from rooms import Agent, Postman, TestClock, letter, rows
from webhooks.receiver import PATIENCE, Receiver

from postroom.build import PostRoom
from postroom.desk.webhooks.webhooks import WebhookDesk
from postroom.guarded.listed import listed
from postroom.index import journal
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.webhook_answers import DeliveryView, WebhookView
from postroom.work.term import Term
from postroom.work.webhooks.backoff import LONGEST_SECONDS
from postroom.work.webhooks.courier import WebhookCourier
from postroom.work.webhooks.posting import Posting

T = TypeVar("T")


@asynccontextmanager
async def courier(room: PostRoom, resolver: Any = None) -> AsyncIterator[None]:
    """While this lasts, what is due is posted."""

    def term(con: Connection) -> int:
        row = con.execute("SELECT value FROM meta WHERE key = 'term'").fetchone()
        return int(row[0])

    index = room.index
    allowed = listed(room.settings.operator.webhooks.allow)
    posting = Posting(allowed, index.clock, resolver)
    works = WebhookCourier(Term(index, await index.read(term)), posting)
    task = asyncio.create_task(works.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass
class Room:
    """A room with Ada in it, to whom letters come, and a receiver."""

    post: PostRoom
    ada: Agent
    postman: Postman
    receiver: Receiver
    clock: TestClock
    written: int = 0

    @property
    def desk(self) -> WebhookDesk:
        """The operator's, where somebody posts."""
        return WebhookDesk(self.post.index, self.post.settings.operator.webhooks, lambda: "")

    async def hook(self, url: str = "", **asked: Any) -> tuple[str, str]:
        """(id, secret) of an endpoint of the operator's."""
        made = await self.desk.create(operator(), url or self.receiver.url, **asked)
        return made.webhook.webhook_id, made.secret

    async def letter(self, thread: str, to: Agent | None = None) -> None:
        """Let a letter come; those that name one ``thread`` belong together."""
        self.written += 1
        to = to or self.ada
        id = f"{self.written}.{thread}@far.example"
        mail = letter(to=to.address, id=id, follows=f"{thread}@far.example", text="A secret word.")
        await self.postman.bring(to.address, mail)

    async def later(self, seconds: float) -> None:
        """Let time pass, and everybody see it."""
        self.clock.jump(seconds)
        await self.post.index.write(lambda con: journal.keep_ports(con, self.written, 0))

    async def all_day(self, seconds: float) -> None:
        """Let most of a day pass, in which one endpoint is tried again and again."""
        until = self.clock() + seconds
        while (left := until - self.clock()) > 0:
            tried = await self.post.index.read(_attempts)
            await self.later(min(left, LONGEST_SECONDS))
            if left >= LONGEST_SECONDS:
                await self.logs(tried + 1)

    async def show(self, id: str) -> WebhookView:
        return await self.desk.show(operator(), id)

    async def log(self, id: str) -> tuple[DeliveryView, ...]:
        """The last attempts, the newest first."""
        return (await self.desk.deliveries(operator(), id)).deliveries

    async def logs(self, count: int) -> None:
        """Once so many attempts are written down."""
        await self.until(lambda con: _attempts(con) >= count)

    async def until(self, look: Callable[[Connection], T]) -> T:
        """What is found in the index as soon as it is true."""
        async with asyncio.timeout(PATIENCE):
            while True:
                changed = self.post.index.next_change()
                if found := await self.post.index.read(look):
                    return found
                await changed.wait()

    async def shown(self, id: str, is_so: Callable[[WebhookView], object]) -> WebhookView:
        """An endpoint, as soon as something is true of it."""
        async with asyncio.timeout(PATIENCE):
            while True:
                changed = self.post.index.next_change()
                if is_so(found := await self.show(id)):
                    return found
                await changed.wait()


def _attempts(con: Connection) -> int:
    return int(str(rows(con, "SELECT count(*) FROM webhook_log")[0][0]))
