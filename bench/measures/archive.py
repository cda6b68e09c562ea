"""archive: real mail, from the first SMTP byte until the last message is listed by the tools.

One mailbox submits the messages of a list archive to another, over one authenticated connection;
the header From stays what it was. They are read back through list_threads and get_thread, and must
be in exactly the threads of the oracle. Beside it: the same messages into the bare built-in server.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rig.archive import Archive, load_archive, position_of
from rig.bare import bare_mail_server
from rig.figures import Bound, Report
from rig.homes import eventually, postroom_mcp, rows, throw_away_folder, worker_of
from rig.mailclients import Account, account_of, submission, submit
from rig.size import Size
from rig.wire import Wire, greeted

DOMAIN = "agents.localhost"
READER, LISTER = f"archive@{DOMAIN}", f"list@{DOMAIN}"
STALL_SECONDS = 60.0
INGEST_PER_SECOND = 300


class WrongThreads(Exception):
    """The tools show other threads than the oracle."""


def run(size: Size, shuffle: int | None = None) -> Report:
    archive = load_archive().first(size.archive_messages)
    if shuffle is not None:
        archive = archive.shuffled(shuffle)
    report = Report("archive")
    with throw_away_folder() as folder:
        bare = _bare(folder / "before", archive)
        (home := folder / "home").mkdir()
        with greeted(postroom_mcp(home, "archive"), folder / "log") as reader:
            reader.call("create_mailbox", username="archive")
            reader.call("create_mailbox", username="list")
            seconds, longest = _end_to_end(home, reader, archive)
            begin = time.perf_counter()
            found = _threads_by_tools(home, reader)
            read = time.perf_counter() - begin
        _check(archive, found, whole=size.archive_messages is None)
        bare = (bare + _bare(folder / "after", archive)) / 2
    count = len(archive.messages)
    report.add("end to end", count / seconds, "/s", INGEST_PER_SECOND, Bound.AT_LEAST)
    report.add("bare built-in server", count / bare, "/s")
    report.add("end to end / bare", bare / seconds, "x")
    report.add("longest submission of one message", longest * 1000, "ms")
    report.add("messages", count, "")
    report.add("threads, as the oracle's", len(found), "")
    report.add("reading every thread back", read, "s")
    if shuffle is not None:
        report.note(f"shuffled with seed {shuffle}")
    return report


def _bare(folder: Path, archive: Archive) -> float:
    """Seconds for the same messages into the built-in server alone."""
    folder.mkdir()
    with bare_mail_server(folder) as server:
        return _submit_all(server.account(LISTER), archive, lambda done: None)[0]


def _submit_all(
    account: Account, archive: Archive, told: Callable[[int], None]
) -> tuple[float, float]:
    """(seconds in all, of the slowest message)."""
    longest = 0.0
    with submission(account) as client:
        before = begin = time.perf_counter()
        for done, raw in enumerate(archive.messages.values(), 1):
            at = submit(client, account.address, READER, raw)
            longest = max(longest, at - before)
            before = at
            told(done)
    return before - begin, longest


def _end_to_end(home: Path, reader: Wire, archive: Archive) -> tuple[float, float]:
    worker_of(home)
    begin = time.perf_counter()
    _, longest = _submit_all(account_of(home, LISTER), archive, _progress(len(archive.messages)))

    def all_listed() -> bool:
        counts = [int(thread["message_count"]) for thread in _list(reader)]
        return sum(counts) == len(archive.messages)

    eventually(all_listed, "the last message", STALL_SECONDS, pause=0.05)
    return time.perf_counter() - begin, longest


def _list(reader: Wire) -> list[dict[str, Any]]:
    """Every thread, page by page."""
    page = reader.call("list_threads", mailbox=READER, limit=100)
    found = list(page["threads"])
    while "next_cursor" in page:
        page = reader.call("list_threads", mailbox=READER, limit=100, cursor=page["next_cursor"])
        found += page["threads"]
    return found


def _threads_by_tools(home: Path, reader: Wire) -> frozenset[frozenset[int]]:
    """Threads as list_threads and get_thread show them: the positions of their messages."""
    positions = {
        row["public_id"]: position_of(row["bytes"])
        for row in rows(
            home, "SELECT m.public_id, r.bytes FROM mail m JOIN raw r ON r.mail_id = m.id"
        )
    }
    return frozenset(
        frozenset(positions[id] for id in _messages_of(reader, str(thread["thread_id"])))
        for thread in _list(reader)
    )


def _messages_of(reader: Wire, thread_id: str) -> set[str]:
    page = reader.call("get_thread", thread_id=thread_id, max_tokens=50_000)
    found = {message["message_id"] for message in page["messages"]}
    while "next_cursor" in page:
        page = reader.call(
            "get_thread", thread_id=thread_id, max_tokens=50_000, cursor=page["next_cursor"]
        )
        found |= {message["message_id"] for message in page["messages"]}
    return found


def _check(archive: Archive, found: frozenset[frozenset[int]], *, whole: bool) -> None:
    shown = sorted(at for thread in found for at in thread)
    if shown != sorted(archive.messages):
        raise WrongThreads(f"{len(archive.messages)} messages went in, {len(shown)} are shown")
    wrong = found - archive.threads
    if not whole:
        # A message that is not there may be what holds a thread together.
        wrong = frozenset(t for t in wrong if not any(t <= known for known in archive.threads))
    if wrong:
        some = sorted(map(sorted, wrong))[:3]
        raise WrongThreads(f"{len(wrong)} threads are none of the oracle's: {some}")


def _progress(count: int) -> Callable[[int], None]:
    def told(done: int) -> None:
        if sys.stderr.isatty() and (done % 50 == 0 or done == count):
            end = "" if done < count else "\n"
            print(f"\r  {done}/{count} submitted", end=end, file=sys.stderr)

    return told
