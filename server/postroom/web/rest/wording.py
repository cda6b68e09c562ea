"""The desk's words for agents and operators, as requests for programs: its hints name tools and
commands."""

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

COMMANDS = {
    "approvals approve": "POST /v1/approvals/{}/approve",
    "approvals list": "GET /v1/approvals",
    "approvals show": "GET /v1/approvals/{}",
    "audit export": "GET /v1/audit",
    "audit verify": "GET /v1/audit/check",
    "domains list": "GET /v1/domains",
    "domains records": "GET /v1/domains/{}/records",
    "mailboxes delete": "DELETE /v1/mailboxes/{}",
    "mailboxes list": "GET /v1/mailboxes",
    "policy check": "POST /v1/policy/check",
    "quarantine list": "GET /v1/quarantine",
    "sends list": "GET /v1/outbox",
    "suppressions list": "GET /v1/suppressions",
    "tokens list": "GET /v1/tokens",
    "trace": "GET /v1/outbox/{}",
}
"""By command of `postroom`, the same. A send is asked for where its agent may ask, too. Commands
that start something (`serve`), or have no request, stay."""

_COMMAND = re.compile(rf"`postroom ({'|'.join(COMMANDS)})(?: ([^\s`]+))?`")

# An English word is a tool only where the desk marks it as one.
_TOOL = re.compile(rf"`({'|'.join(REQUESTS)})`|\b({'|'.join(n for n in REQUESTS if '_' in n)})\b")


def for_programs(text: str, *, sending: bool = False) -> str:
    """A sentence of the desk with requests in place of tools and commands. ``sending``: as it is
    said of a mail, whose mailbox is called `from`."""
    text = _COMMAND.sub(_request, text)
    if sending:
        text = text.replace("`mailbox`", "`from`")
    return _TOOL.sub(lambda found: REQUESTS[found[1] or found[2]], text)


def _request(found: re.Match[str]) -> str:
    request, named = COMMANDS[found[1]], found[2] or ""
    return request.format(named) if bool(named) == ("{}" in request) else found[0]
