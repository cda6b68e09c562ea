"""Lists and threads page by page: everything once, in order, within what was asked for."""

import re

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rooms import Agent, Postman, TestClock, letter

from postroom.build import PostRoom
from postroom.desk.threads.budget import cost
from postroom.model.answers import ThreadView
from postroom.model.errors import InvalidRequest, NotFound
from postroom.model.unread import STRANGE_HTML, TOO_MANY_RULES

TEXTS = [f"Message {n} begins. " + f"word{n} " * (n * n) + f"Message {n} ends." for n in range(30)]


@pytest.fixture
async def long_thread(ada: Agent, postman: Postman) -> tuple[Agent, str]:
    mails = [letter(id=f"{n}@x", follows="0@x" if n else "", text=t) for n, t in enumerate(TEXTS)]
    await postman.bring(ada.address, *mails)
    (thread,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    return ada, thread.thread_id


async def pages(agent: Agent, thread_id: str, **more: object) -> list[ThreadView]:
    found: list[ThreadView] = []
    cursor: str | None = None
    while True:
        page = await agent.room.desk.reading.thread(agent.caller, thread_id, cursor=cursor, **more)  # type: ignore[arg-type]  # as asked
        found.append(page)
        assert bool(page.left_out) == bool(page.next_cursor)
        cursor = page.next_cursor
        if cursor is None:
            return found


def joined(found: list[ThreadView]) -> dict[str, str]:
    """The words of each message, put together from its pieces."""
    words: dict[str, str] = {}
    for page in found:
        for message in reversed(page.messages):
            said = message.untrusted_text if message.text is None else message.text
            words[message.message_id] = words.get(message.message_id, "") + (said or "")
    return words


@examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25
)
@given(size=st.one_of(st.integers(300, 600), st.integers(300, 50_000)))
async def test_pages_of_any_size_lose_and_repeat_nothing(
    long_thread: tuple[Agent, str], size: int
) -> None:
    agent, thread_id = long_thread
    found = await pages(agent, thread_id, max_tokens=size)
    assert sorted(joined(found).values(), key=len) == TEXTS
    assert all(cost(page) <= size for page in found)
    whole = [m.message_id for page in found for m in page.messages if m.left_out is None]
    assert len(whole) == len(set(whole))


@pytest.mark.parametrize("size", [300, 1_000, 6_000])
async def test_a_page_keeps_to_what_was_asked_for(ada: Agent, postman: Postman, size: int) -> None:
    long_name = "A " + "very " * 50 + "long name"
    many = ", ".join(f"someone{n}@far-away-from-here.example" for n in range(100))
    files = "".join(
        f'--b\r\nContent-Type: text/plain; name="file number {n} with a long name.txt"\r\n'
        "Content-Disposition: attachment\r\n\r\nx\r\n"
        for n in range(60)
    )
    head = 'Content-Type: multipart/mixed; boundary="b"'
    heavy = letter(f"{long_name} <ben@far.example>", id="1@x", to=many, more=f"Cc: {many}")
    fields = heavy.split(b"\r\n\r\n")[0].replace(
        b"Content-Type: text/plain; charset=utf-8", head.encode()
    )
    body = f"--b\r\nContent-Type: text/plain\r\n\r\nHello.\r\n{files}--b--\r\n".encode()
    mails = [
        fields.replace(b"<1@x>", f"<{n}@x>\r\nReferences: <r@x>".encode()) + b"\r\n\r\n" + body
        for n in range(30)
    ]
    await postman.bring(ada.address, *mails)
    (thread,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    found = await pages(ada, thread.thread_id, max_tokens=size)
    assert sum(len(page.messages) for page in found) == 30
    for page in found:
        assert cost(page) <= size


async def test_a_threads_new_words_stand_without_what_was_quoted_unless_asked_for(
    ada: Agent, postman: Postman
) -> None:
    text = (
        "My answer.\n\nOn Monday, Ada <ada@agents.localhost> wrote:\n> The question\n> in two lines"
    )
    await postman.bring(ada.address, letter(id="1@x", text=text))
    (thread,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    read = ada.room.desk.reading.thread
    short = (await read(ada.caller, thread.thread_id)).messages[0].untrusted_text or ""
    whole = (await read(ada.caller, thread.thread_id, include_quoted=True)).messages[
        0
    ].untrusted_text or ""
    assert "My answer." in short
    assert "The question" not in short
    assert "The question" in whole


async def test_a_threads_new_words_stand_without_the_signature_unless_asked_for(
    ada: Agent, postman: Postman
) -> None:
    text = "My answer.\n\nBest regards,\nBen Hale\nExample Ltd."
    await postman.bring(ada.address, letter(id="1@x", text=text))
    (thread,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    read = ada.room.desk.reading.thread
    (short,) = (await read(ada.caller, thread.thread_id)).messages
    (whole,) = (await read(ada.caller, thread.thread_id, include_quoted=True)).messages
    assert short.untrusted_text == "My answer."
    assert whole.untrusted_text == text


async def test_a_cursor_of_another_thread_or_none_at_all_is_refused(
    long_thread: tuple[Agent, str], postman: Postman
) -> None:
    agent, thread_id = long_thread
    await postman.bring(agent.address, letter(id="other@x"))
    other = (await agent.room.desk.reading.threads(agent.caller)).threads[0].thread_id
    read = agent.room.desk.reading.thread
    cursor = (await read(agent.caller, thread_id, max_tokens=300)).next_cursor or ""
    epoch, kind, mail, offset, *_ = cursor.split("-")
    forged = [
        "x",
        f"{epoch}-{kind}-{mail}",
        f"{epoch}-{kind}-ffffffffffffffff-0",
        f"{epoch}-{kind}-{mail}-ffffffffffffffff",
        f"{epoch}-t_0000000000-{mail}-{offset}",
        f"ffff0-{kind}-{mail}-{offset}",
        f"{epoch}-{kind}-{mail}-g",
    ]
    for wrong in forged:
        with pytest.raises(InvalidRequest):
            await read(agent.caller, thread_id, cursor=wrong)
    with pytest.raises(InvalidRequest) as refused:
        await read(agent.caller, other, cursor=cursor)
    assert refused.value.code == "cursor_of_another_thread"
    far = await read(agent.caller, thread_id, cursor=f"{epoch}-{kind}-{mail}-7fffffff")
    assert len(far.messages) >= 1


@pytest.mark.parametrize("size", [299, 50_001, 0, -1])
async def test_a_page_has_bounds(long_thread: tuple[Agent, str], size: int) -> None:
    agent, thread_id = long_thread
    with pytest.raises(InvalidRequest):
        await agent.room.desk.reading.thread(agent.caller, thread_id, max_tokens=size)


async def listed(agent: Agent, **more: object) -> list[str]:
    subjects: list[str] = []
    cursor: str | None = None
    while True:
        page = await agent.room.desk.reading.threads(agent.caller, cursor=cursor, **more)  # type: ignore[arg-type]  # as asked
        subjects += [t.untrusted_subject for t in page.threads]
        cursor = page.next_cursor
        if cursor is None:
            return subjects


@pytest.mark.parametrize("limit", [1, 3, 7, 59, 60, 100])
async def test_lists_repeat_nothing_and_leave_nothing_out(
    ada: Agent, postman: Postman, limit: int
) -> None:
    subjects = [f"S{n}" for n in range(60)]
    for start in range(0, 60, 2):  # two at a time bear the same moment
        pair = (letter(id=f"{n}@x", subject=f"S{n}") for n in (start, start + 1))
        await postman.bring(ada.address, *pair)
    for scope in (
        {},
        {"mailbox": ada.address},
        {"awaiting": "us"},
        {"mailbox": ada.address, "awaiting": "us"},
    ):
        assert await listed(ada, limit=limit, **scope) == subjects[::-1]


async def test_a_list_is_stable_while_mail_arrives(ada: Agent, postman: Postman) -> None:
    for number in range(20):
        await postman.bring(ada.address, letter(id=f"{number}@x", subject=f"S{number}"))
    seen: list[str] = []
    cursor: str | None = None
    for round_ in range(10):
        page = await ada.room.desk.reading.threads(ada.caller, limit=3, cursor=cursor)
        seen += [t.untrusted_subject for t in page.threads]
        await postman.bring(ada.address, letter(id=f"new{round_}@x", subject=f"New{round_}"))
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"S{n}" for n in reversed(range(20))]


async def test_lists_keep_to_whose_turn_it_is_and_to_a_time(
    quiet_room: PostRoom, ada: Agent, postman: Postman, clock: TestClock
) -> None:
    await postman.bring(
        ada.address, letter(id="1@x", subject="Theirs"), letter(id="2@x", subject="Ours")
    )
    got = await ada.wait()
    await ada.send("Your turn.", thread_id=got.messages[0].thread_id)
    clock.jump(7200)
    await ada.send("Well?", "ben@far.example", subject="New")
    assert await listed(ada) == ["New", "Theirs", "Ours"]
    assert await listed(ada, awaiting="us") == ["Ours"]
    assert await listed(ada, awaiting="them") == ["New", "Theirs"]
    assert await listed(ada, since="1h") == ["New"]
    assert await listed(ada, since="2001-01-01") == ["New", "Theirs", "Ours"]
    assert await listed(ada, since="2999-01-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "since",
    [
        "yesterday",
        "1",
        "1y",
        "2026-13-01",
        "-1h",
        "x" * 10_000,
        "9999999999d",
        "0001-01-01",
        "9999-12-31T23:59:59+14:00",
    ],
)
async def test_odd_times_are_refused_or_understood(ada: Agent, since: str) -> None:
    try:
        await listed(ada, since=since)
    except InvalidRequest as error:
        assert error.code == "time_malformed"  # noqa: PT017  # either end is well


async def test_cursors_of_another_list_and_forged_ones_are_refused(
    ada: Agent, postman: Postman
) -> None:
    for number in range(5):
        await postman.bring(ada.address, letter(id=f"{number}@x"))
    ask = ada.room.desk.reading.threads
    cursor = (await ask(ada.caller, limit=2)).next_cursor or ""
    epoch, kind, at, thread = cursor.split("-")
    with pytest.raises(InvalidRequest) as refused:
        await ask(ada.caller, limit=2, awaiting="us", cursor=cursor)
    assert refused.value.code == "cursor_of_another_list"
    for wrong in (
        "x",
        f"{epoch}-{kind}-{at}-ffffffffffffffff",
        f"{epoch}-{kind}-ffffffffffffffff-{thread}",
        f"{epoch}-{kind}-7ff0000000000000-{thread}",
        f"{epoch}-{kind}-7ff8000000000000-{thread}",
        f"{epoch}-{kind}-{at}-",
        f"{epoch}-l0-{at}-{thread}",
    ):
        with pytest.raises(InvalidRequest):
            await ask(ada.caller, limit=2, cursor=wrong)
    searched = (await ask(ada.caller, limit=2, query="hello")).next_cursor or ""
    epoch, kind, at, thread = searched.split("-")
    for odd in ("7ff0000000000000", "7ff8000000000000", "fff0000000000000"):
        with pytest.raises(InvalidRequest):
            await ask(ada.caller, limit=2, query="hello", cursor=f"{epoch}-{kind}-{odd}-{thread}")


@pytest.mark.parametrize("limit", [0, -1, 101])
async def test_a_list_has_bounds(ada: Agent, limit: int) -> None:
    with pytest.raises(InvalidRequest):
        await ada.room.desk.reading.threads(ada.caller, limit=limit)


async def test_a_list_says_who_what_and_when(ada: Agent, postman: Postman) -> None:
    many = "First words\n\nof many " + "x " * 200
    await postman.bring(
        ada.address,
        letter("Ben <ben@far.example>", id="1@x", subject="Plan", text=many),
        letter("carl@far.example", id="2@x", follows="1@x", subject="Re: Plan", text="Fine."),
    )  # fmt: skip
    (thread,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    assert thread.participants == ("ben@far.example", "carl@far.example")
    assert (thread.untrusted_subject, thread.message_count) == ("Plan", 2)
    assert (thread.last_direction, thread.untrusted_snippet) == ("received", "Fine.")
    assert thread.awaiting == "us"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", thread.last_message_at)


async def test_an_agent_without_mailboxes_has_no_threads(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter())
    eve = Agent(quiet_room, "eve")
    assert await listed(eve) == []
    assert await listed(eve, query="hello") == []
    with pytest.raises(NotFound):
        await listed(eve, mailbox=ada.address)


async def test_a_mail_that_did_not_go_out_or_not_to_everybody_says_why(
    agents: tuple[Agent, Agent],
) -> None:
    ada, ben = agents
    failed = await ada.send("One.", "nobody@agents.localhost")
    parted = await ada.send("Two.", (ben.address, "nobody@agents.localhost"))
    whole = await ada.send("Three.", ben.address)
    shown = [
        (await ada.room.desk.reading.thread(ada.caller, sent.thread_id)).messages[0]
        for sent in (failed, parted, whole)
    ]
    assert [view.status for view in shown] == ["failed", "sent", None]
    assert [view.reason for view in shown] == [failed.reason, parted.reason, None]
    assert all(sent.reason for sent in (failed, parted))


async def test_a_mail_that_policy_denied_says_why(agents: tuple[Agent, Agent]) -> None:
    ada, _ = agents
    denied = await ada.send("Hello.", tuple(f"p{n}@agents.localhost" for n in range(60)))
    assert denied.status == "denied"
    thread = await ada.room.desk.reading.thread(ada.caller, denied.thread_id)
    assert (thread.messages[0].status, thread.messages[0].reason) == ("denied", denied.reason)


async def test_mail_that_cannot_be_read_here_says_why(ada: Agent, postman: Postman) -> None:
    sealed = letter(text="-----BEGIN PGP MESSAGE-----\n\nwcBMA\n-----END PGP MESSAGE-----")
    await postman.bring(ada.address, sealed)
    (message,) = (await ada.wait()).messages
    assert message.left_out is not None
    assert "encrypted" in message.left_out


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<div>" * 3_000 + "<p style='display:none'>hidden", STRANGE_HTML),
        (f"<style>{''.join(f'.a .b{n}{{display:none}}' for n in range(600))}</style>x",
         TOO_MANY_RULES),
    ],
)  # fmt: skip
async def test_html_in_which_hidden_words_cannot_be_told_says_so(
    ada: Agent, postman: Postman, html: str, said: str
) -> None:
    head = "From: ben@far.example\r\nSubject: S\r\nContent-Type: text/html\r\n\r\n"
    await postman.bring(ada.address, (head + html).encode())
    (message,) = (await ada.wait()).messages
    assert message.left_out is not None
    assert said in message.left_out
    assert "hidden" not in (message.untrusted_text or "")
