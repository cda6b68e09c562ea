"""How often whoever comes may ask: each token by itself; all others by their address.

A token is known here, by a hash, once it was found to be good; whoever shows another is a stranger.
Whose it is, is found out anew for each request, and handed on. Whoever is signed in at the console
comes by the token that was shown there: that counts here, and opens no other face.

So a flood of false tokens costs their sender's address its turns, and soon no look-up any more, and
whoever was known before goes on from that same address.
"""

import hashlib
import ipaddress
import math
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection

from postroom.model.errors import PostroomError
from postroom.serving.paces import Pace
from postroom.serving.refusals import refusal
from postroom.web.operation.application import ALIVE, READY
from postroom.web.scopes import BEARER, secret_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from postroom.desk.identities.tokens import Bearer
    from postroom.web.console.sessions import Sessions
    from postroom.web.identities import Identities

KNOWN = "postroom.known"
"""The key of a scope that says whether its token is known."""

PROBES = frozenset({ALIVE, READY})
"""What tells whether we are well is no stranger's turn: whoever watches us comes without a token,
may come from an address that others have, and would take us for dead. The answer costs next to
nothing: it is found out once a second at most."""

MOST_KNOWN = 20_000
"""Tokens that are known at a time; one that was forgotten is a stranger's once."""

_BLOCK = 64
"""Bits of an IPv6 address that tell one network from another (RFC 4291 §2.5.4): within it a
machine has as many as it likes."""


class Rates:
    """An ASGI application that lets through what comes no oftener than it may."""

    def __init__(
        self,
        app: "ASGIApp",
        identities: "Identities",
        sessions: "Sessions",
        of_token: int,
        of_strangers: int,
    ) -> None:
        """``of_token``, ``of_strangers``: how often in a minute."""
        self._app = app
        self._identities = identities
        self._sessions = sessions
        self._tokens = Pace(of_token)
        self._strangers = Pace(of_strangers)
        self._known: OrderedDict[str, None] = OrderedDict()

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        if scope["path"] in PROBES:
            return await self._app(scope, receive, send)
        secret, is_shown = secret_of(scope), True
        if not secret:
            secret, is_shown = self._sessions.shown(HTTPConnection(scope)), False
        shown = hashlib.sha256(secret.encode()).hexdigest()
        if (wait := self._wait(scope, shown)) > 0:
            return await _too_often(scope, wait)(scope, receive, send)
        found = await self._whose(secret, shown) if secret else None
        scope[KNOWN], scope[BEARER] = shown in self._known, found if is_shown else None
        return await self._app(scope, receive, send)

    def _wait(self, scope: "Scope", shown: str) -> float:
        if shown in self._known:
            self._known.move_to_end(shown)
            return self._tokens.wait(shown)
        return self._strangers.wait(network_of(scope))

    async def _whose(self, secret: str, shown: str) -> "Bearer | None":
        try:
            found = await self._identities.bearer(secret)
        except PostroomError:  # the face that is asked tells it
            return None
        if found is None:
            self._known.pop(shown, None)  # it is good no more
        else:
            self._known[shown] = None
            if len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        return found


def network_of(scope: "Scope") -> str:
    """From where a request comes, as far as that tells people apart."""
    client = scope.get("client")
    host = str(client[0])[:64] if client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address.packed[:8] + bytes(8), _BLOCK)))


def _too_often(scope: "Scope", wait: float) -> "ASGIApp":
    seconds = math.ceil(wait)
    return refusal(
        scope,
        HTTPStatus.TOO_MANY_REQUESTS,
        "too_many_requests",
        "More was asked from here than is answered in a minute.",
        f"Ask again in {seconds} s.",
        Retry_After=str(seconds),
    )
