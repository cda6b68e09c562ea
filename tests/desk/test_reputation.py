"""A domain of whose mail too much comes back, or is called unwanted, pauses and says so; a person
lets it go on. Reports come as mail, and what they may say is decided where they always are."""

from collections.abc import Callable, Sequence

import pytest
from policies import write_policy
from reports_of_sends import report
from rooms import Agent, Postman, TestClock, approve, letter, rows
from work.test_reports_of_sends import id_of, taken
from work.test_suppressing import VERIFIED

from postroom.build import PostRoom
from postroom.index import carrying, journal, sends
from postroom.index.database import Connection
from postroom.model.answers import SendAnswer
from postroom.model.callers import Caller, operator
from postroom.model.errors import Conflict, NotFound, Refused
from postroom.model.requests import SendRequest
from postroom.model.sends import RecipientOutcome, RecipientReply, SendStatus
from postroom.policy_file import CurrentPolicy
from postroom.settings import Settings
from postroom.work.domains.standings import Standings
from postroom.work.term import Term

DOMAIN = "agents.localhost"
HOUR, DAY = 3_600, 86_400
POLICY = """
default = "allow"
timezone = "UTC"
[reputation]
bounces = { warn = 0.1, pause = 0.3 }
complaints = { warn = 0.1, pause = 0.2 }
least = 10
"""


@pytest.fixture(autouse=True)
def policy(settings: Settings) -> None:
    write_policy(settings.home, POLICY)


async def look(room: PostRoom) -> None:
    """A worker looks at how domains stand."""
    term = await room.index.read(lambda con: int(journal.sql.meta(con, key="term")))
    current = CurrentPolicy(room.settings.policy_file, room.index)
    await Standings(Term(room.index, term), current).round()


async def sent_to(room: PostRoom, ada: Agent, *people: str) -> list[SendAnswer]:
    """A mail to each, which their servers took."""
    answers = [await ada.send(f"Hello {one}.", one) for one in people]
    for answer in answers:
        await taken(room, answer)
    return answers


Says = Callable[[SendAnswer, str], bytes]
"""A report about a mail and one of its recipients."""


def people(many: int) -> list[str]:
    return [f"p{n}@far.example" for n in range(many)]


def bounced(answer: SendAnswer, address: str) -> bytes:
    return report((address, "failed", "5.1.1"), id=id_of(answer))


def complained(answer: SendAnswer, address: str) -> bytes:
    """An ARF report (RFC 5965)."""
    text = (
        "From: feedback@far.example\nTo: ada@agents.localhost\nSubject: Abuse\nMIME-Version: 1.0\n"
        "Content-Type: multipart/report; report-type=feedback-report; boundary=b\n\n"
        "--b\n\nUnwanted.\n--b\nContent-Type: message/feedback-report\n\n"
        f"Feedback-Type: abuse\nVersion: 1\nUser-Agent: x\nOriginal-Rcpt-To: {address}\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <{id_of(answer)}>\n\n--b--\n"
    )
    return text.replace("\n", "\r\n").encode()


async def paused(room: PostRoom) -> bool:
    await look(room)
    return (await room.desk.reputation.show(operator(), DOMAIN)).state == "paused"


async def pause(room: PostRoom, ada: Agent, postman: Postman) -> None:
    """Let enough mail come back."""
    whom = people(10)
    answers = await sent_to(room, ada, *whom)
    for answer, address in list(zip(answers, whom, strict=True))[:3]:
        await postman.bring(ada.address, bounced(answer, address))
    assert await paused(room)


async def test_mail_that_comes_back_pauses_the_domain_at_its_threshold(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    whom = people(10)
    answers = await sent_to(quiet_room, ada, *whom)
    for count, (answer, address) in enumerate(zip(answers[:3], whom, strict=False), 1):
        await postman.bring(ada.address, bounced(answer, address))
        assert await paused(quiet_room) is (count == 3)
    found = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert found.says.endswith("mail to 3 of 10 recipients came back for good (30.00%)")
    assert (found.bounces.people, found.bounces.share) == (3, 0.3)
    waits = await ada.send("More.", "new@far.example")
    assert waits.status == "queued"
    assert "is paused: mail to 3 of 10 recipients came back" in str(waits.reason)
    assert (await ada.send("More.", "new@far.example")).duplicate
    shown = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert shown.waiting == 1


async def test_a_complaint_is_one_however_often_it_is_made(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    whom = people(15)
    answers = await sent_to(quiet_room, ada, *whom)
    for number in range(9):
        raw = complained(answers[0], whom[0]).replace(b"Subject: Abuse", b"Subject: %d" % number)
        await postman.bring(ada.address, raw)
    assert not await paused(quiet_room)
    found = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert (found.complaints.recipients, found.bounces.recipients) == (1, 0)
    for answer, address in zip(answers[1:3], whom[1:3], strict=True):
        await postman.bring(ada.address, complained(answer, address))
    assert await paused(quiet_room)
    assert (await quiet_room.desk.reputation.show(operator(), DOMAIN)).says.endswith("(20.00%)")


FORGED = "Authentication-Results: post.localhost; dmarc=fail header.from=far.example\r\n"


async def test_what_is_made_up_by_whoever_did_not_get_the_mail_counts_nothing(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    whom = people(10)
    answers = await sent_to(quiet_room, ada, *whom)
    for answer, address in zip(answers, whom, strict=True):
        named = bounced(answer, address)
        for raw in (
            report((address, "failed", "5.1.1")),  # the address alone
            report((address, "failed", "5.1.1"), id=f"s_0000000000@{DOMAIN}"),
            report(("other@far.example", "failed", "5.1.1"), ("x@y.example", "failed", "5.1.1"),
                   id=id_of(answer)),
            FORGED.encode() + named,
        ):  # fmt: skip
            await postman.bring(ada.address, raw)
    assert not await paused(quiet_room)
    found = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert (found.recipients, found.bounces.recipients) == (10, 0)


async def test_two_people_cannot_stop_a_domain_however_much_they_were_sent(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    whom = ["eve@far.example", "eve+1@far.example", "mallory@far.example"] * 4
    answers = [await ada.send(f"Hello {n}.", one) for n, one in enumerate(whom)]
    for answer in answers:
        await taken(quiet_room, answer)
    for answer, address in zip(answers, whom, strict=True):
        await postman.bring(ada.address, complained(answer, address))
    assert not await paused(quiet_room)
    found = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert (found.complaints.recipients, found.complaints.people) == (12, 2)


@pytest.mark.parametrize("by", ["one report", "a report for each"])
@pytest.mark.parametrize("says", [complained, bounced])
async def test_whoever_got_a_mail_with_others_speaks_against_a_domain_for_himself(
    quiet_room: PostRoom, ada: Agent, postman: Postman, says: Says, by: str
) -> None:
    some, three = people(10), ["eve@far.example", "x@other.example", "y@third.example"]
    await sent_to(quiet_room, ada, *some)
    together = [await ada.send(f"Hello {n}.", tuple(three)) for n in range(3)]
    for answer in together:
        await taken(quiet_room, answer)
        raws = [says(answer, address) for address in three]
        if by == "one report":
            raws = [naming(raws[0], three)]
        await postman.bring(ada.address, *raws)
    assert not await paused(quiet_room)
    found = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert (found.complaints.people, found.bounces.people) in ((1, 0), (0, 1))
    for address in some[:2]:  # and two others, each for himself
        (answer,) = await sent_to(quiet_room, ada, address)
        await postman.bring(ada.address, says(answer, address))
    assert await paused(quiet_room)


def naming(raw: bytes, addresses: Sequence[str]) -> bytes:
    """A report about one that is about several."""
    field, _, rest = raw.partition(b"eve@far.example")
    name = field[field.rindex(b"\n") + 1 :]
    if name.startswith(b"Original"):
        more = b"".join(b"\r\n%s%s" % (name, one.encode()) for one in addresses[1:])
        return raw.replace(b"eve@far.example", b"eve@far.example" + more, 1)
    group = name + b"%s\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    more = b"".join(group % one.encode() for one in addresses[1:])
    return field[: -len(name)] + more + name + b"eve@far.example" + rest


async def test_a_refusal_counts_and_what_is_put_off_or_within_the_room_does_not(
    quiet_room: PostRoom, ada: Agent
) -> None:
    ben = await Agent(quiet_room, "ben").open()
    for number in range(10):
        whom = [f"p{number}@far.example"]
        answer = await ada.send(f"M{number}.", (*whom, ben.address))
        await taken(quiet_room, answer, refused=[*whom, ben.address] if number < 2 else ())
    found = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert (found.recipients, found.bounces.recipients, found.state) == (10, 2, "well")
    await taken(quiet_room, await ada.send("One more.", "p9@far.example"), ["p9@far.example"])
    assert await paused(quiet_room) is False  # 3 of 11
    assert (await quiet_room.desk.reputation.show(operator(), DOMAIN)).state == "warn"


async def test_what_is_older_than_the_window_says_nothing(
    quiet_room: PostRoom, ada: Agent, postman: Postman, clock: TestClock
) -> None:
    whom = people(10)
    answers = await sent_to(quiet_room, ada, *whom)
    clock.jump(8 * DAY)
    for answer, address in zip(answers, whom, strict=True):
        await postman.bring(ada.address, bounced(answer, address))
    assert not await paused(quiet_room)


async def test_answers_to_those_who_wrote_and_mail_within_the_room_go_on(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    ben = await Agent(quiet_room, "ben").open()
    raw = letter("carl@far.example", more=VERIFIED, id="1@far.example")
    await postman.bring(ada.address, raw, letter("dan@other.example", id="2@other.example"))
    await pause(quiet_room, ada, postman)
    got = (await ada.wait(timeout=0)).messages
    threads = {each.from_: each.thread_id for each in got}
    answers = {
        who: await ada.send("An answer.", thread_id=threads[who], confirm=True)
        for who in ("carl@far.example", "dan@other.example")
    }
    within = await ada.send("Hello.", ben.address)
    asked = "SELECT public_id FROM sends WHERE paused = 1"
    kept = {row[0] for row in await quiet_room.index.read(lambda con: rows(con, asked))}
    assert kept == {answers["dan@other.example"].send_id}  # who is not verified
    assert "paused" not in str(within.reason)
    more = await ada.send(
        "And others.", "x@far.example", thread_id=threads["carl@far.example"], confirm=True
    )
    assert "paused" in str(more.reason)


async def test_what_a_person_lets_go_goes_though_the_domain_is_paused(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await pause(quiet_room, ada, postman)
    held = await ada.send("Look.", "x@far.example", hold_for_review="Look.")
    assert held.status == "held"
    await approve(quiet_room, held.send_id)
    asked = "SELECT status, paused FROM sends WHERE public_id = ?"
    found = await quiet_room.index.read(lambda con: rows(con, asked, held.send_id))
    assert found == [("queued", 0)]


async def test_a_person_lets_it_go_on_and_what_went_before_says_nothing_any_more(
    quiet_room: PostRoom, ada: Agent, postman: Postman, clock: TestClock
) -> None:
    await pause(quiet_room, ada, postman)
    await ada.send("Waits.", "x@far.example")
    clock.jump(3 * DAY)
    done = await quiet_room.desk.reputation.resume(operator(), DOMAIN)
    assert (done.domain, done.sends) == (DOMAIN, 1)
    asked = "SELECT reason, paused, released_at FROM sends ORDER BY id DESC LIMIT 1"
    ((reason, kept, released),) = await quiet_room.index.read(lambda con: rows(con, asked))
    assert (reason, kept) == ("", 0)
    assert float(str(released)) == pytest.approx(clock(), abs=5)
    assert not await paused(quiet_room)
    found = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert (found.state, found.recipients, found.bounces.recipients) == ("well", 0, 0)
    with pytest.raises(Conflict):
        await quiet_room.desk.reputation.resume(operator(), DOMAIN)
    with pytest.raises(NotFound):
        await quiet_room.desk.reputation.resume(operator(), "elsewhere.example")
    with pytest.raises(Refused):
        await quiet_room.desk.reputation.resume(Caller(agent="ada"), DOMAIN)


async def test_it_is_told_as_events_and_by_doctor_and_figures(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await pause(quiet_room, ada, postman)
    report = await quiet_room.desk.health.report(operator())
    (check,) = [each for each in report.checks if each.name == "reputation"]
    assert not check.ok
    assert f"postroom domains resume {DOMAIN}" in str(check.next_step)
    figures = await quiet_room.desk.metrics.now(operator())
    assert figures.paused == {DOMAIN: True}
    assert (await quiet_room.desk.metrics.readiness()).policy
    await quiet_room.desk.reputation.resume(operator(), DOMAIN)
    page = await quiet_room.desk.events.list(operator(), after="begin", types=["domain.*"])
    told = [each.model_dump(exclude={"id", "at"}, exclude_none=True) for each in page.events]
    assert told == [
        {"type": "domain.paused", "domain": DOMAIN, "cause": "bounces", "against": 3,
         "recipients": 10},
        {"type": "domain.resumed", "domain": DOMAIN, "sends": 0},
    ]  # fmt: skip
    report = await quiet_room.desk.health.report(operator())
    assert not [each for each in report.checks if each.name == "reputation"]


async def test_explain_says_what_a_draft_would_wait_for(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await pause(quiet_room, ada, postman)
    draft = SendRequest(text="Two.", to=("c@far.example",), mailbox=ada.address)
    told = await quiet_room.desk.policies.explain_draft(operator(), draft)
    assert (told.action, "is paused" in str(told.waits_for)) == ("allow", True)
    sent = await ada.send("Two.", "c@far.example")
    then = await quiet_room.desk.policies.explain_send(operator(), str(sent.send_id))
    assert (then.action, then.waits_for) == ("allow", sent.reason)
    await quiet_room.desk.reputation.resume(operator(), DOMAIN)
    then = await quiet_room.desk.policies.explain_send(operator(), str(sent.send_id))
    assert then.waits_for is None


def names(found: Sequence[object]) -> list[str]:
    return [str(getattr(each, "domain", "")) for each in found]


async def test_domains_are_listed_from_which_mail_went_outside(
    quiet_room: PostRoom, ada: Agent
) -> None:
    assert (await quiet_room.desk.reputation.list(operator())).domains == ()
    await sent_to(quiet_room, ada, "x@far.example")
    (found,) = (await quiet_room.desk.reputation.list(operator())).domains
    assert (found.domain, found.recipients, found.state) == (DOMAIN, 1, "well")
    assert found.warmup is None


async def refused(room: PostRoom, answer: SendAnswer, code: int, text: str) -> None:
    """The server that takes our mail refuses a send for everybody."""

    def change(con: Connection) -> None:
        row = sends.by_public_id(con, str(answer.send_id))
        assert row is not None
        carrying.note(
            con,
            row["id"],
            [
                RecipientReply(
                    address=one["address"], outcome=RecipientOutcome.REFUSED, code=code, text=text
                )
                for one in sends.recipients(con, row["id"])
            ],
        )
        carrying.settle(con, room.index.clock(), row["id"], SendStatus.FAILED)

    await room.index.write(change)


SAYS = (
    (550, "5.1.1 <p@far.example>: no such user", True),
    (550, "5.1.10 <p@far.example>: null MX", True),
    (550, "5.1.2", True),
    (550, "5.2.1 disabled", True),
    (553, "5.1.3 bad address", True),
    (550, "No such user here", True),
    (550, "5.7.1 <p@far.example>: Recipient address rejected: this host sends no mail to"
     " elsewhere", False),
    (554, "5.7.1 <p@far.example>: Relay access denied", False),
    (550, "5.1.17 of another thing", False),
    (554, "Transaction failed", False),
    (552, "5.2.3 too big", False),
)  # fmt: skip


@pytest.mark.parametrize(("code", "text", "counts"), SAYS)
async def test_only_a_refusal_that_says_nobody_is_there_counts_and_no_other_left(
    quiet_room: PostRoom, ada: Agent, code: int, text: str, counts: bool
) -> None:
    await sent_to(quiet_room, ada, "well@far.example")
    await refused(quiet_room, await ada.send("Hello.", "p@far.example"), code, text)
    found = await quiet_room.desk.reputation.show(operator(), DOMAIN)
    assert (found.recipients, found.bounces.recipients) == ((2, 1) if counts else (1, 0))


async def test_what_our_own_host_refuses_leaves_its_place_in_the_plan(
    quiet_room: PostRoom, ada: Agent, settings: Settings
) -> None:
    write_policy(settings.home, POLICY + "[warmup]\ndomain = [1]\n")
    refusal = "5.7.1 <p@far.example>: Relay access denied"
    await refused(quiet_room, await ada.send("Hello.", "p@far.example"), 554, refusal)
    assert "warm-up" not in str((await ada.send("Hello.", "q@far.example")).reason)
    assert "warm-up" in str((await ada.send("Hello.", "r@far.example")).reason)
