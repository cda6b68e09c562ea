"""Long links stand in words by a short id with their real host, and are got whole by it."""

import re

import pytest
from rooms import Agent, Postman, letter

from postroom.build import PostRoom
from postroom.desk.threads.long_links import LONGEST_SHOWN, long_links, shorten
from postroom.model.errors import NotFound

LONG = "https://shop.example/track?u=" + "a1B2" * 30
OTHER = "https://news.example/p/" + "x9" * 60


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("No links.", "No links."),
        ("https://a.example/short", "https://a.example/short"),
        (f"Look: {LONG}.", "Look: https://shop.example/…l_000000000."),
        (f"[Look]({LONG})", "[Look](https://shop.example/…l_000000000)"),
        (f"<{LONG}>", "<https://shop.example/…l_000000000>"),
        (f"{LONG} {OTHER} {LONG}", "https://shop.example/…l_000000000"
         " https://news.example/…l_000000001 https://shop.example/…l_000000000"),
        (f"https://good.example@evil.example/{'x' * 90}", "https://evil.example/…l_000000000"),
        (f"https://evil.example?good.example/{'x' * 90}", "https://evil.example/…l_000000000"),
        (f"https://{'sub.' * 30}e.example/", f"https://…ub.{'sub.' * 12}e.example/…l_000000000"),
    ],
)  # fmt: skip
def test_a_long_link_is_shown_by_its_host_and_an_id(text: str, shown: str) -> None:
    assert shorten(text, text, "m_00000000") == shown


def test_a_links_id_is_the_same_in_a_part_of_the_text() -> None:
    whole = f"{LONG}\n> {OTHER}"
    assert shorten(OTHER, whole, "m_00000000").endswith("l_000000001")


def test_ids_are_short_however_many_links_there_are() -> None:
    text = " ".join(f"https://a.example/{n:04}{'x' * LONGEST_SHOWN}" for n in range(1_500))
    shown = shorten(text, text, "m_zzzzzzzz")
    found = re.findall(r"l_\w+", shown)
    assert len(found) == len(set(found)) == len(long_links(text)) == 1_024
    assert max(map(len, found)) == 12


async def test_a_link_is_got_whole_by_its_id(ada: Agent, postman: Postman) -> None:
    await postman.bring(ada.address, letter(id="1@x", text=f"See {OTHER} and {LONG} now."))
    (message,) = (await ada.wait(timeout=0)).messages
    ids = re.findall(r"l_\w+", str(message.untrusted_text))
    read = ada.room.desk.attachments.read
    got = [(await read(ada.caller, id)).untrusted_text for id in ids]
    assert got == [OTHER, LONG]
    for wrong in (ids[0] + "z", "l_", "l_00000000", ids[0][:-1] + "z", f"a{ids[0][1:]}"):
        with pytest.raises(NotFound):
            await read(ada.caller, wrong)


async def test_another_agents_link_is_not_there(
    quiet_room: PostRoom, ada: Agent, postman: Postman
) -> None:
    ben = await Agent(quiet_room, "ben").open()
    await postman.bring(ada.address, letter(id="1@x", text=LONG))
    (message,) = (await ada.wait(timeout=0)).messages
    (id,) = re.findall(r"l_\w+", str(message.untrusted_text))
    with pytest.raises(NotFound):
        await quiet_room.desk.attachments.read(ben.caller, id)
