"""Waits for one sender, or for a code: what was not asked for is neither lost nor skipped."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rooms import Agent, Postman, letter, rows

from postroom.build import PostRoom
from postroom.index import carrying, sends
from postroom.index.database import Connection
from postroom.model.answers import WaitAnswer
from postroom.model.callers import operator
from postroom.model.errors import InvalidRequest
from postroom.model.sends import SendStatus

WELCOME = "Welcome! We are glad that you are here."
CODE = "Your verification code is {}."
LINK = "Please confirm your address: https://app.example/c/a8Kd93kfLx02mQpZ77yTn4"


def words(answer: WaitAnswer) -> list[str | None]:
    return [message.untrusted_text for message in answer.messages]


async def test_a_wait_for_a_code_passes_over_the_welcome_that_comes_first(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter("hi@app.example", id="1@x", text=WELCOME))
    waiting = asyncio.create_task(ada.wait(has_code=True, timeout=30))
    await asyncio.sleep(0)
    assert not waiting.done()
    await postman.bring(ada.address, letter("hi@app.example", id="2@x", text=CODE.format(482913)))
    async with asyncio.timeout(5):
        got = await waiting
    assert got.messages[0].untrusted_codes == ("482913",)
    assert words(got) == [CODE.format(482913)]
    assert words(await ada.wait(timeout=0)) == [WELCOME, CODE.format(482913)]
    left = await ada.wait(after=got.after, timeout=0)
    assert words(left) == [WELCOME]
    assert (await ada.wait(after=left.after, timeout=0)).outcome == "timeout"
    assert (await ada.wait(timeout=0)).outcome == "timeout"


async def test_a_link_that_confirms_counts_as_a_code(ada: Agent, postman: Postman) -> None:
    await postman.bring(ada.address, letter(id="1@x", text=WELCOME), letter(id="2@x", text=LINK))
    got = await ada.wait(has_code=True, timeout=0)
    assert got.messages[0].untrusted_links == ("https://app.example/c/a8Kd93kfLx02mQpZ77yTn4",)
    assert got.messages[0].untrusted_codes is None


@pytest.mark.parametrize(
    ("sender", "matches"),
    [
        ("hi@mail.app.example", True),
        ("HI@Mail.App.Example", True),
        ("App <hi@mail.app.example>", True),
        ("app.example", True),
        ("@app.example", True),
        ("mail.app.example", True),
        ("pp.example", False),
        ("other@mail.app.example", False),
        ("hi@app.example", False),
        ("example.app", False),
    ],
)
async def test_a_sender_is_an_address_or_a_domain_with_all_below_it(
    ada: Agent, postman: Postman, sender: str, matches: bool
) -> None:
    await postman.bring(ada.address, letter("App <Hi@Mail.App.example>", id="1@x"))
    got = await ada.wait(sender=sender, timeout=0)
    assert got.outcome == ("reply" if matches else "timeout")
    assert ("Other mail is there" in got.next_step) != matches


@pytest.mark.parametrize(
    "sender",
    ["", " ", "@", "two words", "a b@c.example", "a@b@", "<>", "Acme", "test", "@com", "co.uk",
     "x" * 300],
)  # fmt: skip
async def test_what_is_no_sender_is_refused(ada: Agent, sender: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        await ada.wait(sender=sender, timeout=0)
    assert refused.value.code == "sender_malformed"
    assert "such as ben@example.com or example.com" in str(refused.value)


async def test_an_address_may_be_at_a_host_that_has_no_domain(ada: Agent) -> None:
    for sender in ("root@mailhost", "user.github.io", "github.io", "b\u00fccher.example"):
        assert (await ada.wait(sender=sender, timeout=0)).outcome == "timeout"


async def test_a_code_that_was_dealt_with_is_not_told_again_while_older_mail_stays_unread(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="1@x", text=WELCOME))
    after = None
    for number in (100001, 100002, 100003):
        await postman.bring(ada.address, letter(id=f"{number}@x", text=CODE.format(number)))
        got = await ada.wait(after=after, has_code=True, timeout=0)
        assert [message.untrusted_codes for message in got.messages] == [(str(number),)]
        after = got.after
    nothing = await ada.wait(after=after, has_code=True, timeout=0)
    assert nothing.outcome == "timeout"
    assert "Other mail is there" in nothing.next_step
    assert words(await ada.wait(timeout=0)) == [WELCOME]
    assert words(await ada.wait(after=nothing.after, timeout=0)) == [WELCOME]


def shop(verdict: str, code: int, id: str) -> bytes:
    field = f"Authentication-Results: post.localhost; dmarc={verdict} header.from=shop.example"
    return letter("Shop <noreply@shop.example>", id=id, text=CODE.format(code), more=field)


@pytest.mark.parametrize(
    "asked", [{"sender": "shop.example", "has_code": True}, {"has_code": True},
              {"sender": "noreply@shop.example"}],
)  # fmt: skip
async def test_a_forged_mail_is_not_what_somebody_waits_for(
    ada: Agent, postman: Postman, asked: dict[str, Any]
) -> None:
    await postman.bring(ada.address, shop("fail", 666666, "1@x"))
    nothing = await ada.wait(timeout=0, **asked)
    assert nothing.outcome == "timeout"
    assert "Forged mail" in nothing.next_step
    await postman.bring(ada.address, shop("pass", 123123, "2@x"))
    got = await ada.wait(timeout=0, **asked)
    assert [(m.untrusted_codes, m.sender_verdict) for m in got.messages] == [
        (("123123",), "verified")
    ]
    assert "Forged mail" in got.next_step
    left = await ada.wait(timeout=0, after=got.after)
    assert [m.sender_verdict for m in left.messages] == ["forged"]
    assert "passed over" not in left.next_step


async def test_other_mail_that_is_forged_claims_nothing_of_what_was_asked_for(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, shop("fail", 666666, "1@x"))
    nothing = await ada.wait(timeout=0, sender="bank.example")
    assert "Forged mail" not in nothing.next_step
    assert "Other mail is there" in nothing.next_step


async def test_an_older_cursor_still_gives_what_lay_behind_it(ada: Agent, postman: Postman) -> None:
    start = (await ada.wait(timeout=0)).after
    await postman.bring(
        ada.address, letter(id="1@x", text=WELCOME), letter(id="2@x", text=CODE.format(482913))
    )
    got = await ada.wait(has_code=True, timeout=0)
    await ada.wait(after=got.after, has_code=True, timeout=0)
    assert words(await ada.wait(after=start, timeout=0)) == [WELCOME, CODE.format(482913)]


async def test_another_agents_acknowledgement_is_its_own(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(
        ada.address, letter(id="1@x", text=WELCOME), letter(id="2@x", text=CODE.format(482913))
    )
    got = await ada.wait(has_code=True, timeout=0)
    await ada.wait(after=got.after, timeout=0)
    ask = quiet_room.desk.waiting.wait
    seen = await ask(operator(), mailbox=ada.address, timeout_seconds=0)
    assert words(seen) == [WELCOME, CODE.format(482913)]


async def test_a_cursor_cannot_acknowledge_what_is_not_of_its_mailbox(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    ben = await Agent(quiet_room, "ben").open()
    await postman.bring(ada.address, letter(id="1@x", text=WELCOME))
    await postman.bring(ben.address, letter(id="2@x"), letter(id="3@x"))
    got = await ada.wait(has_code=True, timeout=0)
    epoch, scope, position, _ = got.after.split("-")
    await ada.wait(after=f"{epoch}-{scope}-{position}-x1.2.3", timeout=0)
    kept = await quiet_room.index.read(
        lambda con: rows(con, "SELECT mailbox_id FROM acknowledged_apart")
    )
    assert len(kept) == 1
    for wrong in ("y1", "x1..2", "x-1", "xg", "1.2", "", "x" + "1." * 40, "xffffffffff"):
        with pytest.raises(InvalidRequest):
            await ada.wait(after=f"{epoch}-{scope}-{position}-{wrong}", timeout=0)


async def test_a_send_that_failed_is_told_once_to_who_waits_for_a_code(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    start = (await ada.wait(timeout=0)).after
    sent = await ada.send("Hello.", "ben@far.example")
    await postman.bring(ada.address, letter(id="1@x", text=WELCOME))
    await fail(quiet_room, sent.send_id)
    await postman.bring(ada.address, letter(id="2@x", text=CODE.format(482913)))
    told: list[object] = []
    for _ in range(3):
        answer = await ada.wait(after=start, has_code=True, timeout=0)
        told.append(words(answer) or answer.outcome)
        start = answer.after
    assert told == ["failed", [CODE.format(482913)], "timeout"]
    assert words(await ada.wait(after=start, timeout=0)) == [WELCOME]


async def fail(room: PostRoom, send_id: str | None) -> None:
    def change(con: Connection) -> None:
        row = sends.by_public_id(con, str(send_id))
        assert row is not None
        carrying.settle(con, room.index.clock(), row["id"], SendStatus.FAILED, reason="Refused.")

    await room.index.write(change)


@examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(
    mails=st.lists(st.sampled_from("wcab"), min_size=1, max_size=30),
    asks=st.lists(st.sampled_from(["code", "a", "b", "any"]), max_size=8),
    first=st.booleans(),
)
async def test_whatever_is_asked_for_in_turn_everything_is_told_once(
    quiet_room: PostRoom, postman: Postman, mails: list[str], asks: list[str], first: bool
) -> None:
    """Every message is told exactly once, if each cursor is passed to the next wait."""
    agent = await Agent(quiet_room, f"agent{next(NUMBERS)}").open()
    sender = {"a": "x@a.example", "b": "y@b.example"}
    letters = [
        letter(
            sender.get(sort, "z@z.example"),
            id=f"{agent.name}.{number}@x",
            text=f"{CODE.format(100_000 + number)} ({number})" if sort == "c" else f"({number})",
        )
        for number, sort in enumerate(mails)
    ]
    after = (await agent.wait(timeout=0)).after if first else None
    await postman.bring(agent.address, *letters)
    told: list[int] = []
    for ask in [*asks, "any"]:
        wanted: dict[str, Any] = {}
        if ask == "code":
            wanted = {"has_code": True}
        elif ask != "any":
            wanted = {"sender": f"{ask}.example"}
        while True:
            got = await agent.wait(after=after, timeout=0, **wanted)
            assert len(got.after) <= 100
            after = got.after
            if got.outcome == "timeout":
                break
            told += [int(str(text).rpartition("(")[2].rstrip(")\n")) for text in words(got)]
    assert sorted(told) == list(range(len(mails)))
    assert (await agent.wait(timeout=0)).outcome == "timeout"


NUMBERS = iter(range(10**9))
