"""Whose signatures the mail of a batch bears, for ways that ask for it: look-ups, then arithmetic
on a thread of its own."""

import asyncio
import logging
from collections.abc import Sequence

from postroom.dns.senders.signatures import Claim, check, claims
from postroom.dns.senders.signing_keys import Keys, SigningKeys
from postroom.mime.parse import sender_of
from postroom.mime.senders.domains import ascii_domain, is_host_name
from postroom.model.evidence import Signature

log = logging.getLogger("postroom.work")

PATIENCE_SECONDS = 3.0
"""For one look-up: mail waits for it. All of a batch go at once, and one that fails is not tried
again for a minute."""

Signatures = tuple[Signature, ...]


class Signers:
    """Checks DKIM signatures."""

    def __init__(self, keys: SigningKeys) -> None:
        self._keys = keys

    async def of(self, mails: Sequence[bytes]) -> list[Signatures]:
        """What the signatures of each mail come to; a mail without any has none.

        Never raises: mail that cannot be checked is taken as mail that nobody checked.
        """
        try:
            asked = await asyncio.to_thread(_asked, mails)
            keys = await self._keys.of(
                claim.key_name for each in asked for claim in each if claim.key_name
            )
            return await asyncio.to_thread(_checked, mails, asked, keys)
        except Exception as error:  # its words may be a stranger's
            log.error("Signatures could not be checked: %s.", type(error).__name__)
            return [()] * len(mails)


def _asked(mails: Sequence[bytes]) -> list[tuple[Claim, ...]]:
    return [claims(raw, from_domain(raw)) for raw in mails]


def _checked(
    mails: Sequence[bytes], asked: Sequence[tuple[Claim, ...]], keys: Keys
) -> list[Signatures]:
    return [check(raw, each, keys) for raw, each in zip(mails, asked, strict=True)]


def from_domain(raw: bytes) -> str:
    """The domain of a mail's From address, as the DNS writes it; "" where there is none that a name
    server can be asked about."""
    sender = sender_of(raw)
    domain = ascii_domain(sender.address.rpartition("@")[2]) if sender else ""
    return domain if is_host_name(domain) else ""
