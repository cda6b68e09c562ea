"""The kit under anyio's own pytest plugin; run from a folder of its own."""

import pytest

from postroom.testing import SimulatedPostRoom, hours, replies


@pytest.mark.anyio
async def test_a_reply_comes(post_room: SimulatedPostRoom) -> None:
    kim = post_room.correspondent("kim@customer.example", replies("Yes.", after=hours(1)))
    support = await post_room.agent("support")
    await support.call("send_email", to=kim.address, subject="Your order", text="Is it right?")
    await post_room.advance(hours=1)
    heard = await support.call("wait_for_reply", timeout_seconds=0)
    assert heard["messages"][0]["untrusted_text"] == "Yes."
