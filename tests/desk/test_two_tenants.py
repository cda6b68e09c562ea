"""Two agents of one name in two tenants are two, wherever their name, mail or counts appear."""

import pytest
from policies import write_policy
from pydantic import ValidationError
from rooms import Agent, Postman, letter

from postroom.build import PostRoom
from postroom.model.agent_names import is_name, named, parted
from postroom.model.callers import Caller, agent, operator
from postroom.model.errors import NotFound

BEN = "ben@elsewhere.example"

NAMES = (
    ("ada", True),
    ("acme/ada", True),
    ("ünal/jürgen-2_b", True),
    ("", False),
    ("/ada", False),
    ("acme/", False),
    ("a/b/c", False),
    ("two words", False),
    ("-", False),
    ("ada\n", False),
    ("a" * 65, False),
    ("operator", True),
    ("operator/ada", False),
    ("a\u200bda", False),
)


@pytest.mark.parametrize(("name", "is_one"), NAMES)
def test_a_name_is_one_word_or_two_with_a_slash(name: str, is_one: bool) -> None:
    assert is_name(name) is is_one
    if is_one:
        assert named(*parted(name)) == name
        assert agent(name).agent == name.rpartition("/")[2]


@pytest.mark.parametrize("given", [{"agent": "a/b"}, {"tenant": "a/b"}, {"tenant": "operator"}])
def test_no_caller_is_called_as_two_could_be(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Caller.model_validate(given)


@pytest.fixture
async def both(quiet_room: PostRoom) -> tuple[Agent, Agent]:
    """Eve of no tenant that is named, and Eve of acme."""
    one, other = Agent(quiet_room, "eve"), Agent(quiet_room, "eve")
    other.caller = agent("acme/eve")
    return await one.open("eve"), await other.open("eve-of-acme")


async def test_what_one_tenant_sends_does_not_count_for_another(
    quiet_room: PostRoom, both: tuple[Agent, Agent]
) -> None:
    limits = 'recipient = ["1/hour"]\ndomain = ["1/hour"]\nagent = ["1/hour"]'
    write_policy(quiet_room.settings.home, f'default = "allow"\n[limits]\n{limits}\n')
    eve, of_acme = both
    ada = await Agent(quiet_room, "ada").open()
    paced = [
        "goes out by itself at" in str((await one.send("One.", BEN)).reason)
        for one in (eve, of_acme, ada)
    ]
    assert paced == [False, False, True]


async def test_whom_one_knows_the_other_does_not(
    quiet_room: PostRoom, both: tuple[Agent, Agent], postman: Postman
) -> None:
    checked = "Authentication-Results: post.localhost; dmarc=pass header.from=elsewhere.example"
    eve, of_acme = both
    nobody = Agent(quiet_room, "eve")
    nobody.caller = agent("new/eve")
    await nobody.open("new-eve")
    await eve.send("Hello.", BEN)
    await postman.bring(eve.address, letter(to=eve.address, id="1@x", more=checked))
    for one, knows in ((eve, True), (of_acme, False)):
        true = letter(to=one.address, id="2@x", more=checked)
        await postman.bring(one.address, true)
        found = (await one.wait(timeout=0)).messages
        assert bool(found[-1].sender_known) is knows
    for one in (eve, nobody):
        false = letter("ben@e1sewhere.example", one.address, id="3@x")
        await postman.bring(one.address, false)
    taken_for = [(await one.wait(timeout=0)).messages[-1].lookalike_of for one in (eve, nobody)]
    assert "elsewhere.example" in str(taken_for[0])
    assert taken_for[1] is None


async def test_an_operator_is_told_of_whom_everything_is(
    quiet_room: PostRoom, both: tuple[Agent, Agent]
) -> None:
    eve, of_acme = both
    for one in both:
        await one.send("Look.", BEN, hold_for_review="Look.")
    desk = quiet_room.desk
    boxes = (await desk.mailboxes.list(operator())).mailboxes
    assert {box.address: box.agent for box in boxes} == {
        eve.address: "eve",
        of_acme.address: "acme/eve",
    }
    held = (await desk.held.list(operator())).sends
    assert {each.asked_by for each in held} == {"agent:default/eve", "agent:acme/eve"}
    actors = {each.actor for each in (await desk.tracing.events(operator())).events}
    assert {"agent:default/eve", "agent:acme/eve"} <= actors


async def test_an_operator_makes_a_mailbox_for_an_agent_of_a_tenant(quiet_room: PostRoom) -> None:
    made = await quiet_room.desk.mailboxes.create(operator("acme/ada"), "ada")
    assert (await quiet_room.desk.mailboxes.show(agent("acme/ada"), made.address)).tenant == "acme"
    with pytest.raises(NotFound):
        await quiet_room.desk.mailboxes.show(agent("ada"), made.address)
