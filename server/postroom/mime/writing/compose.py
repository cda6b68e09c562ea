"""A draft as the bytes that go out (RFC 5322, RFC 2045, RFC 2046).

    multipart/mixed                    only with attachments
    ├── multipart/alternative
    │   ├── text/plain                 as the agent wrote it
    │   └── text/html                  made from it as Markdown, or given
    └── each attachment

The same draft gives the same bytes on every machine: no clock, no randomness, nothing from the
standard library's generators, whose folding changes from release to release.
"""

import hashlib
import secrets
from email.utils import format_datetime

from postroom.mime.kinds.written_by import writer_fields
from postroom.mime.writing.encoding import Body, attachment_body, text_body
from postroom.mime.writing.markdown import markdown_to_html
from postroom.mime.writing.outgoing import (
    address_field,
    checked_id,
    identifier_fields,
    one_line,
    text_field,
)
from postroom.model.errors import InvalidRequest
from postroom.model.messages import Draft


def new_salt() -> str:
    """128 random bits for a draft."""
    return secrets.token_hex(16)


def compose(draft: Draft) -> bytes:
    """The message that ``draft`` describes, with CRLF line ends, in 7 bits unless an address has
    other letters (RFC 6532). Bcc is in no field.

    Raises InvalidRequest where a field holds a line break or another control character, where an
    address or an id is none, and where text is no valid Unicode: what an agent cannot have meant
    is refused, not repaired.
    """
    fields = _fields(draft)
    html = markdown_to_html(draft.text) if draft.html is None else draft.html
    parts = [text_body(_text(draft.text), "plain"), text_body(_text(html), "html")]
    seed = f"{draft.message_id}\n{draft.salt}"
    body = _multipart("alternative", parts, seed)
    if draft.attachments:
        files = [attachment_body(file) for file in draft.attachments]
        body = _multipart("mixed", [body, *files], seed)
    fields += ["MIME-Version: 1.0", *body.fields]
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + body.content


def _fields(draft: Draft) -> list[str]:
    """The header section without what describes the body."""
    fields = [
        f"Date: {format_datetime(draft.date)}",
        address_field("From", (draft.sender,)),
    ]
    if draft.reply_to is not None:
        fields.append(address_field("Reply-To", (draft.reply_to,)))
    if draft.to or not draft.cc:
        # A message with hidden recipients only still says that it has some (RFC 5322 §3.6.3).
        to = address_field("To", draft.to) if draft.to else "To: undisclosed-recipients:;"
        fields.append(to)
    if draft.cc:
        fields.append(address_field("Cc", draft.cc))
    for hidden in draft.bcc:
        address_field("Bcc", (hidden,))  # checked as the others are, and not written
    fields.append(text_field("Subject", one_line(draft.subject, "subject")))
    fields.append(f"Message-ID: <{checked_id(draft.message_id)}>")
    identifiers = identifier_fields(draft.in_reply_to, draft.references)
    return fields + identifiers + writer_fields(draft.writer, answers=bool(identifiers))


def _text(written: str) -> str:
    """``written``, or InvalidRequest where it holds what no mail can carry."""
    if "\x00" in written:
        raise InvalidRequest(
            "nul_in_text", "The text holds a NUL character.", "Remove it and send again."
        )
    try:
        written.encode("utf-8")
    except UnicodeEncodeError:
        raise InvalidRequest(
            "text_not_unicode",
            "The text holds half of a surrogate pair, which is no character.",
            "Send the text as valid Unicode.",
        ) from None
    return written


def _multipart(subtype: str, parts: list[Body], seed: str) -> Body:
    """The parts between delimiters that occur in none of them (RFC 2046 §5.1.1)."""
    contents = ["\r\n".join(part.fields).encode() + b"\r\n\r\n" + part.content for part in parts]
    boundary = _boundary(subtype, seed, contents)
    delimiter = f"--{boundary}\r\n".encode()
    inside = b"".join(delimiter + content + b"\r\n" for content in contents)
    field = f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"'
    return Body([field], inside + f"--{boundary}--\r\n".encode())


def _boundary(subtype: str, seed: str, contents: list[bytes]) -> str:
    digest = hashlib.sha256(f"{subtype}\n{seed}".encode())
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    attempt = 0
    while True:
        # "=_" cannot occur in quoted-printable or base64; an attached mail may hold anything.
        boundary = f"=_{digest.hexdigest()[:32]}{attempt or ''}"
        if not any(boundary.encode() in content for content in contents):
            return boundary
        attempt += 1
