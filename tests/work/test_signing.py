"""Mail whose signatures we check ourselves: with a real name server, through the real intake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import pytest
from dns_signatures import NAME, key, signed
from index.derived import again
from rooms import Agent, TestClock, letter, rows
from servers.dns import NameServer, name_server
from ways import OtherWay, nowhere

from postroom.build import PostRoom
from postroom.dns.resolver import Resolver
from postroom.dns.senders.answers import FAILED_SECONDS, MIN_SECONDS, Answers
from postroom.dns.senders.signing_keys import SigningKeys
from postroom.imap.mail import FetchedMail
from postroom.index import journal, mailboxes
from postroom.index.folders import Folder, Progress
from postroom.work.intake import Intake
from postroom.work.places import Place, Role
from postroom.work.signing import Signers
from postroom.work.term import Term


def zone() -> str:
    text = key()[1]
    pieces = " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))
    return f"{NAME}. 60 IN TXT {pieces}\nbank.example. 60 IN TXT v=spf1\n"


@dataclass
class Post:
    """Brings mail on a way that checks signatures."""

    agent: Agent
    intake: Intake
    names: NameServer
    place: Place
    uid: int = 0

    async def bring(self, *mails: bytes, first_look: bool = False) -> None:
        batch = [FetchedMail(self.uid + n, raw, None, ()) for n, raw in enumerate(mails, 1)]
        self.uid += len(mails)
        await self.intake.take(
            self.place, batch, Progress(last_uid=self.uid), first_look=first_look
        )

    async def verdicts(self) -> list[tuple[object, ...]]:
        question = "SELECT verdict, evidence FROM messages ORDER BY mail_id"
        return await self.agent.room.index.read(lambda con: rows(con, question))


@pytest.fixture
async def post(quiet_room: PostRoom, ada: Agent, clock: TestClock) -> AsyncIterator[Post]:
    index = quiet_room.index
    number = await index.write(lambda con: journal.begin_term(con, index.clock(), 1, "test"))
    box = await index.read(lambda con: mailboxes.by_address(con, ada.address))
    assert box is not None
    async with name_server(zone()) as names:
        keys = SigningKeys(Answers(Resolver(names.address, patience=0.3), clock))
        way = OtherWay(frozenset({"agents.localhost"}), nowhere, checks_dkim=True)
        place = Place(Folder(box.id, "other", "INBOX", 1), Role.INBOX, way, since=0.0)
        yield Post(ada, Intake(Term(index, number), Signers(keys)), names, place)


async def test_a_signature_of_the_from_domain_verifies_and_a_broken_one_does_not(
    post: Post,
) -> None:
    raw = signed()
    await post.bring(raw, raw.replace(b"More", b"Less"), letter())
    assert [verdict for verdict, _ in await post.verdicts()] == [
        "verified",
        "unverified",
        "unverified",
    ]
    assert '"result":"fail"' in str((await post.verdicts())[1])


async def test_a_domains_signature_verifies_nobody_elses_address(post: Post) -> None:
    raw = signed(letter("ceo@other.example", text="Pay."))
    await post.bring(raw)
    [(verdict, evidence)] = await post.verdicts()
    assert verdict == "unverified"
    assert '"result":"pass","domain":"bank.example"' in str(evidence)


async def test_while_no_name_server_answers_nothing_is_forged_and_mail_comes_all_the_same(
    post: Post, clock: TestClock
) -> None:
    for broken in (post.names.failing, post.names.mute):
        broken.add(NAME)
        await post.bring(*[signed(text) for text in bodies(3)])
        broken.clear()
        clock.jump(FAILED_SECONDS + 1)
    found = await post.verdicts()
    assert {verdict for verdict, _ in found} == {"unverified"}
    assert all('"result":"unknown"' in str(evidence) for _, evidence in found)
    await post.bring(signed())
    assert (await post.verdicts())[-1][0] == "verified"


def bodies(count: int) -> list[bytes]:
    head = b"From: ada@bank.example\r\nSubject: Hello\r\n\r\n"
    return [head + str(number).encode() + b"\r\n" for number in range(count)]


async def test_a_key_is_asked_for_once_and_again_when_its_time_is_over(
    post: Post, clock: TestClock
) -> None:
    await post.bring(*[signed(text) for text in bodies(5)])
    await post.bring(signed())
    assert post.names.asked.count((NAME, "TXT")) == 1
    clock.jump(MIN_SECONDS + 1)  # its record says a minute
    await post.bring(signed(bodies(6)[5]))
    assert post.names.asked.count((NAME, "TXT")) == 2


async def test_mail_that_lay_there_before_and_a_way_that_does_not_ask_are_not_checked(
    post: Post,
) -> None:
    await post.bring(signed(), first_look=True)
    post.place = replace(post.place, way=replace(post.place.way, checks_dkim=False))  # type: ignore[type-var]
    await post.bring(signed(bodies(1)[0]))
    assert post.names.asked == []
    assert [verdict for verdict, _ in await post.verdicts()] == ["unverified"] * 2


async def test_a_rebuild_keeps_what_was_found_though_the_key_is_gone(
    quiet_room: PostRoom, post: Post
) -> None:
    await post.bring(signed())
    before = await post.verdicts()
    post.names.records.clear()
    await again(quiet_room)
    assert await post.verdicts() == before
    assert before[0][0] == "verified"


async def test_names_of_a_senders_choosing_are_asked_for_only_where_they_can_be_names(
    post: Post,
) -> None:
    odd = [b"..", b"a/b", b"x" * 300, b"\xff", b"sel\x00", b"", b"-", b"*"]
    fields = b"".join(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=%s; s=%s; h=from; bh=; b=\r\n" % (name, name)
        for name in odd
    )
    async with asyncio.timeout(10):
        await post.bring(fields + signed())
    assert [name for name, _ in post.names.asked] == [NAME]
