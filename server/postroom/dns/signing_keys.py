"""The keys that mail is signed with (RFC 6376 §3.6.2), looked up once and kept a while."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable

from postroom.dns.resolver import Resolver
from postroom.model.errors import Unavailable

KEPT_SECONDS = 3600.0
"""How long a key is believed to be still there, and an answer that there is none."""

FAILED_SECONDS = 60.0
"""How long nobody asks again after no answer: a batch of mail must not wait for each."""

MAX_KEPT = 2_000
"""Keys. Each is at most a few hundred bytes; senders choose the names."""

MAX_ASKED_AT_ONCE = 20

Keys = dict[str, str | None]
"""By name: the record, None where there is none; a name is absent where nobody could say."""


class SigningKeys:
    """Looks up key records. ``clock`` gives seconds."""

    def __init__(self, resolver: Resolver, clock: Callable[[], float]) -> None:
        self._resolver = resolver
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, bool, str | None]] = OrderedDict()
        self._turns = asyncio.Semaphore(MAX_ASKED_AT_ONCE)

    async def of(self, names: Iterable[str]) -> Keys:
        """What is known of the keys at ``names``, such as ``sel._domainkey.example.com``."""
        wanted = list(dict.fromkeys(names))
        found = await asyncio.gather(*(self._one(name) for name in wanted))
        return {name: record for name, (known, record) in zip(wanted, found, strict=True) if known}

    async def _one(self, name: str) -> tuple[bool, str | None]:
        async with self._turns:
            kept = self._kept.get(name)
            if kept is not None and self._clock() < kept[0]:
                return kept[1:]
            known, record = await self._ask(name)
            lasts = KEPT_SECONDS if known else FAILED_SECONDS
            self._kept[name] = (self._clock() + lasts, known, record)
            self._kept.move_to_end(name)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
            return known, record

    async def _ask(self, name: str) -> tuple[bool, str | None]:
        try:
            texts = await self._resolver.texts(name)
        except Unavailable:
            return False, None
        # Of several records nobody says which counts (RFC 6376 §3.6.2.2).
        keys = [text for text in texts if "p=" in text.replace(" ", "")]
        return True, keys[0] if keys else None
