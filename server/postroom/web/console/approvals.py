"""What waits for a person: all that there is to see of it, and their decision.

What is approved is the hash of what the page showed. Where it is another mail by now, the desk
refuses, and the page is shown anew.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from postroom.mime.senders.lookalikes import plain_address
from postroom.model.errors import PostroomError
from postroom.model.held_answers import Approval, Decision
from postroom.model.policy_answers import Explanation
from postroom.model.requests import Edit
from postroom.web.console.asking import Asking
from postroom.web.console.comparing import Line, compared
from postroom.web.console.mail import PAGE_TOKENS, shown

PLACE = "/approvals"

_WENT = (None, "queued", "bounced")
"""States in which a mail of ours in a conversation has been said, or is about to be."""

KNOWN_FROM = {
    "operator": "named by the operator, or one of the agent's own",
    "correspondent": "wrote to us, verified",
    "thread": "we wrote to it before",
    "body": "only a stranger's text or header names it",
    "new": "nowhere in the agent's mail",
}

NAMED_HERE = "named in this conversation by somebody we wrote to, verified"


@dataclass(frozen=True)
class Recipient:
    """Somebody who gets it, and where the address comes from."""

    field: str
    address: str
    provenance: str
    known_from: str
    first_contact: bool
    suppressed: bool
    reply_to_differs: bool


@dataclass(frozen=True)
class Compared:
    """What is other than in a message before."""

    with_what: str
    at: str | None
    lines: tuple[Line, ...]


async def waiting(asking: Asking) -> Response:
    """What waits, the oldest first."""
    return await asking.page("approvals", found=await asking.desk.held.list(asking.caller))


async def one(asking: Asking) -> Response:
    return await _page(asking, asking.of_path("id"))


async def approve(asking: Asking) -> Response:
    """It goes, if it is still what was shown."""
    id = asking.of_path("id")
    try:
        done = await asking.desk.held.approve(
            asking.caller, id, asking.given("hash"), _note(asking)
        )
    except PostroomError as error:
        return await _page(asking, id, error)
    return asking.go(PLACE, f"Approved: {id} goes to {', '.join(done.goes_to) or 'nobody'}.")


async def deny(asking: Asking) -> Response:
    """It goes to nobody else."""
    id = asking.of_path("id")
    try:
        await asking.desk.held.deny(asking.caller, id, _note(asking))
    except PostroomError as error:
        return await _page(asking, id, error)
    return asking.go(PLACE, f"Denied: {id} does not go.")


async def edit(asking: Asking) -> Response:
    """Another mail in its place, which is held until that one is approved."""
    id = asking.of_path("id")
    try:
        before = await asking.desk.held.show(asking.caller, id)
        done: Decision = await asking.desk.held.edit(
            asking.caller, id, asking.given("hash"), _changes(asking, before), _note(asking)
        )
    except PostroomError as error:
        return await _page(asking, id, error)
    return asking.go(
        f"{PLACE}/{id}", f"Changed: {done.operator_changes} Look at it, and approve it so."
    )


def _note(asking: Asking) -> str:
    """What a person says to the agent, on one line as it is kept."""
    return " ".join(asking.given("note").split())


def _changes(asking: Asking, before: Approval) -> Edit:
    """What was changed in the form; what stands there as it was is left alone."""
    text = asking.given("text").replace("\r\n", "\n")
    subject = asking.given("subject").strip()
    people: dict[str, Any] = {}
    for field in ("to", "cc", "bcc"):
        named = tuple(each for each in asking.given(field).replace(",", " ").split() if each)
        if named != getattr(before, field):
            people[field] = named
    return Edit(
        subject=subject if subject != before.subject else None,
        text=text if text.rstrip() != before.text.rstrip() else None,
        without_files=tuple(str(each) for each in asking.form.getlist("without_file")),
        **people,
    )


async def _page(asking: Asking, id: str, error: PostroomError | None = None) -> Response:
    found = await asking.desk.held.show(asking.caller, id)
    why = await _why(asking, id)
    return await asking.page(
        "approval",
        409 if error else 200,
        found=found,
        error=error,
        recipients=_recipients(found, why),
        why=why,
        compared=await _compared(asking, found),
    )


async def _why(asking: Asking, id: str) -> Explanation | None:
    """What the rules say of it, where that can still be told."""
    try:
        return await asking.desk.policies.explain_send(asking.caller, id)
    except PostroomError:
        return None


def _recipients(found: Approval, why: Explanation | None) -> tuple[Recipient, ...]:
    """Everybody in the envelope, with what policy knew of them."""
    facts = {each["address"]: each for each in why.facts["recipients"]} if why else {}
    return tuple(
        _recipient(field, address, facts.get(plain_address(address), {}))
        for field in ("to", "cc", "bcc")
        for address in getattr(found, field)
    )


def _recipient(field: str, address: str, known: dict[str, Any]) -> Recipient:
    provenance = str(known.get("provenance", "unknown"))
    return Recipient(
        field=field,
        address=address,
        provenance=provenance,
        known_from=_known_from(provenance, bool(known.get("first_contact"))),
        first_contact=bool(known.get("first_contact")),
        suppressed=bool(known.get("suppressed")),
        reply_to_differs=bool(known.get("reply_to_differs")),
    )


def _known_from(provenance: str, first_contact: bool) -> str:
    """Where an address comes from, in words: of the two ways to be known by a thread, whom nobody
    ever wrote to is known by the second."""
    if provenance == "thread" and first_contact:
        return NAMED_HERE
    return KNOWN_FROM.get(provenance, "nobody can say any more")


async def _compared(asking: Asking, found: Approval) -> Compared | None:
    """What is other than in the last message of ours there, else in the one that is answered."""
    try:
        thread = await asking.desk.reading.thread(
            asking.caller, found.thread_id, max_tokens=PAGE_TOKENS, include_quoted=True
        )
    except PostroomError:
        return None
    ours = [one for one in shown(thread) if one.is_ours and one.view.status in _WENT]
    if ours:
        last = ours[-1]
        lines = await asyncio.to_thread(compared, last.words, found.text)
        return Compared("the last message that went from here", last.view.date, lines)
    if found.answers is None:
        return None
    answered = found.answers
    lines = await asyncio.to_thread(compared, answered.untrusted_text, _unquoted(found.text))
    return Compared("the message that it answers", answered.date, lines)


def _unquoted(text: str) -> str:
    """``text`` with its quoted lines as they stood in what is quoted."""
    return "\n".join(line.removeprefix(">").removeprefix(" ") for line in text.splitlines())
