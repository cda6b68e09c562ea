"""Names, owners and lifetimes of mailboxes."""

import asyncio
import os
import re

import pytest
from rooms import Agent, Postman, TestClock, eventually, letter

from postroom.build import PostRoom, open_room
from postroom.model.answers import MailboxCreated
from postroom.model.callers import Caller, operator
from postroom.model.errors import Conflict, InvalidRequest, NotFound, PostroomError, Refused
from postroom.settings import Operator, Settings


async def test_a_mailbox_without_a_name_gets_a_readable_one(quiet_room: PostRoom) -> None:
    made = await quiet_room.desk.mailboxes.create(Caller(agent="ada"))
    assert re.fullmatch(r"[a-z]+-[a-z]+-\d{3}@agents\.localhost", made.address)
    assert (made.status, made.existed, made.reach) == ("live", False, "local")
    assert made.display_name == made.address.partition("@")[0]
    other = await quiet_room.desk.mailboxes.create(Caller(agent="ada"))
    assert other.address != made.address


async def test_the_same_owner_asking_again_gets_the_same_mailbox(quiet_room: PostRoom) -> None:
    create, ada = quiet_room.desk.mailboxes.create, Caller(agent="ada")
    first = await create(ada, "Support-01", "Support Agent")
    again = await create(ada, "support-01 ", "Other Name")
    assert (first.existed, again.existed) == (False, True)
    assert (again.address, again.display_name) == (first.address, "Support Agent")


async def test_the_same_name_asked_for_twice_at_once_is_made_once(quiet_room: PostRoom) -> None:
    create, ada = quiet_room.desk.mailboxes.create, Caller(agent="ada")
    made = await asyncio.gather(*(create(ada, "one") for _ in range(8)))
    assert sum(not m.existed for m in made) == 1


async def test_an_address_of_another_agent_or_tenant_is_taken(quiet_room: PostRoom) -> None:
    create = quiet_room.desk.mailboxes.create
    await create(Caller(agent="ada"), "shared")
    for caller in (Caller(agent="eve"), Caller(agent="ada", tenant="other")):
        with pytest.raises(PostroomError) as taken:
            await create(caller, "shared")
        assert taken.value.code == "address_taken"
        assert (await quiet_room.desk.mailboxes.list(caller)).mailboxes == ()


REFUSED = {
    "postmaster": "username_reserved",
    "Abuse": "username_reserved",
    " hostmaster ": "username_reserved",
    "admin": "username_reserved",
    "administrator": "username_reserved",
    "webmaster": "username_reserved",
    "security": "username_reserved",
    "support": "username_reserved",
    "mailer-daemon": "username_reserved",
    "root": "username_reserved",
    "": "username_malformed",
    " ": "username_malformed",
    "a@b": "username_malformed",
    "a b": "username_malformed",
    "a+b": "username_malformed",
    ".a": "username_malformed",
    "a.": "username_malformed",
    "a..b": "username_malformed",
    "-a": "username_malformed",
    "a\r\nb": "username_malformed",
    "a\x00b": "username_malformed",
    "ä": "username_malformed",
    "аdmin": "username_malformed",  # a Cyrillic a
    "admın": "username_malformed",  # a dotless i
    "ａdmin": "username_malformed",  # a full-width a
    "a" * 65: "username_malformed",
    "a" * 100_000: "username_malformed",
    "'; DROP TABLE mailboxes; --": "username_malformed",
    "<a>": "username_malformed",
    '"a"': "username_malformed",
}


@pytest.mark.parametrize("username", REFUSED)
async def test_names_that_may_not_be_had_are_clear_errors(
    quiet_room: PostRoom, username: str
) -> None:
    with pytest.raises(PostroomError) as refused:
        await quiet_room.desk.mailboxes.create(Caller(agent="ada"), username)
    assert refused.value.code == REFUSED[username]
    assert refused.value.next_step


@pytest.mark.parametrize("username", ["a", "a1", "A.B-c_d", "x" * 64, "123"])
async def test_names_that_every_mail_system_takes_are_had(
    quiet_room: PostRoom, username: str
) -> None:
    made = await quiet_room.desk.mailboxes.create(Caller(agent="ada"), username)
    assert made.address == f"{username.lower()}@agents.localhost"


async def test_the_operators_pattern_decides_about_asked_and_made_up_names(
    settings: Settings,
) -> None:
    for pattern, made_up in ((r"[a-z]+-[a-z]+-\d+", True), (r"bot-.*", False)):
        strict = settings.model_copy(update={"operator": Operator(username_pattern=pattern)})
        async with open_room(strict, program="test") as room:
            with pytest.raises(Refused) as refused:
                await room.desk.mailboxes.create(Caller(), "ada")
            assert refused.value.code == "username_excluded"
            if made_up:
                made = await room.desk.mailboxes.create(Caller())
                assert re.fullmatch(pattern, made.address.partition("@")[0])
            else:
                with pytest.raises(Refused) as refused:
                    await room.desk.mailboxes.create(Caller())
                assert refused.value.code == "username_needed"
                assert (await room.desk.mailboxes.create(Caller(), "bot-1")).status == "live"


async def test_an_unknown_domain_names_the_known_ones(quiet_room: PostRoom) -> None:
    with pytest.raises(InvalidRequest) as unknown:
        await quiet_room.desk.mailboxes.create(Caller(), "ada", domain="elsewhere.example")
    assert unknown.value.code == "domain_unknown"
    assert "agents.localhost" in unknown.value.next_step
    made = await quiet_room.desk.mailboxes.create(Caller(), "ada", domain=" Agents.LOCALHOST")
    assert made.address == "ada@agents.localhost"


@pytest.mark.parametrize(
    "asked", ["0s", "9s", "367d", "1y", "-5m", "soon", "", "5", "1e9d", "999999999w"]
)
async def test_odd_lifetimes_are_refused(quiet_room: PostRoom, asked: str) -> None:
    with pytest.raises(InvalidRequest):
        await quiet_room.desk.mailboxes.create(Caller(), "ada", expires_in=asked)


@pytest.mark.parametrize("asked", ["\x00", "x" * 121, "a\u202eb"])
async def test_odd_display_names_are_refused(quiet_room: PostRoom, asked: str) -> None:
    with pytest.raises(InvalidRequest):
        await quiet_room.desk.mailboxes.create(Caller(), "ada", display_name=asked)


async def test_a_mailbox_whose_time_is_over_neither_receives_nor_sends_and_says_so(
    room: PostRoom, clock: TestClock
) -> None:
    ada, ben = Agent(room, "ada"), await Agent(room, "ben").open()
    made = await room.desk.mailboxes.create(ada.caller, "ada", expires_in="2h")
    ada.address = made.address
    assert made.expires_at is not None
    assert (await ben.send("In time.", ada.address)).status == "sent"
    await ada.wait()
    clock.jump(2 * 3600 + 1)
    listed = await room.desk.mailboxes.list(ada.caller)
    assert listed.mailboxes[0].status == "expired"
    assert (await room.desk.mailboxes.show(ada.caller, ada.address)).status == "expired"
    late = await ben.send("Too late.", ada.address)
    assert late.status == "failed"
    with pytest.raises(Refused) as refused:
        await ada.send("Hello?", ben.address)
    assert refused.value.code == "mailbox_not_live"
    threads = await room.desk.reading.threads(ada.caller)
    assert [t.untrusted_snippet for t in threads.threads] == ["In time."]


async def test_an_expired_mailbox_is_its_owners_again_and_nobody_elses(
    room: PostRoom, clock: TestClock
) -> None:
    ada, ben = Agent(room, "ada"), await Agent(room, "ben").open()
    await ada.open("ada", expires_in="1h")
    await ben.send("First life.", ada.address)
    await ada.wait()
    clock.jump(3601)
    with pytest.raises(PostroomError) as taken:
        await room.desk.mailboxes.create(Caller(agent="eve"), "ada")
    assert taken.value.code == "address_taken"
    revived = await room.desk.mailboxes.create(ada.caller, "ada")
    assert (revived.existed, revived.expires_at, revived.status) == (True, None, "live")
    assert (await ben.send("Second life.", ada.address)).status == "sent"
    first = await ada.wait()  # the second mail may be there already, or come now
    came = list(first.messages)
    if len(came) < 2:
        came += (await ada.wait(after=first.after)).messages
    assert [m.untrusted_text for m in came] == ["First life.", "Second life."]


async def test_a_deleted_mailbox_is_gone_and_its_address_stays_taken(room: PostRoom) -> None:
    ada, ben = await Agent(room, "ada").open(), await Agent(room, "ben").open()
    sent = await ben.send("Hello.", ada.address)
    got = await ada.wait()
    thread_id = str(got.messages[0].thread_id)
    with pytest.raises(Refused):
        await room.desk.mailboxes.delete(ada.caller, ada.address)
    await room.desk.mailboxes.delete(operator(), ada.address)
    assert (await room.desk.mailboxes.list(ada.caller)).mailboxes == ()
    assert (await room.desk.reading.threads(ada.caller)).threads == ()
    for ask in (
        room.desk.reading.thread(ada.caller, thread_id),
        room.desk.mailboxes.show(ada.caller, ada.address),
        room.desk.reading.threads(ada.caller, mailbox=ada.address),
    ):
        with pytest.raises(NotFound):
            await ask
    with pytest.raises(PostroomError) as taken:
        await room.desk.mailboxes.create(Caller(agent="eve"), "ada")
    assert taken.value.code == "address_taken"
    assert (await ben.send("Still there?", ada.address, idempotency_key="k")).status == "failed"
    assert sent.status == "sent"


async def test_credentials_are_for_operators(room: PostRoom) -> None:
    ada = await Agent(room, "ada").open()
    with pytest.raises(Refused):
        await room.desk.mailboxes.credentials(ada.caller, ada.address)
    told = await room.desk.mailboxes.credentials(operator(), ada.address)
    assert told.password
    assert told.imap_port != told.smtp_port


async def test_the_list_says_how_many_threads_await_an_answer(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(
        ada.address, letter(id="1@x"), letter(id="2@x"), letter(id="3@x", follows="2@x")
    )
    auto = letter(id="4@x", more="Auto-Submitted: auto-replied")
    await postman.bring(ada.address, auto)
    listed = await quiet_room.desk.mailboxes.list(ada.caller)
    assert [m.awaiting_answer for m in listed.mailboxes] == [2]
    assert listed.mailboxes[0].agent is None
    assert (await quiet_room.desk.mailboxes.list(operator())).mailboxes[0].agent == "ada"


async def test_a_mailbox_whose_mail_has_gone_by_retention_answers_for_its_old_ids(
    settings: Settings, clock: TestClock
) -> None:
    async with open_room(settings, program="test", clock=clock) as room:
        await room.worker.start()
        assert await room.worker.settled(10)
        ada, ben = (
            await Agent(room, "ada").open("ada", expires_in="1h"),
            await Agent(room, "ben").open(),
        )
        sent = await ada.send("Hello.", ben.address, idempotency_key="k", subject="S")
        clock.jump(40 * 86400)

        async def purged() -> bool:
            return not (await room.desk.reading.threads(ada.caller)).threads

        await eventually(purged)
        with pytest.raises(NotFound) as gone:
            await room.desk.reading.thread(ada.caller, sent.thread_id)
        assert gone.value.code == "thread_not_found"
        await room.desk.mailboxes.create(ada.caller, "ada")
        with pytest.raises(NotFound):
            await ada.send("Again.", thread_id=sent.thread_id)
        again = await ada.send("Hello.", ben.address, idempotency_key="k", subject="S")
        assert again.duplicate
        assert again.send_id == sent.send_id


async def test_a_mailbox_that_the_operator_removed_stays_removed(room: PostRoom) -> None:
    ada = await Agent(room, "ada").open()
    await room.desk.mailboxes.delete(operator(), ada.address)
    with pytest.raises(Refused, match="removed"):
        await ada.open()
    made = await again(room, operator("ada"), "ada")
    assert made.address == ada.address
    assert made.next_step.startswith("It had been deleted and receives again, without an end")


async def again(room: PostRoom, caller: Caller, username: str) -> MailboxCreated:
    """A mailbox that has ended, given back as soon as its old mail is gone."""

    async def create() -> MailboxCreated | None:
        try:
            return await room.desk.mailboxes.create(caller, username)
        except Conflict:
            return None

    made = await eventually(create)
    assert made is not None
    return made


async def test_a_mailbox_whose_mail_is_being_removed_is_not_given_back_with_it(
    quiet_room: PostRoom, ada: Agent, postman: Postman, clock: TestClock
) -> None:
    await postman.bring(ada.address, letter(id="1@x", subject="Old secret"))
    await quiet_room.desk.mailboxes.delete(operator(), ada.address)
    ben = Agent(quiet_room, "ben")
    await ben.open(expires_in="1h")
    clock.jump(3601 + 30 * 86400)
    for caller, name in ((operator("ada"), "ada"), (ben.caller, "ben")):
        with pytest.raises(Conflict) as conflict:
            await quiet_room.desk.mailboxes.create(caller, name)
        assert conflict.value.code == "mail_being_removed"
        assert "worker" in conflict.value.next_step
    await quiet_room.worker.start()
    await quiet_room.worker.settled(10)
    for caller, name in ((operator("ada"), "ada"), (ben.caller, "ben")):
        assert (await again(quiet_room, caller, name)).existed
    assert (await quiet_room.desk.reading.threads(operator())).threads == ()


async def test_an_expiry_asked_for_too_late_is_told_and_not_applied(quiet_room: PostRoom) -> None:
    create, ada = quiet_room.desk.mailboxes.create, Caller(agent="ada")
    await create(ada, "ada")
    again = await create(ada, "ada@agents.localhost", expires_in="1h")
    assert (again.existed, again.expires_at) == (True, None)
    assert "expires_in was not applied" in again.next_step


async def test_a_name_asked_for_too_late_is_told_and_not_applied(quiet_room: PostRoom) -> None:
    create, ada = quiet_room.desk.mailboxes.create, Caller(agent="ada")
    await create(ada, "ada", "Ada")
    again = await create(ada, "ada", " Ada ", expires_in="1h")
    assert again.next_step.startswith("It existed before, so expires_in was not applied. Send")
    again = await create(ada, "ada", "Countess", expires_in="1h")
    assert again.display_name == "Ada"
    assert "so display_name and expires_in were not applied." in again.next_step
    assert "applied" not in (await create(ada, "ada")).next_step


async def test_a_mailbox_that_receives_again_says_so_and_until_when(
    quiet_room: PostRoom, clock: TestClock
) -> None:
    create, ada = quiet_room.desk.mailboxes.create, Caller(agent="ada")
    await create(ada, "ada", expires_in="1h")
    clock.jump(3601)
    short = await create(ada, "ada", expires_in="1h")
    assert short.next_step.startswith(
        f"It had expired and receives again, until {short.expires_at}, with a new password. Send"
    )
    assert "again" not in (await create(ada, "ada", expires_in="1h")).next_step
    clock.jump(3601)
    long = await create(ada, "ada", "Ada L.")
    assert long.display_name == "Ada L."
    assert "receives again, without an end, with a new password." in long.next_step


@pytest.mark.skipif(os.name != "posix", reason="only on POSIX: files have modes")
async def test_a_home_that_others_may_enter_keeps_its_mail_private(settings: Settings) -> None:
    settings.home.chmod(0o755)
    async with open_room(settings, program="test") as room:
        await room.worker.start()
        await room.worker.settled(10)
        await Agent(room, "ada").open()
        for file in settings.home.glob("*.db*"):
            assert file.stat().st_mode & 0o077 == 0, file.name
