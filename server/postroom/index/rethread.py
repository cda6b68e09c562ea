"""Finds the threads of a mailbox anew, in short steps beside everybody who writes there.

    look at all of it (one snapshot) ─► put right what differs, in steps ─► lists ─► look again

Each step is a transaction, and each change in it holds only where what it changes is still as it
was when it was looked at: mail that came, threads that joined and mailboxes that were purged
meanwhile win, and the next look sees what they left to do. It is over when a look finds nothing.
From then on whoever writes keeps it right.

After each step every message is in one thread, and every id leads to one that has messages. Only a
thread of more than `MAX_READ` messages is listed with an old count, and its id leads to nothing,
until a later step.
"""

from collections.abc import Iterable, Iterator
from functools import partial

from postroom.index import journal, threads
from postroom.index.database import Connection, Row
from postroom.index.ids import new_thread_id
from postroom.index.index import Index
from postroom.index.paced import paced
from postroom.index.queries import named
from postroom.index.thread_sets import Difference, Kind, Plan, compare
from postroom.model.errors import Unavailable

sql = named("rethread")

MAX_ROUNDS = 10
"""Looks at one mailbox: two where it is left alone, one more for each change that came between."""

MAX_CHANGES = 100
"""Rows changed in one transaction: about ten milliseconds of the writer's time."""

MAX_READ = 1_000
"""Messages read in one transaction to make lists anew: about as long."""

TRIES = 5
"""How often a long thread's row is made beside a mailbox that does not stand still, before it is
made while the others wait."""

UNSURE = 2
"""What stands for pending in a message whose row was lost, until its thread is found."""


async def rethread(index: Index, mailbox_id: int) -> None:
    """Make the threads, ids and lists of a mailbox what they should be.

    Raises:
        Unavailable: something else changed them each time they were looked at.
    """
    for _ in range(MAX_ROUNDS):
        plan = await index.read(partial(compare, mailbox_id=mailbox_id))
        for some in _portions(plan.differences):
            await paced(index, partial(_put_right, mailbox_id=mailbox_id, plan=plan, some=some))
        relisted = await _list_again(index, mailbox_id, plan)
        if not plan.differences and not relisted:
            await _find_pending(index, mailbox_id)
            return
    raise Unavailable(
        "rebuild_unsettled",
        "The threads of a mailbox changed each time they were looked at.",
        "Let no second rebuild run, and run `postroom index rebuild` again.",
    )


def _portions(differences: list[Difference]) -> Iterator[list[Difference]]:
    for start in range(0, len(differences), MAX_CHANGES):
        yield differences[start : start + MAX_CHANGES]


def _put_right(con: Connection, mailbox_id: int, plan: Plan, some: list[Difference]) -> None:
    """Put some differences right, in one transaction."""
    # What the last step of a purge removed must not come back.
    purged = sql.is_purged(con, mailbox_id=mailbox_id) is not None
    targets: dict[int, int | None] = {-1: None}
    moved: set[tuple[int, int]] = set()
    for one in some:
        if one.group not in targets:
            targets[one.group] = None if purged else _target(con, mailbox_id, plan, one.group)
        target = targets[one.group]
        if one.kind is Kind.FORGET:
            sql.forget(con, mailbox_id=mailbox_id, message_id=one.key, old=one.old)
        elif target is not None and _change(con, mailbox_id, one, target):
            moved.add((one.old or target, target))
    for old, target in sorted(moved):
        if _join_if_empty(con, mailbox_id, old, target):
            plan.leads[old] = target  # until messages come that it is the own id of, if any do
    _summarise(con, {thread for pair in moved for thread in pair})


def _target(con: Connection, mailbox_id: int, plan: Plan, group: int) -> int | None:
    """The id of a thread that stands for itself now; None where it has joined another meanwhile."""
    thread = plan.threads[group]
    if thread is None:
        plan.threads[group] = thread = threads.begin(con, new_thread_id(), mailbox_id)
        return thread
    row: Row | None = sql.thread(con, id=thread, mailbox_id=mailbox_id)
    if row is None or row["into_id"] not in (None, plan.leads.get(thread)):
        return None
    if row["into_id"] is not None:
        sql.go_on(con, id=thread)
        plan.leads[thread] = None
    return thread


def _change(con: Connection, mailbox_id: int, one: Difference, target: int) -> bool:
    """Whether messages have moved."""
    if one.kind is Kind.MOVE:
        return bool(sql.move(con, mail_id=one.key, old=one.old, target=target))
    if one.kind is Kind.MENTION and one.old is None:
        threads.mention(con, mailbox_id, target, [str(one.key)])
    elif one.kind is Kind.MENTION:
        sql.mention(con, mailbox_id=mailbox_id, message_id=one.key, old=one.old, target=target)
    elif one.kind is Kind.JOIN:
        _join_if_empty(con, mailbox_id, int(one.key), target, one.old)
    return False


def _join_if_empty(
    con: Connection, mailbox_id: int, old: int, target: int, led: int | None = None
) -> bool:
    """Whether an id that no message is left under leads to another thread now; only where it still
    led to ``led``. Its Message-IDs go with it, unless they are so many that they must go before."""
    row: Row | None = sql.thread(con, id=old, mailbox_id=mailbox_id)
    if row is None or row["into_id"] != led or threads.count(con, old):
        return False
    if sql.has_more_mentions(con, id=old, most=MAX_READ) is not None:
        return False
    threads.redirect(con, old, target)
    return True


def _summarise(con: Connection, thread_ids: Iterable[int]) -> None:
    """Make rows of threads anew, of long ones only while there is time (see `_list_again`)."""
    left = MAX_READ
    for thread_id in sorted(thread_ids):
        count = threads.count(con, thread_id)
        left -= count
        if left >= 0 or not count:
            threads.summarise(con, thread_id)


async def _list_again(index: Index, mailbox_id: int, plan: Plan) -> bool:
    """Make the rows of threads anew that do not say what they should; whether there were any."""
    found = False
    for some, size in _readable(plan):
        stale = await index.read(partial(_stale, thread_ids=some))
        found = found or bool(stale)
        if size > MAX_READ and stale:
            await _list_long(index, mailbox_id, stale[0])
        elif stale:
            await paced(index, partial(_summarise, thread_ids=stale))
    return found


def _readable(plan: Plan) -> Iterator[tuple[list[int], int]]:
    """Threads that together have at most `MAX_READ` messages, and how many; longer ones alone."""
    some: list[int] = []
    total = 0
    empty = ((thread, 0) for thread in plan.unlisted)
    for thread, size in (*zip(plan.threads, plan.sizes, strict=True), *empty):
        if thread is None:
            continue  # its mailbox was purged before it began
        if some and (total + size > MAX_READ or len(some) == MAX_CHANGES):
            yield some, total
            some, total = [], 0
        some.append(thread)
        total += size
    if some:
        yield some, total


def _stale(con: Connection, thread_ids: list[int]) -> list[int]:
    return [id for id in thread_ids if not threads.is_summarised(con, id)]


async def _list_long(index: Index, mailbox_id: int, thread_id: int) -> None:
    """Make the row of a long thread beside the writers, and write it where nothing has changed."""
    for _ in range(TRIES):
        position = await index.position()
        made = await index.read(partial(threads.summary, thread_id=thread_id))

        def put(
            con: Connection, position: int = position, made: threads.Summary | None = made
        ) -> bool:
            still = made is not None and made["message_count"] == threads.count(con, thread_id)
            if still and not journal.has_grown(con, mailbox_id, position):
                threads.put_summary(con, thread_id, made)
                return True
            return False

        if await paced(index, put):
            return
    await paced(index, partial(threads.summarise, thread_id=thread_id))


async def _find_pending(index: Index, mailbox_id: int) -> None:
    """Find out which messages whose rows had been lost wait for an answer."""
    found = await index.read(partial(_unsure, mailbox_id=mailbox_id))
    for start in range(0, len(found), MAX_CHANGES):
        await paced(index, partial(_say_pending, rows=found[start : start + MAX_CHANGES]))


def _unsure(con: Connection, mailbox_id: int) -> list[Row]:
    return list(sql.unsure(con, mailbox_id=mailbox_id, unsure=UNSURE))


def _say_pending(con: Connection, rows: list[Row]) -> None:
    for row in rows:
        sql.say_pending(con, mail_id=row["mail_id"], pending=row["pending"], unsure=UNSURE)
