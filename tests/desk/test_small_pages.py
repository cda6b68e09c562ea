"""Pages of the fewest tokens that may be asked for: each goes on by words, and nothing is lost."""

import re

import pytest
from rooms import Agent, Postman, letter

from postroom.build import PostRoom
from postroom.desk.threads.budget import cost, cut
from postroom.desk.threads.long_links import long_links, shorten
from postroom.model.answers import ThreadView
from postroom.model.limits import MIN_ANSWER_TOKENS

SENTENCE = "The offer that you sent us last week is fine, but for the date. "
SECRET = "8fd0a7c2b19e4d5f"
CROWD = ", ".join(f"p{n}@{'far.' * 20}example" for n in range(60))


async def pages(agent: Agent, size: int = MIN_ANSWER_TOKENS) -> list[ThreadView]:
    """All pages of the only thread."""
    read = agent.room.desk.reading
    (thread,) = (await read.threads(agent.caller)).threads
    found = [await read.thread(agent.caller, thread.thread_id, max_tokens=size)]
    while cursor := found[-1].next_cursor:
        found.append(
            await read.thread(agent.caller, thread.thread_id, max_tokens=size, cursor=cursor)
        )
        assert cost(found[-1]) <= size
    return found


def said(found: list[ThreadView]) -> dict[str, str]:
    """The words of each message, from all its pieces."""
    words: dict[str, str] = {}
    for page in found:
        for message in reversed(page.messages):
            words[message.message_id] = words.get(message.message_id, "") + (
                message.untrusted_text or ""
            )
    return words


@pytest.mark.parametrize(
    "copies",
    ["", "carl@c.example, dora@d.example", CROWD],
)
@pytest.mark.parametrize("name", ["ada", "a" * 64])
async def test_every_page_goes_on_by_whole_words(
    quiet_room: PostRoom, postman: Postman, copies: str, name: str
) -> None:
    agent = await Agent(quiet_room, "ada").open(name)
    texts = [f"{n} {SENTENCE * (1 if n % 3 else 20)}".rstrip() for n in range(10)]
    mails = [
        letter(f"{'b' * 60}@{'sub.' * 40}far.example", agent.address, id=f"{n}@x",
               follows="0@x" if n else "", text=text, subject="S" * 900,
               more=f"Cc: {copies}" if copies else "")
        for n, text in enumerate(texts)
    ]  # fmt: skip
    await postman.bring(agent.address, *mails)
    found = await pages(agent)
    assert sorted(said(found).values()) == sorted(texts)
    for page in found:
        for message in page.messages:
            words = str(message.untrusted_text)
            goes_on = page.next_cursor and not texts[0].endswith(words[-20:])
            assert not goes_on or (len(words.split()) >= 8 and words.endswith(" "))


async def test_a_long_confirmation_link_is_told_by_its_id_where_it_does_not_fit(
    ada: Agent, postman: Postman
) -> None:
    link = f"https://acme.example/confirm?token={SECRET * 30}"
    text = f"Please confirm your email address:\n\n{link}\n"
    await postman.bring(ada.address, letter("Acme <a@acme.example>", text=text))
    [page] = await pages(ada)
    [message] = page.messages
    [shown] = message.untrusted_links or ()
    assert re.fullmatch(r"https://acme\.example/…l_\w+", shown)
    assert shown in str(message.untrusted_text)
    got = await ada.room.desk.attachments.read(ada.caller, shown.partition("…")[2])
    assert got.untrusted_text == link
    [message] = (await pages(ada, 6_000))[0].messages
    assert message.untrusted_links == (link,)


async def test_the_ids_of_links_stay_whole_and_every_one_comes_once(
    ada: Agent, postman: Postman
) -> None:
    links = [f"https://shop.example/{n:03}/{SECRET * 8}" for n in range(40)]
    await postman.bring(ada.address, letter(id="1@x", text="|".join(links)))
    found = await pages(ada)
    ids = [
        id
        for page in found
        for message in page.messages
        for id in re.findall(r"…(l_\w+)", str(message.untrusted_text))
    ]
    read = ada.room.desk.attachments.read
    assert [(await read(ada.caller, id)).untrusted_text for id in ids] == links


def test_no_cut_goes_through_the_id_of_a_link() -> None:
    text = "x|" + "|".join(f"https://a.example/{n}{SECRET * 8}" for n in range(20))
    shown = shorten(text, text, "m_00000000")
    whole = set(re.findall(r"…l_\w+", shown))
    assert len(whole) == len(long_links(text))
    for tokens in range(1, 200):
        rest, ids = shown, []
        while rest:
            piece = cut(rest, tokens)
            ids += re.findall("…l?_?[0-9a-z]*", piece)
            rest = rest[len(piece) :]
        assert set(ids) == whole


async def test_later_pages_repeat_nothing_that_the_first_has_said(
    ada: Agent, postman: Postman
) -> None:
    await postman.bring(ada.address, letter("Ben <ben@far.example>", text=SENTENCE * 60))
    first, *more = await pages(ada)
    assert first.mailbox == ada.address
    assert first.after
    assert len(more) > 2
    for page in more:
        [message] = page.messages
        assert (page.mailbox, page.untrusted_subject, page.after) == (None, None, None)
        assert (message.date, message.to, message.from_) == (None, None, "p1")
        assert message.sender_verdict == "unverified"
