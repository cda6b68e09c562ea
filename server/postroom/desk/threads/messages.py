"""One message by its id: as it is read, and its bytes."""

from postroom.desk import door
from postroom.desk.threads import views
from postroom.desk.threads.alone import alone
from postroom.desk.threads.budget import check_tokens
from postroom.index import mail, reading, threads
from postroom.index.database import Connection, Row
from postroom.index.index import Index
from postroom.model.answers import MessageView
from postroom.model.callers import Caller
from postroom.model.limits import DEFAULT_THREAD_TOKENS


class Messages:
    """What is asked about single messages."""

    def __init__(self, index: Index) -> None:
        self._index = index

    async def show(
        self, caller: Caller, message_id: str, include_quoted: bool = False
    ) -> MessageView:
        """A message with all its new words; ``include_quoted``: with what it quotes, too.

        Raises:
            NotFound: it is none of the caller's.
        """
        door.require(caller, "read")
        who = door.actor(caller)

        def look(con: Connection) -> tuple[MessageView, Row, bool]:
            given = door.message(con, caller, message_id)
            row = reading.one_message(con, given["id"])
            if row is None:
                raise door.no_message()
            return _view(con, row, include_quoted), row, _is_next(con, who, row)

        view, row, is_next = await self._index.read(look)
        if is_next:
            thread, position = row["thread_id"], row["position"]
            self._index.note(lambda con: reading.show(con, who, thread, position))
        return view

    async def within(
        self, caller: Caller, message_id: str, max_tokens: int = DEFAULT_THREAD_TOKENS
    ) -> MessageView:
        """A message with its new words, cut where it has more than ``max_tokens``: get_thread tells
        the rest.

        Raises:
            NotFound: it is none of the caller's.
        """
        door.require(caller, "read")
        check_tokens(max_tokens)

        def look(con: Connection) -> MessageView:
            row = reading.one_message(con, door.message(con, caller, message_id)["id"])
            if row is None:
                raise door.no_message()
            return alone(con, row, max_tokens)

        return await self._index.read(look)

    async def raw(self, caller: Caller, message_id: str) -> bytes:
        """A message's bytes as they came or went (RFC 5322). They hold what a reader is not shown,
        and every claim of their sender.

        Raises:
            NotFound: it is none of the caller's, or its bytes are not kept any more.
        """
        door.require(caller, "read")

        def look(con: Connection) -> bytes:
            found = mail.raw(con, door.message(con, caller, message_id)["id"])
            if found is None:
                raise door.no_message()
            return found

        return await self._index.read(look)


def _view(con: Connection, row: Row, include_quoted: bool) -> MessageView:
    words = views.words(row, include_quoted=include_quoted)
    view = views.message(row, words, thread_id=threads.public_id(con, row["thread_id"]))
    hidden = reading.blind_copies(con, row["thread_id"]).get(row["mail_id"])
    more = {"untrusted_subject": row["subject"], "bcc": tuple(hidden) if hidden else None}
    return view.model_copy(update=more)


def _is_next(con: Connection, who: str, row: Row) -> bool:
    """Whether it is the next that its reader was not shown: whoever read all before it and reads it
    has read the thread as far as it goes."""
    seen = reading.shown(con, who, row["thread_id"])
    behind = [reading.count_unseen(con, row["thread_id"], at) for at in (seen, row["position"])]
    return int(row["position"]) > seen and behind[0] == behind[1] + 1
