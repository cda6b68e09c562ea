"""One delivery, and what came of it.

It goes through the guarded client: to nobody's private network unless the operator lists it, judged
on the address that is connected to; no redirect is followed. Of an answer the status alone is kept:
its words are a stranger's.
"""

import asyncio
import logging
import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING

from postroom.clock import Clock
from postroom.guarded.bounds import Bounds
from postroom.guarded.client import GuardedClient
from postroom.guarded.listed import Listed
from postroom.model.errors import PostroomError

if TYPE_CHECKING:
    from postroom.guarded.addresses import Address
    from postroom.guarded.dialing import Resolver

log = logging.getLogger("postroom.work")

BOUNDS = Bounds(connect_seconds=5, whole_seconds=15, max_octets=16 * 1024, cut=True, redirects=0)

MOST_CONNECTIONS = 64

LOOK_UPS = 4
"""Names that are looked up at once, on threads of their own: name servers that do not answer must
keep nobody else's work waiting."""

GONE, TOO_MANY, UNAVAILABLE = 410, 429, 503


@dataclass(frozen=True)
class Answered:
    """What came of an attempt. ``status`` is None where nobody answered; ``fault`` says in words of
    our own why it did not arrive; ``retry_after`` (seconds) is what the other side asks for."""

    status: int | None
    milliseconds: int
    fault: str = ""
    retry_after: float | None = None

    @property
    def delivered(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        return self.status == GONE

    @property
    def is_of_all(self) -> bool:
        """Whether it says something of the whole endpoint, and not of what was posted."""
        return self.status in (None, TOO_MANY, UNAVAILABLE)


class Posting:
    """Kept connections to endpoints."""

    def __init__(self, allowed: Listed, clock: Clock, resolver: "Resolver | None" = None) -> None:
        """``allowed``: what the operator lists; ``resolver`` finds addresses in the place of the
        system."""
        self._clock = clock
        self._look_ups = ThreadPoolExecutor(LOOK_UPS, thread_name_prefix="webhook-look-up")
        self._client = GuardedClient(
            allowed,
            plain=True,
            resolver=resolver or self._look_up,
            max_connections=MOST_CONNECTIONS,
        )

    async def post(self, url: str, headers: dict[str, str], body: bytes) -> Answered:
        """What came of it. Never raises."""
        began = time.perf_counter()
        fields = {"content-type": "application/json", "user-agent": "postroom-webhooks", **headers}
        try:
            answer = await self._client.ask(
                "POST", url, headers=fields, content=body, bounds=BOUNDS
            )
        except PostroomError as error:
            return Answered(None, _since(began), f"{error.code}: {error.message}")
        except Exception as error:
            # Neither its words nor the URL, which may hold a secret.
            log.error("A webhook's delivery failed at %s.", type(error).__name__)
            return Answered(None, _since(began), f"internal_error: {type(error).__name__}")
        wish = _seconds(answer.headers.get("retry-after", ""), self._clock())
        return Answered(answer.status, _since(began), _fault(answer.status), wish)

    async def close(self) -> None:
        await self._client.aclose()
        self._look_ups.shutdown(wait=False, cancel_futures=True)

    async def _look_up(self, host: str, port: int) -> Sequence["Address"]:
        look = lambda: socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # noqa: E731
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._look_ups, look)
        except (OSError, UnicodeError):
            return ()
        return tuple(dict.fromkeys(ip_address(each[4][0]) for each in found))


def _fault(status: int) -> str:
    if 200 <= status < 300:
        return ""
    more = ": redirects are not followed" if 300 <= status < 400 else ""
    return f"It answered {status}{more}."


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _seconds(text: str, now: float) -> float | None:
    """What a Retry-After field asks for (RFC 9110 §10.2.3): seconds or a date."""
    if text.strip().isdecimal():
        return float(text.strip()[:9])
    try:
        return max(parsedate_to_datetime(text).timestamp() - now, 0.0)
    except (ValueError, TypeError, OverflowError):
        return None
