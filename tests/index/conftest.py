"""What tests of the index may ask for."""

import pytest
from rooms import Agent, Postman, TestClock, letter

from postroom.build import PostRoom


@pytest.fixture
async def lived_in(quiet_room: PostRoom, ada: Agent, postman: Postman, clock: TestClock) -> Agent:
    """A mailbox with a join, a repeated id, mail without ids, answers and refusals in it."""
    bring, address = postman.bring, ada.address
    await bring(address, letter(id="child@x", follows="middle@x", subject="Child", text="kiwi"))
    await bring(address, letter(id="root@x", subject="Root", text="apple"))
    clock.jump(5)
    await bring(address, letter(id="middle@x", follows="root@x", subject="Middle", text="plum"))
    await bring(address, letter(id="root@x", subject="Root again", text="quince"))
    await bring(address, letter(subject="No id", text="cherry"))
    await bring(
        address, letter(id="a@x", follows="b@x", subject="Loop"), letter(id="b@x", follows="a@x")
    )
    page = await quiet_room.desk.reading.threads(ada.caller, query="cherry")
    await ada.send("An answer.", thread_id=page.threads[0].thread_id, confirm=True)
    await ada.send("New words.", "ben@agents.localhost", subject="Outward")
    await ada.send(
        "Too many.", tuple(f"n{n}@agents.localhost" for n in range(51)), subject="Denied"
    )
    return ada
