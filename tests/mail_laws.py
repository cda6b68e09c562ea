"""What holds of every mail that is read, whatever its bytes are."""

import json

from postroom.mime.attachments import attachment_content
from postroom.mime.domain_reports.finding import report_in
from postroom.mime.parse import parse
from postroom.model.messages import ParsedMessage

_OPENED = 8
"""Attachments that are opened; each is found by reading the whole mail again."""


def assert_sound(message: ParsedMessage, raw: bytes) -> None:
    """Valid strings, an aware date, attachments that are there, defects named once."""
    written = message.model_dump_json()
    written.encode("utf-8")
    assert "\\u0000" not in written
    assert ParsedMessage.model_validate(json.loads(written)) == message
    assert message.date is None or message.date.tzinfo is not None
    for part in message.attachments[:_OPENED] + message.attachments[-1:]:
        assert len(attachment_content(raw, part.number)) == part.size
        assert part.filename.strip()
    assert len(set(message.defects)) == len(message.defects)


def check(raw: bytes) -> None:
    """Read ``raw``: it is sound, and read the same a second time."""
    message = parse(raw)
    assert_sound(message, raw)
    assert parse(raw) == message
    assert report_in(raw) == report_in(raw)
