"""idle: what a post room costs that nobody asks: processor time and memory.

Two agents' processes on one home with many mailboxes: one is the worker, one stands by. Beside
them an empty `MCPServer` that has answered one call, as they have.
"""

import sys
import time
from pathlib import Path

from rig.figures import Report
from rig.homes import eventually, peer, postroom_mcp, rows, throw_away_folder, worker_of
from rig.processes import megabytes, processor_share
from rig.size import Size
from rig.wire import Wire, greeted

PROCESSOR_TARGET, MEMORY_TARGET = 1.0, 40.0
SETTLE_SECONDS = 5.0


def run(size: Size) -> Report:
    report = Report("idle")
    if sys.platform == "win32":
        report.note("not measured: processor time and memory are read from /proc or by ps")
        return report
    with throw_away_folder() as folder:
        (home := folder / "home").mkdir()
        log = folder / "log"
        with (
            greeted(postroom_mcp(home, "ada"), log) as worker,
            greeted(peer("empty_server"), log) as empty,
        ):
            for number in range(size.idle_mailboxes - 1):
                worker.call("create_mailbox", username=f"box-{number}")
            worker_of(home)
            with greeted(postroom_mcp(home, "ben"), log) as standby:
                _use(home, worker, standby)
                empty.call("constant")
                time.sleep(min(SETTLE_SECONDS, size.idle_seconds))
                spent = processor_share([worker.pid, standby.pid], size.idle_seconds)
                floor = processor_share([empty.pid], min(2.0, size.idle_seconds))
                memory = {
                    "worker": megabytes(worker.pid),
                    "standby": megabytes(standby.pid),
                    "empty": megabytes(empty.pid),
                }
    report.add(f"processor, {size.idle_mailboxes} mailboxes", spent, "%", PROCESSOR_TARGET)
    report.add("  empty server", floor, "%")
    report.add("memory of the worker", memory["worker"], "MB")
    report.add("memory of one that stands by", memory["standby"], "MB")
    report.add("memory of an empty server", memory["empty"], "MB")
    report.add("worker - empty", memory["worker"] - memory["empty"], "MB", MEMORY_TARGET)
    report.add("standby - empty", memory["standby"] - memory["empty"], "MB", MEMORY_TARGET)
    report.note(f"both processes, over {size.idle_seconds:g} s; memory is resident memory")
    return report


def _use(home: Path, worker: Wire, standby: Wire) -> None:
    """A letter and its answer: what is measured afterwards is memory after use."""
    standby.call("create_mailbox", username="ben")
    sent = worker.call(
        "send_email", mailbox="box-0@agents.localhost", to="ben@agents.localhost", text="Hello"
    )
    assert sent["status"] == "sent", sent
    (message,) = standby.call("wait_for_reply")["messages"]
    standby.call("send_email", thread_id=message["thread_id"], text="Hello yourself")
    worker.call("wait_for_reply", thread_id=sent["thread_id"], after=sent["after"])
    worker.call("list_threads")
    standby.call("get_thread", thread_id=message["thread_id"])
    live = "SELECT 1 FROM mailboxes WHERE problem <> ''"
    eventually(lambda: not rows(home, live), "a mailbox without a problem")
