"""What models call an argument when they guess, and what it is called here.

Collected from other mail tools' schemas and from calls that models made. Where several names are
given, the first one that the tool has is meant.
"""

import difflib
import re
from collections.abc import Collection

MEANT: dict[str, tuple[str, ...]] = {
    "account": ("mailbox",),
    "address": ("mailbox", "username", "to"),
    "after": ("cursor", "since"),
    "attachment": ("attachments", "attachment_id"),
    "base64": ("content_base64",),
    "body": ("text",),
    "body_html": ("html",),
    "code": ("has_code",),
    "codes": ("has_code",),
    "content": ("text", "content_base64"),
    "conversation": ("thread_id",),
    "conversation_id": ("thread_id",),
    "count": ("limit",),
    "cursor": ("after",),
    "data": ("content_base64",),
    "domain": ("sender",),
    "duration": ("timeout_seconds", "expires_in"),
    "email": ("to", "username", "mailbox"),
    "email_address": ("to", "username", "mailbox"),
    "expires": ("expires_in",),
    "expires_at": ("expires_in",),
    "file": ("path", "attachments", "attachment_id"),
    "file_path": ("path",),
    "files": ("attachments",),
    "filter": ("query",),
    "folder": ("mailbox",),
    "force": ("confirm",),
    "from": ("sender", "mailbox"),
    "from_": ("sender", "mailbox"),
    "from_address": ("sender", "mailbox"),
    "from_email": ("sender", "mailbox"),
    "from_name": ("display_name",),
    "html_body": ("html",),
    "id": ("thread_id", "attachment_id"),
    "in_reply_to": ("thread_id",),
    "inbox": ("mailbox",),
    "inbox_id": ("mailbox",),
    "keywords": ("query",),
    "local_part": ("username",),
    "mailbox_id": ("mailbox",),
    "markdown": ("text",),
    "max": ("limit",),
    "max_length": ("max_tokens",),
    "max_results": ("limit",),
    "max_wait": ("timeout_seconds",),
    "message": ("text", "thread_id"),
    "message_id": ("thread_id", "attachment_id"),
    "mime_type": ("content_type",),
    "name": ("username", "filename", "display_name"),
    "next_cursor": ("cursor",),
    "page": ("cursor",),
    "page_size": ("limit",),
    "page_token": ("cursor",),
    "q": ("query",),
    "receiver": ("to",),
    "recipient": ("to",),
    "recipients": ("to",),
    "reply_to": ("thread_id",),
    "reply_to_message_id": ("thread_id",),
    "request_id": ("idempotency_key",),
    "search": ("query",),
    "seconds": ("timeout_seconds",),
    "sender": ("sender", "mailbox"),
    "since": ("after",),
    "status": ("awaiting",),
    "thread": ("thread_id",),
    "timeout": ("timeout_seconds",),
    "timeout_ms": ("timeout_seconds",),
    "title": ("subject",),
    "to_address": ("to",),
    "to_addresses": ("to",),
    "to_email": ("to",),
    "token_limit": ("max_tokens",),
    "ttl": ("expires_in",),
    "type": ("content_type",),
    "unanswered": ("awaiting",),
    "user": ("username",),
    "wait": ("timeout_seconds",),
    "wait_seconds": ("timeout_seconds",),
}


def meant_by(name: str, known: Collection[str]) -> str | None:
    """The argument among ``known`` that ``name`` most likely means; None where nothing is near."""
    snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name[:50].strip())
    plain = snake.lower().replace("-", "_")
    if plain in known:
        return plain
    for candidate in MEANT.get(plain, ()):
        if candidate in known:
            return candidate
    near = difflib.get_close_matches(plain, known, n=1, cutoff=0.6)
    return near[0] if near else None
