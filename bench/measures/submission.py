"""submission: mails in a row over a kept connection to Postfix: our pool beside bare aiosmtplib.

Both are logged in over STARTTLS and send the same mail to the same mailbox, by turns, each waiting
for its 250. The pool checks the envelope, keeps the dialogue, and takes a fresh connection after a
hundred mails; all of that counts. Then, without a target, the whole way: `send_email` until it
answers `sent`, beside the empty tool.
"""

import asyncio
import time
import uuid
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
from rig.figures import Bound, Report, median, milliseconds, p95
from rig.homes import peer, postroom_mcp, throw_away_folder, worker_of
from rig.hosts import LOOPBACK, MailHost, directory_settings, mail_host
from rig.size import Size
from rig.wire import greeted

from postroom.model.sends import Envelope, RecipientOutcome
from postroom.model.servers import Security
from postroom.smtp.account import SmtpLogin
from postroom.smtp.submit import SubmissionPool

TARGET = 0.6
WORDS = "The figures for November are in; nothing in them surprises.\n" * 8
WARM_UP = 3
PATIENCE_SECONDS = 30.0


def run(size: Size) -> Report:
    report = Report("submission")
    with throw_away_folder() as folder, mail_host() as host:
        ours, bare = asyncio.run(_in_turns(host, size.submissions))
        whole, empty = _whole_way(folder, host, size.rounds)
    report.add("SubmissionPool", len(ours) / sum(ours), "/s")
    report.add("bare aiosmtplib", len(bare) / sum(bare), "/s")
    report.add("SubmissionPool / bare", sum(bare) / sum(ours), "x", TARGET, Bound.AT_LEAST)
    report.add("  by the medians", median(bare) / median(ours), "x")
    report.add("send_email until sent, through Postfix", milliseconds(median(whole)), "ms")
    report.add("  p95", milliseconds(p95(whole)), "ms")
    report.add("  bare submission + empty tool", milliseconds(median(bare) + median(empty)), "ms")
    report.note(f"{size.submissions} mails each; the whole way {size.rounds} times")
    return report


async def _in_turns(host: MailHost, count: int) -> tuple[list[float], list[float]]:
    """Seconds of each mail: ours, and bare."""
    sender, password = host.new("sender")
    reader, _ = host.new("reader")
    pool = SubmissionPool(per_login=1)
    login = SmtpLogin(
        LOOPBACK,
        host.submission_port,
        sender,
        password,
        Security.STARTTLS,
        certificates=host.certificate,
    )
    client = aiosmtplib.SMTP(
        hostname=LOOPBACK,
        port=host.submission_port,
        start_tls=True,
        tls_context=host.tls(),
        username=sender,
        password=password,
        timeout=PATIENCE_SECONDS,
    )
    ours: list[float] = []
    bare: list[float] = []
    try:
        async with client:
            for number in range(-WARM_UP, count):
                times = (
                    await _pooled(pool, login, sender, reader),
                    await _plain(client, sender, reader),
                )
                if number >= 0:
                    ours.append(times[0])
                    bare.append(times[1])
    finally:
        await pool.close()
    return ours, bare


async def _pooled(pool: SubmissionPool, login: SmtpLogin, sender: str, reader: str) -> float:
    raw = _mail(sender, reader)
    envelope = Envelope(sender=sender, recipients=(reader,))
    begin = time.perf_counter()
    submission = await pool.submit(login, envelope, raw)
    taken = time.perf_counter() - begin
    assert submission.replies[0].outcome is RecipientOutcome.ACCEPTED, submission
    return taken


async def _plain(client: aiosmtplib.SMTP, sender: str, reader: str) -> float:
    raw = _mail(sender, reader)
    begin = time.perf_counter()
    refused, _ = await client.sendmail(sender, [reader], raw)
    taken = time.perf_counter() - begin
    assert not refused, refused
    return taken


def _whole_way(folder: Path, host: MailHost, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each `send_email`, and of each call of a tool that does nothing."""
    (home := folder / "home").mkdir()
    log = folder / "log"
    directory_settings(home, host)
    reader, _ = host.new("reader")
    with (
        greeted(postroom_mcp(home, "ada"), log) as wire,
        greeted(peer("constant_server"), log) as constant,
    ):
        worker_of(home)
        ada = wire.call("create_mailbox", username="ada")["address"]
        whole: list[float] = []
        empty: list[float] = []
        for number in range(-WARM_UP, rounds):
            begin = time.perf_counter()
            sent = wire.call(
                "send_email", mailbox=ada, to=reader, subject=f"Report {number}", text=WORDS
            )
            taken = time.perf_counter() - begin
            assert sent["status"] == "sent", sent
            nothing = constant.timed("answer")
            if number >= 0:
                whole.append(taken)
                empty.append(nothing)
    return whole, empty


def _mail(sender: str, reader: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, reader, "Report"
    mail["Message-ID"] = f"<{uuid.uuid4()}@bench>"
    mail.set_content(WORDS)
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
