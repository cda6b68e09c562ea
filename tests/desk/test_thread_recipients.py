"""Who got the messages of a thread: everybody is named, and said once."""

import json
from itertools import chain

from rooms import Agent, Postman, letter

from postroom.desk.threads.budget import written
from postroom.model.answers import ThreadView

BEN, CARL, DORA = (f"{name}@far.example" for name in ("ben", "carl", "dora"))


async def only_thread(agent: Agent) -> ThreadView:
    (thread,) = (await agent.room.desk.reading.threads(agent.caller)).threads
    return await agent.room.desk.reading.thread(agent.caller, thread.thread_id)


def reached(view: ThreadView) -> list[set[str]]:
    """Whom each message went to, as somebody reads it who has the answer and its rule alone."""
    told = json.loads(written(view))
    who = {one["id"]: one["address"] for one in told.get("people", [])} | {"you": "you"}
    found = []
    for message in told["messages"]:
        fields = [message[name] for name in ("to", "cc", "bcc") if name in message]
        all_but = [id for id in told.get("to", []) if id != message["from"]]
        ids = chain(*fields) if fields else all_but
        found.append({who[id] for id in ids})
    return found


async def test_a_message_says_who_else_got_it(ada: Agent, postman: Postman) -> None:
    await postman.bring(
        ada.address,
        letter(BEN, f"{ada.address}, press@paper.example", more="Cc: rival@other.example"),
    )
    view = await only_thread(ada)
    [message] = view.messages
    assert (message.from_, message.to, message.cc) == ("p1", ("you", "p2"), ("p3",))
    assert [one.address for one in view.people or ()] == [
        *(BEN, "press@paper.example", "rival@other.example")
    ]


async def test_our_own_mail_says_who_got_it_blind_copies_too(
    agents: tuple[Agent, Agent], postman: Postman
) -> None:
    ada, ben = agents
    sent = await ada.send("Hello.", ben.address, cc=(CARL,), bcc=(DORA,))
    view = await ada.room.desk.reading.thread(ada.caller, sent.thread_id)
    [message] = view.messages
    assert (message.to, message.cc, message.bcc) == (("p1",), ("p2",), ("p3",))
    assert reached(view) == [{ben.address, CARL, DORA}]


async def test_who_joins_or_leaves_is_seen_with_the_message(ada: Agent, postman: Postman) -> None:
    both = f"{ada.address}, {CARL}"
    await postman.bring(
        ada.address,
        letter(BEN, both, id="1@x", text="1"),
        letter(CARL, f"{ada.address}, {BEN}", id="2@x", follows="1@x", text="2"),
        letter(BEN, ada.address, id="3@x", follows="1@x", text="3"),
        letter(BEN, both, id="4@x", follows="1@x", text="4", more=f"Cc: {DORA}"),
        letter(BEN, "", id="5@x", follows="1@x", text="5"),
        letter(BEN, DORA, id="6@x", follows="1@x", text="6"),
        letter(BEN, both, id="7@x", follows="1@x", text="7"),
    )
    view = await only_thread(ada)
    assert view.to == ("you", "p1", "p2")
    assert reached(view) == [
        {"you", CARL},
        {"you", BEN},
        {"you"},
        {"you", CARL, DORA},
        set(),
        {DORA},
        {"you", CARL},
    ]
    assert [m.to is None for m in view.messages] == [True, True, *[False] * 4, True]


async def test_a_crowd_is_told_in_part_and_counted(ada: Agent, postman: Postman) -> None:
    crowd = ", ".join(f"p{n}@far.example" for n in range(60))
    await postman.bring(ada.address, letter(BEN, ada.address, more=f"Cc: {crowd}"))
    [message] = (await only_thread(ada)).messages
    assert len(message.cc or ()) == 50
    assert message.left_out == "10 more recipients"


async def test_a_crowd_that_several_messages_went_to_is_told_once(
    ada: Agent, postman: Postman
) -> None:
    crowd = ", ".join(f"p{n}@far.example" for n in range(30))
    mails = [
        letter(BEN, f"{ada.address}, {crowd}", id=f"{n}@x", follows="0@x" if n else "")
        for n in range(3)
    ]
    await postman.bring(ada.address, *mails)
    view = await only_thread(ada)
    assert len(view.to or ()) == 31
    assert [m.to for m in view.messages] == [None] * 3
    assert {len(one) for one in reached(view)} == {31}


async def test_a_sender_who_is_known_is_told_with_the_people(ada: Agent, postman: Postman) -> None:
    passed = "Authentication-Results: post.localhost; dmarc=pass header.from=far.example"
    await postman.bring(ada.address, letter(BEN, id="1@x", more=passed))
    assert [one.known for one in (await only_thread(ada)).people or ()] == [None]
    await postman.bring(ada.address, letter(BEN, id="2@x", follows="1@x", more=passed))
    assert [one.known for one in (await only_thread(ada)).people or ()] == [True]
