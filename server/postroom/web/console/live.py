"""What happens, as it happens: the stream of events, for the script of our own pages.

The script fetches its page anew at each event, and after each time that it could not hear: so
nothing is missed, whatever was told meanwhile.
"""

from starlette.responses import Response

from postroom.model.errors import PostroomError
from postroom.web.console.asking import Asking, whoever
from postroom.web.rest.event_stream import EventStream


async def live(asking: Asking) -> Response:
    """Everybody's events from now on, or behind the one that was heard last, for as long as
    somebody is signed in."""
    heard = asking.request.headers.get("last-event-id")
    news = asking.desk.events.follow(asking.caller, heard)
    first = await anext(news)

    async def is_signed_in() -> bool:
        try:
            return await whoever(asking.console, asking.request, by_person=False) is not None
        except PostroomError:  # the browser comes back, and is told
            return False

    return EventStream(first, news, is_signed_in)
