"""Waiting: what is there comes at once, nothing is lost, nothing is consumed by itself."""

import asyncio
from functools import partial

import pytest
from rooms import FORGED, Agent, Postman, TestClock, eventually, letter

from postroom.build import PostRoom, open_room
from postroom.desk.waits import advice, waiting
from postroom.desk.waits.places import UNDISTURBED_SECONDS
from postroom.index import carrying, sends
from postroom.index.database import Connection
from postroom.model.answers import WaitAnswer
from postroom.model.callers import operator
from postroom.model.errors import InvalidRequest, NotFound, Unavailable
from postroom.model.limits import MAX_WAITS_PER_AGENT
from postroom.model.sends import SendStatus
from postroom.settings import Settings


def words(answer: WaitAnswer) -> list[str | None]:
    return [m.untrusted_text for m in answer.messages]


async def test_what_is_there_already_comes_at_once_and_again_until_it_is_acknowledged(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="1@x", text="One."), letter(id="2@x", text="Two."))
    async with asyncio.timeout(2):
        first = await ada.wait(timeout=60)
        second = await ada.wait(timeout=60)
    assert (first.outcome, words(first)) == ("reply", ["One.", "Two."])
    assert words(second) == words(first)
    assert len({m.thread_id for m in first.messages}) == 2
    assert (await ada.wait(after=first.after, timeout=0)).outcome == "timeout"
    assert (await ada.wait(timeout=0)).outcome == "timeout"


async def test_a_cursor_gives_the_same_until_a_later_one_is_passed(
    ada: Agent, postman: Postman
) -> None:
    start = (await ada.wait(timeout=0)).after
    await postman.bring(ada.address, letter(id="1@x", text="One."))
    for _ in range(3):
        assert words(await ada.wait(after=start)) == ["One."]


async def test_an_answer_in_its_own_thread_takes_a_message_from_what_waits(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="1@x", text="One."), letter(id="2@x", text="Two."))
    got = await ada.wait()
    await ada.send("Answer.", thread_id=got.messages[0].thread_id)
    assert words(await ada.wait(timeout=0)) == ["Two."]


async def test_a_thread_hears_of_itself_alone(ada: Agent, postman: Postman) -> None:
    await postman.bring(ada.address, letter(id="1@x", text="One."), letter(id="2@x", text="Two."))
    first, second = (str(m.thread_id) for m in (await ada.wait()).messages)
    here = await ada.wait(first)
    assert words(here) == ["One."]
    assert (await ada.wait(first, here.after, timeout=0)).outcome == "timeout"
    assert words(await ada.wait(second)) == ["Two."]
    assert words(await ada.wait(timeout=0)) == ["Two."]


async def test_a_wait_wakes_when_mail_comes(ada: Agent, postman: Postman) -> None:
    waiting = asyncio.create_task(ada.wait(timeout=30))
    await asleep(ada.room, 1)
    await postman.bring(ada.address, letter(id="1@x", text="One."))
    async with asyncio.timeout(2):
        assert words(await waiting) == ["One."]


async def test_forty_messages_come_ten_at_a_time_without_loss_or_repeat(
    ada: Agent, postman: Postman
) -> None:
    texts = [f"Number {n}." for n in range(40)]
    await postman.bring(ada.address, *(letter(id=f"{n}@x", text=t) for n, t in enumerate(texts)))
    got = await ada.wait()
    assert len(got.messages) == 10
    seen = words(got)
    while got.outcome == "reply":
        got = await ada.wait(after=got.after, timeout=0)
        seen += words(got)
    assert seen == texts


async def test_long_messages_are_cut_to_fit_and_say_so(ada: Agent, postman: Postman) -> None:
    text = "word " * 20_000
    await postman.bring(ada.address, *(letter(id=f"{n}@x", text=text) for n in range(10)))
    got = await ada.wait()
    assert len(got.messages) == 10
    assert all(m.left_out for m in got.messages)
    assert len(got.model_dump_json()) < 60_000


@pytest.mark.parametrize(
    "cursor",
    ["x", "x" * 5_000, "-", "--", "---", "\x00", "🎉", "a-b-c", "1-2-3-4"],
)
async def test_a_cursor_that_was_not_given_out_is_refused(ada: Agent, cursor: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await ada.wait(after=cursor, timeout=0)
    assert refused.value.code == "cursor_invalid"


async def test_a_cursor_of_a_history_that_is_over_is_told_so(ada: Agent) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await ada.wait(after="0000-m1-0", timeout=0)
    assert refused.value.code == "cursor_of_another_history"


async def test_forged_and_future_cursors_are_refused(ada: Agent, postman: Postman) -> None:
    await postman.bring(ada.address, letter(id="1@x"))
    real = (await ada.wait()).after
    epoch, scope, position = real.split("-")
    for forged in (
        f"{epoch}-{scope}-{int(position, 16) + 1:x}",
        f"{epoch}-{scope}-ffffffffffffffff",
        f"{epoch}-{scope}-7fffffffffffffff",
        f"{epoch}-{scope}--1",
        f"{epoch}-{scope}-0x1",
        f"{epoch}-{scope}-{position}-",
        f"{epoch}-{scope}-１",
        f"zzzz-{scope}-{position}",
        f"{epoch}-m-{position}",
    ):
        with pytest.raises(InvalidRequest):
            await ada.wait(after=forged, timeout=0)
    for other in ("mffffffffffffffff", "m2", "t_", "t_0000000000", "q1"):
        with pytest.raises(InvalidRequest):
            await ada.wait(after=f"{epoch}-{other}-{position}", timeout=0)


async def test_a_threads_cursor_on_a_mailbox_is_an_error_and_the_other_way_round(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="1@x"))
    whole = await ada.wait()
    thread_id = str(whole.messages[0].thread_id)
    part = await ada.wait(thread_id)
    for ask in (ada.wait(after=part.after), ada.wait(thread_id, whole.after)):
        with pytest.raises(InvalidRequest) as refused:
            await ask
        assert refused.value.code == "cursor_of_another_scope"


async def test_a_look_without_patience_is_no_wait_that_ran_out(ada: Agent) -> None:
    for _ in range(4):
        assert "end your turn" not in (await ada.wait(timeout=0)).next_step


async def test_the_third_timeout_in_a_row_says_to_end_the_turn(
    ada: Agent, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "REAL_WAIT_SECONDS", 0.0)
    for round_ in range(2):
        for place in range(4):
            answer = await ada.wait(timeout=0)
            assert ("end your turn" in answer.next_step) == (place >= 2)
        await postman.bring(ada.address, letter(id=f"{round_}@x"))
        got = await ada.wait()
        await ada.send("Done.", thread_id=got.messages[0].thread_id)


async def asleep(room: PostRoom, count: int) -> None:
    """Until ``count`` waits have looked, and sleep until the index grows."""

    async def all_sleep() -> bool:
        return len(room.index.next_change()._waiters) >= count

    await eventually(all_sleep)


async def test_a_wait_on_a_mailbox_that_has_expired_says_so_at_once(
    quiet_room: PostRoom, clock: TestClock, postman: Postman
) -> None:
    ada = await Agent(quiet_room, "ada").open(expires_in="1h")
    await postman.bring(ada.address, letter(id="1@x"))
    clock.jump(3600 + advice.LAST_MAIL_SECONDS)
    got = await ada.wait(timeout=200)
    assert got.outcome == "reply"
    assert "lets it send and receive again" in got.next_step
    async with asyncio.timeout(5):
        answer = await ada.wait(after=got.after, timeout=200)
    assert answer.outcome == "timeout"
    assert answer.problem is not None
    assert answer.problem.startswith("ada@agents.localhost has expired (at 20")
    assert answer.problem.endswith("and receives nothing more.")
    assert "Do not wait here any more" in answer.next_step
    await ada.open(expires_in="1h")
    assert "expired" not in str(await ada.wait(after=got.after, timeout=0))


async def test_a_wait_during_which_its_mailbox_expires_or_is_deleted_ends_then(
    quiet_room: PostRoom, ada: Agent, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PROGRESS_SECONDS", 0.1)
    short = await Agent(quiet_room, "ben").open(expires_in="60s")
    waits = [asyncio.create_task(agent.wait(timeout=240)) for agent in (ada, short)]
    await asleep(quiet_room, 2)
    await quiet_room.desk.mailboxes.delete(operator(), ada.address)
    assert "was deleted" in str((await asyncio.wait_for(waits[0], 5)).problem)
    assert not waits[1].done()
    clock.jump(70)
    assert "has expired" in str((await asyncio.wait_for(waits[1], 5)).problem)


async def test_what_programs_write_is_told_apart(ada: Agent, postman: Postman) -> None:
    await postman.bring(ada.address, letter(id="1@x", more="Auto-Submitted: auto-replied"))
    got = await ada.wait()
    assert (got.outcome, got.messages[0].kind) == ("auto_reply", "auto_reply")
    await postman.bring(ada.address, bounce(ada.address))
    got = await ada.wait(after=got.after)
    assert (got.outcome, got.messages[0].kind) == ("bounce", "bounce")
    assert "do not act on it alone" in got.next_step  # nothing was sent from here
    await postman.bring(ada.address, bounce(ada.address), letter(id="3@x"))
    assert (await ada.wait(after=got.after)).outcome == "reply"


async def test_a_forged_message_is_not_simply_to_be_answered(ada: Agent, postman: Postman) -> None:
    await postman.bring(ada.address, letter("boss@bank.example", id="1@x", more=FORGED))
    got = await ada.wait()
    assert "forged" in got.next_step
    assert "Answer" not in got.next_step
    await postman.bring(ada.address, letter("ben@far.example", id="2@x"))
    both = await ada.wait()
    assert len(both.messages) == 2
    assert both.next_step.startswith("Answer with send_email")
    assert "sender_verdict is forged" in both.next_step
    assert "forged" not in (await ada.wait(after=got.after)).next_step


def bounce(to: str) -> bytes:
    return (
        f"From: Mail Delivery System <mailer-daemon@far.example>\r\nTo: {to}\r\n"
        "Subject: Undelivered\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nNo such user.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; far.example\r\n\r\nFinal-Recipient: rfc822; ben@far.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"
    ).encode()


async def fail(room: PostRoom, send_id: str | None) -> None:
    """Let the courier's last word on a send be no."""
    now = room.index.clock()

    def change(con: Connection) -> None:
        row = sends.by_public_id(con, str(send_id))
        assert row is not None
        carrying.settle(con, now, row["id"], SendStatus.FAILED, reason="Refused.")

    await room.index.write(change)


async def test_a_send_that_fails_later_ends_the_wait_and_says_why(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await ada.send("Hello.", "ben@far.example")
    waits = [
        asyncio.create_task(ada.wait(sent.thread_id, sent.after)),
        asyncio.create_task(ada.wait(sent.thread_id)),
        asyncio.create_task(ada.wait()),
    ]
    await asleep(quiet_room, 3)
    await fail(quiet_room, sent.send_id)
    for answer in await asyncio.gather(*waits):
        assert (answer.outcome, answer.reason) == ("failed", "Refused.")
    later = await ada.wait(sent.thread_id, sent.after)
    assert later.outcome == "failed"
    assert (await ada.wait(sent.thread_id, later.after, timeout=0)).outcome == "timeout"


async def test_a_failure_does_not_hide_behind_a_reply_nor_a_reply_behind_a_failure(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    start = (await ada.wait(timeout=0)).after
    one = await ada.send("One.", "ben@far.example")
    two = await ada.send("Two.", "carl@far.example")
    await postman.bring(ada.address, letter(id="1@x", text="Before."))
    await fail(quiet_room, one.send_id)
    await postman.bring(ada.address, letter(id="2@x", text="Between."))
    await fail(quiet_room, two.send_id)
    await postman.bring(ada.address, letter(id="3@x", text="After."))
    told: list[object] = []
    for _ in range(5):
        answer = await ada.wait(after=start, timeout=0)
        told.append(words(answer) or answer.outcome)
        start = answer.after
    assert told == [["Before."], "failed", ["Between."], "failed", ["After."]]
    assert (await ada.wait(after=start, timeout=0)).outcome == "timeout"


async def test_a_failure_is_heard_in_the_thread_that_its_thread_joined(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="a@x"))
    (first,) = (await ada.wait()).messages
    sent = await ada.send("Hello.", "ben@far.example")
    await fail(quiet_room, sent.send_id)
    row = await quiet_room.index.read(
        lambda con: con.execute(
            "SELECT message_id FROM messages WHERE direction = 'sent'"
        ).fetchone()
    )
    join = letter(id="z@x", more=f"References: <a@x> <{row[0]}>")
    await postman.bring(ada.address, join)
    answer = await ada.wait(str(first.thread_id), sent.after, timeout=0)
    assert answer.outcome == "failed"


async def test_threads_that_join_hide_nothing_that_was_not_acknowledged_or_shown(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="a@x", text="Old and unread."))
    await postman.bring(ada.address, letter(id="b@x", text="Read."))
    unread, read = (
        str(m.thread_id)
        for m in (await ada.room.desk.waiting.wait(ada.caller, mailbox=ada.address)).messages
    )
    here = await ada.wait(read)
    await ada.wait(read, here.after, timeout=0)
    await postman.bring(ada.address, letter(id="c@x", text="Both.", more="References: <b@x> <a@x>"))
    assert "Old and unread." in words(await ada.wait(unread))
    assert "Both." in words(await ada.wait(read))


async def test_too_many_waits_are_refused_and_a_cancelled_one_frees_its_place(ada: Agent) -> None:
    waits = [asyncio.create_task(ada.wait(timeout=30)) for _ in range(MAX_WAITS_PER_AGENT)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refused:
        await ada.wait(timeout=0)
    assert refused.value.code == "too_many_waits"
    waits[0].cancel()
    await asyncio.gather(waits[0], return_exceptions=True)
    assert (await ada.wait(timeout=0)).outcome == "timeout"
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def test_waits_that_a_client_abandoned_do_not_shut_their_agent_out(
    ada: Agent, clock: TestClock
) -> None:
    waits = [asyncio.create_task(ada.wait(timeout=240)) for _ in range(MAX_WAITS_PER_AGENT)]
    await asyncio.sleep(0)
    clock.jump(UNDISTURBED_SECONDS)
    assert (await ada.wait(timeout=0)).outcome == "timeout"
    given_up = await waits[0]
    assert given_up.outcome == "timeout"
    assert given_up.after
    assert not any(wait.done() for wait in waits[1:])
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


async def test_another_agents_waits_take_no_place(quiet_room: PostRoom, ada: Agent) -> None:
    ben = await Agent(quiet_room, "ben").open()
    waits = [asyncio.create_task(ada.wait(timeout=30)) for _ in range(MAX_WAITS_PER_AGENT)]
    await asyncio.sleep(0)
    assert (await ben.wait(timeout=0)).outcome == "timeout"
    for wait in waits:
        wait.cancel()
    await asyncio.gather(*waits, return_exceptions=True)


@pytest.mark.parametrize("seconds", [-1, 241, float("nan"), float("inf")])
async def test_a_wait_has_bounds(ada: Agent, seconds: float) -> None:
    with pytest.raises(InvalidRequest):
        await ada.wait(timeout=seconds)


async def test_a_cursor_is_good_in_the_next_process(settings: Settings, clock: TestClock) -> None:
    async with open_room(settings, program="test", clock=clock) as room:
        ada = await Agent(room, "ada").open()
        start = (await ada.wait(timeout=0)).after
        await Postman(room).bring(ada.address, letter(id="1@x", text="One."))
    async with open_room(settings, program="test", clock=clock) as room:
        again = Agent(room, "ada", ada.address)
        got = await again.wait(after=start)
        assert words(got) == ["One."]
        assert (await again.wait(after=got.after, timeout=0)).outcome == "timeout"


async def as_many(told: list[tuple[float, float]], count: int) -> bool:
    return len(told) >= count


async def test_progress_is_told_while_a_wait_lasts(
    ada: Agent, postman: Postman, clock: TestClock
) -> None:
    told: list[tuple[float, float]] = []

    async def progress(passed: float, of: float) -> None:
        told.append((passed, of))

    waiting = asyncio.create_task(
        ada.room.desk.waiting.wait(
            ada.caller, mailbox=ada.address, timeout_seconds=60, progress=progress
        )
    )
    for number in range(1, 5):
        await asleep(ada.room, 1)
        clock.jump(6)
        await Agent(ada.room, f"other{number}").open()
        await eventually(partial(as_many, told, number))
    clock.jump(60)
    await Agent(ada.room, "last").open()
    assert (await waiting).outcome == "timeout"
    assert [round(passed / 6) for passed, _ in told] == [1, 2, 3, 4]
    assert {of for _, of in told} == {60}


async def test_a_thread_that_joined_another_while_one_waited_is_still_waited_on(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="a@x"))
    await postman.bring(ada.address, letter(id="c@x", follows="b@x"))
    got = await ada.wait()
    second = str(got.messages[1].thread_id)
    start = (await ada.wait(second)).after
    waiting = asyncio.create_task(ada.wait(second, start, timeout=30))
    await asleep(quiet_room, 1)
    await postman.bring(ada.address, letter(id="b@x", follows="a@x", text="Between."))
    async with asyncio.timeout(5):
        assert words(await waiting) == ["Between."]
    after = (await ada.wait(second, start)).after
    assert (await ada.wait(second, after, timeout=0)).outcome == "timeout"


async def test_a_thread_that_is_not_there_cannot_be_waited_for(ada: Agent) -> None:
    with pytest.raises(NotFound):
        await ada.wait("t_0000000000", timeout=0)


async def test_a_bounce_wakes_the_thread_of_the_mail_that_came_back(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    sent = await ada.send("Hello.", "gone@agents.localhost")
    report = (
        b"From: mailer-daemon@post.localhost\r\nTo: " + ada.address.encode() + b"\r\n"
        b"Subject: Undelivered\r\nMIME-Version: 1.0\r\nMessage-ID: <dsn@x>\r\n"
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
        b"--b\r\n\r\nIt came back.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n\r\n"
        b"Final-Recipient: rfc822; gone@agents.localhost\r\nAction: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        b"Message-ID: <" + str(sent.send_id).encode() + b"@agents.localhost>\r\n\r\n--b--\r\n"
    )
    await postman.bring(ada.address, report)
    got = await quiet_room.desk.waiting.wait(
        ada.caller, thread_id=sent.thread_id, after=sent.after, timeout_seconds=5
    )
    assert (got.outcome, got.messages[0].thread_id) == ("bounce", sent.thread_id)
