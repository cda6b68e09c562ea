"""An account whose server files the mail of each address in a folder of its own."""

import asyncio

from elsewhere.one_account import Account
from rooms import Agent, eventually, letter

from postroom.model.callers import operator


async def test_mail_in_an_addresss_folder_is_its_agents_whatever_the_header_says(
    foldered: Account,
) -> None:
    ada, ben = await Agent(foldered.room, "ada").open(), await Agent(foldered.room, "ben").open()
    assert ada.address == foldered.sub("ada")
    hidden = letter(to="undisclosed@elsewhere.test", text="A blind copy.")
    await asyncio.to_thread(foldered.make_folder, "ada")
    await asyncio.to_thread(foldered.file, "ada", hidden)
    came = await ada.wait(timeout=60)
    assert [m.untrusted_text for m in came.messages] == ["A blind copy."]
    assert (await ben.wait(timeout=0)).outcome == "timeout"


async def test_more_mail_in_that_folder_is_seen_while_somebody_waits(foldered: Account) -> None:
    ada = await Agent(foldered.room, "ada").open()
    await asyncio.to_thread(foldered.make_folder, "ada")
    await asyncio.to_thread(foldered.file, "ada", letter(to=ada.address, text="One."))
    first = await ada.wait(timeout=60)
    waiting = asyncio.create_task(ada.wait(after=first.after, timeout=15))
    await asyncio.to_thread(foldered.file, "ada", letter(to=ada.address, text="Two."))
    assert [m.untrusted_text for m in (await waiting).messages] == ["Two."]


async def test_the_first_mail_to_a_new_mailbox_is_seen_while_its_agent_waits(
    foldered: Account,
) -> None:
    await Agent(foldered.room, "cam").open()

    async def idles() -> bool:
        shown = await foldered.room.desk.accounts.show(operator(), "work")
        return bool(shown.login_state.state == "idle")

    await eventually(idles, 60)
    ada = await Agent(foldered.room, "ada").open()
    waiting = asyncio.create_task(ada.wait(timeout=15))
    await asyncio.to_thread(foldered.make_folder, "ada")
    await asyncio.to_thread(foldered.file, "ada", letter(to=ada.address, text="One."))
    assert [m.untrusted_text for m in (await waiting).messages] == ["One."]
