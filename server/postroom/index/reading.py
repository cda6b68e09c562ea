"""What readers ask: lists of threads, the messages of one, what is new, how far they have come."""

from collections.abc import Iterable
from dataclasses import dataclass

from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("reading")

END = (1e18, 2**62)
"""The place before the newest thread of any list."""


@dataclass(frozen=True)
class Scope:
    """Where somebody waits or looks: a thread, or a whole mailbox."""

    mailbox_id: int
    thread_id: int | None = None

    @property
    def key(self) -> str:
        """Its name in the table of acknowledgements."""
        return f"m{self.mailbox_id}" if self.thread_id is None else f"t{self.thread_id}"


def list_mailbox(
    con: Connection,
    mailbox_id: int,
    awaiting: str,
    since: float,
    place: tuple[float, int],
    most: int,
) -> list[Row]:
    """A mailbox's threads, newest first, behind ``place`` = (last_at, thread row id)."""
    at, thread = place
    common = {"since": since, "last_at": at, "thread_id": thread, "most": most}
    if awaiting:
        return list(
            sql.list_mailbox_awaiting(con, mailbox_id=mailbox_id, awaiting=awaiting, **common)
        )
    return list(sql.list_mailbox(con, mailbox_id=mailbox_id, **common))


def list_owner(
    con: Connection,
    owner: int | None,
    awaiting: str,
    since: float,
    place: tuple[float, int],
    most: int,
) -> list[Row]:
    """The threads of all mailboxes of ``owner`` (None: of everybody), newest first."""
    at, thread = place
    common = {"since": since, "last_at": at, "thread_id": thread, "most": most}
    if owner is None:
        return list(sql.list_all(con, awaiting=awaiting, **common))
    if awaiting:
        return list(sql.list_owner_awaiting(con, owner=owner, awaiting=awaiting, **common))
    return list(sql.list_owner(con, owner=owner, **common))


def list_labelled(
    con: Connection,
    label: str,
    owner: int | None,
    mailbox_id: int | None,
    awaiting: str,
    since: float,
    place: tuple[float, int],
    most: int,
) -> list[Row]:
    """The threads with a label, newest first, of an owner (None: of everybody) or a mailbox of
    theirs. It costs a look at each that has the label."""
    at, thread = place
    asked = {"label": label, "awaiting": awaiting, "since": since, "most": most}
    asked |= {"last_at": at, "thread_id": thread}
    if owner is None:
        return list(sql.list_all_labelled(con, **asked))
    return list(sql.list_labelled(con, owner=owner, mailbox_id=mailbox_id, **asked))


def conversation(con: Connection, thread_id: int) -> Row | None:
    """A thread's row."""
    row: Row | None = sql.conversation(con, thread_id=thread_id)
    return row


def messages_down_from(con: Connection, thread_id: int, upto: int, most: int) -> list[Row]:
    """A thread's messages, newest first, from the mail row id ``upto`` on."""
    return list(sql.messages_down_from(con, thread_id=thread_id, upto=upto, most=most))


def older_than(con: Connection, thread_id: int, mail_id: int) -> int:
    """How many messages of a thread are older than one."""
    return int(sql.older_than(con, thread_id=thread_id, mail_id=mail_id))


def oldest_message(con: Connection, thread_id: int) -> Row | None:
    """A thread's first message."""
    row: Row | None = sql.oldest_message(con, thread_id=thread_id)
    return row


def blind_copies(con: Connection, thread_id: int) -> dict[int, list[str]]:
    """The addresses that our own mails in a thread went to as blind copies, by mail row id."""
    found: dict[int, list[str]] = {}
    for row in sql.blind_copies(con, thread_id=thread_id):
        found.setdefault(row["mail_id"], []).append(row["address"])
    return found


def one_message(con: Connection, mail_id: int) -> Row | None:
    row: Row | None = sql.one_message(con, mail_id=mail_id)
    return row


def newest_received(con: Connection, thread_id: int) -> Row | None:
    row: Row | None = sql.newest_received(con, thread_id=thread_id)
    return row


def newest_from_people(con: Connection, thread_id: int) -> Row | None:
    row: Row | None = sql.newest_from_people(con, thread_id=thread_id)
    return row


def unseen(con: Connection, thread_id: int, after: int, most: int) -> list[Row]:
    """What came into a thread behind a journal position, or was sent there by a person and not by
    us, newest first."""
    return list(sql.unseen(con, thread_id=thread_id, after=after, most=most))


def count_unseen(con: Connection, thread_id: int, after: int) -> int:
    """How much of that there is."""
    return int(sql.count_unseen(con, thread_id=thread_id, after=after))


def newest_sent(con: Connection, thread_id: int) -> Row | None:
    row: Row | None = sql.newest_sent(con, thread_id=thread_id)
    return row


@dataclass(frozen=True)
class Wanted:
    """Which messages somebody waits for; by default any."""

    sender: str = ""
    """An address in lower case, or ""."""
    domain: str = ""
    """A domain in lower case, with all below it, or ""."""
    has_code: bool = False
    """Only what carries a one-time code or a link that confirms something."""
    forged: bool = False
    """Where only some are wanted: those that claim to be it and are not, instead of those that
    are."""

    @property
    def all(self) -> bool:
        return not (self.sender or self.domain or self.has_code)

    def asked(self, matching: bool) -> dict[str, str | int | None]:
        """Its values as the queries take them; with ``matching`` false, for all the others."""
        return {
            "sender": self.sender,
            "domain": self.domain,
            "coded": int(self.has_code),
            "forged": None if self.all else int(self.forged),
            "matching": int(matching),
        }


ANY = Wanted()


def received_after(
    con: Connection,
    scope: Scope,
    after: int,
    most: int,
    wanted: Wanted = ANY,
    matching: bool = True,
    but_apart: str = "",
) -> list[Row]:
    """What came into a scope behind a journal position, oldest first, answered or not.

    Left out is what the agent ``but_apart`` has acknowledged one by one.
    """
    asked = {"after": after, "most": most, "agent": but_apart, **wanted.asked(matching)}
    if scope.thread_id is not None:
        return list(sql.received_after_in_thread(con, thread_id=scope.thread_id, **asked))
    return list(sql.received_after_in_mailbox(con, mailbox_id=scope.mailbox_id, **asked))


def pending(
    con: Connection,
    agent: str,
    scope: Scope,
    most: int,
    wanted: Wanted = ANY,
    matching: bool = True,
) -> list[Row]:
    """What came in and was neither answered in its thread nor acknowledged, oldest first."""
    whole = acknowledged(con, agent, Scope(scope.mailbox_id))
    asked = {"agent": agent, "most": most, **wanted.asked(matching)}
    if scope.thread_id is None:
        return list(sql.pending_in_mailbox(con, mailbox_id=scope.mailbox_id, after=whole, **asked))
    after = max(whole, acknowledged(con, agent, scope))
    return list(sql.pending_in_thread(con, thread_id=scope.thread_id, after=after, **asked))


def acknowledged(con: Connection, agent: str, scope: Scope) -> int:
    """The position up to which an agent has acknowledged a scope."""
    row = sql.acknowledged(con, agent=agent, scope=scope.key)
    return int(row["position"]) if row else 0


def acknowledge(con: Connection, agent: str, scope: Scope, position: int) -> None:
    """What lies before ``position`` needs no more of this agent's attention in this scope."""
    sql.acknowledge(con, agent=agent, scope=scope.key, position=position)
    if scope.thread_id is None:
        sql.forget_apart(con, agent=agent, mailbox_id=scope.mailbox_id, position=position)


def acknowledge_apart(con: Connection, agent: str, scope: Scope, positions: Iterable[int]) -> None:
    """What the journal has at ``positions`` needs no more of this agent's attention, whatever lies
    before it."""
    for position in positions:
        sql.acknowledge_apart(con, agent=agent, position=position, mailbox_id=scope.mailbox_id)


def has_apart(con: Connection, agent: str, scope: Scope, after: int) -> bool:
    """Whether anything behind a position was acknowledged like that."""
    asked = {"agent": agent, "mailbox_id": scope.mailbox_id, "after": after}
    return sql.has_apart(con, **asked) is not None


def timeouts(con: Connection, agent: str, scope: Scope) -> int:
    """How often in a row a wait of this agent ran out there."""
    row = sql.acknowledged(con, agent=agent, scope=scope.key)
    return int(row["timeouts"]) if row else 0


def count_timeout(con: Connection, agent: str, scope: Scope) -> None:
    sql.count_timeout(con, agent=agent, scope=scope.key)


def forget_timeouts(con: Connection, agent: str, scope: Scope) -> None:
    sql.forget_timeouts(con, agent=agent, scope=scope.key)


def shown(con: Connection, agent: str, thread_id: int) -> int:
    """The position of the newest message of a thread that an agent has been shown."""
    found: int | None = sql.shown(con, agent=agent, thread_id=thread_id)
    return found or 0


def show(con: Connection, agent: str, thread_id: int, position: int) -> None:
    sql.show(con, agent=agent, thread_id=thread_id, position=position)


def told(con: Connection, agent: str, thread_id: int) -> int:
    """The position of the newest message of a thread that was told to an agent when its answer did
    not go out for that: it has to insist on what it was told of, and on nothing newer."""
    return shown(con, _TOLD + agent, thread_id)


def tell(con: Connection, agent: str, thread_id: int, position: int) -> None:
    show(con, _TOLD + agent, thread_id, position)


_TOLD = "told:"
"""Before the name of an agent, in the book of what was shown."""


def woke(con: Connection, mail_id: int, agent: str, at: float) -> None:
    """A mail was handed to a wait of this agent's, the first time at ``at``."""
    sql.woke(con, mail_id=mail_id, agent=agent, at=at)


def wakes(con: Connection, mail_id: int) -> list[Row]:
    """Whose waits a mail ended (agent, at), in order."""
    return list(sql.wakes(con, mail_id=mail_id))
