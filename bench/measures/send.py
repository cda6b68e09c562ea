"""send: send_email until it answers `sent`, against the least it could cost.

That is the same mail over a kept connection to the bare built-in server, and the round trip of a
tool that does nothing. Interleaved; each mail begins a thread, to one recipient.
"""

import smtplib
import time
import uuid
from email.message import EmailMessage

from rig.bare import bare_mail_server
from rig.figures import Report, median, milliseconds, p95
from rig.homes import peer, postroom_mcp, throw_away_folder, worker_of
from rig.mailclients import submission, submit
from rig.size import Size
from rig.wire import Wire, greeted

TARGET = 3.0
ADA, BEN = "ada@agents.localhost", "ben@agents.localhost"
WORDS = "The figures for November are in; nothing in them surprises.\n" * 8
WARM_UP = 5


def run(size: Size) -> Report:
    report = Report("send")
    with throw_away_folder() as folder:
        (home := folder / "home").mkdir()
        log = folder / "log"
        with (
            greeted(postroom_mcp(home, "worker"), log) as worker,
            greeted(peer("constant_server"), log) as constant,
            bare_mail_server(folder) as bare,
            submission(bare.account(ADA)) as kept,
        ):
            worker.call("create_mailbox", username="ada")
            worker.call("create_mailbox", username="ben")
            worker_of(home)
            with greeted(postroom_mcp(home, "other"), log) as other:
                other.call("create_mailbox", username="carl")
                ours: list[float] = []
                aside: list[float] = []
                smtp: list[float] = []
                empty: list[float] = []
                for number in range(-WARM_UP, size.rounds):
                    times = (
                        _sent(worker, ADA, number),
                        _sent(other, "carl@agents.localhost", number),
                        _submitted(kept, number),
                        constant.timed("answer"),
                    )
                    if number >= 0:
                        for samples, taken in zip((ours, aside, smtp, empty), times, strict=True):
                            samples.append(taken)
    floor = median(smtp) + median(empty)
    report.add("send_email, its process is the worker", milliseconds(median(ours)), "ms")
    report.add("  p95", milliseconds(p95(ours)), "ms")
    report.add("send_email, another process is", milliseconds(median(aside)), "ms")
    report.add("  p95", milliseconds(p95(aside)), "ms")
    report.add("bare submission, kept connection", milliseconds(median(smtp)), "ms")
    report.add("empty tool", milliseconds(median(empty)), "ms")
    report.add("worker / (submission + empty tool)", median(ours) / floor, "x", TARGET)
    report.add("other / (submission + empty tool)", median(aside) / floor, "x", TARGET)
    report.note(f"medians of {size.rounds}")
    return report


def _sent(wire: Wire, sender: str, number: int) -> float:
    begin = time.perf_counter()
    answer = wire.call(
        "send_email", mailbox=sender, to=BEN, subject=f"Report {number}", text=f"{number} {WORDS}"
    )
    taken = time.perf_counter() - begin
    assert answer["status"] == "sent", answer
    return taken


def _submitted(kept: smtplib.SMTP, number: int) -> float:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = ADA, BEN, f"Report {number}"
    mail["Message-ID"] = f"<{uuid.uuid4()}@agents.localhost>"
    mail.set_content(f"{number} {WORDS}")
    mail.add_alternative(f"<p>{number} {WORDS}</p>", subtype="html")
    raw = mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
    begin = time.perf_counter()
    return submit(kept, ADA, BEN, raw) - begin
