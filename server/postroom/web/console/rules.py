"""What is set about mail: the policy, whom nothing is sent to, what is kept from its mailbox."""

from starlette.responses import Response

from postroom.model.errors import PostroomError
from postroom.model.policy_answers import Explanation
from postroom.model.requests import SendRequest
from postroom.web.console.asking import ROWS_A_PAGE, Asking

_DRAFT = ("mailbox", "to", "subject", "text", "html", "thread_id")
"""Fields of the draft that is explained."""


async def policy(asking: Asking) -> Response:
    """The rules that hold, in order."""
    return await _policy(asking)


async def explain(asking: Asking) -> Response:
    """What would become of a draft, and which rule says so. Nothing is sent."""
    draft = {name: asking.given(name) for name in _DRAFT}
    try:
        found = await asking.desk.policies.explain_draft(
            asking.caller,
            SendRequest(
                text=draft["text"].replace("\r\n", "\n"),
                mailbox=(draft["mailbox"] or None) if not draft["thread_id"].strip() else None,
                to=tuple(draft["to"].replace(",", " ").split()),
                subject=draft["subject"] or None,
                html=draft["html"] or None,
                thread_id=draft["thread_id"].strip() or None,
            ),
        )
    except PostroomError as error:
        return await _policy(asking, draft=draft, error=error)
    return await _policy(asking, draft=draft, found=found)


async def explain_send(asking: Asking) -> Response:
    """What the rules that hold now say of a send, and what was said when it was filed."""
    found = await asking.desk.policies.explain_send(asking.caller, asking.of_path("id"))
    return await asking.page("explained", id=asking.of_path("id"), found=found)


async def _policy(
    asking: Asking,
    draft: dict[str, str] | None = None,
    found: Explanation | None = None,
    error: PostroomError | None = None,
) -> Response:
    boxes = await asking.desk.mailboxes.list(asking.caller)
    return await asking.page(
        "policy",
        400 if error else 200,
        policy=await asking.desk.policies.show(asking.caller),
        mailboxes=boxes.mailboxes,
        draft=draft or dict.fromkeys(_DRAFT, ""),
        found=found,
        error=error,
    )


async def suppressions(asking: Asking) -> Response:
    """Whom nothing is sent to; of one address alone where it is named."""
    return await _suppressions(asking)


async def suppress(asking: Asking) -> Response:
    """Nothing more goes to an address."""
    try:
        done = await asking.desk.suppressions.add(
            asking.caller,
            asking.given("address"),
            asking.given("scope").strip() or "everywhere",
            asking.given("note"),
        )
    except PostroomError as error:
        return await _suppressions(asking, error)
    already = " already" if done.existed else ""
    return asking.go("/suppressions", f"Nothing is sent to {done.address}{already} ({done.scope}).")


async def lift(asking: Asking) -> Response:
    """Mail to an address goes again."""
    done = await asking.desk.suppressions.remove(
        asking.caller, asking.given("address"), asking.given("scope")
    )
    still = f" It holds still: {', '.join(done.still)}." if done.still else ""
    return asking.go("/suppressions", f"Lifted for {done.address}.{still}")


async def _suppressions(asking: Asking, error: PostroomError | None = None) -> Response:
    address = asking.given("q").strip()
    found = await asking.desk.suppressions.list(
        asking.caller, address or None, ROWS_A_PAGE, asking.cursor
    )
    return await asking.page(
        "suppressions",
        400 if error else 200,
        found=found,
        query=address,
        error=error,
        filled={name: asking.given(name) if error else "" for name in ("address", "scope", "note")},
    )


async def quarantine(asking: Asking) -> Response:
    """Mail that a rule keeps from its mailbox."""
    found = await asking.desk.quarantine.list(asking.caller, ROWS_A_PAGE, asking.cursor)
    return await asking.page("quarantine", found=found, is_first=not asking.cursor)


async def release(asking: Asking) -> Response:
    """One goes into its mailbox, as if it came now."""
    done = await asking.desk.quarantine.release(asking.caller, asking.of_path("id"))
    return asking.go("/quarantine", f"It is in {done.mailbox} now.")
