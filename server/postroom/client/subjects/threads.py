"""/v1/threads: conversations, listed, found, and read."""

from typing import Literal

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call
from postroom.client.question import part, reading
from postroom.model.answers import ThreadList, ThreadView


class Threads(Subject[W]):
    """Conversations."""

    @asks
    def list(
        self,
        *,
        mailbox: str | None = None,
        query: str | None = None,
        awaiting: Literal["us", "them"] | None = None,
        since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        max_tokens: int | None = None,
    ) -> Call[ThreadList]:
        """A page of your conversations, newest first. ``query`` is words of one message;
        ``awaiting`` who must answer next; ``since`` a time, or "24h"."""
        asked = reading(
            "/threads",
            mailbox=mailbox,
            query=query,
            awaiting=awaiting,
            since=since,
            limit=limit,
            cursor=cursor,
            max_tokens=max_tokens,
        )
        return Call(asked, ThreadList)

    iterate = each(list, lambda page: page.threads)

    @asks
    def get(
        self,
        thread_id: str,
        *,
        max_tokens: int | None = None,
        cursor: str | None = None,
        include_quoted: bool = False,
    ) -> Call[ThreadView]:
        """One conversation, oldest message first, with only the new words of each. What does not
        fit into ``max_tokens`` is said in ``left_out``, and ``next_cursor`` gets it."""
        asked = reading(
            f"/threads/{part(thread_id)}",
            max_tokens=max_tokens,
            cursor=cursor,
            include_quoted=include_quoted,
        )
        return Call(asked, ThreadView)
