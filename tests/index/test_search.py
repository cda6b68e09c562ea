"""Search finds what was written, in one's own mailboxes, whatever is typed."""

import sqlite3
import unicodedata
from functools import partial

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rooms import Agent, Postman, TestClock, letter, rows

from postroom.build import PostRoom
from postroom.index import scripts, search


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


UNSPACED = {
    "Japanese": ("会議の件", "明日の会議は東京タワーで2026年に、ジョン・スミスさん"),
    "Chinese": ("关于预算", "请把预算会议改到明天下午三点"),
    "Thai": ("ประชุม", "พรุ่งนี้มีประชุมที่กรุงเทพฯ"),
    "Lao": ("ກອງປະຊຸມ", "ມື້ອື່ນມີກອງປະຊຸມ"),
    "Khmer": ("ការប្រជុំ", "ថ្ងៃស្អែកមានការប្រជុំ"),
    "Halfwidth": ("Kana", "ﾃﾞﾊﾟｰﾄの前"),
    "Korean": ("회의", "내일 회의가 있습니다"),
}  # fmt: skip
"""What the mail is about, and its words, in scripts that are written without spaces, and in one
that is not."""

PARTS = (
    ("会議", "会議の件"), ("明日", "会議の件"), ("議は東", "会議の件"), ("東京タワー", "会議の件"),
    ("件", "会議の件"), ("2026年", "会議の件"), ("ジョン スミス", "会議の件"),
    ("会議 東京", "会議の件"), ("東会",), ("京東",), ("2025年",), ("会議 预算",),
    ("会议", "关于预算"), ("预算会议", "关于预算"),
    ("预算", "关于预算"), ("下午三点", "关于预算"), ("三", "关于预算"), ("下三",),
    ("ประชุม", "ประชุม"), ("กรุงเทพ", "ประชุม"), ("มีประชุมที่", "ประชุม"), ("ชุมประ",),
    ("ປະຊຸມ", "ກອງປະຊຸມ"), ("ប្រជុំ", "ការប្រជុំ"), ("デパート", "Kana"), ("ﾃﾞﾊﾟｰﾄ", "Kana"),
    ("テ\u3099ハ\u309aート", "Kana"), ("회의", "회의"), ("내일", "회의"), ("의가",), ("\u0e31",),
)  # fmt: skip


async def test_scripts_without_spaces_are_found_by_any_part(ada: Agent, postman: Postman) -> None:
    for name, (subject, text) in UNSPACED.items():
        await postman.bring(ada.address, letter(id=f"{name}@x", subject=subject, text=text))
    for query, *expected in PARTS:
        await check(ada, query, *expected)


async def test_people_are_found_by_any_part_of_a_name_without_spaces(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(
        ada.address, letter("山田太郎 <taro@far.example>", id="1@x", subject="Taro")
    )
    await check(ada, "太郎", "Taro")
    await check(ada, "山田", "Taro")
    await check(ada, "田山")


@given(text=st.text(alphabet="会議のがｶﾞ々ประชุมที่កa1 -_'.\u3099\u0301", max_size=300))
def test_a_query_has_few_phrases_and_few_letters_that_are_words_of_their_own(text: str) -> None:
    expression = search.match(text, None) or ""
    phrases = expression.split('"')[1::2]
    assert len(phrases) <= search.MAX_WORDS
    assert sum(scripts.count(phrase) for phrase in phrases) <= 2 * search.MAX_LONE_LETTERS


def test_a_long_run_of_a_common_letter_is_cut_short() -> None:
    for query in ("の" * 100_000, "の " * 50_000, "のa" * 50_000, "の." * 50_000):
        assert (search.match(query, 1) or "").count("の") <= search.MAX_LONE_LETTERS


@given(text=st.text(alphabet="会議のがｶﾞ々ประชุมកa1 \u3099", max_size=100))
def test_spacing_changes_nothing_where_it_was_done(text: str) -> None:
    once = scripts.spaced(text)
    assert scripts.spaced(once).split() == once.split()


async def test_a_mail_in_a_script_without_spaces_can_be_taken_out_again(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    for name, (subject, text) in UNSPACED.items():
        await postman.bring(ada.address, letter(id=f"{name}@x", subject=subject, text=text * 2000))

    def take_out(con: sqlite3.Connection) -> None:
        for row in con.execute("SELECT * FROM messages").fetchall():
            search.remove(con, row)
        con.execute("INSERT INTO search (search) VALUES ('integrity-check')")

    await quiet_room.index.write(take_out)
    for query, *_ in PARTS:
        left = await quiet_room.index.read(partial(_row_ids, query=query))
        assert left == [], query


def _row_ids(con: sqlite3.Connection, query: str) -> list[tuple[object, ...]]:
    expression = search.match(query, None)
    question = "SELECT rowid FROM search WHERE search MATCH ?"
    return rows(con, question, expression) if expression else []


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


async def test_a_batch_of_mail_is_one_segment_of_the_index(
    quiet_room: PostRoom, postman: Postman, ada: Agent
) -> None:
    """FTS5 gathers what a transaction adds, and writes it out early at each savepoint; so does each
    statement that begins one of its own. A segment a mail costs a merge every few mails."""
    batch = [letter(id=f"{n}@x", follows=f"{n - n % 4}@x", text=f"Word {n}.") for n in range(40)]
    await postman.bring(ada.address, *batch)
    question = "SELECT count(DISTINCT segid) FROM search_idx"
    assert await quiet_room.index.read(lambda con: rows(con, question)) == [(1,)]
