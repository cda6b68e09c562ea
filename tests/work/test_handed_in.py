"""Mail that was handed in over HTTP is taken in as soon as it is verified."""

import asyncio
import contextlib

from rooms import Agent, TestClock, eventually, letter
from servers.dns import name_server

from postroom.accounts.inbound import Inbound
from postroom.build import PostRoom
from postroom.dns.resolver import Resolver
from postroom.dns.senders.answers import Answers
from postroom.index import handed_in, journal
from postroom.model.callers import INBOUND, Caller
from postroom.work.handed_in import HandedInMail
from postroom.work.intake import Intake
from postroom.work.term import Term
from postroom.work.verifying import Verifier


async def test_a_mail_whose_name_servers_are_silent_holds_up_none_behind_it(
    quiet_room: PostRoom, ada: Agent, clock: TestClock
) -> None:
    index = quiet_room.index
    edge = Caller(agent="edge", scopes=frozenset({INBOUND}), mailboxes=("*",))
    for domain in ("evil", "corp", "other"):
        mail = letter(f"eve@{domain}.example", id=f"{domain}@x", text=domain)
        await quiet_room.desk.inbound.take(edge, "", (ada.address,), mail)
    number = await index.write(lambda con: journal.begin_term(con, index.clock(), 1, "test"))

    async def left() -> list[str]:
        return await index.read(
            lambda con: [
                each
                for each in ("evil", "corp", "other")
                if any(each.encode() in row["bytes"] for row in handed_in.some(con, 9, 9_999))
            ]
        )

    async def are_in() -> bool:
        return await left() == ["evil"]

    async with name_server("a.corp.example. 60 IN TXT text") as names:
        names.mute_below.add("evil.example")
        answers = Answers(Resolver(names.address, patience=60.0), clock)
        term = Term(index, number)
        worker = HandedInMail(
            term, Intake(term, verifier=Verifier(answers)), Inbound.model_validate({"verify": True})
        )
        working = asyncio.create_task(worker.run())
        await eventually(are_in)
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await working
        await answers.close()
    assert await left() == ["evil"]
