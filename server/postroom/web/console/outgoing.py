"""The outbox, what became of each send and of webhooks, and the way of one mail."""

from starlette.responses import Response

from postroom.web.console.asking import ROWS_A_PAGE, Asking

HOOKS_A_PAGE = 50


async def outbox(asking: Asking) -> Response:
    """What has not gone yet."""
    found = await asking.desk.unsent.list(asking.caller, ROWS_A_PAGE, asking.cursor)
    return await asking.page("outbox", found=found, is_first=not asking.cursor)


async def cancel(asking: Asking) -> Response:
    """One is taken back."""
    id = asking.of_path("id")
    await asking.desk.unsent.cancel(asking.caller, id, asking.given("note"))
    return asking.go("/outbox", f"Taken back: {id} does not go.")


async def deliveries(asking: Asking) -> Response:
    """Sends, the newest first, and what servers said of each recipient."""
    before = asking.given("before") or None
    found = await asking.desk.figures.deliveries(asking.caller, before)
    hooks = asking.desk.webhooks
    return await asking.page(
        "deliveries",
        found=found,
        is_first=not before,
        hooks=await hooks.list(asking.caller, HOOKS_A_PAGE, asking.cursor),
        parked=await hooks.list(asking.caller, HOOKS_A_PAGE, status="parked"),
    )


async def trace(asking: Asking) -> Response:
    """The whole way of a send, of a message, or of a mailbox's mail."""
    found = await asking.desk.tracing.trace(asking.caller, asking.of_path("what"))
    return await asking.page("trace", found=found)
