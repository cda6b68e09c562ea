"""Signatures of a domain of one's own on its mail that goes out, made as it goes: the index keeps
the bytes that a person approved, and each attempt signs anew."""

import asyncio
import logging
from collections.abc import Sequence

from postroom.clock import Clock
from postroom.index.domain_keys import KeptKey
from postroom.model.errors import PostroomError, Unavailable
from postroom.signing.opening import OpenedKeys
from postroom.signing.signature import signed
from postroom.smtp.rewritten_ids import rewritten_fields

log = logging.getLogger("postroom.work")

SEALED_OTHERWISE = "domain_key_closed"
"""The code of what names no place (signing/sealing.py)."""

CLOSED = "The keys that this domain's mail is signed with cannot be opened."
LOOK = "The operator must look after that: `postroom doctor` says why."


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
            Unavailable: the keys cannot be opened. Why says more than an agent is to know, such as
            where the secret lies; `postroom doctor` tells it.
        """
        if not keys:
            return raw
        try:
            opened = await self._keys.of(keys)
        except PostroomError as error:
            if error.code == SEALED_OTHERWISE:
                raise
            log.error("Mail of %s cannot be signed: %s", keys[0].domain, error.message)
            raise Unavailable("domain_keys_closed", CLOSED, LOOK) from error
        return await asyncio.to_thread(signed, raw, opened, self._clock(), rewritten_fields(host))
