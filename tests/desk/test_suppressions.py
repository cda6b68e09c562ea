"""Whom nothing more is sent to: before any rule, and lifted by the operator alone."""

import pytest
from policies import rule, write_policy
from rooms import Agent, approve, rows

from postroom.build import PostRoom
from postroom.model.callers import Caller, operator
from postroom.model.errors import InvalidRequest, NotFound, Refused
from postroom.model.requests import SendRequest

BEN = "ben@far.example"
EVE = "eve@far.example"
CSV = "address,scope,reason,at\n"


async def test_an_agent_suppresses_for_its_tenant_and_never_lifts_it(
    quiet_room: PostRoom, ada: Agent
) -> None:
    desk = quiet_room.desk.suppressions
    done = await desk.suppress(ada.caller, "Ben@FAR.example", "They wrote: please stop.")
    assert (done.address, done.scope, done.existed) == (BEN, "tenant:default", False)
    assert (await desk.suppress(ada.caller, BEN)).existed
    sent = await ada.send("Hello.", BEN)
    assert sent.status == "denied"
    assert f"Nothing more is sent to {BEN} (they asked that nothing more is sent, " in str(
        sent.reason
    )
    other = await Agent(quiet_room, "cleo").open()
    assert (await other.send("Hello.", BEN)).status == "denied"
    with pytest.raises(Refused):
        await desk.remove(ada.caller, BEN)
    with pytest.raises(Refused):
        await desk.take_in(ada.caller, f"{CSV}{EVE},,,\n")
    with pytest.raises(Refused):
        await desk.list(ada.caller)
    with pytest.raises(Refused):
        await desk.add(ada.caller, EVE)
    assert (await desk.remove(operator(), BEN)).lifted == 1
    assert (await ada.send("Hello.", BEN)).status == "queued"


async def test_an_agent_of_another_tenant_writes_on(quiet_room: PostRoom, ada: Agent) -> None:
    await quiet_room.desk.suppressions.suppress(ada.caller, BEN)
    other = Caller(agent="zoe", tenant="other")
    made = await quiet_room.desk.mailboxes.create(other, "zoe")
    asked = SendRequest(mailbox=made.address, to=(BEN,), text="Hello.")
    assert (await quiet_room.desk.sending.send(other, asked)).status == "queued"
    with pytest.raises(NotFound):
        await quiet_room.desk.suppressions.suppress(other, EVE, mailbox=ada.address)


async def test_a_mailboxs_suppression_holds_for_that_mailbox(
    quiet_room: PostRoom, ada: Agent
) -> None:
    await quiet_room.desk.suppressions.suppress(ada.caller, BEN, mailbox=ada.address)
    first = ada.address
    assert (await ada.send("Hello.", BEN)).status == "denied"
    await ada.open("second")
    assert (await ada.send("Hello.", BEN)).status == "queued"
    assert (await ada.send("Hello.", BEN, mailbox=first)).status == "denied"


async def test_one_suppressed_recipient_keeps_the_mail_from_everybody(
    quiet_room: PostRoom, ada: Agent
) -> None:
    await quiet_room.desk.suppressions.add(operator(), BEN)
    sent = await ada.send("Hello.", EVE, bcc=(BEN,))
    assert sent.status == "denied"
    assert BEN in str(sent.reason)
    assert EVE not in str(sent.reason)
    assert "went to nobody" in str(sent.reason)
    assert (await ada.send("Hello.", EVE)).status == "queued"


async def test_an_address_is_the_same_in_capitals_by_its_letters_and_with_a_detail(
    quiet_room: PostRoom, ada: Agent
) -> None:
    await quiet_room.desk.suppressions.add(operator(), BEN)
    await quiet_room.desk.suppressions.add(operator(), "eve@bücher.example")
    await quiet_room.desk.suppressions.add(operator(), "kim+news@far.example")
    for address in ("BEN@Far.Example", "ben+again@far.example", "eve@xn--bcher-kva.example"):
        assert (await ada.send("Hello.", address)).status == "denied", address
    assert (await ada.send("Hello.", "kim@far.example")).status == "queued"


async def test_no_rule_allows_what_is_suppressed_and_explain_says_so(
    quiet_room: PostRoom, ada: Agent
) -> None:
    write_policy(quiet_room.settings.home, 'default = "allow"\n' + rule("all", "true", "allow"))
    await quiet_room.desk.suppressions.add(operator(), BEN)
    sent = await ada.send("Hello.", BEN, hold_for_review="Look.")
    assert sent.status == "denied"
    found = await quiet_room.desk.policies.explain_send(operator(), str(sent.send_id))
    assert (found.action, found.rule) == ("deny", "suppressed")
    assert all(one.behind and not one.decided for one in found.rules)
    assert found.facts["recipients"][0]["suppressed"] is True
    kept = await quiet_room.index.read(lambda con: rows(con, "SELECT verdict FROM sends"))
    assert BEN not in str(kept)


async def test_a_held_mail_is_not_let_go_to_whom_is_suppressed_by_now(
    quiet_room: PostRoom, ada: Agent
) -> None:
    sent = await ada.send("Hello.", (BEN, EVE), hold_for_review="Look.")
    await quiet_room.desk.suppressions.add(operator(), EVE)
    with pytest.raises(Refused, match=f"sent to {EVE}"):
        await approve(quiet_room, sent.send_id)
    await quiet_room.desk.suppressions.remove(operator(), EVE)
    assert (await approve(quiet_room, sent.send_id)).status == "queued"


async def test_what_is_on_its_way_out_goes_to_nobody_once_one_is_suppressed(
    room: PostRoom, agents: tuple[Agent, Agent]
) -> None:
    ada, ben = agents
    request = SendRequest(mailbox=ada.address, to=(ben.address,), text="Later.")
    sent = await room.desk.sending.send(ada.caller, request, at="1s")
    assert sent.status == "queued"
    await room.desk.suppressions.add(operator(), ben.address)
    got = await ada.wait(sent.thread_id, sent.after)
    assert got.outcome == "failed"
    view = await room.desk.reading.thread(ada.caller, sent.thread_id)
    assert view.messages[0].status == "failed"
    assert f"Nothing more is sent to {ben.address} (the operator" in str(view.messages[0].reason)
    await room.desk.suppressions.remove(operator(), ben.address)
    assert (await ada.send("Now.", ben.address)).status == "sent"


async def test_what_is_exported_comes_in_again_as_it_was(quiet_room: PostRoom, ada: Agent) -> None:
    desk = quiet_room.desk.suppressions
    await desk.suppress(ada.caller, BEN, 'They said: "stop, please"')
    await desk.add(operator(), EVE, f"mailbox:{ada.address}")
    before = await desk.export(operator())
    assert before.startswith(CSV)
    for address in (BEN, EVE):
        await desk.remove(operator(), address)
    done = await desk.take_in(operator(), before)
    assert (done.added, done.existed) == (2, 0)
    assert await desk.export(operator()) == before
    assert (await desk.take_in(operator(), before)).existed == 2


async def test_a_list_of_addresses_alone_holds_everywhere(quiet_room: PostRoom, ada: Agent) -> None:
    desk = quiet_room.desk.suppressions
    done = await desk.take_in(operator(), f"address\r\n{BEN}\r\n\r\n{EVE}\r\n")
    assert done.added == 2
    found = (await desk.list(operator(), BEN)).suppressions[0]
    assert (found.scope, found.cause, found.by) == ("everywhere", "operator", "operator")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Line 1"),
        ("mail\nx@y.example\n", "Line 1"),
        (f"{CSV}{BEN},,,\nno address,,,\n", "Line 3"),
        (f"{CSV}{BEN},tenant:,,\n", "Line 2"),
        (f"{CSV}{BEN},,,yesterday\n", "Line 2"),
        (f"{CSV}{BEN},,,,more\n", "Line 2"),
        (f'{CSV}"{BEN},,,\n', "it is no CSV"),
    ],
)
async def test_of_a_file_that_means_nothing_nothing_is_taken(
    quiet_room: PostRoom, text: str, says: str
) -> None:
    with pytest.raises(InvalidRequest, match=says):
        await quiet_room.desk.suppressions.take_in(operator(), text)
    assert (await quiet_room.desk.suppressions.list(operator())).suppressions == ()


async def test_each_change_is_in_the_journal_without_the_address(
    quiet_room: PostRoom, ada: Agent
) -> None:
    await quiet_room.desk.suppressions.suppress(ada.caller, BEN)
    await quiet_room.desk.suppressions.remove(operator(), BEN)
    told = await quiet_room.index.read(
        lambda con: rows(
            con, "SELECT type, actor, detail FROM journal WHERE type LIKE 'suppression.%'"
        )
    )
    assert told == [
        ("suppression.added", "agent:default/ada", "agent, tenant"),
        ("suppression.removed", "operator", "1 lifted"),
    ]


async def test_what_holds_for_an_address_is_told_for_its_sub_addresses(
    quiet_room: PostRoom,
) -> None:
    desk = quiet_room.desk.suppressions
    await desk.add(operator(), BEN)
    found = await desk.list(operator(), "ben+news@far.example")
    assert [one.address for one in found.suppressions] == [BEN]
    with pytest.raises(NotFound):
        await desk.remove(operator(), "ben+news@far.example")


@pytest.mark.parametrize("address", ["=1+1@x.example", "+1@x.example", "-1@x.example"])
async def test_no_spreadsheet_takes_a_cell_of_the_export_for_a_formula(
    quiet_room: PostRoom, address: str
) -> None:
    desk = quiet_room.desk.suppressions
    await desk.add(operator(), address, note="=note()")
    text = await desk.export(operator())
    assert f"\n'{address},everywhere,operator: =note()," in text
    await desk.remove(operator(), address)
    assert (await desk.take_in(operator(), text)).added == 1
    (one,) = (await desk.list(operator())).suppressions
    assert (one.address, one.untrusted_note) == (address, "=note()")
