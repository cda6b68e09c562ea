"""A held mail that a person changes before it goes."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rooms import Agent, Postman, approve, letter, rows

from postroom.build import PostRoom
from postroom.desk.sends.editing import edited
from postroom.mime.writing.compose import compose
from postroom.mime.writing.written import draft_of, written
from postroom.model.answers import SendAnswer
from postroom.model.callers import operator
from postroom.model.errors import Conflict, InvalidRequest, Refused
from postroom.model.held_answers import Decision
from postroom.model.messages import Draft, Person
from postroom.model.requests import AttachmentRequest, Edit

BEN, CAM, DAN = (f"{name}@elsewhere.example" for name in ("ben", "cam", "dan"))
WHY = "The price is new."


async def held(ada: Agent, **more: object) -> SendAnswer:
    return await ada.send("Ten euros.\nFor all.", BEN, subject="Offer", hold_for_review=WHY, **more)


async def edit(
    room: PostRoom, sent: SendAnswer, change: Edit, note: str = "", *, approve: bool = False
) -> Decision:
    desk = room.desk.held
    shown = await desk.show(operator(), str(sent.send_id))
    return await desk.edit(operator(), shown.send_id, shown.hash, change, note, approve=approve)


async def test_a_person_edits_and_sends_and_the_agent_sees_the_difference(
    room: PostRoom, agents: tuple[Agent, Agent]
) -> None:
    ada, ben = agents
    sent = await ada.send("Ten euros.\nFor all.", ben.address, hold_for_review=WHY, subject="A")
    before = (await room.desk.held.show(operator(), str(sent.send_id))).hash
    done = await edit(
        room,
        sent,
        Edit(text="Twelve euros.\nFor all.", subject="B"),
        "Prices rose.",
        approve=True,
    )
    assert done.status == "queued"
    message = (await ben.wait()).messages[0]
    assert (message.untrusted_text, message.untrusted_subject) == ("Twelve euros.\nFor all.", "B")
    told = await ada.wait(sent.thread_id, sent.after)
    assert (told.outcome, told.operator_note) == ("approved", "Prices rose.")
    assert "operator_changes" in (told.reason or "")
    thread = await room.desk.reading.thread(ada.caller, sent.thread_id)
    changes = thread.messages[0].operator_changes or ""
    assert "subject: 'A' is now 'B'" in changes
    assert "-Ten euros.\n+Twelve euros.\n For all." in changes
    assert thread.messages[0].text == "Twelve euros.\nFor all."
    ((approved,),) = await room.index.read(lambda con: rows(con, "SELECT approved FROM sends"))
    assert approved not in ("", before)


async def test_an_edited_mail_has_another_hash_and_waits_for_it_to_be_approved(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await held(ada)
    desk = quiet_room.desk.held
    before = (await desk.show(operator(), str(sent.send_id))).hash
    done = await edit(quiet_room, sent, Edit(to=(CAM,), bcc=(DAN,)))
    assert (done.status, done.hash != before) == ("held", True)
    with pytest.raises(Conflict, match="hash"):
        await desk.approve(operator(), str(sent.send_id), before)
    shown = await desk.show(operator(), str(sent.send_id))
    assert (shown.to, shown.cc, shown.bcc, shown.hash) == ((CAM,), (), (DAN,), done.hash)
    assert shown.operator_changes == f"to: without {BEN}\nto: also {CAM}\nbcc: also {DAN}"
    assert (await approve(quiet_room, sent.send_id)).goes_to == (CAM, DAN)


async def test_an_edit_keeps_thread_files_and_message_id_and_is_found_by_its_new_words(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(BEN, id="1@x"))
    thread_id = str((await ada.wait()).messages[0].thread_id)
    files = tuple(AttachmentRequest(filename=f"{n}.txt", text=f"File {n}.") for n in "ab")
    sent = await held(ada, thread_id=thread_id, attachments=files)
    desk = quiet_room.desk.held
    before = await desk.show(operator(), str(sent.send_id))
    await edit(quiet_room, sent, Edit(text="Zwölf Euro.", without_files=("a.txt",)))
    after = await desk.show(operator(), str(sent.send_id))
    assert (after.message_id, after.in_reply_to, after.references, after.thread_id) == (
        before.message_id,
        before.in_reply_to,
        before.references,
        thread_id,
    )
    assert [(file.filename, file.size) for file in after.attachments] == [("b.txt", 7)]
    assert after.html_differs == ()
    reading = quiet_room.desk.reading
    assert (await reading.threads(ada.caller, query="Zwölf")).threads
    assert not (await reading.threads(ada.caller, query="euros")).threads


async def test_html_of_the_agents_own_does_not_go_on_saying_what_was_edited_away(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await held(ada, html="<p>Ten euros. Click!</p>")
    done = await edit(quiet_room, sent, Edit(text="Twelve euros."))
    assert "html: made from the text anew" in (done.operator_changes or "")
    shown = await quiet_room.desk.held.show(operator(), str(sent.send_id))
    assert shown.html_differs == ()


async def test_a_repeated_call_is_still_the_same_send_after_an_edit(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await held(ada)
    await edit(quiet_room, sent, Edit(text="Twelve euros."))
    again = await held(ada)
    assert (again.send_id, again.duplicate) == (sent.send_id, True)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Edit(), InvalidRequest),
        (Edit(subject="Offer"), InvalidRequest),
        (Edit(to=()), InvalidRequest),
        (Edit(to=("nobody",)), InvalidRequest),
        (Edit(subject="A\nBcc: eve@x.example"), InvalidRequest),
        (Edit(text="x" * 500_001), InvalidRequest),
        (Edit(to=tuple(f"p{n}@elsewhere.example" for n in range(51))), Refused),
    ],
)
async def test_an_edit_that_cannot_be_changes_nothing(
    quiet_room: PostRoom, ada: Agent, change: Edit, error: type[Exception]
) -> None:
    sent = await held(ada)
    desk = quiet_room.desk.held
    before = await desk.show(operator(), str(sent.send_id))
    with pytest.raises(error):
        await edit(quiet_room, sent, change, approve=True)
    assert await desk.show(operator(), str(sent.send_id)) == before


async def test_what_was_tried_already_is_not_edited(quiet_room: PostRoom, ada: Agent) -> None:
    sent = await held(ada)
    await quiet_room.index.write(lambda con: con.execute("UPDATE sends SET attempts = 1").rowcount)
    with pytest.raises(Conflict, match="changed"):
        await edit(quiet_room, sent, Edit(text="Twelve."))


async def test_no_agent_edits(quiet_room: PostRoom, ada: Agent) -> None:
    sent = await held(ada)
    shown = await quiet_room.desk.held.show(operator(), str(sent.send_id))
    with pytest.raises(Refused, match="operator"):
        await quiet_room.desk.held.edit(ada.caller, shown.send_id, shown.hash, Edit(text="x"))


_words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), max_size=60)


@given(text=st.lists(_words).map("\n".join), subject=_words, html=st.none() | _words)
def test_a_composed_mail_is_read_back(text: str, subject: str, html: str | None) -> None:
    draft = Draft(
        sender=Person(address="ada@agents.localhost", name="Ada"),
        to=(Person(address=BEN, name="Ben"), Person(address=CAM)),
        subject=subject,
        text=text,
        html=html,
        message_id="s_1@agents.localhost",
        in_reply_to="2@x",
        references=("1@x", "2@x"),
        date=datetime(2026, 11, 27, tzinfo=UTC),
    )
    raw = compose(draft)
    assert written(raw).text.rstrip("\n") == text.rstrip("\n")
    again = draft_of(raw, ())
    assert compose(again.model_copy(update={"text": text, "html": html})) == raw
    assert compose(draft_of(compose(again), ())) == compose(again)
    with pytest.raises(InvalidRequest, match="nothing"):
        edited(raw, (), Edit())
