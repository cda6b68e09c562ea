"""elsewhere_reply: the same as `reply` on real servers, from Postfix's 250 to the waiter's hands.

    dovecot    Postfix → Dovecot → the worker, which polls the mailbox while somebody waits → waiter
    lmtp       Postfix → the worker, by LMTP → waiter
    IDLE       Postfix → Dovecot → a bare connection in IDLE: Dovecot gathers news for half a second
    NOOP       Postfix → Dovecot → a bare connection that asks without a rest: nothing is sooner

Interleaved; each has a mailbox of its own. The reply comes from an ordinary mail program.
"""

import imaplib
import smtplib
import time
from collections.abc import Callable
from contextlib import ExitStack
from email.message import EmailMessage
from pathlib import Path

from rig.background import Background
from rig.figures import Report, median, milliseconds, p95
from rig.homes import postroom_mcp, rows, throw_away_folder, worker_of
from rig.hosts import LOOPBACK, MailHost, directory_settings, free_ports, host_submission, mail_host
from rig.mailclients import Account, Idler, submit
from rig.size import Size
from rig.wire import greeted

DOVECOT_TARGET_MS, LMTP_TARGET_MS = 60.0, 20.0
WARM_UP = 2
SETTLE_SECONDS = 0.15
"""Between asking for a wait and the reply: the wait has to be waiting, and its watcher to know."""


def run(size: Size) -> Report:
    report = Report("elsewhere_reply")
    with throw_away_folder() as folder, ExitStack() as open:
        host = open.enter_context(mail_host())
        (lmtp_port,) = free_ports(1)
        handing = open.enter_context(mail_host(postroom_lmtp_port=lmtp_port))
        settings: dict[str, Callable[[int], float]] = {
            "dovecot": open.enter_context(_Waiter(folder / "dovecot", host)).round,
            "lmtp": open.enter_context(_Waiter(folder / "lmtp", handing, lmtp_port)).round,
            "idle": open.enter_context(_BareIdle(host)).round,
            "noop": open.enter_context(_BareNoop(host)).round,
        }
        times: dict[str, list[float]] = {name: [] for name in settings}
        for number in range(-WARM_UP, size.rounds):
            for name, measure in settings.items():
                taken = measure(number)
                if number >= 0:
                    times[name].append(taken)
    for name, said, target in (
        ("dovecot", "Postfix and Dovecot", DOVECOT_TARGET_MS),
        ("lmtp", "Postfix, by LMTP to Postroom", LMTP_TARGET_MS),
        ("idle", "bare IDLE on Dovecot", None),
        ("noop", "bare NOOP on Dovecot, without a rest", None),
    ):
        report.add(said, milliseconds(median(times[name])), "ms", target)
        report.add("  p95", milliseconds(p95(times[name])), "ms")
    report.note(f"{size.rounds} replies each, from Postfix's 250")
    return report


class _Sender(ExitStack):
    """Ben, who has a mailbox on a host, and a mail program that stays connected."""

    client: smtplib.SMTP

    ben: str

    def __init__(self, host: MailHost) -> None:
        super().__init__()
        self.host = host

    def connect(self, address: str, password: str) -> None:
        self.ben = address
        self.client = self.enter_context(host_submission(self.host, address, password))

    def submit(self, to: str, number: int, answers: str = "<0@bench>") -> float:
        return submit(self.client, self.ben, to, _reply(self.ben, to, answers, number))


class _Waiter(_Sender):
    """Ada has written to Ben and waits for what he answers; her process does the I/O."""

    def __init__(self, folder: Path, host: MailHost, lmtp_port: int = 0) -> None:
        super().__init__(host)
        folder.mkdir()
        self._home = folder / "home"
        self._home.mkdir()
        self._log = folder / "log"
        directory_settings(self._home, host, lmtp_port)

    def __enter__(self) -> "_Waiter":
        self.wire = self.enter_context(greeted(postroom_mcp(self._home, "ada"), self._log))
        worker_of(self._home)
        self.ada = self.wire.call("create_mailbox", username="ada")["address"]
        ben = self.wire.call("create_mailbox", username="ben")["address"]
        sent = self.wire.call(
            "send_email", mailbox=self.ada, to=ben, subject="Lunch", text="At noon?"
        )
        assert sent["status"] == "sent", sent
        self._thread_id, self._after = sent["thread_id"], sent["after"]
        (mail,) = rows(self._home, "SELECT message_id FROM messages WHERE direction = 'sent'")
        self._answers = f"<{mail['message_id']}>"
        (box,) = rows(self._home, "SELECT password FROM mailboxes WHERE address = ?", ben)
        self.connect(ben, box["password"])
        return self

    def round(self, number: int) -> float:
        running = Background(self._wait)
        time.sleep(SETTLE_SECONDS)
        accepted = self.submit(self.ada, number, self._answers)
        return running.result() - accepted

    def _wait(self) -> float:
        found = self.wire.call("wait_for_reply", thread_id=self._thread_id, after=self._after)
        moment = time.perf_counter()
        assert found["outcome"] == "reply", found
        self._after = found["after"]
        return moment


class _BareIdle(_Sender):
    def __enter__(self) -> "_BareIdle":
        self.connect(*self.host.new("ben"))
        address, password = self.host.new("idle")
        self._address = address
        account = Account(address, password, self.host.submission_port, self.host.imap_port)
        self._idler = Idler(account)
        self.callback(self._idler.close)
        return self

    def round(self, number: int) -> float:
        running = Background(self._idler.next_arrival)
        time.sleep(SETTLE_SECONDS)
        accepted = self.submit(self._address, number)
        return running.result() - accepted


class _BareNoop(_Sender):
    def __enter__(self) -> "_BareNoop":
        self.connect(*self.host.new("ben"))
        self._address, password = self.host.new("noop")
        self._imap = self.enter_context(imaplib.IMAP4(LOOPBACK, self.host.imap_port))
        self._imap.login(self._address, password)
        self._held = int(self._imap.select("INBOX")[1][0] or 0)
        return self

    def round(self, number: int) -> float:
        running = Background(self._next_arrival)
        accepted = self.submit(self._address, number)
        # It may be seen before smtplib has handed on the 250.
        return max(running.result() - accepted, 0.0)

    def _next_arrival(self) -> float:
        end = time.perf_counter() + 30
        while time.perf_counter() < end:
            self._imap.noop()
            told = self._imap.response("EXISTS")[1][-1]
            if told is not None and int(told) > self._held:
                self._held = int(told)
                return time.perf_counter()
        raise TimeoutError("no mail came to a bare mailbox")


def _reply(sender: str, to: str, answers: str, number: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Re: Lunch"
    mail["Message-ID"] = f"<reply-{number}-{time.time_ns()}@bench>"
    mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(f"At one, {number}.\n\n> At noon?\n")
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
