"""reply: how long after the server took a reply it is in the hands of the agent that waits for it.

Three settings, interleaved with the floors in one run:

    alone      the process that waits does the I/O; the reply comes from an ordinary mail program
    aside      another process does the I/O; the reply comes from an ordinary mail program
    three      sender, waiter and worker are three processes; the reply comes by send_email

A mail program sees the 250 itself. Of a reply by send_email it is not seen from outside: there the
time runs from the moment at which the server had the whole mail, just before it stored it and
said 250, which is a little more than what is asked for.
"""

import smtplib
import time
from collections.abc import Callable
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path

from rig.background import Background
from rig.bare import bare_mail_server
from rig.figures import Report, median, milliseconds, p95
from rig.homes import mail_rows, peer, postroom_mcp, rows, throw_away_folder, worker_of
from rig.mailclients import Idler, account_of, submission, submit
from rig.size import Size
from rig.wire import Wire, greeted

MEDIAN_TARGET_MS, P95_TARGET_MS = 15.0, 40.0
ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"
WARM_UP = 3

SETTLE_SECONDS = 0.05
"""Between asking for a wait and the reply: the wait has to be waiting."""


def run(size: Size) -> Report:
    report = Report("reply")
    with throw_away_folder() as folder, ExitStack() as open:
        settings: dict[str, Callable[[int], float]] = {
            "alone": open.enter_context(_Alone(folder / "alone")).round,
            "aside": open.enter_context(_Aside(folder / "aside")).round,
            "three": open.enter_context(_Three(folder / "three")).round,
            "idle": open.enter_context(_BareIdle(folder / "bare")).round,
            "empty": open.enter_context(_EmptyTool(folder / "empty")).round,
        }
        times: dict[str, list[float]] = {name: [] for name in settings}
        for number in range(-WARM_UP, size.rounds):
            for name, measure in settings.items():
                taken = measure(number)
                if number >= 0:
                    times[name].append(taken)
    for name, said in (
        ("alone", "waiter does the I/O"),
        ("aside", "another process does the I/O"),
        ("three", "sender, waiter, worker: three processes"),
    ):
        report.add(said, milliseconds(median(times[name])), "ms", MEDIAN_TARGET_MS)
        report.add("  p95", milliseconds(p95(times[name])), "ms", P95_TARGET_MS)
    floor = median(times["idle"]) + median(times["empty"])
    report.add("bare IMAP IDLE", milliseconds(median(times["idle"])), "ms")
    report.add("empty tool", milliseconds(median(times["empty"])), "ms")
    report.add("waiter does the I/O / (IDLE + empty tool)", median(times["alone"]) / floor, "x")
    report.add("three processes / (IDLE + empty tool)", median(times["three"]) / floor, "x")
    report.note(f"{size.rounds} replies in each setting")
    return report


class _Setting(ExitStack):
    """A home of its own with what runs on it; ended in reverse order."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir()
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()

    def agent(self, name: str) -> Wire:
        return self.enter_context(
            greeted(postroom_mcp(self.home, name), self.folder / f"{name}.log")
        )

    def thread_between(self, ada: Wire, ben: Wire) -> None:
        """Ada has written to Ben, and knows from where to wait."""
        sent = ada.call("send_email", mailbox=ADA, to=BEN, subject="Lunch", text="At noon?")
        assert sent["status"] == "sent", sent
        self.thread_id, self.after = sent["thread_id"], sent["after"]
        (mail,) = rows(
            self.home,
            "SELECT g.message_id FROM messages g JOIN mailboxes b ON b.id = g.mailbox_id"
            " WHERE b.address = ? AND g.direction = 'sent'",
            ADA,
        )
        self.answers = f"<{mail['message_id']}>"

    def waiting(self, ada: Wire) -> Background[tuple[float, float]]:
        """Ada's wait, running; gives the moments of its return on both clocks."""

        def wait() -> tuple[float, float]:
            found = ada.call("wait_for_reply", thread_id=self.thread_id, after=self.after)
            moments = time.perf_counter(), time.time()
            assert found["outcome"] == "reply", found
            self.after = found["after"]
            return moments

        running = Background(wait)
        time.sleep(SETTLE_SECONDS)
        return running


class _ByMailProgram(_Setting):
    """Ben is a person with an ordinary mail program."""

    ada: Wire
    client: smtplib.SMTP

    def begin(self, ada: Wire, ben: Wire) -> None:
        self.ada = ada
        self.thread_between(ada, ben)
        self.client = self.enter_context(submission(account_of(self.home, BEN)))

    def round(self, number: int) -> float:
        running = self.waiting(self.ada)
        accepted = submit(self.client, BEN, ADA, _reply(self.answers, number))
        return running.result()[0] - accepted


class _Alone(_ByMailProgram):
    def __enter__(self) -> "_Alone":
        ada = self.agent("ada")
        ada.call("create_mailbox", username="ada")
        ada.call("create_mailbox", username="ben")
        worker_of(self.home)
        self.begin(ada, ada)
        return self


class _Aside(_ByMailProgram):
    def __enter__(self) -> "_Aside":
        worker = self.agent("worker")
        worker.call("create_mailbox", username="ben")
        worker_of(self.home)
        ada = self.agent("ada")
        ada.call("create_mailbox", username="ada")
        self.begin(ada, worker)
        return self


class _Three(_Setting):
    def __enter__(self) -> "_Three":
        worker = self.agent("worker")
        worker.call("list_mailboxes")
        worker_of(self.home)
        self.ada, self.ben = self.agent("ada"), self.agent("ben")
        self.ada.call("create_mailbox", username="ada")
        self.ben.call("create_mailbox", username="ben")
        self.thread_between(self.ada, self.ben)
        (message,) = self.ben.call("wait_for_reply")["messages"]
        self.bens_thread = message["thread_id"]
        return self

    def round(self, number: int) -> float:
        running = self.waiting(self.ada)
        sent = self.ben.call(
            "send_email", thread_id=self.bens_thread, text=f"At one, {number}.", confirm=True
        )
        assert sent["status"] == "sent", sent
        return running.result()[1] - self._taken_by_server()

    def _taken_by_server(self) -> float:
        """When the server had the newest mail to Ada."""
        (row,) = mail_rows(
            self.home,
            "SELECT max(m.arrived) AS at FROM message m JOIN folder f ON f.id = m.folder"
            " WHERE f.address = ? AND f.name = 'INBOX'",
            ADA,
        )
        return float(row["at"])


class _BareIdle(ExitStack):
    """The 250 to EXISTS in IDLE, on the built-in server alone."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir()
        self._folder = folder

    def __enter__(self) -> "_BareIdle":
        server = self.enter_context(bare_mail_server(self._folder))
        self._client = self.enter_context(submission(server.account(BEN)))
        submit(self._client, BEN, ADA, _reply("<0@bench>", -99))
        self._idler = Idler(server.account(ADA))
        self.callback(self._idler.close)
        return self

    def round(self, number: int) -> float:
        running = Background(self._idler.next_arrival)
        time.sleep(SETTLE_SECONDS)
        accepted = submit(self._client, BEN, ADA, _reply("<0@bench>", number))
        # Both come from one event loop: the news may be read before the 250.
        return max(running.result() - accepted, 0.0)


class _EmptyTool(ExitStack):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        folder.mkdir()
        self._log = folder / "log"

    def __enter__(self) -> "_EmptyTool":
        self._wire = self.enter_context(greeted(peer("constant_server"), self._log))
        return self

    def round(self, number: int) -> float:
        return self._wire.timed("answer")


def _reply(answers: str, number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = BEN, ADA, "Re: Lunch"
    mail["Message-ID"] = f"<reply-{number}@bench>"
    mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(f"At one, {number}.\n\n> At noon?\n")
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
