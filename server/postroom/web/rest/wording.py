"""The desk's words for agents, as requests for programs: its hints name tools."""

import re

REQUESTS = {
    "create_mailbox": "POST /v1/mailboxes",
    "list_mailboxes": "GET /v1/mailboxes",
    "send_email": "POST /v1/messages/send",
    "list_threads": "GET /v1/threads",
    "get_thread": "GET /v1/threads/{thread_id}",
    "wait_for_reply": "GET /v1/messages/wait",
    "read_attachment": "GET /v1/attachments/{attachment_id}/text",
    "suppress": "POST /v1/suppressions/ask",
}
"""By tool, what a program asks in its place."""

# An English word is a tool only where the desk marks it as one.
_TOOL = re.compile(rf"`({'|'.join(REQUESTS)})`|\b({'|'.join(n for n in REQUESTS if '_' in n)})\b")


def for_programs(text: str) -> str:
    """A sentence of the desk with requests in place of tools."""
    return _TOOL.sub(lambda found: REQUESTS[found[1] or found[2]], text)
