"""The issuer's keys: kept while they are good, fetched again when they grow old or one is missing.

none ──► fetching ──► fresh ──(ten minutes)──► old: used, and fetched again beside
             └─ failed: what there was is used on, for a day
"""

import asyncio
import logging
import time
from collections.abc import Callable

from jwt import PyJWK

from postroom.accounts.issuer import Algorithm, Issuer
from postroom.issuer.discovery import Get, jwks_url
from postroom.issuer.fetching import Fetching
from postroom.issuer.signatures import usable
from postroom.model.errors import PeerError, PostroomError, Unavailable

log = logging.getLogger("postroom.issuer")

FRESH_SECONDS = 600.0
"""After so long a key that was taken out of the set is none here either."""

OLDEST_SECONDS = 86_400.0
"""For so long an issuer may be away; a key that was stolen meanwhile cannot be taken back."""

APART_SECONDS = 30.0
"""Between two requests: whoever invents key ids makes us ask no oftener."""


class Keys:
    """The keys of one issuer."""

    def __init__(
        self, issuer: Issuer, get: Get, steady: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._get = get
        self._steady = steady
        self._held: list[tuple[Algorithm, PyJWK]] = []
        self._held_since: float | None = None
        self._asked_at: float | None = None
        self._fault: PostroomError | None = None
        self._fetching: asyncio.Task[None] | None = None

    async def of(self, key_id: str | None, algorithm: Algorithm) -> list[PyJWK]:
        """Those that may have signed: the one of that id, or where none is named every fitting one.

        Raises:
            Unavailable, PeerError: there are none at all, because the issuer gave none.
        """
        if found := self._fitting(key_id, algorithm):
            if self._age() > FRESH_SECONDS:
                self._fetch_soon()
            return found
        if fetching := self._fetch_soon():
            # Whoever waits may give up; the others, and the next, go on.
            await asyncio.shield(fetching)
        if self._age() > OLDEST_SECONDS and self._fault is not None:
            raise type(self._fault)(self._fault.code, self._fault.message, self._fault.next_step)
        return self._fitting(key_id, algorithm)

    async def close(self) -> None:
        """Let a request that is under way go."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.wait({self._fetching})

    def _fitting(self, key_id: str | None, algorithm: Algorithm) -> list[PyJWK]:
        if self._age() > OLDEST_SECONDS:
            return []
        return [
            key
            for its, key in self._held
            if its is algorithm and (key_id is None or key.key_id == key_id)
        ]

    def _age(self) -> float:
        return self._steady() - self._held_since if self._held_since is not None else float("inf")

    def _fetch_soon(self) -> "asyncio.Task[None] | None":
        """The request that is under way, or one that may be made now."""
        now = self._steady()
        if self._fetching is None or self._fetching.done():
            if self._asked_at is not None and now - self._asked_at < APART_SECONDS:
                return None
            self._asked_at = now
            self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        try:
            held = await _asked(self._issuer, self._get)
        except (Unavailable, PeerError) as error:
            self._fault = error
            log.warning("%s", error)
        else:
            self._held, self._held_since, self._fault = held, self._steady(), None


async def found(issuer: Issuer) -> list[PyJWK]:
    """The keys that can be used of an issuer, asked for now.

    Raises:
        Unavailable, PeerError: it gives none.
    """
    held = await _asked(issuer, Fetching(issuer.certificates).document)
    return list({id(key): key for _, key in held}.values())


async def _asked(issuer: Issuer, get: Get) -> list[tuple[Algorithm, PyJWK]]:
    url = issuer.jwks_url or await jwks_url(issuer.issuer, get)
    held = usable((await get(url)).get("keys"), issuer.algorithms)
    if not held:
        raise PeerError(
            "issuer_garbage",
            "The issuer's set of keys has none that can be used.",
            "The operator checks algorithms below [serve.issuer] of postroom.toml.",
        )
    return held
