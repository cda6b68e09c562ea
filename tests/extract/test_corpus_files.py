"""Every attachment of the handed-over real mail is read or said to be unreadable, in time."""

import asyncio
import time
from pathlib import Path

import pytest
from extract.conftest import Read

from postroom.extract import bounds
from postroom.extract.faults import SENTENCES, Fault
from postroom.mime.attachments import attachment_content, attachment_type
from postroom.mime.parse import parse


@pytest.mark.timeout(400)
async def test_every_attachment_of_real_mail_is_read_without_a_crash(
    corpora: Path, read: Read
) -> None:
    places, kinds = asyncio.Semaphore(bounds.AT_ONCE), dict[str, int]()

    async def one(raw: bytes, number: int, filename: str) -> None:
        content, declared = attachment_content(raw, number), attachment_type(raw, number)
        async with places:
            began = time.monotonic()
            file = await read(content, declared, filename)
            assert time.monotonic() - began < 10
        assert file.reason not in (SENTENCES[Fault.CRASHED], SENTENCES[Fault.SLOW]), filename
        assert file.text is None or file.text.encode() is not None
        kinds[file.content_type] = kinds.get(file.content_type, 0) + 1

    mails = [p.read_bytes() for p in sorted((corpora / "mime" / "files").rglob("*")) if p.is_file()]
    await asyncio.gather(
        *(one(raw, part.number, part.filename) for raw in mails for part in parse(raw).attachments)
    )
    assert sum(kinds.values()) > 100, kinds
    assert {"application/pdf", "message/rfc822", "image/png"} <= {*kinds}
