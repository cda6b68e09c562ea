"""Mail to begin with, and what is put into it."""

import random
from datetime import UTC, datetime
from pathlib import Path

from postroom.mime.writing.compose import compose
from postroom.model.messages import AttachedFile, Draft, Person

FRAGMENTS = (
    b"\r\n", b"\n", b"\r", b"\r\n\r\n", b" ", b"\t", b":", b";", b'"', b"<", b">", b"(", b")",
    b"\x00", b"\x1b$B", b"\x1b(B", b"\xff\xfe", b"\xe4", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80",
    b"--x", b"--x--", b"99999999", b"From: ", b"To: ", b"Subject: ", b"Date: ", b"a@b.c",
    b"Content-Type: ", b"multipart/mixed; boundary=x", b"multipart/alternative; boundary=x",
    b"multipart/digest; boundary=x", b"multipart/related; boundary=x; start=a",
    b"multipart/report; report-type=delivery-status; boundary=x", b"message/rfc822",
    b"message/delivery-status", b"text/html; charset=", b"text/plain; charset=", b"utf-16",
    b"utf-7", b"iso-2022-jp", b"gb2312", b"shift_jis", b"big5", b"Content-Transfer-Encoding: ",
    b"base64", b"quoted-printable", b"x-uuencode", b"begin 644 a\n",
    b"Content-Disposition: attachment; filename", b"*0*=utf-8''%", b"*1*=%", b"=?utf-8?b?",
    b"=?iso-2022-jp?q?", b"?=", b"=", b"<p>", b"<div hidden>", b"<!--", b"<blockquote>", b"> ",
    b"On 1.1.2020 ", b"wrote:", b"-- \n", b"Action: failed", b"Status: 5.1.1",
    b"Final-Recipient: rfc822;a@b",
)  # fmt: skip
"""What means something in mail."""

_NESTED = b"".join(
    line + b"\r\n"
    for line in (
        b"From: ada@far.example", b"Subject: =?utf-8?q?=C3=BC?= =?koi8-r?b?0A==?=",
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x", b"",
        b"--x", b"Content-Type: multipart/alternative; boundary=y", b"",
        b"--y", b"", b"Words.", b"> quoted", b"--y", b"Content-Type: text/html; charset=big5", b"",
        b"<p>W\xa4\xa4</p><span style='display:none'>x</span>", b"--y--",
        b"--x", b"Content-Type: message/delivery-status", b"", b"Reporting-MTA: dns; far.example",
        b"", b"Final-Recipient: rfc822; ben@far.example", b"Action: failed", b"Status: 5.1.1",
        b"--x", b"Content-Type: message/rfc822", b"Content-Transfer-Encoding: base64", b"",
        b"U3ViamVjdDogaGkKCng=", b"--x--",
    )
)  # fmt: skip


def seeds(corpora: Path | None, most: int) -> list[bytes]:
    """Mails to begin with: ours, those that were found before, and real ones where they are."""
    found = [path.read_bytes() for path in _files(Path(__file__).parent / "found")]
    folders = [corpora / name / "files" for name in ("mime", "bounces")] if corpora else []
    real = [path.read_bytes()[:most] for folder in folders for path in _files(folder)]
    return [_composed(), _NESTED, *found, *real]


def mutated(raw: bytes, rng: random.Random) -> bytes:
    """``raw`` with a few changes: fragments put in, bytes changed, stretches cut or doubled."""
    out = bytearray(raw)
    for _ in range(rng.randint(1, 12)):
        at = rng.randint(0, len(out))
        end = at + rng.choice((0, 0, 1, 4, 40, 400))
        kind = rng.randrange(4)
        if kind == 0:
            out[at:end] = rng.choice(FRAGMENTS)
        elif kind == 1:
            out[at : at + 1] = rng.randbytes(rng.randint(0, 4))
        elif kind == 2:
            out[at:at] = bytes(out[at:end]) * rng.choice((1, 2, 30))
        else:
            del out[at:end]
    return bytes(out)


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _composed() -> bytes:
    file = AttachedFile(filename="ä ö.pdf", content_type="application/pdf", content=b"x")
    draft = Draft(
        sender=Person(address="jörg@far.example", name="Jörg"),
        to=(Person(address="ben@far.example", name='B "B" Ben'),),
        subject="Grüße " * 30,
        text="# Title\n\nWords.\n\n> quoted\n",
        message_id="1@far.example",
        references=("0@far.example",),
        date=datetime(2026, 1, 1, tzinfo=UTC),
        attachments=(file,),
    )
    return compose(draft)
