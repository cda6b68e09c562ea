"""/v1/threads: conversations, listed, found, and read."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from postroom.client.asking import Subject, W, asks, each
from postroom.client.calls import Call
from postroom.client.question import changing, part, reading
from postroom.model.answers import ThreadList, ThreadState, ThreadView


class Threads(Subject[W]):
    """Conversations."""

    @asks
    def list(
        self,
        *,
        mailbox: str | None = None,
        query: str | None = None,
        awaiting: Literal["us", "them"] | None = None,
        label: str | None = None,
        since: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
        max_tokens: int | None = None,
    ) -> Call[ThreadList]:
        """A page of your conversations, newest first. ``query`` is words of one message;
        ``awaiting`` who must answer next; ``label`` one that they have; ``since`` a time, or
        "24h"."""
        asked = reading(
            "/threads",
            mailbox=mailbox,
            query=query,
            awaiting=awaiting,
            label=label,
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

    @asks
    def state(self, thread_id: str) -> Call[ThreadState]:
        """What agents and operators keep with a thread, whole: labels, metadata, their version."""
        return Call(reading(f"/threads/{part(thread_id)}/state"), ThreadState)

    @asks
    def patch(
        self,
        thread_id: str,
        *,
        labels: Sequence[str] | None = None,
        add_labels: Sequence[str] = (),
        remove_labels: Sequence[str] = (),
        metadata: Mapping[str, Any] | None = None,
        version: int | None = None,
    ) -> Call[ThreadState]:
        """Change labels and metadata of a thread. ``labels`` are all of them; ``metadata`` is a
        merge patch (RFC 7396): a key with None goes, and what it does not name stays.

        Raises:
            Conflict: ``version`` is named, and it has changed since.
        """
        asked = changing(
            f"/threads/{part(thread_id)}",
            labels=labels,
            add_labels=add_labels,
            remove_labels=remove_labels,
            metadata=metadata,
        )
        known = {} if version is None else {"If-Match": f'"{version}"'}
        headers = {**asked.headers, **known}
        asked = replace(asked, method="PATCH", headers=headers, repeats=version is None)
        return Call(asked, ThreadState)
