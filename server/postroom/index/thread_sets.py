"""What the threads of a mailbox should be, by one look at all its messages, and what differs.

The messages of a thread are a connected set of ids. An id that was handed out belongs to the thread
of the first message that it named. The oldest one of a thread is its own, and the others lead to
it. A thread to which none belongs keeps the one that an earlier rebuild gave it, or gets a new one.
"""

import json
from array import array
from dataclasses import dataclass
from enum import IntEnum
from operator import itemgetter
from typing import NamedTuple

from postroom.conversations.sets import Sets
from postroom.index.database import Connection, Row
from postroom.index.queries import named

sql = named("rethread")


class Kind(IntEnum):
    """What differs, in the order in which a thread's differences are put right: its id is valid at
    every step, and another leads to it only when nothing is left there."""

    MOVE = 1
    """A message is elsewhere. ``key``: the mail; ``old``: its thread."""
    GO_ON = 2
    """The thread's id leads elsewhere and should stand for itself. ``key``: the id. The first
    message that moves there sees to that; this is for where none has to."""
    MENTION = 3
    """A Message-ID leads elsewhere. ``key``: it; ``old``: where to, None where nowhere."""
    JOIN = 4
    """An id should lead to this thread. ``key``: the id; ``old``: where it leads."""
    FORGET = 5
    """A Message-ID that no message names leads to ``old``."""


class Difference(NamedTuple):
    """One thing that is not as it should be, as it was when it was looked at."""

    group: int
    """The thread's place in `Plan.threads`; -1 for a Message-ID of none."""
    kind: Kind
    key: int | str
    old: int | None


@dataclass
class Plan:
    """The threads of a mailbox as they should be."""

    threads: list[int | None]
    """The row id of each; None for one that has yet to begin."""
    sizes: list[int]
    """How many messages each has."""
    leads: dict[int, int | None]
    """Where the ids that were handed out led."""
    differences: list[Difference]
    unlisted: list[int]
    """Threads that are listed and have no messages."""


class _Members:
    """The messages of a mailbox: at 100,000 of them some 50 MB, nearly all of it their ids."""

    def __init__(self) -> None:
        self.mails, self.threads, self.given = array("q"), array("q"), array("q")
        self.leads: dict[int, int | None] = {}
        self.numbers: dict[str | int, int] = {}
        """A number for each Message-ID, and for each mail by its row id."""
        self._sets = Sets()
        self._groups: dict[int, int] = {}

    def add(self, row: Row) -> None:
        self.mails.append(row["mail_id"])
        self.threads.append(row["thread_id"])
        self.given.append(row["given"])
        self.leads[row["given"]] = row["leads"]
        own = self._number(row["mail_id"])
        # A send of ours belongs to what it answered: the message there may bear no Message-ID. And
        # a report to the send that it tells of.
        ids = (row["message_id"], *json.loads(row["follows"]), *json.loads(row["aliases"]))
        for key in (*ids, row["answers_mail"]):
            if key:
                self._sets.join(own, self._number(key))

    def group(self, key: str | int) -> int:
        """The place of a mail's or a Message-ID's thread, in order of the oldest message."""
        return self._groups.setdefault(self._sets.root(self.numbers[key]), len(self._groups))

    def _number(self, key: str | int) -> int:
        if key not in self.numbers:
            self.numbers[key] = self._sets.new()
        return self.numbers[key]


def compare(con: Connection, mailbox_id: int) -> Plan:
    """What should be, and what differs from it, in one snapshot."""
    members = _Members()
    for row in sql.members(con, mailbox_id=mailbox_id):
        members.add(row)
    groups = array("q", (members.group(mail) for mail in members.mails))
    sizes = [0] * (max(groups, default=-1) + 1)
    first: dict[int, int] = {}
    for given, group in zip(members.given, groups, strict=True):
        first.setdefault(given, group)
        sizes[group] += 1
    threads: list[int | None] = [None] * len(sizes)
    for given, group in sorted(first.items(), reverse=True):
        threads[group] = given
    _add_later_ids(con, mailbox_id, members, groups, threads, first)
    plan = Plan(threads, sizes, members.leads, [], [])
    plan.differences += _ids_that_differ(members, first, threads)
    plan.differences += _moves(members, groups, threads)
    plan.differences += _mentions(con, mailbox_id, members, threads)
    plan.differences.sort(key=itemgetter(0, 1))
    listed = {row["thread_id"] for row in sql.conversations(con, mailbox_id=mailbox_id)}
    plan.unlisted += sorted(listed.difference(threads))
    return plan


def _add_later_ids(
    con: Connection,
    mailbox_id: int,
    members: _Members,
    groups: "array[int]",
    threads: list[int | None],
    first: dict[int, int],
) -> None:
    """Add the ids that an earlier rebuild gave to threads that had none of their own."""
    later: dict[int, int] = {}
    for thread, group in zip(members.threads, groups, strict=True):
        if thread not in members.leads:
            later.setdefault(thread, group)
    for thread, group in sorted(later.items()):
        row: Row | None = sql.thread(con, id=thread, mailbox_id=mailbox_id)
        if row is not None and row["into_id"] is None:
            members.leads[thread] = None
            first[thread] = group
            threads[group] = threads[group] or thread


def _ids_that_differ(
    members: _Members, first: dict[int, int], threads: list[int | None]
) -> list[Difference]:
    """Ids that do not lead where they should: a thread's own to itself, every other one to the
    thread of the first message that it named."""
    own = {thread: group for group, thread in enumerate(threads) if thread is not None}
    differ = [
        Difference(group, Kind.GO_ON, thread, members.leads[thread])
        for thread, group in own.items()
        if members.leads[thread] is not None
    ]
    return differ + [
        Difference(group, Kind.JOIN, given, members.leads[given])
        for given, group in first.items()
        if given not in own and members.leads[given] != threads[group]
    ]


def _moves(members: _Members, groups: "array[int]", threads: list[int | None]) -> list[Difference]:
    return [
        Difference(group, Kind.MOVE, mail, thread)
        for mail, thread, group in zip(members.mails, members.threads, groups, strict=True)
        if thread != threads[group]
    ]


def _mentions(
    con: Connection, mailbox_id: int, members: _Members, threads: list[int | None]
) -> list[Difference]:
    found: list[Difference] = []
    met = bytearray(len(members.numbers))
    for row in sql.mentions(con, mailbox_id=mailbox_id):
        key, old = row["message_id"], row["thread_id"]
        if key not in members.numbers:
            found.append(Difference(-1, Kind.FORGET, key, old))
            continue
        met[members.numbers[key]] = True
        group = members.group(key)
        if threads[group] != old:
            found.append(Difference(group, Kind.MENTION, key, old))
    for key, number in members.numbers.items():
        if isinstance(key, str) and not met[number]:
            found.append(Difference(members.group(key), Kind.MENTION, key, None))
    return found
