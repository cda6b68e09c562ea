"""What many routes are asked with."""

from typing import Annotated

from fastapi import Header, Query

from postroom.desk.cursors import MAX_KEY_CHARS
from postroom.desk.once import MAX_KEY_CHARS as MAX_IDEMPOTENCY_KEY_CHARS
from postroom.model.limits import MAX_LIST, MAX_THREAD_TOKENS, MIN_ANSWER_TOKENS
from postroom.web.rest.problems import MALFORMED, Malformed

Limit = Annotated[int, Query(ge=1, le=MAX_LIST, description="How many on a page.")]

Cursor = Annotated[
    str | None,
    Query(max_length=MAX_KEY_CHARS, description="The next_cursor of the page before."),
]

MaxTokens = Annotated[
    int,
    Query(ge=MIN_ANSWER_TOKENS, le=MAX_THREAD_TOKENS, description="Of the answer, estimated."),
]

MailboxNamed = Annotated[
    str | None, Query(max_length=320, description="Of this mailbox, by its address.")
]

IncludeQuoted = Annotated[bool, Query(description="Also what it quotes, and signatures.")]

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        max_length=2 * MAX_IDEMPOTENCY_KEY_CHARS,
        description="The same key never makes a thing twice; with another request it is refused"
        " (draft-ietf-httpapi-idempotency-key-header). Quoted or not.",
    ),
]


def key_of(header: str | None, body: str | None) -> str | None:
    """The idempotency key of a request, which may stand in the header or in the body.

    Raises:
        Malformed: they name two, or what stands in quotes is no string (RFC 8941 §3.3.3).
    """
    named = None if header is None else _unquoted(header.strip())
    if named is not None and body is not None and named != body:
        raise _malformed("header.Idempotency-Key: the body names another key.")
    return named if named is not None else body


def _unquoted(text: str) -> str:
    if not text.startswith('"'):
        return text
    inner = text[1:-1].replace("\\\\", "\0").replace('\\"', "\1")
    if len(text) < 2 or not text.endswith('"') or '"' in inner or "\\" in inner:
        raise _malformed("header.Idempotency-Key: what begins with a quote is a quoted string.")
    return inner.replace("\0", "\\").replace("\1", '"')


def _malformed(detail: str) -> Malformed:
    return Malformed(MALFORMED, "request_malformed", detail)
