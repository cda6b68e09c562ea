"""The desk's words for agents, as commands for the operator: its hints name tools and arguments,
and people type commands and options; its "you" is one agent, and the operator sees everybody's."""

import re

_COMMANDS = {
    "create_mailbox": "`postroom mailboxes create`",
    "list_mailboxes": "`postroom mailboxes list`",
    "send_email": "`postroom send`",
    "list_threads": "`postroom threads list`",
    "get_thread": "`postroom threads show`",
    "wait_for_reply": "`postroom wait`",
    "read_attachment": "`postroom threads attachment`",
}

_OPTIONS = {"thread_id": "--thread", "timeout_seconds": "--timeout", "next_cursor": "--cursor"}
"""Arguments whose options have another name; all others have their own."""

_PLAIN_WORDS = "after|bcc|cc|cursor|domain|limit|mailbox|query|since|subject|text|to|username"
_UNMISTAKABLE = (
    "display_name|expires_in|idempotency_key|include_quoted|max_tokens|next_cursor|reply_all"
    "|thread_id|timeout_seconds"
)

_TOOL = re.compile(rf"\b({'|'.join(_COMMANDS)})\b")
_ARGUMENT = re.compile(
    # An English word is an argument only where the desk marks it as one.
    rf"`(?P<marked>confirm|{_PLAIN_WORDS}|{_UNMISTAKABLE})`"
    rf"|(?P<flag>\bconfirm: true\b)|\b(?P<bare>{_UNMISTAKABLE})\b"
)

_OF_EVERYBODY = (
    (re.compile(r"\bYou have no (such )?"), lambda found: f"There is no {found[1] or ''}"),
    (re.compile(r"\bYou have (?=\d)"), lambda found: "There are "),
    (re.compile(r"\bwhich you have\b"), lambda found: "which there are"),
    (re.compile(r"\banother of your mailboxes\b"), lambda found: "another mailbox"),
    (
        re.compile(r"\buntil the operator connects a real account\b"),
        lambda found: "until a real account is connected",
    ),
)


def for_people(text: str) -> str:
    """A sentence of the desk with commands in place of tools, options of arguments, and
    everybody's mailboxes of the caller's."""
    for agents, peoples in _OF_EVERYBODY:
        text = agents.sub(peoples, text)
    commands = _TOOL.sub(lambda found: _COMMANDS[found[1]], text)
    return _ARGUMENT.sub(_option, commands)


def _option(found: re.Match[str]) -> str:
    name = found["marked"] or found["bare"] or "confirm"
    return _OPTIONS.get(name, f"--{name.replace('_', '-')}")
