"""Over a limit a mail waits its turn, and what would wait too long is denied."""

import asyncio

import pytest
from policies import write_policy
from rooms import Agent, Postman, TestClock, letter, rows

from postroom.build import PostRoom
from postroom.index.database import Connection
from postroom.model.callers import operator
from postroom.model.requests import SendRequest
from postroom.settings import Settings

HOUR = 3600


async def turns(room: PostRoom) -> list[float]:
    """When each send may go, seconds from when it was filed, in order."""
    found = await room.index.read(
        lambda con: rows(con, "SELECT max(not_before - created_at, 0) FROM sends ORDER BY id")
    )
    return [round(float(str(row[0]))) for row in found]


async def statuses(ada: Agent, *addresses: str) -> list[str]:
    sent = [await ada.send(f"Mail {n}.", to) for n, to in enumerate(addresses)]
    return [one.status for one in sent]


CASES = (
    ("mailbox = '2/hour'", ("a@x.test", "b@y.test", "c@z.test"), 2),
    ("agent = '2/hour'", ("a@x.test", "b@y.test", "c@z.test"), 2),
    ("recipient = '1/hour'", ("a@x.test", "b@x.test", "A@X.test"), 2),
    ("domain = '2/hour'", ("a@x.test", "b@X.test", "c@x.test"), 2),
    ("first_contacts = '1/hour'", ("a@x.test", "a@x.test", "b@x.test"), 2),
)


@pytest.mark.parametrize(("limit", "addresses", "over"), CASES)
async def test_what_is_over_a_limit_waits_its_turn(
    quiet_room: PostRoom,
    ada: Agent,
    settings: Settings,
    limit: str,
    addresses: tuple[str, ...],
    over: int,
) -> None:
    write_policy(settings.home, f'default = "allow"\n[limits]\n{limit}\nhorizon = "1 day"\n')
    assert await statuses(ada, *addresses) == ["queued"] * 3
    found = await turns(quiet_room)
    assert found[:over] == [0, 0]
    assert HOUR - 5 <= found[over] <= HOUR


async def test_a_domain_of_another_script_is_limited_in_either_form(
    quiet_room: PostRoom, ada: Agent, postman: Postman, settings: Settings
) -> None:
    write_policy(settings.home, "default = 'allow'\n[limits]\nrecipient = '1/hour'\n")
    await postman.bring(ada.address, letter("ben@bücher.example", id="1@x"))
    thread = (await ada.wait(timeout=0)).messages[0].thread_id
    assert thread is not None
    for text in ("One.", "Two."):
        await ada.send(text, thread_id=thread, confirm=True)
    assert (await turns(quiet_room))[1] > 0


async def test_each_one_more_waits_for_its_own_turn(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    write_policy(
        settings.home, "default = 'allow'\n[limits]\nmailbox = '1/hour'\nhorizon = '3 hours'\n"
    )
    said = []
    for number in range(5):
        answer = await ada.send(f"Mail {number}.", f"n{number}@x.test")
        said.append((answer.status, answer.reason or ""))
        clock.jump(60)
    assert [status for status, _ in said] == ["queued"] * 4 + ["denied"]
    found = await turns(quiet_room)
    assert [round((each + 60 * n) / HOUR) for n, each in enumerate(found[:4])] == [0, 1, 2, 3]
    assert "goes out by itself" in said[1][1]
    assert "sending it again changes nothing" in said[4][1]


async def test_a_paced_mail_is_not_due_before_its_turn_and_goes_then(
    room: PostRoom, agents: tuple[Agent, Agent], settings: Settings, clock: TestClock
) -> None:
    ada, ben = agents
    write_policy(settings.home, "default = 'allow'\n[limits]\nmailbox = '1/minute'\n")
    first = await ada.send("First.", ben.address)
    second = await ada.send("Second.", ben.address)
    assert (first.status, second.status) == ("sent", "queued")
    assert (await ada.send("Second.", ben.address)).duplicate
    clock.jump(61)
    await ada.send("Third.", ben.address)  # a change: the courier looks
    after, words = None, set[str | None]()
    while "Second." not in words:
        got = await ben.wait(after=after)
        assert got.outcome == "reply"
        after, words = got.after, words | {each.untrusted_text for each in got.messages}


async def test_a_retry_of_what_waits_its_turn_is_the_same_send_however_late(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    write_policy(settings.home, "default = 'allow'\n[limits]\nmailbox = '1/hour'\n")
    await ada.send("First.", "a@x.test")
    waits = await ada.send("Second.", "a@x.test")
    clock.jump(HOUR / 2)
    again = await ada.send("Second.", "a@x.test")
    assert (again.send_id, again.duplicate) == (waits.send_id, True)


async def test_however_many_send_at_once_no_more_go_than_may(
    quiet_room: PostRoom, ada: Agent, settings: Settings
) -> None:
    write_policy(
        settings.home, "default = 'allow'\n[limits]\nmailbox = '5/hour'\nhorizon = '3 hours'\n"
    )
    await asyncio.gather(*(ada.send(f"Mail {n}.", f"n{n}@x.test") for n in range(12)))
    found = await turns(quiet_room)
    assert sorted(each > 0 for each in found) == [False] * 5 + [True] * 7
    states = await quiet_room.index.read(
        lambda con: rows(con, "SELECT status, count(*) FROM sends GROUP BY status ORDER BY status")
    )
    assert states == [("queued", 12)]


async def test_what_waits_for_a_person_counts_nothing_and_a_window_slides(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    rule = "[[rules]]\nname = 'h'\nwhen = 'draft.subject == \"H\"'\nthen = 'hold'\nreason = 'x'\n"
    write_policy(settings.home, f"default = 'allow'\n{rule}[limits]\nmailbox = '1/hour'\n")
    held = await ada.send("One.", "a@x.test", subject="H")
    assert held.status == "held"
    assert (await ada.send("Two.", "a@x.test")).reason != held.reason
    clock.jump(HOUR + 1)
    await ada.send("Three.", "a@x.test")
    assert await turns(quiet_room) == [0, 0, 0]


async def test_other_mailboxes_and_agents_have_their_own_turns(
    quiet_room: PostRoom, ada: Agent, settings: Settings
) -> None:
    write_policy(settings.home, "default = 'allow'\n[limits]\nmailbox = '1/hour'\n")
    ben = await Agent(quiet_room, "ben").open()
    other = await Agent(quiet_room, "ada").open("ada-two")
    for agent in (ada, ben, other):
        await agent.send("Hello.", "a@x.test")
    assert await turns(quiet_room) == [0, 0, 0]
    write_policy(settings.home, "default = 'allow'\n[limits]\nmailbox = []\nagent = '2/hour'\n")
    await ada.send("More.", "a@x.test")
    assert (await turns(quiet_room))[-1] > 0


async def test_more_people_at_once_than_may_be_met_are_denied(
    ada: Agent, settings: Settings
) -> None:
    write_policy(settings.home, "default = 'allow'\n[limits]\nfirst_contacts = '2/day'\n")
    denied = await ada.send("Hello.", ("a@x.test", "b@x.test", "c@x.test"))
    assert denied.status == "denied"
    assert (await ada.send("Hello.", ("a@x.test", "b@x.test"))).status == "queued"


async def test_an_operators_mail_is_counted_like_any(
    quiet_room: PostRoom, ada: Agent, settings: Settings
) -> None:
    write_policy(settings.home, "default = 'allow'\n[limits]\nmailbox = '1/hour'\n")
    asked = SendRequest(text="Hello.", mailbox=ada.address, to=("a@x.test",))
    await quiet_room.desk.sending.send(operator(), asked)
    await ada.send("Hello too.", "a@x.test")
    assert (await turns(quiet_room))[-1] > 0


async def test_what_is_scheduled_counts_at_its_time_and_not_before(
    quiet_room: PostRoom, ada: Agent, settings: Settings
) -> None:
    write_policy(
        settings.home,
        "default = 'allow'\n[limits]\nmailbox = '2/hour'\nrecipient = '2/hour'\n"
        "[[rules]]\nname = 'busy'\nwhen = 'counts.hour > 2'\nthen = 'hold'\nreason = 'x'\n",
    )
    sending = quiet_room.desk.sending
    for number in range(3):
        request = SendRequest(text=f"Later {number}.", to=("a@x.test",), mailbox=ada.address)
        await sending.send(operator(), request, at="7d")
    assert await statuses(ada, "a@x.test", "a@x.test") == ["queued", "queued"]
    day = 86_400
    assert await turns(quiet_room) == [7 * day, 7 * day, 7 * day + HOUR, 0, 0]


async def test_a_clock_that_was_ahead_leaves_nothing_that_counts_now(
    quiet_room: PostRoom, ada: Agent, settings: Settings, clock: TestClock
) -> None:
    write_policy(settings.home, "default = 'allow'\n[limits]\nmailbox = '1/hour'\n")
    clock.jump(3 * 86_400)
    await ada.send("Ahead.", "a@x.test")
    clock.jump(-3 * 86_400)
    await ada.send("Now.", "a@x.test")
    assert await turns(quiet_room) == [0, 0]


@pytest.mark.parametrize("limit", ["recipient", "domain", "mailbox", "agent"])
@pytest.mark.parametrize("status", ["denied", "held"])
async def test_what_never_went_hides_nothing_that_did(
    quiet_room: PostRoom,
    ada: Agent,
    settings: Settings,
    clock: TestClock,
    limit: str,
    status: str,
) -> None:
    write_policy(
        settings.home, f"default = 'allow'\n[limits]\n{limit} = '2/hour'\nhorizon = '1 hour'\n"
    )
    await statuses(ada, *["a@x.test"] * 4)  # two at once, two in an hour
    for number in range(2):
        review = "Is it right?" if status == "held" else None
        answer = await ada.send(f"More {number}.", "a@x.test", hold_for_review=review)
        assert answer.status == status
    clock.jump(HOUR + 120)
    for number in range(3):
        await ada.send(f"Late {number}.", "a@x.test")
    found = await quiet_room.index.read(
        lambda con: rows(
            con, "SELECT max(created_at, not_before) FROM sends WHERE status = 'queued' ORDER BY 1"
        )
    )
    times = [float(str(row[0])) for row in found]
    assert max(sum(at <= one < at + HOUR for one in times) for at in times) == 2


SAME = (
    ("Ünal@x.test", "ünal@x.test"),
    ("u\N{COMBINING DIAERESIS}nal@x.test", "ünal@x.test"),
    ("STRASSE@x.test", "straße@x.test"),
    ("ben@bücher.example", "ben@xn--bcher-kva.example"),
    ("ben@BÜCHER.example", "Ben+lists@xn--bcher-kva.example"),
    ("ben+1@x.test", "ben+2@x.test"),
)


@pytest.mark.parametrize(("one", "other"), SAME)
async def test_a_person_is_limited_however_their_address_is_written(
    quiet_room: PostRoom, ada: Agent, settings: Settings, one: str, other: str
) -> None:
    write_policy(settings.home, "default = 'allow'\n[limits]\nrecipient = '1/hour'\n")
    await statuses(ada, one, other)
    assert (await turns(quiet_room))[1] > 0


async def test_a_send_to_one_domain_counts_once_however_many_it_is_for(
    quiet_room: PostRoom, ada: Agent, settings: Settings
) -> None:
    write_policy(settings.home, "default = 'allow'\n[limits]\ndomain = '2/hour'\n")
    for number in range(3):
        request = SendRequest(
            text=f"{number}", to=("a@x.test", "b@x.test"), cc=("c@X.test",), mailbox=ada.address
        )
        await quiet_room.desk.sending.send(ada.caller, request)
    found = await turns(quiet_room)
    assert [each > 0 for each in found] == [False, False, True]


async def test_more_mailboxes_give_an_agent_no_more_mail(quiet_room: PostRoom, ada: Agent) -> None:
    """By the limits that hold without a file. Most sends are copied: 400 take a while."""
    others = [await Agent(quiet_room, "ada").open(f"more-{name}") for name in "ab"]
    boxes = [ada.address, *(other.address for other in others)]
    for box in boxes:
        await ada.send("First.", "a@x.test", mailbox=box)
    await quiet_room.index.write(lambda con: _multiply(con, 133))
    answer = await ada.send("One more.", "b@x.test", mailbox=boxes[-1])
    assert answer.status == "queued"
    last = await ada.send("And another.", "c@x.test", mailbox=boxes[0])
    assert "All your mailboxes together may send 400 an hour" in (last.reason or "")


def _multiply(con: Connection, times: int) -> None:
    """Each send that is there, so many times in all."""
    con.execute(
        "WITH RECURSIVE n (n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM n WHERE n < ?)"
        " INSERT INTO sends (public_id, mailbox_id, mail_id, actor, status, sender, content_hash,"
        " verdict, created_at, not_before, owner)"
        " SELECT public_id || '-' || n, mailbox_id, mail_id, actor, status, sender, x'', verdict,"
        " created_at, not_before, owner FROM sends, n",
        (times,),
    )
