"""Every tool there is, in the order in which clients see them."""

from typing import Any

from postroom_tools import (
    create_mailbox,
    get_thread,
    list_mailboxes,
    list_threads,
    read_attachment,
    send_email,
    suppress,
    wait_for_reply,
)
from postroom_tools.tool import Tool

TOOLS: tuple[Tool[Any, Any], ...] = (
    create_mailbox.TOOL,
    list_mailboxes.TOOL,
    send_email.TOOL,
    list_threads.TOOL,
    get_thread.TOOL,
    wait_for_reply.TOOL,
    read_attachment.TOOL,
    suppress.TOOL,
)

BY_NAME = {tool.name: tool for tool in TOOLS}
