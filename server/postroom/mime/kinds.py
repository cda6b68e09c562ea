"""What sort of message it is: written by a person, by a program in answer, or a bounce."""

import re

from postroom.mime.fields import Fields
from postroom.mime.reports import Report, read_report
from postroom.mime.tree import Part
from postroom.model.messages import MessageKind

_DAEMONS = frozenset(
    {"mailer-daemon", "postmaster", "mailerdaemon", "mail-daemon", "mdaemon", "mailer_daemon"}
    | {"bounce", "bounces", "mailadmin", "mail-system", "mmdf", "microsoftexchange"}
)
_RETURNED = re.compile(
    r"undeliver|delivery (?:status )?notif|delivery (?:has )?fail|delivery.{0,20}delayed"
    r"|failure notice|fail(?:ed|ure).{0,20}deliver|returned mail|mail delivery|delivery problem"
    r"|non.?deliver|could not be delivered|not delivered|could not send|delivery error"
    r"|message status|mail system error|returned to sender|nondeliverable|can.?t be delivered"
    r"|error sending|delivery report|rejected.{0,20}mail|mail.{0,20}rejected|unzustellbar"
    r"|nicht zugestellt|non remis|non distribuable|échec de la remise|no se puede entregar"
    r"|mancato recapito|mancata consegna|niet bezorgd|onbestelbaar|не доставлен|недоставлен"
    r"|não entregue|falha na entrega|undelivered|bounced|unable to deliver|delivery warning"
    r"|warning: (?:message|could)|message (?:delayed|you sent)|address.{0,20}(?:fail|unknown)",
    re.IGNORECASE,
)
_SEARCHED_CHARS = 3_000

_AUTO_REPLY_FIELDS = frozenset(
    {"x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply", "x-mail-autoreply"}
    | {"x-autoreply-from", "x-autoresponse", "x-vacation", "x-facebook-notify-autoreply"}
)
"""Fields that mean an automatic answer by being there. X-Auto-Response-Suppress is none of them:
it asks others not to answer, and ordinary Exchange mail carries it."""


def message_kind(root: Part, text: str) -> tuple[MessageKind, Report]:
    """The kind of the message whose tree is ``root`` and whose words are ``text``, and, for a
    bounce, what it reports."""
    if _looks_like_bounce(root, text):
        report = read_report(root, text)
        if report.delivers:
            return MessageKind.AUTO_REPLY, Report()
        if report.recipients or report.is_standard or report.returned_message_id:
            return MessageKind.BOUNCE, report
        if _from_daemon(root.fields) and _RETURNED.search(root.fields.text("subject")):
            return MessageKind.BOUNCE, report
    if is_automatic(root.fields):
        return MessageKind.AUTO_REPLY, Report()
    return MessageKind.MESSAGE, Report()


def is_automatic(fields: Fields) -> bool:
    """Whether the header says that a program wrote it (RFC 3834 §5, and what came before it)."""
    submitted = fields.raw("auto-submitted").lower().split(";")[0].strip()
    if submitted and not submitted.startswith("no"):
        return True
    if fields.raw("precedence").lower() in ("auto_reply", "auto-reply", "autoreply"):
        return True
    return any(
        name in _AUTO_REPLY_FIELDS and value.strip().lower() not in (b"", b"no", b"false")
        for name, value in fields.items
    )


def _looks_like_bounce(root: Part, text: str) -> bool:
    """The gate: ordinary mail must not get through it, whatever words it holds."""
    if root.content_type == "multipart/report":
        kind = root.parameters.get("report-type", "delivery-status").lower()
        if kind == "delivery-status":
            return True
    fields = root.fields
    if fields.has("x-failed-recipients"):
        return True
    if not (_from_daemon(fields) or _null_sender(fields)):
        return False
    return bool(
        _RETURNED.search(fields.text("subject")) or _RETURNED.search(text[:_SEARCHED_CHARS])
    )


def _null_sender(fields: Fields) -> bool:
    """Whether the envelope had no sender: reports are sent so, to answer to nobody (RFC 5321
    §4.5.5)."""
    return any(value.strip() == b"<>" for name, value in fields.items if name == "return-path")


def _from_daemon(fields: Fields) -> bool:
    """Whether From names a mail server rather than a person."""
    written = fields.raw("from").lower()
    local = re.search(r"([\w.+-]{1,80})@", written)
    if local is not None and local[1] in _DAEMONS:
        return True
    return any(
        words in written
        for words in (
            "mail delivery s",
            "mailer-daemon",
            "postmaster",
            "mail deliver",
            "mail daemon",
        )
    )
