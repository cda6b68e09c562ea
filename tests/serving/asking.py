"""Requests to a served post room, by a real client and by hand."""

import asyncio
import ssl
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
from mcp_faces import Serving


def web(face: Serving, token: str | None = None, **options: Any) -> httpx2.AsyncClient:
    """A client at all paths, with the token that lies in the home unless another is named."""
    given = face.token if token is None else token
    headers = {"Authorization": f"Bearer {given}"} if given else {}
    base = face.url.removesuffix("/mcp")
    return httpx2.AsyncClient(base_url=base, headers=headers, timeout=20, **options)


def trusting(certificate: Path) -> ssl.SSLContext:
    """TLS that believes a certificate of the tests' own."""
    return ssl.create_default_context(cafile=certificate)


async def by_hand(face: Serving, text: bytes, patience: float = 20.0) -> bytes:
    """All that comes back for bytes as they are, until the server ends the connection."""
    place = urlsplit(face.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        writer.write(text)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), patience)
    finally:
        writer.close()
