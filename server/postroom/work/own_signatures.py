"""Signatures of a domain of one's own on its mail that goes out, made as it goes: the index keeps
the bytes that a person approved, and each attempt signs anew."""

import asyncio
from collections.abc import Sequence

from postroom.clock import Clock
from postroom.index.domain_keys import KeptKey
from postroom.signing.opening import OpenedKeys
from postroom.signing.signature import signed
from postroom.smtp.rewritten_ids import rewritten_fields


class OwnSignatures:
    """Signs with keys that it opens once."""

    def __init__(self, keys: OpenedKeys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    async def on(self, raw: bytes, keys: Sequence[KeptKey], host: str) -> bytes:
        """A mail with a signature of each of these keys, as it goes over the wire to the server at
        ``host``; as it is where there are none. On a thread: it takes a millisecond, and as many
        as the mail has megabytes.

        Raises:
            Refused, InvalidRequest, Unavailable: the keys cannot be opened.
        """
        if not keys:
            return raw
        opened = await self._keys.of(keys)
        return await asyncio.to_thread(signed, raw, opened, self._clock(), rewritten_fields(host))
