"""Letters as bytes: replies as mail programs quote, absence notes, delivery reports. Pure."""

import html
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from enum import StrEnum

from postroom.testing.received import Received

COLUMNS = 72
"""Where mail programs that quote with ">" break their lines."""


class Quoting(StrEnum):
    """How a reply repeats what it answers."""

    NONE = "none"
    INTERNET = "internet"
    """A line that says who wrote, and "> " before each line of theirs."""
    OUTLOOK = "outlook"
    """A rule, a block of From, Sent, To and Subject, and the whole mail below it; no mark on its
    lines. In the HTML part the same."""


@dataclass(frozen=True)
class Writing:
    """Who writes, when, and under which id."""

    name: str
    address: str
    at: datetime
    message_id: str
    """With its brackets."""


@dataclass(frozen=True)
class Letter:
    """A mail on its way, with its envelope; the sender is "" where nobody may answer."""

    raw: bytes
    sender: str
    recipient: str
    is_report: bool = False
    """Whether a mail server wrote it."""


def answer(
    by: Writing, mail: Received, text: str, *, quoting: Quoting, page: str = "", subject: str = ""
) -> Letter:
    """A person's reply to ``mail``. ``page`` is the HTML of their words, where it is not just
    those."""
    made = _head(by, mail.sender, subject or _re(mail.subject))
    _follow(made, mail)
    words = text if text.endswith("\n") else f"{text}\n"
    if quoting is Quoting.OUTLOOK:
        _as_outlook(made, mail, words, page)
    elif quoting is Quoting.INTERNET:
        made.set_content(f"{words}\n{_attribution(mail)}\n{_marked(mail.text)}")
    else:
        made.set_content(words)
    if page and quoting is not Quoting.OUTLOOK:
        made.add_alternative(page, subtype="html")
    return Letter(made.as_bytes(), by.address, mail.sender)


def first(by: Writing, to: str, subject: str, text: str, page: str = "") -> Letter:
    """A mail that answers nothing."""
    made = _head(by, to, subject)
    made.set_content(text if text.endswith("\n") else f"{text}\n")
    if page:
        made.add_alternative(page, subtype="html")
    return Letter(made.as_bytes(), by.address, to)


def absence(by: Writing, mail: Received, text: str) -> Letter:
    """What a server writes for who is away (RFC 3834): from nobody, so that nothing answers it."""
    made = _head(by, mail.sender, f"Automatic reply: {mail.subject}")
    _follow(made, mail)
    made["Auto-Submitted"] = "auto-replied"
    made["X-Auto-Response-Suppress"] = "All"
    made.set_content(text if text.endswith("\n") else f"{text}\n")
    return Letter(made.as_bytes(), "", mail.sender)


def report(by: Writing, mail: Received, status: str, said: str) -> Letter:
    """A delivery report (RFC 3464) of a mail that did not reach ``by``, from their mail server.

    ``status``: as RFC 3463 counts, 5.x.x for good, 4.x.x for a delay. ``said``: the server's words.
    """
    domain = by.address.rpartition("@")[2]
    action = "failed" if status.startswith("5") else "delayed"
    boundary = f"=_{by.message_id.strip('<>').partition('@')[0]}"
    head, body = mail.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[::2]
    lines = [
        f"From: Mail Delivery System <mailer-daemon@{domain}>",
        f"To: {mail.sender}",
        "Subject: "
        + ("Undelivered Mail Returned to Sender" if action == "failed" else "Delayed Mail"),
        f"Date: {format_datetime(by.at)}",
        f"Message-ID: {by.message_id}",
        "Auto-Submitted: auto-replied",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/report; report-type=delivery-status; boundary="{boundary}"',
        "",
        f"--{boundary}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        "",
        f"This is the mail system at host mx.{domain}.",
        "",
        "Your message could not be delivered to one or more recipients."
        if action == "failed"
        else "Your message has not been delivered yet. It is still being tried.",
        "",
        f"<{by.address}>: {said}",
        "",
        f"--{boundary}",
        "Content-Type: message/delivery-status",
        "",
        f"Reporting-MTA: dns; mx.{domain}",
        f"Arrival-Date: {format_datetime(by.at)}",
        "",
        f"Final-Recipient: rfc822; {by.address}",
        f"Action: {action}",
        f"Status: {status}",
        f"Diagnostic-Code: smtp; {'550' if action == 'failed' else '451'} {status} {said}",
        "",
        f"--{boundary}",
        "Content-Type: message/rfc822",
        "",
    ]
    told = "\n".join(lines).encode() + b"\n" + head + b"\n\n" + body
    raw = told.rstrip(b"\n") + f"\n\n--{boundary}--\n".encode()
    return Letter(raw.replace(b"\n", b"\r\n"), "", mail.sender, is_report=True)


def _head(by: Writing, to: str, subject: str) -> EmailMessage:
    made = EmailMessage(policy=SMTP)
    made["From"] = formataddr((by.name, by.address))
    made["To"] = to
    made["Subject"] = subject
    made["Date"] = format_datetime(by.at)
    made["Message-ID"] = by.message_id
    return made


def _follow(made: EmailMessage, mail: Received) -> None:
    """RFC 5322 §3.6.4."""
    made["In-Reply-To"] = mail.message_id
    made["References"] = f"{mail.references} {mail.message_id}".strip()


def _re(subject: str) -> str:
    return subject if subject.lower().startswith("re:") else f"Re: {subject}"


def _attribution(mail: Received) -> str:
    return f"On {_sent(mail, '%a, %b %d, %Y at %I:%M %p')}, <{mail.sender}> wrote:\n"


def _marked(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    return "".join(f"> {line}".rstrip() + "\n" for line in lines)


def _sent(mail: Received, form: str) -> str:
    when = mail.message.get("Date")
    return when.datetime.strftime(form) if when is not None else ""


def _as_outlook(made: EmailMessage, mail: Received, words: str, page: str) -> None:
    made["Thread-Topic"] = mail.subject
    made["Accept-Language"] = "en-US"
    made["X-MS-Has-Attach"] = ""
    block = {
        "From": str(mail.message.get("From", "")),
        "Sent": _sent(mail, "%A, %B %d, %Y %I:%M %p"),
        "To": str(mail.message.get("To", "")),
        "Subject": mail.subject,
    }
    above = "".join(f"{name}: {value}\n" for name, value in block.items())
    made.set_content(f"{words}\n{'_' * 32}\n{above}\n{mail.text}")
    fields = "<br>\n".join(f"<b>{name}:</b> {html.escape(value)}" for name, value in block.items())
    own = page or f'<div class="elementToProof">{_lines(words)}</div>'
    made.add_alternative(
        f'<html><head></head><body dir="ltr">\n{own}\n<div id="appendonsend"></div>\n'
        '<hr tabindex="-1" style="display:inline-block;width:98%">\n'
        f'<div id="divRplyFwdMsg" dir="ltr"><font face="Calibri, sans-serif">{fields}</font>\n'
        f"<div>&nbsp;</div></div>\n<div>{_lines(mail.text)}</div>\n</body></html>\n",
        subtype="html",
    )


def _lines(text: str) -> str:
    return "<br>\n".join(html.escape(text.rstrip("\n")).split("\n"))
