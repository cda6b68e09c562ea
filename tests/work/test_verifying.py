"""Mail of which everything is verified here: with a real name server, through the real intake."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace

import pytest
from dns_chains import key_name, sealed
from dns_signatures import MAIL, NAME, key, signed
from index.derived import again
from rooms import Agent, TestClock, letter, rows
from servers.dns import NameServer, name_server
from ways import OtherWay, nowhere

from postroom.accounts.verification import Verification
from postroom.build import PostRoom
from postroom.dns.resolver import Resolver
from postroom.dns.senders.answers import Answers
from postroom.imap.mail import FetchedMail
from postroom.index import journal, mailboxes
from postroom.index.folders import Folder, Progress
from postroom.mime.parse import parse
from postroom.mime.senders.domains import ascii_domain, is_host_name
from postroom.model.arrivals import Arrival
from postroom.model.callers import operator
from postroom.model.evidence import Checks, DmarcResult
from postroom.work.intake import Intake
from postroom.work.places import Place, Role
from postroom.work.signing import from_domain
from postroom.work.term import Term
from postroom.work.verifying import PATIENCE_SECONDS, Verifier

BANK, LIST = "203.0.113.9", "198.51.100.7"
HOST = "mx.agents.localhost"


def quoted(text: str) -> str:
    return " ".join(f'"{text[at : at + 200]}"' for at in range(0, len(text), 200))


def zone() -> str:
    return f"""
{NAME}. 60 IN TXT {quoted(key()[1])}
{key_name("list.example")}. 60 IN TXT {quoted(key()[1])}
bank.example. 60 IN TXT "v=spf1 ip4:{BANK} -all"
_dmarc.bank.example. 60 IN TXT "v=DMARC1; p=reject"
soft.example. 60 IN TXT "v=spf1 ip4:{BANK} -all"
_dmarc.soft.example. 60 IN TXT "v=DMARC1; p=none"
plain.example. 60 IN TXT "v=spf1 ip4:{BANK} -all"
"""


@dataclass
class Post:
    """Brings mail on a way that verifies all of it."""

    agent: Agent
    intake: Intake
    verifier: Verifier
    names: NameServer
    place: Place
    uids: int = field(default=0)

    async def bring(
        self, raw: bytes, client: str = BANK, sender: str = "ada@bank.example", helo: str = "out"
    ) -> tuple[str, str]:
        """The verdict, and what an operator is told of it."""
        arrival = Arrival(client=client, helo=helo, sender=sender)
        found = await self.intake.verify(self.place.way, raw, arrival)
        self.uids += 1
        mail, progress = FetchedMail(self.uids, raw, None, ()), Progress(last_uid=self.uids)
        await self.intake.take(self.place, [mail], progress, verified=found)
        return await self.told()

    async def told(self) -> tuple[str, str]:
        room = self.agent.room
        question = "SELECT m.public_id, g.verdict FROM messages g JOIN mail m ON m.id = g.mail_id"
        found = await room.index.read(lambda con: rows(con, question + " ORDER BY g.mail_id"))
        id, verdict = found[-1]
        trace = await room.desk.tracing.trace(operator(), str(id))
        said = [step.detail or "" for step in trace.steps if step.what.startswith("sender taken")]
        return str(verdict), said[-1]

    def trust(self, **more: object) -> None:
        asked = Verification(verify=True, **more)  # type: ignore[arg-type]
        way = replace(self.place.way, verification=asked)  # type: ignore[type-var]
        self.place = replace(self.place, way=way)


@pytest.fixture
async def post(quiet_room: PostRoom, ada: Agent, clock: TestClock) -> AsyncIterator[Post]:
    index = quiet_room.index
    number = await index.write(lambda con: journal.begin_term(con, index.clock(), 1, "test"))
    box = await index.read(lambda con: mailboxes.by_address(con, ada.address))
    assert box is not None
    async with name_server(zone()) as names:
        verifier = Verifier(Answers(Resolver(names.address, patience=0.3), clock))
        way = OtherWay(
            frozenset({"agents.localhost"}), nowhere, verification=Verification(verify=True)
        )
        place = Place(Folder(box.id, "other", "INBOX", 1), Role.INBOX, way, since=0.0)
        intake = Intake(Term(index, number), verifier=verifier)
        yield Post(ada, intake, verifier, names, place)


async def test_who_may_hand_over_the_domains_mail_is_verified_and_who_may_not_is_forged(
    post: Post,
) -> None:
    verdict, said = await post.bring(MAIL)
    assert verdict == "verified"
    assert "dmarc=pass (spf)" in said
    assert f"client {BANK} (out); spf=pass smtp.mailfrom=bank.example" in said
    verdict, said = await post.bring(MAIL + b"2", client=LIST)
    assert verdict == "forged"
    assert "dmarc=fail, and the From domain asks for reject" in said
    assert "spf=fail smtp.mailfrom=bank.example" in said
    assert "dmarc=fail (p=reject at bank.example) header.from=bank.example" in said


async def test_a_signature_of_the_from_domain_verifies_wherever_it_comes_from(post: Post) -> None:
    verdict, said = await post.bring(signed(), client=LIST, sender="bounces@list.example")
    assert verdict == "verified"
    assert "dmarc=pass (dkim)" in said
    assert "dkim=pass header.d=bank.example" in said


async def test_an_agent_is_told_why_a_mail_is_forged_and_no_strangers_word(post: Post) -> None:
    await post.bring(letter("ada@pay-now.bank.example"), client=LIST)
    (told,) = (await post.agent.wait()).messages
    assert told.sender_verdict == "forged"
    assert told.sender_evidence == "dmarc=fail, and the From domain asks for reject"


async def test_a_domain_that_asks_for_nothing_or_has_no_policy_makes_nobody_forged(
    post: Post,
) -> None:
    soft = letter("ada@soft.example")
    assert (await post.bring(soft, LIST, "a@soft.example"))[0] == "unverified"
    plain = letter("ada@plain.example")
    verdict, said = await post.bring(plain, LIST, "a@plain.example")
    assert (verdict, "the From domain has no DMARC" in said) == ("unverified", True)
    verdict, said = await post.bring(plain + b"2", BANK, "a@plain.example")
    assert (verdict, "of the From domain (spf), which has no DMARC" in said) == ("verified", True)


async def test_who_is_not_known_to_have_handed_it_over_has_forged_nothing(post: Post) -> None:
    verdict, said = await post.bring(MAIL, client="")
    assert verdict == "unverified"
    assert "dmarc=temperror: who handed it over is not known" in said
    assert "client not known" in said


async def test_the_topmost_received_field_of_ones_own_server_says_who_handed_it_over(
    post: Post,
) -> None:
    def raw(client: str, host: str = HOST, above: str = "") -> bytes:
        way = f"Received: from out (unknown [{client}])\r\n\tby {host} (Postfix) with ESMTP id 1"
        return f"{above}Return-Path: <ada@bank.example>\r\n{way}; now\r\n".encode() + MAIL

    async def brought(mail: bytes) -> str:
        return (await post.bring(mail, client="", sender=""))[0]

    assert await brought(raw(BANK)) == "unverified"
    post.trust(received_by=(HOST, "store.agents.localhost"))
    assert await brought(raw(BANK) + b"1") == "verified"
    assert await brought(raw(LIST) + b"2") == "forged"
    assert await brought(raw(BANK, "mx.evil.example") + b"3") == "unverified"
    local = f"Received: from {HOST} by store.agents.localhost with LMTP id 2; now\r\n"
    assert await brought(raw(LIST, above=local) + b"4") == "forged"
    bare = raw(BANK).partition(b"\r\n")[2] + b"6"  # no Return-Path: the envelope says it
    assert (await post.bring(bare, client="", sender="ada@bank.example"))[0] == "verified"
    odd = f"Received: from {LIST} by {HOST} with ESMTP id 2; now\r\n"
    assert await brought(raw(BANK, above=odd) + b"7") == "unverified"
    elsewhere = "Received: from x (x [203.0.113.1]) by mx.evil.example; now\r\n"
    assert await brought(raw(BANK, above=elsewhere) + b"5") == "unverified"


async def test_a_forwarder_that_is_trusted_speaks_for_what_it_changed(post: Post) -> None:
    changed = MAIL.replace(b"More.", b"More.\r\n-- \r\nThe list")
    passed = sealed(changed, "list.example", "dmarc=pass header.from=bank.example")
    failed = sealed(changed, "list.example", "dmarc=fail header.from=bank.example")
    silent = sealed(changed, "list.example", "spf=pass smtp.mailfrom=bank.example")
    sender = "bounces@list.example"
    assert (await post.bring(passed, LIST, sender))[0] == "forged"
    post.trust(arc_trusted=("list.example",))
    verdict, said = await post.bring(passed + b"\r\n", LIST, sender)
    assert verdict == "verified"
    assert "dmarc=pass, says list.example (ARC)" in said
    assert "arc=pass (list.example is trusted, and says dmarc=pass) seal.d=list.example" in said
    verdict, said = await post.bring(b"Subject: Pay\r\n" + passed, LIST, sender)
    assert (verdict, "says dmarc=pass, of a part only" in said) == ("unverified", True)
    assert (await post.bring(failed, LIST, sender))[0] == "forged"
    assert (await post.bring(silent, LIST, sender))[0] == "unverified"
    broken = passed.replace(b"The list", b"A stranger")
    assert (await post.bring(broken, LIST, sender))[0] == "forged"


async def test_who_logged_in_at_a_trusted_server_is_verified_whatever_the_dns_says(
    post: Post,
) -> None:
    way = replace(post.place.way, trusted=frozenset({"post.example"}))  # type: ignore[type-var]
    post.place = replace(post.place, way=way)
    field = "Authentication-Results: post.example; auth=pass smtp.auth=ada@bank.example"
    assert (await post.bring(letter("ada@bank.example", more=field), LIST))[0] == "verified"
    claimed = "Authentication-Results: post.example; dmarc=pass header.from=bank.example"
    assert (await post.bring(letter("ada@bank.example", more=claimed), LIST))[0] == "forged"


async def test_while_the_dns_is_silent_or_fails_mail_comes_soon_and_nothing_is_forged(
    post: Post, clock: TestClock
) -> None:
    names = {NAME, "bank.example", "_dmarc.bank.example", "_dmarc.example"}
    for number, broken in enumerate((post.names.failing, post.names.mute)):
        broken |= names
        begun = time.monotonic()
        verdict, said = await post.bring(signed() + b"x" * number, client=LIST)
        assert time.monotonic() - begun < PATIENCE_SECONDS + 2
        assert (verdict, "dmarc=temperror: the DNS did not answer" in said) == ("unverified", True)
        broken -= names
        clock.jump(120)
    post.names.mute.add("_dmarc.bank.example")
    assert (await post.bring(MAIL, client=LIST))[0] == "unverified"
    clock.jump(120)
    post.names.mute.clear()
    assert (await post.bring(MAIL + b"1", client=LIST))[0] == "forged"


def at_silent_servers(number: int) -> bytes:
    """A mail that names as many keys as are asked for, where nobody ever answers."""
    keys = range(20)
    seals = (f"ARC-Seal: i={i + 1}; a=rsa-sha256; cv=none; d=a{number}x{i}" for i in keys)
    signed = (f"DKIM-Signature: v=1; a=rsa-sha256; h=from; bh=AAAA; d=d{number}x{i}" for i in keys)
    fields = "".join(f"{field}.evil.example; s=s; b=AAAA\r\n" for field in (*seals, *signed))
    return fields.encode() + letter(f"x@m{number}.evil.example")


async def test_names_of_which_nobody_answers_hold_up_no_mail_of_others(clock: TestClock) -> None:
    shops = [f"shop{number}.example" for number in range(10)]
    records = "".join(
        f'{shop}. 60 IN TXT "v=spf1 ip4:{BANK} -all"\n'
        f'_dmarc.{shop}. 60 IN TXT "v=DMARC1; p=reject"\n'
        for shop in shops
    )
    async with name_server(records) as names:
        names.mute_below.add("evil.example")
        answers = Answers(Resolver(names.address, patience=1.0), clock)
        verifier = Verifier(answers)

        async def of(raw: bytes, sender: str) -> Checks:
            arrival = Arrival(client=BANK, helo="x", sender=sender)
            found = await verifier.of(raw, arrival, ("a0x0.evil.example",))
            assert found.checks is not None
            return found.checks

        flood = [
            asyncio.ensure_future(of(at_silent_servers(n), f"x@f{n}.evil.example"))
            for n in range(60)
        ]
        begun = time.monotonic()
        for shop in shops:
            await asyncio.sleep(0)
            assert (await of(letter(f"ada@{shop}"), f"ada@{shop}")).dmarc.by == ("spf",)
        assert time.monotonic() - begun < PATIENCE_SECONDS
        for each in await asyncio.gather(*flood):
            assert each.dmarc.result is DmarcResult.TEMPERROR
        assert len([name for name, _ in set(names.asked) if name.endswith("evil.example")]) <= 8
        await answers.close()


async def test_of_a_chain_without_anybody_trusted_no_key_is_asked_for(post: Post) -> None:
    raw = sealed(MAIL, "list.example", "dmarc=pass header.from=bank.example")
    await post.bring(raw)
    keys = {name for name, _ in post.names.asked if "_domainkey.list.example" in name}
    assert not keys
    post.trust(arc_trusted=("list.example",))
    await post.bring(raw + b"1")
    assert {name for name, _ in post.names.asked if "_domainkey.list.example" in name}


async def test_a_rebuild_keeps_what_was_found_though_the_dns_says_other_things(
    quiet_room: PostRoom, post: Post
) -> None:
    before = [await post.bring(MAIL), await post.bring(MAIL + b"1", client=LIST)]
    post.names.records.clear()
    await again(quiet_room)
    assert await post.told() == before[1]
    question = "SELECT verdict FROM messages ORDER BY mail_id"
    assert await quiet_room.index.read(lambda con: rows(con, question)) == [
        ("verified",),
        ("forged",),
    ]


def bomb(kind: str) -> str:
    """Records that are made to take long."""
    if kind == "loop":
        return 'bomb.example. 60 IN TXT "v=spf1 include:bomb.example include:bomb.example -all"\n'
    if kind == "redirect":
        return 'bomb.example. 60 IN TXT "v=spf1 redirect=bomb.example"\n'
    if kind == "macros":
        macros = "%{l1r-}.%{s}.%{l}" * 20
        return f"bomb.example. 60 IN TXT {quoted('v=spf1 ' + f'exists:{macros}.x.example ' * 10)}\n"
    if kind == "voids":
        terms = " ".join(f"a:n{n}.bomb.example" for n in range(200))
        return f"bomb.example. 60 IN TXT {quoted('v=spf1 ' + terms)}\n"
    if kind == "braces":
        return f"bomb.example. 60 IN TXT {quoted('v=spf1 a:' + '%{' * 8000)}\n"
    if kind == "hosts":
        hosts = "".join(f"bomb.example. 60 IN MX 1 n{n}.bomb.example.\n" for n in range(90))
        return 'bomb.example. 60 IN TXT "v=spf1 mx mx:bomb.example -all"\n' + hosts
    pieces = "".join(f'bomb.example. 60 IN TXT "v=spf1 {n} -all"\n' for n in range(50))
    return pieces + "".join(f'bomb.example. 60 IN TXT "{n:0200}"\n' for n in range(90))


BOMBS = ("loop", "redirect", "macros", "voids", "braces", "hosts", "many")


@pytest.mark.parametrize("kind", BOMBS)
async def test_a_record_made_to_take_long_costs_little_and_verifies_nobody(
    quiet_room: PostRoom, clock: TestClock, kind: str
) -> None:
    async with name_server(bomb(kind)) as names:
        verifier = Verifier(Answers(Resolver(names.address, patience=0.5), clock))
        arrival = Arrival(client=BANK, helo="x", sender="-" * 200 + "@bomb.example")
        begun = time.process_time()
        found = await verifier.of(letter("a@bomb.example"), arrival, ())
        assert time.process_time() - begun < 2.0
        assert len(names.asked) < 60
        assert found.checks is not None
        assert str(found.checks.spf.result) in ("permerror", "temperror", "none", "neutral")
        assert found.checks.dmarc.by == ()


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a thousand signatures": lambda: (
        b"".join(
            b"DKIM-Signature: v=1; a=rsa-sha256; d=d%d.example; s=a; h=from; bh=AAAA; b=AAAA\r\n"
            % n
            for n in range(1000)
        )
        + MAIL
    ),
    "many megabytes of white space": lambda: signed() + b"x  \t\r\n" * 2_000_000,
    "a header without end": lambda: b"X: y\r\n" * 200_000 + MAIL,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_mail_made_to_take_long_is_judged_in_bounded_time(post: Post, name: str) -> None:
    raw = HOSTILE[name]()
    begun = time.process_time()
    found = await post.verifier.of(raw, Arrival(client=LIST, sender="a@list.example"), ())
    assert time.process_time() - begun < 5
    assert found.checks is not None
    assert not found.checks.dmarc.by
    assert len(post.names.asked) < 30


EBCDIC = ["cp037", "cp500", "cp1140", "cp1026", "cp273"]
CHARSETS = [*EBCDIC, "utf-16", "utf-7", "hz", "koi8-r", "cp1251", "iso-8859-5", "utf-8", "gb18030"]


@pytest.mark.parametrize("charset", CHARSETS)
@pytest.mark.parametrize("address", ["ceo@bank.example", "ceo@\u0431\u0430\u043d\u043a.example"])
def test_the_from_domain_in_any_charset_is_verified_as_it_is_shown(
    charset: str, address: str
) -> None:
    written = address.encode(charset, "ignore").replace(b"\r", b"").replace(b"\n", b"")
    kind = f"Content-Type: text/plain; charset={charset}"
    raw = b"From: " + written + f"\r\n{kind}\r\nSubject: Hello\r\n\r\nHello.\r\n".encode()
    shown = parse(raw).sender
    domain = ascii_domain(shown.address.rpartition("@")[2]) if shown else ""
    assert from_domain(raw) == (domain if is_host_name(domain) else "")
    reads = charset in CHARSETS[8:] or written == b"ceo@bank.example"
    assert (domain in ("bank.example", "xn--80ab2al.example")) == reads
