"""An agent written to by hand, on the built-in server."""

from starlette.responses import Response

from postroom.model.answers import SendAnswer
from postroom.model.errors import PostroomError
from postroom.web.console.asking import Asking

_FIELDS = ("to", "name", "subject", "text")


async def ask(asking: Asking) -> Response:
    """The form."""
    return await _page(asking)


async def write(asking: Asking) -> Response:
    """The mail goes, as any mail goes."""
    given = {name: asking.given(name) for name in _FIELDS}
    try:
        sent = await asking.desk.visiting.write(
            asking.caller,
            given["to"],
            given["subject"],
            given["text"].replace("\r\n", "\n"),
            given["name"],
        )
    except PostroomError as error:
        return await _page(asking, error)
    return asking.go(f"/threads/{sent.thread_id}", _told(sent))


async def answer(asking: Asking) -> Response:
    """The visitor answers in a conversation of theirs."""
    id = asking.of_path("id")
    sent = await asking.desk.visiting.answer(
        asking.caller, id, asking.given("text").replace("\r\n", "\n")
    )
    return asking.go(f"/threads/{id}", _told(sent))


async def _page(asking: Asking, error: PostroomError | None = None) -> Response:
    places = await asking.desk.visiting.places(asking.caller)
    return await asking.page(
        "write",
        400 if error else 200,
        places=places,
        error=error,
        filled={name: asking.given(name) for name in _FIELDS},
    )


def _told(sent: SendAnswer) -> str:
    said = f"Your mail is {sent.status}."
    if sent.duplicate:
        said = "The same mail went a moment ago; it was not sent again."
    return f"{said} {sent.reason}" if sent.reason else said
