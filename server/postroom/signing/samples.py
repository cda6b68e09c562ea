"""A mail signed with each key of a domain alone, as outgoing mail is: for whoever checks that
others can verify it."""

import asyncio
from email.utils import formatdate

from postroom.index import domain_keys
from postroom.index.index import Index
from postroom.model.errors import PostroomError
from postroom.signing.opening import OpenedKeys
from postroom.signing.signature import signed


async def samples(index: Index, opened: OpenedKeys, domain: str) -> dict[str, bytes]:
    """By selector, of the keys that sign at this moment; none where they cannot be opened, so that
    nothing can be signed with them."""
    kept = await index.read(lambda con: domain_keys.signing(con, domain))
    try:
        keys = await opened.of(kept)
    except PostroomError:
        return {}
    at = index.clock()
    raw = _mail(domain, at)
    return await asyncio.to_thread(lambda: {key.selector: signed(raw, [key], at) for key in keys})


def _mail(domain: str, at: float) -> bytes:
    return (
        f"From: Postroom <check@{domain}>\r\n"
        f"To: check@{domain}\r\n"
        "Subject: A check that signatures verify\r\n"
        f"Date: {formatdate(at)}\r\n"
        f"Message-ID: <{int(at)}.check@{domain}>\r\n"
        "MIME-Version: 1.0\r\n"
        "Content-Type: text/plain; charset=us-ascii\r\n"
        "\r\n"
        "This mail was sent to nobody.\r\n"
    ).encode()
