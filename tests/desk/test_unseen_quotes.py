"""A message that is sent on is told, and what a first message quotes is said to be left out."""

from rooms import Agent, Postman, letter

BEN = "Ben <ben@far.example>"
BLOCK = (
    "From: Carl <carl@far.example>\nSent: Tuesday, March 3, 2026 2:05 PM\nTo: Ben\n"
    "Subject: Pump\n\nThe pump leaks."
)


async def test_a_message_that_is_sent_on_is_told(ada: Agent, postman: Postman) -> None:
    text = f"Please handle this.\n\n{BLOCK}"
    await postman.bring(
        ada.address, letter(BEN, ada.address, id="1@x", subject="FW: Pump", text=text)
    )
    (message,) = (await ada.wait(timeout=0)).messages
    assert (message.untrusted_text, message.left_out) == (text, None)
    view = await ada.room.desk.reading.thread(ada.caller, str(message.thread_id))
    assert (view.messages[0].untrusted_text, view.messages[0].left_out) == (text, None)


async def test_quotes_of_a_correspondence_that_nobody_here_read_are_said_to_be_left_out(
    ada: Agent, postman: Postman
) -> None:
    text = f"Ada, do you know?\n\n{BLOCK}"
    first = letter(BEN, ada.address, id="1@x", follows="0@x", subject="Re: Pump", text=text)
    await postman.bring(ada.address, first)
    (message,) = (await ada.wait(timeout=0)).messages
    thread_id = str(message.thread_id)
    told = "what it quotes: get_thread with include_quoted"
    assert (message.untrusted_text, message.left_out) == ("Ada, do you know?", told)
    view = await ada.room.desk.reading.thread(ada.caller, thread_id)
    assert (view.messages[0].untrusted_text, view.messages[0].left_out) == (
        *("Ada, do you know?", told),
    )
    whole = await ada.room.desk.reading.thread(ada.caller, thread_id, include_quoted=True)
    assert (whole.messages[0].untrusted_text, whole.messages[0].left_out) == (text, None)


async def test_quotes_that_stand_in_the_conversation_are_not_worth_a_word(
    ada: Agent, postman: Postman
) -> None:
    answer = "Yes.\n\nOn Tue, 3 Mar 2026 at 14:05, Ben <ben@far.example> wrote:\n> Friday?"
    await postman.bring(
        ada.address,
        letter(BEN, ada.address, id="1@x", subject="Pump", text="Friday?\n\nBest,\nBen"),
        letter(BEN, ada.address, id="2@x", follows="1@x", subject="Re: Pump", text=answer),
    )
    (thread,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    view = await ada.room.desk.reading.thread(ada.caller, thread.thread_id)
    assert [(m.untrusted_text, m.left_out) for m in view.messages] == [
        ("Friday?", None),
        ("Yes.", None),
    ]
