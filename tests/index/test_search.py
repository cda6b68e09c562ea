"""Search finds what was written, in one's own mailboxes, whatever is typed."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rooms import Agent, Postman, TestClock, letter

from postroom.build import PostRoom
from postroom.index import search


async def found(agent: Agent, query: str, **more: object) -> list[str]:
    """The subjects that a query finds, all pages of them."""
    subjects: list[str] = []
    cursor: str | None = None
    while True:
        page = await agent.room.desk.reading.threads(
            agent.caller,
            query=query,
            cursor=cursor,
            **more,  # type: ignore[arg-type]  # as asked
        )
        subjects += [thread.untrusted_subject for thread in page.threads]
        cursor = page.next_cursor
        if cursor is None:
            return subjects


@pytest.fixture
async def library(ada: Agent, postman: Postman) -> Agent:
    await postman.bring(
        ada.address,
        letter(id="1@x", subject="Harbour", text="The quick brown fox AND the NEAR lazy dog."),
        letter(id="2@x", subject="Résumé", text="Ångström naïve coöperate Straße Ελλάδα привет"),
        letter(
            id="3@x", subject="Table", text="column:value snake_case it's a-b 2026-11-23 v1.2.3"
        ),
        letter("Zoë Quux <zoe@far.example>", id="4@x", subject="Names", text="Nothing."),
        letter(id="5@x", subject="Emoji", text="Party 🎉 tonight 😀"),
    )
    return ada


async def check(agent: Agent, query: str, *expected: str) -> None:
    assert sorted(await found(agent, query)) == sorted(expected), query


async def test_words_are_found_where_they_stand(library: Agent) -> None:
    await check(library, "fox", "Harbour")
    await check(library, "FOX dog", "Harbour")
    await check(library, "fox nothing")
    await check(library, "harbour", "Harbour")
    await check(library, "zoe@far.example", "Names")
    await check(library, "quux", "Names")
    await check(library, "snake_case", "Table")
    await check(library, "it's", "Table")
    await check(library, "2026-11-23", "Table")
    await check(library, "v1.2.3", "Table")


async def test_accents_and_scripts_are_found_however_they_are_typed(library: Agent) -> None:
    for word in ("résumé", "resume", "RÉSUMÉ", "ångström", "angstrom", "naïve"):
        for form in ("NFC", "NFD", "NFKD"):
            assert await found(library, unicodedata.normalize(form, word)) == ["Résumé"], (
                form,
                word,
            )
    await check(library, "ΕΛΛΆΔΑ", "Résumé")
    await check(library, "ПРИВЕТ", "Résumé")


SYNTAX = (
    "fox AND", "AND", "OR", "NOT fox", '"', '"fox', "fox*", "*", "NEAR(fox dog)", "NEAR", "(", ")",
    "column:value", "subject:harbour", "box : mb1", "{box} : mb1", "^fox", "fox + dog", "-fox", "'",
    "--", ";", "%", "_", "\\", "fox\x00dog", "🎉", "😀 🎉", "\u200b", "…", "x" * 10_000,
    "fox " * 2_500, '" OR box : "mb2', "fox\ndog\tlazy", "ﬁ", "\u0301", "mb1", "ow1", "rank",
)  # fmt: skip


@pytest.mark.parametrize("query", SYNTAX)
async def test_nothing_that_is_typed_is_syntax(library: Agent, query: str) -> None:
    await found(library, query)


async def test_operators_are_words(library: Agent) -> None:
    await check(library, "fox AND dog", "Harbour")
    await check(library, "fox OR dog")
    await check(library, "column:value", "Table")
    await check(library, "subject:harbour")
    await check(library, "mb1")
    await check(library, "ow1")
    await check(library, "🎉")


@examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60
)
@given(query=st.text(max_size=60))
async def test_no_query_fails(library: Agent, query: str) -> None:
    await found(library, query)


async def test_other_mailboxes_words_are_never_found(
    quiet_room: PostRoom, library: Agent, postman: Postman
) -> None:
    eve = await Agent(quiet_room, "eve").open()
    await postman.bring(
        eve.address, letter(to=eve.address, subject="Secret", text="mb1 ow1 fox treasure")
    )
    await check(library, "treasure")
    await check(eve, "fox", "Secret")
    await check(eve, "harbour")
    assert search.mailbox_word(1) == "mb1"
    await check(eve, "mb1", "Secret")
    await check(library, "mb1")


async def test_pages_of_hits_repeat_nothing_and_leave_nothing_out(
    ada: Agent, postman: Postman, clock: TestClock
) -> None:
    for number in range(40):
        clock.jump(1)
        root = f"{number % 23}@x"
        own = root if number < 23 else f"more-{number}@x"
        await postman.bring(
            ada.address,
            letter(
                id=own,
                follows="" if number < 23 else root,
                subject=f"S{number % 23}",
                text=f"apple {number}",
            ),
        )
    for limit in (1, 2, 3, 7, 22, 23, 24, 100):
        subjects = await found(ada, "apple", limit=limit)
        assert len(subjects) == 23
        assert set(subjects) == {f"S{n}" for n in range(23)}


async def test_a_hit_beyond_a_long_thread_of_hits_is_found(ada: Agent, postman: Postman) -> None:
    await postman.bring(ada.address, letter(id="old@x", subject="Old", text="apple"))
    for start in range(0, 2100, 300):
        batch = [
            letter(id=f"{n}@x", follows="root@x", subject="Long", text="apple")
            for n in range(start, start + 300)
        ]
        await postman.bring(ada.address, *batch)
    assert await found(ada, "apple") == ["Long", "Old"]


async def test_search_keeps_to_the_mailbox_the_time_and_whose_turn_it_is(
    quiet_room: PostRoom, ada: Agent, postman: Postman, clock: TestClock
) -> None:
    second = await Agent(quiet_room, "ada").open("ada-two")
    await postman.bring(ada.address, letter(id="1@x", subject="One", text="apple"))
    clock.jump(3600)
    await postman.bring(second.address, letter(id="2@x", subject="Two", text="apple"))
    page = await quiet_room.desk.reading.threads(ada.caller, mailbox=ada.address, query="apple")
    await ada.send("apple", thread_id=page.threads[0].thread_id, confirm=True)
    assert await found(ada, "apple", mailbox=ada.address) == ["One"]
    assert await found(ada, "apple", awaiting="us") == ["Two"]
    assert await found(ada, "apple", awaiting="them") == ["One"]
    clock.jump(1800)
    assert await found(ada, "apple", since="45m") == ["One", "Two"]
    clock.jump(1800)
    assert await found(ada, "apple", since="45m") == []
