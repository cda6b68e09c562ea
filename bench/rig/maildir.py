"""A Maildir that is full before anybody looks: written into Dovecot's files, not delivered.

A fifth of the mails have an HTML part as well, one in fifty carries a file of 100 KB; four make a
conversation, as in `rig.filling`. About 5 KB each, as plain mail between people is.
"""

import base64
import os
import random
import shutil
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from rig.filling import PER_THREAD, some_words
from rig.hosts import MailHost

BEGIN = 1_700_000_000
USER = "mail"
FILE = base64.encodebytes(random.Random(1).randbytes(75_000)).replace(b"\n", b"\r\n").decode()


def fill_maildir(host: MailHost, address: str, messages: int) -> str:
    """Put so many mails into a mailbox's INBOX; the subject of the newest."""
    inbox = host.maildir(address)
    for name in ("cur", "new", "tmp"):
        (inbox / name).mkdir(parents=True)
    subject = ""
    for number in range(messages):
        subject, raw = _mail(address, number)
        size = len(raw)
        # maildir(5), and Dovecot's sizes: in the file (S) and on the wire (W).
        file = inbox / "cur" / f"{BEGIN + number}.M{number}P1.bench,S={size},W={size}:2,S"
        file.write_bytes(raw)
        os.utime(file, (BEGIN + number, BEGIN + number))
    _give(inbox)
    return subject


def _give(inbox: Path) -> None:
    """All of it is the mail user's, from the mailbox's own folder on."""
    for path in (inbox.parent.parent, inbox.parent, inbox, *inbox.rglob("*")):
        shutil.chown(path, USER, USER)


def _mail(address: str, number: int) -> tuple[str, bytes]:
    words = some_words(random.Random(number), 400)
    thread, place = divmod(number, PER_THREAD)
    subject = f"{'Re: ' if place else ''}Report {thread}"
    lines = [
        "Received: from elsewhere.test by mail.agents.test; Mon, 13 Nov 2023 12:00:00 +0000",
        f"From: Somebody <somebody-{thread % 50}@elsewhere.test>",
        f"To: <{address}>",
        f"Subject: {subject}",
        f"Date: {format_datetime(datetime.fromtimestamp(BEGIN + number, UTC))}",
        f"Message-ID: <{thread}.{place}@elsewhere.test>",
        "MIME-Version: 1.0",
    ]
    if place:
        lines.append(f"References: <{thread}.0@elsewhere.test>")
    return subject, "\r\n".join([*lines, *_body(number, words)]).encode()


def _body(number: int, words: str) -> list[str]:
    text = ["Content-Type: text/plain; charset=utf-8", "", *_wrapped(words)]
    if number % 50 == 49:
        file = ["Content-Type: application/pdf; name=report.pdf"]
        file += ["Content-Transfer-Encoding: base64", "", FILE]
        return _parts("mixed", text, file)
    if number % 5 == 4:
        html = [f"<p>{line}</p>" for line in _wrapped(words)]
        page = ["<html><body>", *html, "</body></html>"]
        return _parts("alternative", text, ["Content-Type: text/html; charset=utf-8", "", *page])
    return text


def _parts(kind: str, *parts: list[str]) -> list[str]:
    lines = [f'Content-Type: multipart/{kind}; boundary="--=_bench"', ""]
    for part in parts:
        lines += ["----=_bench", *part]
    return [*lines, "----=_bench--", ""]


def _wrapped(words: str) -> list[str]:
    split = words.split()
    return [*(" ".join(split[at : at + 12]) for at in range(0, len(split), 12)), ""]
