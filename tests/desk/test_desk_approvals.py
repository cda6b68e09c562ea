"""Mail that a person looks at first: asked for, shown whole, let go, dropped, or out of time."""

import pytest
from rooms import Agent, Postman, TestClock, approve, letter, rows
from servers.rooms import sends_in, until

from postroom.build import PostRoom
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator
from postroom.model.errors import Conflict, InvalidRequest, NotFound, Refused
from postroom.model.requests import AttachmentRequest, SendRequest
from postroom.work.caretaker import Caretaker
from postroom.work.term import Term

BEN, CAM, DAN = (f"{name}@elsewhere.example" for name in ("ben", "cam", "dan"))
WHY = "The price is new."
HOUR = 3600.0


async def status(room: PostRoom) -> list[str]:
    found = await room.index.read(lambda con: rows(con, "SELECT status FROM sends ORDER BY id"))
    return [str(row[0]) for row in found]


async def round_of_the_caretaker(room: PostRoom) -> None:
    term = await room.index.read(
        lambda con: int(con.execute("SELECT value FROM meta WHERE key = 'term'").fetchone()[0])
    )

    async def forget(address: str) -> None: ...

    await Caretaker(Term(room.index, term), 30 * 24 * HOUR, forget).round()


async def test_an_agent_may_ask_that_a_person_looks_first(quiet_room: PostRoom, ada: Agent) -> None:
    sent = await ada.send("Ten euros.", BEN, hold_for_review=WHY)
    assert sent.status == "held"
    assert sent.reason == "The agent asked that a person looks at it first."
    (one,) = (await quiet_room.desk.held.list(operator())).sends
    assert (one.send_id, one.agents_reason, one.rule) == (sent.send_id, WHY, "asked-by-agent")
    assert one.asked_by == "agent:default/ada"


async def test_what_is_held_is_not_sent_by_asking_again_without_a_look(ada: Agent) -> None:
    held = await ada.send("Ten euros.", BEN, hold_for_review=WHY)
    again = await ada.send("Ten euros.", BEN)
    assert (again.status, again.send_id, again.duplicate) == ("held", held.send_id, True)


async def test_asking_for_a_look_lets_nothing_through_that_policy_denies(ada: Agent) -> None:
    many = tuple(f"p{number}@elsewhere.example" for number in range(51))
    assert (await ada.send("Hello.", many, hold_for_review=WHY)).status == "denied"


@pytest.mark.parametrize("why", ["", "  ", "x" * 501])
async def test_a_reason_for_a_look_says_something_short(ada: Agent, why: str) -> None:
    with pytest.raises(InvalidRequest, match="hold_for_review"):
        await ada.send("Ten euros.", BEN, hold_for_review=why)


async def test_a_person_is_shown_everything_that_would_go_out(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(BEN, text="How much?", id="1@x"))
    thread_id = str((await ada.wait()).messages[0].thread_id)
    sent = await ada.send(
        "Ten euros.",
        (BEN, "ben@second.example"),
        thread_id=thread_id,
        cc=(CAM,),
        bcc=(DAN,),
        html="<p>Twenty euros. <a href='https://pay.example/x'>Pay</a></p><p hidden>psst</p>",
        attachments=(
            AttachmentRequest(filename="offer.pdf", text="MZ not a PDF"),
            AttachmentRequest(filename="plan.txt", text="The plan."),
        ),
        hold_for_review=WHY,
    )
    shown = await quiet_room.desk.held.show(operator(), str(sent.send_id))
    assert (shown.to, shown.cc, shown.bcc) == ((BEN, "ben@second.example"), (CAM,), (DAN,))
    assert (shown.mailbox, shown.status, shown.subject) == (ada.address, "held", "Re: A letter")
    assert shown.text == "Ten euros."
    assert "- Ten euros." in shown.html_differs
    assert any("Twenty euros." in line and "pay.example" in line for line in shown.html_differs)
    assert shown.hidden_in_html == 1
    assert [file.filename for file in shown.attachments] == ["offer.pdf", "plan.txt"]
    assert shown.attachments[1].size == len("The plan.")
    assert shown.in_reply_to == "<1@x>"
    assert shown.answers is not None
    assert (shown.answers.from_, shown.answers.untrusted_text) == (BEN, "How much?")
    assert shown.expires_at is not None
    assert shown.agents_reason == WHY


async def test_markdown_makes_no_difference_between_text_and_html(
    quiet_room: PostRoom, ada: Agent
) -> None:
    text = "# An offer\n\n* ten\n* twenty\n\nSee [here](https://x.example/a) & reply.\n"
    sent = await ada.send(text, BEN, hold_for_review=WHY)
    shown = await quiet_room.desk.held.show(operator(), str(sent.send_id))
    assert (shown.html_differs, shown.hidden_in_html) == ((), None)
    assert shown.text == text.rstrip("\n")


TRICKS = (
    "<style>p::after{content:' plus 90 euros an hour'}</style><p>Ten euros.</p>",
    "<p>Ten euros.</p><img src='https://evil.example/terms.png?iban=DE12' alt=''>",
    "<p>Ten euros.</p><!--[if mso]><p>Twenty euros.</p><![endif]-->",
    '<p>Ten euros.</p><img src="data:image/svg+xml,<svg><text>Twenty</text></svg>">',
    "<p style='background:url(https://evil.example/x)'>Ten euros.</p>",
    "<p>Ten euros.</p><form action='https://evil.example'><input placeholder='Twenty'></form>",
    "<p>Ten euros.</p><iframe srcdoc='<p>Twenty</p>'></iframe>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'><p>Ten euros.</p>",
    "<title>Twenty</title><p>Ten euros.</p>",
    "<p title='Twenty'>Ten euros.</p>",
    "<p>Ten euros.</p><blink>",
    "<p><a href='javascript:alert(1)'>Ten euros.</a></p>",
)


@pytest.mark.parametrize("html", TRICKS)
async def test_html_that_may_show_more_than_words_is_shown_whole(
    quiet_room: PostRoom, ada: Agent, html: str
) -> None:
    sent = await ada.send("Ten euros.", BEN, html=html, hold_for_review=WHY)
    shown = await quiet_room.desk.held.show(operator(), str(sent.send_id))
    assert shown.html is not None
    assert shown.html.split() == html.split()


@pytest.mark.parametrize(
    "html",
    [
        "<p>Ten euros.</p>",
        "<!DOCTYPE html><html lang='en'><head><meta charset='utf-8'></head><body>"
        "<div><b>Ten</b> <em>euros</em>.</div><ul><li>a</li></ul></body></html>",
        "<table><tr><td>Ten euros.</td></tr></table><a href='https://x.example/'>here</a>",
    ],
)
async def test_html_of_words_and_links_is_told_by_its_words(
    quiet_room: PostRoom, ada: Agent, html: str
) -> None:
    sent = await ada.send("Ten euros.", BEN, html=html, hold_for_review=WHY)
    assert (await quiet_room.desk.held.show(operator(), str(sent.send_id))).html is None


async def test_characters_that_nobody_sees_are_told_of(quiet_room: PostRoom, ada: Agent) -> None:
    hidden = "".join(chr(0xE0000 + ord(each)) for each in "pay twice")
    sent = await ada.send(f"Ten{hidden} euros.", BEN, hold_for_review=WHY)
    assert (await quiet_room.desk.held.show(operator(), str(sent.send_id))).unseen_in_words == 1
    plain = await ada.send("Zehn Euro für Zoë 👍🏽.", BEN, hold_for_review=WHY)
    assert (await quiet_room.desk.held.show(operator(), str(plain.send_id))).unseen_in_words is None


async def test_a_list_that_is_cut_says_how_many_more_wait(quiet_room: PostRoom, ada: Agent) -> None:
    for number in range(3):
        await ada.send(f"Text {number}", BEN, hold_for_review=WHY)
    found = await quiet_room.desk.held.list(operator(), limit=2)
    assert (len(found.sends), found.more) == (2, 1)
    rest = await quiet_room.desk.held.list(operator(), limit=2, cursor=found.next_cursor)
    assert (len(rest.sends), rest.more, rest.next_cursor) == (1, None, None)


async def test_only_the_mail_that_was_shown_is_approved(quiet_room: PostRoom, ada: Agent) -> None:
    one = await ada.send("One.", BEN, hold_for_review=WHY)
    other = await ada.send("Two.", BEN, hold_for_review=WHY)
    held = quiet_room.desk.held
    hash = (await held.show(operator(), str(other.send_id))).hash
    for given in (hash, "", hash[:8]):
        with pytest.raises(Conflict, match="hash"):
            await held.approve(operator(), str(one.send_id), given)
    assert await status(quiet_room) == ["held", "held"]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE sends SET sender = 'eve@agents.localhost'",
        "UPDATE recipients SET address = 'eve@elsewhere.example' WHERE field = 'bcc'",
        "UPDATE recipients SET field = 'to'",
        "DELETE FROM recipients WHERE field = 'bcc'",
        "UPDATE raw SET bytes = CAST(replace(CAST(bytes AS TEXT), 'Ten', 'Two') AS BLOB)",
        "UPDATE raw SET bytes = CAST(replace(CAST(bytes AS TEXT), 'plan.txt', 'evil.txt') AS BLOB)",
        "UPDATE raw SET bytes = CAST(replace(CAST(bytes AS TEXT), 'References', 'X-Refs') AS BLOB)",
    ],
)
async def test_the_hash_is_of_the_whole_envelope_and_every_byte(
    quiet_room: PostRoom, ada: Agent, postman: Postman, change: str
) -> None:
    await postman.bring(ada.address, letter(BEN, id="1@x"))
    thread_id = str((await ada.wait()).messages[0].thread_id)
    sent = await ada.send(
        "Ten.",
        thread_id=thread_id,
        bcc=(DAN,),
        attachments=(AttachmentRequest(filename="plan.txt", text="The plan."),),
        hold_for_review=WHY,
    )
    held = quiet_room.desk.held
    before = (await held.show(operator(), str(sent.send_id))).hash
    changed = await quiet_room.index.write(lambda con: con.execute(change).rowcount)
    assert changed
    assert (await held.show(operator(), str(sent.send_id))).hash != before
    with pytest.raises(Conflict, match="hash"):
        await held.approve(operator(), str(sent.send_id), before)


async def test_a_wait_ends_with_what_a_person_decided_and_their_words(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await ada.send("Ten euros.", BEN, hold_for_review=WHY)
    over = await ada.wait(sent.thread_id, sent.after, timeout=0)
    assert over.outcome == "held"
    await approve(quiet_room, sent.send_id, "Fine, go ahead.")
    told = await ada.wait(sent.thread_id, sent.after)
    assert (told.outcome, told.operator_note) == ("approved", "Fine, go ahead.")
    thread = await quiet_room.desk.reading.thread(ada.caller, sent.thread_id)
    assert (thread.messages[0].status, thread.messages[0].operator_note) == (
        "queued",
        "Fine, go ahead.",
    )


async def test_approving_where_nobody_sends_says_that_nothing_goes_yet(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await ada.send("Ten euros.", BEN, hold_for_review=WHY)
    decided = await approve(quiet_room, sent.send_id)
    assert (decided.next_step or "").startswith("Nothing is sent yet.")


async def test_what_a_person_lets_go_is_sent_once(
    room: PostRoom, agents: tuple[Agent, Agent]
) -> None:
    ada, ben = agents
    sent = await ada.send("Ten euros.", ben.address, hold_for_review=WHY)
    decided = await approve(room, sent.send_id)
    assert "Nothing is sent" not in (decided.next_step or "")
    assert (await ben.wait()).messages[0].untrusted_text == "Ten euros."
    await until(room, sends_in("sent"))
    with pytest.raises(Conflict, match="It is sent"):
        await approve(room, sent.send_id)


async def test_what_was_changed_behind_a_persons_back_is_held_again(
    room: PostRoom, agents: tuple[Agent, Agent]
) -> None:
    ada, ben = agents
    sent = await ada.send("Ten euros.", ben.address, hold_for_review=WHY)

    await room.index.write(
        lambda con: con.execute("UPDATE sends SET status = 'queued', approved = 'another'").rowcount
    )
    await until(room, sends_in("held"))
    (one,) = (await room.desk.held.list(operator())).sends
    assert (one.send_id, one.waiting) == (sent.send_id, (ben.address,))
    assert "not what a person approved" in (one.reason or "")


async def test_nobody_decided_in_time(
    quiet_room: PostRoom, ada: Agent, postman: Postman, clock: TestClock
) -> None:
    await postman.bring(ada.address, letter(BEN, id="1@x"))
    thread_id = str((await ada.wait()).messages[0].thread_id)
    sent = await ada.send("Ten.", thread_id=thread_id, hold_for_review=WHY)
    clock.jump(71 * HOUR)
    await round_of_the_caretaker(quiet_room)
    assert await status(quiet_room) == ["held"]
    clock.jump(2 * HOUR)
    with pytest.raises(Conflict, match="expired"):
        await approve(quiet_room, sent.send_id)
    await round_of_the_caretaker(quiet_room)
    assert await status(quiet_room) == ["expired"]
    told = await ada.wait(sent.thread_id, sent.after)
    assert (told.outcome, told.reason) == (
        "expired",
        "Nobody decided about it in time; it was not sent.",
    )
    (thread,) = (await quiet_room.desk.reading.threads(ada.caller)).threads
    assert thread.awaiting == "us"
    again = await ada.send("Ten.", thread_id=thread_id, hold_for_review=WHY)
    assert (again.status, again.duplicate) == ("held", None)


async def test_tries_are_counted_from_when_a_person_let_it_go(
    quiet_room: PostRoom, ada: Agent, clock: TestClock
) -> None:
    sent = await ada.send("Ten euros.", BEN, hold_for_review=WHY)
    clock.jump(70 * HOUR)
    before = clock()
    await approve(quiet_room, sent.send_id)
    ((released,),) = await quiet_room.index.read(
        lambda con: rows(con, "SELECT released_at FROM sends")
    )
    assert isinstance(released, float)
    assert released >= before


async def test_no_agent_decides(quiet_room: PostRoom, ada: Agent) -> None:
    sent = await ada.send("Ten euros.", BEN, hold_for_review=WHY)
    held, send_id = quiet_room.desk.held, str(sent.send_id)
    hash = (await held.show(operator(), send_id)).hash
    for call in (
        held.approve(ada.caller, send_id, hash),
        held.deny(ada.caller, send_id),
        held.show(ada.caller, send_id),
        held.list(ada.caller),
    ):
        with pytest.raises(Refused, match="operator"):
            await call
    assert await status(quiet_room) == ["held"]


async def test_a_scheduled_mail_waits_for_its_time_and_can_be_taken_back(
    quiet_room: PostRoom, ada: Agent, clock: TestClock
) -> None:
    sent = await schedule(quiet_room, ada, "2h")
    assert sent.status == "queued"
    assert (sent.reason or "").startswith("It is scheduled for ")
    (one,) = (await quiet_room.desk.unsent.list(operator())).sends
    assert (one.send_id, one.status, one.waiting) == (sent.send_id, "queued", (BEN,))
    assert one.goes_at is not None
    done = await quiet_room.desk.unsent.cancel(operator(), str(sent.send_id), "Not needed.")
    assert (done.status, done.never) == ("cancelled", (BEN,))
    assert (await quiet_room.desk.unsent.list(operator())).sends == ()
    told = await ada.wait(sent.thread_id, sent.after)
    assert (told.outcome, told.operator_note) == ("cancelled", "Not needed.")


async def schedule(room: PostRoom, agent: Agent, at: str, **more: object) -> SendAnswer:
    asked = {"text": "Ten.", "to": (BEN,), "mailbox": agent.address, **more}
    return await room.desk.sending.send(agent.caller, SendRequest.model_validate(asked), at)


async def test_a_scheduled_mail_goes_at_its_time_and_is_tried_from_then_on(
    room: PostRoom, agents: tuple[Agent, Agent], clock: TestClock
) -> None:
    ada, ben = agents
    await schedule(room, ada, "2h", to=(ben.address,))
    assert (await ben.wait(timeout=0)).outcome == "timeout"
    clock.jump(2 * HOUR + 1)
    await room.index.write(lambda con: con.execute("UPDATE meta SET value = value"))
    assert (await ben.wait()).messages[0].untrusted_text == "Ten."


@pytest.mark.parametrize("at", ["2020-01-01", "400d", "0s", "soon", "2026-13-01T00:00Z"])
async def test_a_time_is_one_to_come_within_a_year(
    quiet_room: PostRoom, ada: Agent, at: str
) -> None:
    with pytest.raises(InvalidRequest):
        await schedule(quiet_room, ada, at)


async def test_a_held_mail_that_is_scheduled_goes_not_before_its_time(
    quiet_room: PostRoom, ada: Agent, clock: TestClock
) -> None:
    sent = await schedule(quiet_room, ada, "2h", hold_for_review=WHY)
    await approve(quiet_room, sent.send_id)
    (one,) = (await quiet_room.desk.unsent.list(operator())).sends
    assert one.status == "queued"
    assert one.goes_at is not None


async def test_what_is_taken_back_is_ones_own_and_has_not_gone(
    room: PostRoom, agents: tuple[Agent, Agent]
) -> None:
    ada, ben = agents
    sent = await ada.send("Ten euros.", ben.address, hold_for_review=WHY)
    with pytest.raises(NotFound):
        await room.desk.unsent.cancel(ben.caller, str(sent.send_id))
    await approve(room, sent.send_id)
    await until(room, sends_in("sent"))
    with pytest.raises(Conflict, match="cannot be taken back"):
        await room.desk.unsent.cancel(operator(), str(sent.send_id))
    held = await ada.send("Eleven.", ben.address, hold_for_review=WHY)
    done = await room.desk.unsent.cancel(ada.caller, str(held.send_id))
    assert done.status == "cancelled"
    with pytest.raises(Conflict, match="It is cancelled"):
        await approve(room, held.send_id)


async def test_what_was_said_about_a_mail_goes_with_it(quiet_room: PostRoom, ada: Agent) -> None:
    sent = await ada.send("Ten euros.", BEN, hold_for_review="Canary-one.")
    await quiet_room.desk.held.deny(operator(), str(sent.send_id), "Canary-two.")
    await quiet_room.desk.mailboxes.delete(operator(), ada.address)
    await round_of_the_caretaker(quiet_room)
    (said,) = await quiet_room.index.read(
        lambda con: rows(con, "SELECT review, note, changes FROM sends")
    )
    assert said == ("", "", "")
