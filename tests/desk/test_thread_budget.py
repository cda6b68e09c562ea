"""A thread within a number of tokens: what comes first, and what they are spent on."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from rooms import Agent, Postman, letter
from tokenizer import tokenizer

from postroom.desk.threads.budget import cost, written
from postroom.mime.tokens import estimate_tokens
from postroom.model.answers import ThreadView
from postroom.model.limits import DEFAULT_THREAD_TOKENS

WORDS = "The offer that you sent us last week is fine, but for the date of delivery. "


async def conversation(
    agent: Agent, postman: Postman, texts: list[str], sender: str = "Ben <ben@far.example>"
) -> str:
    mails = [
        letter(sender, agent.address, id=f"{n}.{agent.name}@x",
               follows=f"0.{agent.name}@x" if n else "", text=text)
        for n, text in enumerate(texts)
    ]  # fmt: skip
    await postman.bring(agent.address, *mails)
    (thread,) = (await agent.room.desk.reading.threads(agent.caller, agent.address)).threads
    return thread.thread_id


async def read(agent: Agent, thread_id: str, **more: Any) -> ThreadView:
    return await agent.room.desk.reading.thread(agent.caller, thread_id, **more)


def numbers(view: ThreadView) -> list[int]:
    """Which messages are on a page, by the number that their words begin with."""
    return [int(str(m.untrusted_text).split()[0]) for m in view.messages]


async def test_the_newest_comes_first_then_the_oldest_then_the_rest_from_the_newest_down(
    ada: Agent, postman: Postman
) -> None:
    thread_id = await conversation(ada, postman, [f"{n} {WORDS * 3}" for n in range(20)])
    found = [numbers(await read(ada, thread_id, max_tokens=size)) for size in (300, 700, 1_000)]
    assert found[0] == [19]
    assert found[1][0] == 0
    assert found[1][1:] == list(range(20 - len(found[1][1:]), 20))
    assert len(found[2]) > len(found[1])
    whole = numbers(await read(ada, thread_id, max_tokens=20_000))
    assert whole == list(range(20))


async def test_pages_bring_the_rest_once_and_say_where_it_belongs(
    ada: Agent, postman: Postman
) -> None:
    thread_id = await conversation(ada, postman, [f"{n} {WORDS * 3}" for n in range(20)])
    page = await read(ada, thread_id, max_tokens=700)
    first = numbers(page)
    assert page.left_out == f"{20 - len(first)} messages after the first: next_cursor"
    seen = first
    while page.next_cursor:
        page = await read(ada, thread_id, max_tokens=700, cursor=page.next_cursor)
        seen = seen + numbers(page)
    assert sorted(seen) == list(range(20))
    again = await read(ada, thread_id, max_tokens=700)
    assert written(again) == written(await read(ada, thread_id, max_tokens=700))


async def all_words(agent: Agent, thread_id: str, size: int) -> list[str]:
    """The words of all messages, put together from all pages, in the order of the pages."""
    words: dict[str, str] = {}
    cursor: str | None = None
    while True:
        page = await read(agent, thread_id, max_tokens=size, cursor=cursor)
        for message in reversed(page.messages):
            said = str(message.untrusted_text)
            words[message.message_id] = words.get(message.message_id, "") + said
        cursor = page.next_cursor
        if cursor is None:
            return list(words.values())


async def test_a_long_newest_message_leaves_the_others_out_and_goes_on_by_cursor(
    ada: Agent, postman: Postman
) -> None:
    texts = ["0 short", "1 short", f"2 {WORDS * 300}".rstrip()]
    thread_id = await conversation(ada, postman, texts)
    page = await read(ada, thread_id, max_tokens=500)
    assert numbers(page) == [2]
    assert page.left_out == "the rest of the first and 2 earlier messages: next_cursor"
    assert cost(page) > 400
    assert await all_words(ada, thread_id, 500) == texts[::-1]


async def test_a_long_oldest_message_does_not_crowd_out_the_newer_ones(
    ada: Agent, postman: Postman
) -> None:
    texts = [f"0 {WORDS * 300}".rstrip(), *(f"{n} {WORDS}".rstrip() for n in range(1, 12))]
    thread_id = await conversation(ada, postman, texts)
    page = await read(ada, thread_id, max_tokens=1_500)
    assert numbers(page) == list(range(12))
    assert "characters" in str(page.messages[0].left_out)
    assert sorted(await all_words(ada, thread_id, 1_500)) == sorted(texts)


async def test_quotes_go_before_words_do(ada: Agent, postman: Postman) -> None:
    quote = "\n".join(f"> {WORDS}" for _ in range(60))
    text = f"My answer.\n\nOn Monday, Ada <ada@agents.localhost> wrote:\n{quote}"
    thread_id = await conversation(ada, postman, ["0", text])
    roomy = await read(ada, thread_id, include_quoted=True)
    tight = await read(ada, thread_id, include_quoted=True, max_tokens=400)
    assert "> The offer" in str(roomy.messages[-1].untrusted_text)
    assert tight.messages[-1].untrusted_text == "My answer."
    assert tight.messages[-1].left_out == "what it quotes"
    assert len(tight.messages) == 2


async def test_people_stand_once_and_messages_name_them(ada: Agent, postman: Postman) -> None:
    both = "ada@agents.localhost, Carl <carl@far.example>"
    await postman.bring(
        ada.address,
        letter("Ben <ben@far.example>", both, id="1@x", text="To both."),
        letter("Carl <carl@far.example>", id="2@x", follows="1@x", text="To you."),
    )
    (thread,) = (await ada.room.desk.reading.threads(ada.caller)).threads
    view = await read(ada, thread.thread_id)
    assert [(p.id, p.address, p.untrusted_name) for p in view.people or ()] == [
        ("p1", "ben@far.example", "Ben"),
        ("p2", "carl@far.example", "Carl"),
    ]
    first, second = view.messages
    assert (first.from_, first.to, first.direction) == ("p1", None, None)
    assert (second.from_, second.to) == ("p2", None)
    assert view.to == ("you", "p2")
    assert written(view).count("carl@far.example") == 1


async def test_ones_own_messages_are_from_you(agents: tuple[Agent, Agent]) -> None:
    ada, ben = agents
    sent = await ada.send("Hello.", ben.address)
    view = await read(ada, sent.thread_id)
    (message,) = view.messages
    assert (message.from_, message.text, message.direction, message.to) == (
        *("you", "Hello.", None, ("p1",)),
    )
    self_sent = await ada.send("Note.", ada.address)
    view = await read(ada, self_sent.thread_id)
    assert view.messages[0].from_ == "you"


async def test_a_message_of_an_ordinary_thread_has_at_most_45_tokens_around_its_words(
    ada: Agent, postman: Postman
) -> None:
    ways = {
        "alone": (["Ben <ben@far.example>"], "", ""),
        "known": (["Ben <ben@far.example>"], "", VERIFIED),
        "many": ([f"{name}@far.example" for name in ("ben", "carl", "dora")], "", VERIFIED),
        "group": ([f"{name}@far.example" for name in ("ben", "carl", "dora")], GROUP, VERIFIED),
    }
    for way, (senders, to, more) in ways.items():
        agent = await Agent(ada.room, f"ada-{way}").open()
        mails = [
            letter(senders[n % len(senders)], f"{agent.address}{to}", id=f"{n}@{way}",
                   follows=f"0@{way}" if n else "", text=f"{n}", more=more)
            for n in range(40)
        ]  # fmt: skip
        await postman.bring(agent.address, *mails)
        (thread,) = (await agent.room.desk.reading.threads(agent.caller)).threads
        view = await read(agent, thread.thread_id)
        assert len(view.messages) == 40
        bare = view.model_copy(update={"messages": ()})
        for count in map(tokenizer, ("cl100k_base", "o200k_base")):
            around = (count(written(view)) - count(written(bare))) / 40 - 1  # a number's token each
            assert around <= 45, (way, around)


VERIFIED = "Authentication-Results: post.localhost; dmarc=pass header.from=far.example"
GROUP = ", ben@far.example"


LONG = "x" * 200


@examples(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40
)
@given(
    size=st.integers(300, 3_000),
    texts=st.lists(
        st.sampled_from(["Ja.", WORDS, WORDS * 40, "日本語のテキスト。" * 50, '"\\\n' * 300,
                         "🎉" * 200, "Спасибо за письмо. " * 30, "\t \n" * 200, ""]),
        min_size=1, max_size=8,
    ),
    hostile=st.booleans(),
    quoted=st.booleans(),
)  # fmt: skip
@example(size=544, texts=[WORDS * 40, WORDS, *["Ja."] * 6], hostile=False, quoted=False)
async def test_the_whole_answer_fits_whatever_is_in_it_and_every_page_goes_on(
    ada: Agent, postman: Postman, size: int, texts: list[str], hostile: bool, quoted: bool
) -> None:
    agent = await Agent(ada.room, f"agent{next(NUMBERS)}").open()
    name = "🎉" * 300 if hostile else "Ben"
    address = f"{'b' * 60}@{'sub.' * 40}far.example" if hostile else "ben@far.example"
    people = ", ".join(f"person{n}@{'far.' * 20}example" for n in range(60)) if hostile else ""
    more = f"Cc: {people}\r\nReply-To: other@{'o.' * 100}example" if hostile else ""
    mails = [
        letter(f'"{name}" <{address}>', agent.address, id=f"{n}.{agent.name}@x", text=text,
               more=more, follows=f"0.{agent.name}@x" if n else "",
               subject="S" * 900 if hostile else "S")
        for n, text in enumerate(texts)
    ]  # fmt: skip
    await postman.bring(agent.address, *mails)
    (thread,) = (await ada.room.desk.reading.threads(agent.caller)).threads
    cursor, shown = None, set()
    for _ in range(5_000):
        page = await read(
            agent, thread.thread_id, max_tokens=size, cursor=cursor, include_quoted=quoted
        )
        assert estimate_tokens(written(page)) <= size
        assert page.messages
        shown |= {message.message_id for message in page.messages}
        assert page.next_cursor is None or page.next_cursor != cursor
        cursor = page.next_cursor
        if cursor is None:
            break
    assert cursor is None
    assert len(shown) == len(texts)


NUMBERS = iter(range(10**9))


async def test_a_list_keeps_to_its_tokens_and_goes_on_by_cursor(
    ada: Agent, postman: Postman
) -> None:
    mails = [
        letter(f"p{n}@far.example", id=f"{n}@x", subject=f"S{n}", text=WORDS * 3) for n in range(60)
    ]
    await postman.bring(ada.address, *mails)
    for query in (None, "offer"):
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = await ada.room.desk.reading.threads(
                ada.caller, query=query, limit=100, max_tokens=900, cursor=cursor
            )
            assert cost(page) <= 900
            seen += [one.untrusted_subject for one in page.threads]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == [f"S{n}" for n in reversed(range(60))]


@pytest.mark.parametrize("sign", ["S", "\U0001f389", "\u8a9e", "long words "])
async def test_a_list_keeps_to_the_fewest_tokens_whatever_its_threads_hold(
    ada: Agent, postman: Postman, sign: str
) -> None:
    people = ", ".join(f"person{n}@{'far.' * 20}example" for n in range(30))
    mails = [
        letter("p@far.example", id=f"{n}@x", subject=sign * 400, text=sign * 400,
               more=f"Cc: {people}")
        for n in range(4)
    ]  # fmt: skip
    await postman.bring(ada.address, *mails, letter(id="5@x"), letter(id="6@x"))
    ask = ada.room.desk.reading.threads
    for size in range(300, 420, 7):
        seen: list[str] = []
        cursor: str | None = None
        while True:
            page = await ask(ada.caller, max_tokens=size, cursor=cursor)
            assert cost(page) <= size
            seen += [one.thread_id for one in page.threads]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 6


async def test_blank_lines_cost_next_to_nothing(ada: Agent, postman: Postman) -> None:
    blank = "\n \n\t\n\u00a0\n" * 1_000
    text = f"Above.{blank}Middle.\n\n\nBelow.{blank}\nEnd."
    thread_id = await conversation(ada, postman, ["0", text])
    view = await read(ada, thread_id, max_tokens=400)
    assert view.next_cursor is None
    shown = str(view.messages[-1].untrusted_text)
    assert shown == "Above.\n\n\nMiddle.\n\n\nBelow.\n\n\nEnd."
    whole = await read(ada, thread_id, max_tokens=400, include_quoted=True)
    assert whole.messages[-1].untrusted_text == shown


async def test_the_answer_of_a_wait_fits_whatever_came(ada: Agent, postman: Postman) -> None:
    people = ", ".join(f"person{n}@{'far.' * 20}example" for n in range(60))
    files = "🎉" * 200
    mails = [
        letter(f'"{files}" <ben@far.example>', id=f"{n}@x", text=WORDS * 500, more=f"Cc: {people}",
               subject="S" * 1_500)
        for n in range(10)
    ]  # fmt: skip
    await postman.bring(ada.address, *mails)
    got = await ada.wait(timeout=0)
    assert len(got.messages) == 10
    assert cost(got) <= DEFAULT_THREAD_TOKENS


async def test_real_threads_fit_by_a_real_tokenizer_and_give_their_tokens_to_words(
    ada: Agent, postman: Postman, corpora: Path
) -> None:
    """The longest threads of an archive, at the default size."""
    archive = gzip.decompress((corpora / "threads" / "twisted-web.mbox.gz").read_bytes())
    mails = [
        re.sub(rb"(?m)^>(>*From )", rb"\1", raw)
        for raw in re.split(rb"(?m)^From .*\n", archive)[1:]
    ]
    with (corpora / "threads" / "expected.jsonl").open(encoding="utf-8") as lines:
        threads = [case["positions"] for case in map(json.loads, lines) if "positions" in case]
    count = tokenizer()
    for positions in sorted(threads, key=len)[-6:]:
        agent = await Agent(ada.room, f"agent{next(NUMBERS)}").open()
        await postman.bring(agent.address, *(mails[place - 1] for place in positions))
        (thread,) = (await ada.room.desk.reading.threads(agent.caller)).threads
        view = await read(agent, thread.thread_id)
        real, estimated = count(written(view)), cost(view)
        assert estimated <= DEFAULT_THREAD_TOKENS
        assert 0.95 <= estimated / real <= 1.30
        words = sum(count(str(m.untrusted_text or m.text)) for m in view.messages)
        assert words > 0.6 * real
        assert estimated > 0.75 * DEFAULT_THREAD_TOKENS
