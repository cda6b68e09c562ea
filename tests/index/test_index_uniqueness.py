"""Nothing is indexed twice, whatever a server does with its numbers."""

from rooms import Agent, Postman, letter, rows

from postroom.build import PostRoom

MAILS = (letter(id="1@x"), letter(id="2@x"), letter(id="3@x"))


async def listed(room: PostRoom) -> list[tuple[object, ...]]:
    return await room.index.read(
        lambda con: rows(con, "SELECT public_id, thread_id FROM mail ORDER BY id")
    )


async def received(room: PostRoom) -> int:
    found = await room.index.read(
        lambda con: rows(con, "SELECT count(*) FROM journal WHERE type = 'message.received'")
    )
    return int(str(found[0][0]))


async def test_the_same_uid_twice_is_one_message(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, *MAILS, uid=1)
    once = await listed(quiet_room)
    await postman.bring(ada.address, *MAILS, uid=1)
    assert await listed(quiet_room) == once
    assert await received(quiet_room) == 3


async def test_a_renewed_uidvalidity_is_matched_by_content_and_keeps_every_id(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, *MAILS, uid=1)
    once = await listed(quiet_room)
    shuffled = (MAILS[2], MAILS[0], MAILS[1])
    await postman.bring(ada.address, *shuffled, letter(id="4@x"), uidvalidity=2, uid=7)
    after = await listed(quiet_room)
    assert after[:3] == once
    assert len(after) == 4
    assert await received(quiet_room) == 4


async def test_two_identical_mails_are_two_messages_also_after_a_renewed_uidvalidity(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    same = letter(id="1@x")
    await postman.bring(ada.address, same, same, uid=1)
    once = await listed(quiet_room)
    assert len(once) == 2
    await postman.bring(ada.address, same, same, uidvalidity=2, uid=1)
    assert await listed(quiet_room) == once
    await postman.bring(ada.address, same, uidvalidity=2, uid=3)
    assert await listed(quiet_room) == once, "filed away and back again is no new mail"


async def test_a_taken_message_id_with_other_words_is_another_message_of_that_thread(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter(id="1@x", text="One."), letter(id="1@x", text="Two."))
    (one, thread), (two, same_thread) = await listed(quiet_room)
    assert one != two
    assert thread == same_thread


async def test_looking_for_known_content_costs_the_same_in_a_large_mailbox(
    quiet_room: PostRoom, ada: Agent
) -> None:
    question = """EXPLAIN QUERY PLAN
        SELECT m.id FROM mail m JOIN copies c ON c.mail_id = m.id
        WHERE m.mailbox_id = 1 AND m.fingerprint = x'00' AND c.account = '' AND c.folder = ''
          AND c.uidvalidity <> 1 ORDER BY m.id LIMIT 1"""
    plan = await quiet_room.index.read(lambda con: rows(con, question))
    assert any("mailbox_id=? AND fingerprint=?" in str(step[-1]) for step in plan), plan


async def test_positions_are_the_order_of_commits(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    for number in range(5):
        await postman.bring(ada.address, letter(id=f"{number}@x"))
        await ada.send(f"Number {number}", "ben@agents.localhost")
    found = await quiet_room.index.read(
        lambda con: rows(con, "SELECT id, position FROM mail ORDER BY position")
    )
    assert [id for id, _ in found] == sorted(id for id, _ in found)  # type: ignore[type-var]  # integers
    assert len({position for _, position in found}) == 10


SECRETS = ("Zanzibar", "hush@elsewhere.example", "ada@agents", "hidden-name", "Quellcode")


async def test_the_journal_holds_neither_words_nor_addresses(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    secret = letter("hidden-name <hush@elsewhere.example>", text="Zanzibar", subject="Quellcode")
    await postman.bring(ada.address, secret)
    await ada.send("Zanzibar", "hush@elsewhere.example", subject="Quellcode")
    found = await quiet_room.index.read(lambda con: rows(con, "SELECT * FROM journal"))
    assert len(found) > 3
    assert not [word for word in SECRETS if word in str(found)]
