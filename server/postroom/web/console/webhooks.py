"""An endpoint that events are posted to: how it stands, and what is done about it."""

from starlette.responses import Response

from postroom.model.errors import InvalidRequest
from postroom.web.console.asking import Asking

ATTEMPTS_SHOWN = 100


async def one(asking: Asking) -> Response:
    """An endpoint, with what became of its last deliveries."""
    return await _page(asking)


async def pause(asking: Asking) -> Response:
    """It is told nothing more for now."""
    done = await asking.desk.webhooks.pause(asking.caller, asking.of_path("id"))
    return _back(asking, f"{done.webhook_id} is paused.")


async def resume(asking: Asking) -> Response:
    """It goes on where it stopped."""
    done = await asking.desk.webhooks.resume(asking.caller, asking.of_path("id"))
    return _back(asking, f"{done.webhook_id} goes on.")


async def test(asking: Asking) -> Response:
    """Something is posted there, once."""
    done = await asking.desk.webhooks.test(asking.caller, asking.of_path("id"))
    if (told := done.delivery) is None:
        return _back(asking, done.next_step or "Nothing is known of it yet.")
    became = f"failed: {told.fault}" if told.fault else "arrived"
    return _back(asking, f"The test {became} ({told.milliseconds} ms).")


async def replay(asking: Asking) -> Response:
    """It is told again what happened since then."""
    try:
        done = await asking.desk.webhooks.replay(
            asking.caller, asking.of_path("id"), asking.given("since")
        )
    except InvalidRequest as error:
        return await _page(asking, error)
    return _back(asking, f"It is told again what it asks for of {done.events} events.")


def _back(asking: Asking, said: str) -> Response:
    return asking.go(f"/webhooks/{asking.of_path('id')}", said)


async def _page(asking: Asking, error: InvalidRequest | None = None) -> Response:
    hooks, id = asking.desk.webhooks, asking.of_path("id")
    return await asking.page(
        "webhook",
        400 if error else 200,
        hook=await hooks.show(asking.caller, id),
        log=await hooks.deliveries(asking.caller, id, ATTEMPTS_SHOWN),
        since=asking.given("since") or "24h",
        error=error,
    )
