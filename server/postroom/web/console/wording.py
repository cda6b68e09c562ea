"""The desk's words for agents and the command line, as a person at the console follows them: its
hints name tools and commands, and here there are pages."""

import re

TOOLS = {
    "list_mailboxes": "/mailboxes",
    "create_mailbox": "`postroom mailboxes create`",
    "list_threads": "/",
    "get_thread": "its conversation",
}

COMMANDS = {
    "approvals list": "/approvals",
    "approvals show": "/approvals/{}",
    "domains check": "/domains/{}",
    "domains list": "/domains",
    "mailboxes list": "/mailboxes",
    "policy check": "/policy",
    "quarantine list": "/quarantine",
    "sends list": "/outbox",
    "suppressions list": "/suppressions",
    "trace": "/trace/{}",
}
"""By command of `postroom`. Those that have no page stay: an operator may run them."""

_COMMAND = re.compile(rf"`postroom ({'|'.join(COMMANDS)})(?: ([^\s`]+))?`")
_TOOL = re.compile(rf"\b({'|'.join(TOOLS)})\b")


def for_pages(text: str) -> str:
    """A sentence of the desk with pages in place of tools and commands."""
    return _TOOL.sub(lambda found: _named(TOOLS[found[1]]), _COMMAND.sub(_page, text))


def _page(found: re.Match[str]) -> str:
    page, named = COMMANDS[found[1]], found[2] or ""
    return _named(page.format(named)) if bool(named) == ("{}" in page) else found[0]


def _named(page: str) -> str:
    return f"the page {page}" if page.startswith("/") else page
