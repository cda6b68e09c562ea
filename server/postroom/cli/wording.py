"""The desk's words for agents, as commands: its hints name tools, and people type commands."""

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

_TOOL = re.compile(rf"\b({'|'.join(_COMMANDS)})\b")
_ARGUMENT = re.compile(r"`(after|cursor|mailbox|username|domain|confirm)`|`?(timeout_seconds)`?")


def for_people(text: str) -> str:
    """A sentence of the desk with commands in place of tools, and options of arguments."""
    commands = _TOOL.sub(lambda found: _COMMANDS[found[1]], text)
    return _ARGUMENT.sub(lambda found: f"--{found[1] or 'timeout'}", commands)
