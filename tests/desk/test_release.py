"""What policy says of a held mail when a person lets it go: rules and limits are asked again."""

import pytest
from policies import write_policy
from rooms import Agent, approve

from postroom.build import PostRoom
from postroom.model.callers import operator
from postroom.model.errors import Refused

BEN = "ben@elsewhere.example"
ONE_AN_HOUR = 'default = "allow"\n[limits]\nmailbox = ["1/hour"]\nhorizon = "2 hours"\n'
DENIES = """default = "allow"
[[rules]]
name = "no-ben"
when = 'recipients.exists(r, r.address == "ben@elsewhere.example")'
then = "deny"
reason = "Nothing goes to Ben any more."
"""


async def test_a_person_lets_go_what_policy_holds_and_not_what_it_denies_by_now(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await ada.send("Ten euros.", BEN, hold_for_review="Look.")
    write_policy(quiet_room.settings.home, DENIES)
    with pytest.raises(Refused, match="Nothing goes to Ben"):
        await approve(quiet_room, sent.send_id)
    write_policy(quiet_room.settings.home, DENIES.replace('"deny"', '"hold"'))
    assert (await approve(quiet_room, sent.send_id)).status == "queued"


async def test_a_mail_that_is_let_go_waits_for_its_turn(quiet_room: PostRoom, ada: Agent) -> None:
    write_policy(quiet_room.settings.home, ONE_AN_HOUR)
    held = await ada.send("Ten euros.", BEN, hold_for_review="Look.")
    assert (await ada.send("First.", BEN)).status == "queued"
    assert "A limit lets it go at" in str((await approve(quiet_room, held.send_id)).next_step)
    sends = (await quiet_room.desk.unsent.list(operator())).sends
    (one,) = [each for each in sends if each.send_id == held.send_id]
    assert (one.status, one.goes_at is not None) == ("queued", True)


async def test_a_wait_for_an_answer_to_what_never_went_out_says_so(
    quiet_room: PostRoom, ada: Agent
) -> None:
    held = await ada.send("Ten euros.", BEN, hold_for_review="Look.")
    await quiet_room.desk.held.deny(operator(), str(held.send_id))
    first = await ada.wait(held.thread_id, held.after, timeout=0)
    assert first.outcome == "denied"
    for after in (first.after, None):
        later = await ada.wait(held.thread_id, after, timeout=0)
        assert later.outcome == "timeout"
        assert "did not go out (denied)" in later.next_step
    again = await ada.send("Nine euros.", thread_id=held.thread_id)
    later = await ada.wait(held.thread_id, again.after, timeout=0)
    assert "did not go out" not in later.next_step
