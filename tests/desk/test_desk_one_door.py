"""Every call at the desk is known here and passes its door; nothing behind it asks who calls."""

import ast
import inspect
import typing
from functools import cached_property
from pathlib import Path

import pytest
from rooms import Agent

import postroom.desk
from postroom.build import PostRoom
from postroom.desk.desk import Desk
from postroom.model.errors import Refused

FOR_AGENTS = {
    "attachments.download", "attachments.read", "attachments.resolve", "attachments.save",
    "events.follow", "events.list",
    "mailboxes.create", "mailboxes.list", "mailboxes.page", "mailboxes.show",
    "messages.raw", "messages.show", "messages.within",
    "inbound.take",
    "reading.thread", "reading.threads",
    "sending.send", "sending.would_be",
    "suppressions.suppress",
    "unsent.cancel", "unsent.list", "unsent.show",
    "thread_states.change", "thread_states.show",
    "uploads.take",
    "waiting.wait",
    "webhooks.deliveries", "webhooks.list", "webhooks.show",
}  # fmt: skip
"""What is asked with another agent's names in test_desk_door.py, test_strangers_ids.py,
test_webhook_desk.py."""

FOR_OPERATORS = {
    "accounts.host", "accounts.list", "accounts.show", "accounts.strays",
    "audit.export", "audit.verify",
    "correspondence.erase", "correspondence.export", "correspondence.preview",
    "domain_checks.again", "domain_checks.ask", "domain_checks.facts", "domain_checks.last",
    "domain_checks.states",
    "domain_keys.rotate", "domain_keys.switch", "domain_keys.wait",
    "domain_reports.domains", "domain_reports.open_mailbox", "domain_reports.show",
    "domains.add", "domains.list", "domains.needs", "domains.records", "domains.remove",
    "domains.show",
    "figures.deliveries", "figures.queue", "figures.show",
    "health.rebuild", "health.report",
    "held.approve", "held.deny", "held.edit", "held.list", "held.show",
    "mailboxes.credentials", "mailboxes.delete",
    "policies.check_text", "policies.explain_draft", "policies.explain_send", "policies.replay",
    "policies.show",
    "quarantine.list", "quarantine.release",
    "reputation.list", "reputation.resume", "reputation.show",
    "retention.preview", "retention.run",
    "showing.html",
    "suppressions.add", "suppressions.export", "suppressions.list", "suppressions.remove",
    "suppressions.take_in",
    "tokens.create", "tokens.list", "tokens.revoke", "tokens.rotate",
    "tracing.events", "tracing.trace",
    "visiting.answer", "visiting.places", "visiting.write",
    "webhooks.create", "webhooks.delete", "webhooks.pause", "webhooks.replay", "webhooks.resume",
    "webhooks.rotate", "webhooks.test",
}  # fmt: skip

FOR_WATCHERS = {"metrics.happened", "metrics.now"}
"""The operator's, and of whom they gave a token for them: tests/serving/test_operation.py."""

FOR_NOBODY = {
    "events.end": "said by whoever serves, as it stops",
    "waiting.end": "said by whoever serves, as it stops",
    "waiting.asleep": "asked by who moves the clock of a test",
    "metrics.readiness": "asked by the faces for whoever looks in: names of checks alone",
    "suppressions.unsubscribe": "asked by the faces for whoever has a signed link",
    "standing.moment": "asked by the faces: it says only that nothing changed",
    "tokens.is_good": "asked by the faces before they answer",
    "tokens.bearer": "asked by the faces, before there is a caller",
    "held.answering": "handed to the worker that reads an approver's answers",
    "policies.check": "a part of what health.report says",
    "reputation.checks": "a part of what health.report says",
}


def public_calls(desk: Desk) -> dict[str, typing.Any]:
    """Every public method of the desk's parts, by its name."""
    parts = [
        name
        for name, made in vars(Desk).items()
        if isinstance(made, cached_property) and not name.startswith("_")
    ]
    return {
        f"{part}.{name}": call
        for part in parts
        for name, call in inspect.getmembers(type(getattr(desk, part)), inspect.isfunction)
        if not name.startswith("_")
    }


def test_every_call_at_the_desk_is_known_here(quiet_room: PostRoom) -> None:
    known = FOR_AGENTS | FOR_OPERATORS | FOR_WATCHERS | set(FOR_NOBODY)
    assert set(public_calls(quiet_room.desk)) == known


def test_every_call_names_its_caller_first(quiet_room: PostRoom) -> None:
    for name, call in public_calls(quiet_room.desk).items():
        caller = list(inspect.signature(call).parameters)[1:2]
        assert (caller == ["caller"]) is (name not in FOR_NOBODY), name


@pytest.mark.parametrize("name", sorted(FOR_OPERATORS | FOR_WATCHERS))
async def test_what_is_the_operators_refuses_every_agent_before_it_looks_at_anything(
    quiet_room: PostRoom, ada: Agent, name: str
) -> None:
    part, _, method = name.partition(".")
    call = getattr(getattr(quiet_room.desk, part), method)
    asked = list(inspect.signature(call).parameters.values())[1:]
    needed = [each for each in asked if each.default is each.empty]
    answer = call(ada.caller, **{each.name: None for each in needed})
    with pytest.raises(Refused) as refused:
        await (anext(answer) if inspect.isasyncgen(answer) else answer)
    assert refused.value.code == "operator_only"


BY_NAMES = {
    "mail": {"by_public_id", "by_message_id"},
    "mailboxes": {"by_address", "every", "of_owner", "owner_of", "owner_or_new"},
    "sends": {"by_public_id"},
    "threads": {"resolve", "by_row"},
    "held": {"one"},
    "quarantine": {"one"},
    "replaying": {"one"},
    "uploads": {"by_public_id"},
    "webhooks": {"every", "of_owner", "one", "some"},
    "ids": {"attachment_place", "link_place"},
}
"""The index's look-ups by what a caller may have written, a module each."""

LOOKED_UP_ELSEWHERE = {
    "accounts.py": {"every"},  # for operators
    "correspondence.py": {"by_address"},  # for operators
    "cursors.py": {"resolve", "by_row"},  # compared with the scope that the door gave
    "health.py": {"by_address", "every"},  # for operators
    "held.py": {"one"},  # for operators
    "inlets.py": {"every"},  # for operators
    "elsewhere.py": {"every", "by_address"},  # for operators
    "looking.py": {"resolve"},  # where a thread of the scope has gone since the wait began
    "making.py": {"by_address", "owner_or_new"},  # whether a name is free; whose it will be
    "policies.py": {"one"},  # for operators
    "policy_facts.py": {"by_address"},  # whether a recipient is one of ours, for rules
    "quarantine.py": {"one"},  # for operators
    "reputation.py": {"every"},  # for operators
    "retention.py": {"by_address"},  # for operators
    "limits_used.py": {"every"},  # for operators
    "showing.py": {"by_public_id"},  # for operators
    "suppressions.py": {"by_address"},  # for operators
    "tables.py": {"every"},  # for operators
    "unsent.py": {"one"},  # by the id of what the door gave
    "tracing.py": {"by_public_id", "by_message_id", "by_address"},  # for operators
    "visiting.py": {"every", "by_address", "owner_or_new"},  # for operators
}
"""Where they stand besides the door, and why that is no way around it."""

MODULES = sorted(Path(postroom.desk.__file__).parent.rglob("*.py"))


def look_ups(tree: ast.AST) -> set[str]:
    return {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.attr in BY_NAMES.get(node.value.id, ())
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda each: each.name)
def test_what_a_caller_names_is_looked_up_at_the_door_alone(module: Path) -> None:
    if module.name == "door.py":
        return
    tree = ast.parse(module.read_text(encoding="utf-8"))
    assert look_ups(tree) <= LOOKED_UP_ELSEWHERE.get(module.name, set())


@pytest.mark.parametrize("module", MODULES, ids=lambda each: each.name)
def test_who_calls_is_looked_at_by_the_door_alone(module: Path) -> None:
    allowed = {"making.py": {"agent", "tenant"}}  # whose the new mailbox is
    read = {
        node.attr
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "caller"
    }
    assert module.name == "door.py" or read <= allowed.get(module.name, set())
