"""What became of one recipient, from status codes where there are any, else from words.

    class 5, or words of refusal      permanent   it will not arrive; trying again helps nothing
    class 4, given up                 transient   it did not arrive; a later mail may
    class 4, still being tried        delayed     it may arrive yet (RFC 3464 §2.3.3)

A mailbox that is full, told without a code, counts as permanent: that server has returned the mail.
Nobody is dead there.
"""

import re

from postroom.mime.kinds.report_words import DEAD, FULL, GIVEN_UP, POLICY, STILL_TRYING, TIMED_OUT
from postroom.model.messages import Reported

_ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\.\d|\d)")
# Not a piece of an IP address or of a version: four numbers, or more digits.

_REPLY = re.compile(
    r"(?<![\d.:/-])([45])([0-5])(\d)(?![\d.:/]\d|\d|-\d{3,})(?=[\s\-,;:.<)\]'\"]|\Z)"
)
_NAMED_REPLY = re.compile(r"(?:error|code|status|said|smtp|reply)\W{1,12}([45])([0-5])(\d)\b", re.I)

_DEAD_STATUSES = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1"})
"""RFC 3463 §3.2–3.3, RFC 7505 (1.10): no such mailbox or host, or it is closed."""

_VAGUE_STATUS = re.compile(r"5\.(?:[45]\.\d+|\d+\.0)\Z")
"""Of a route or of the conversation of two servers (§3.5–3.6), and what names no detail: servers
write these whatever happened, so that their words are closer to it."""


def enhanced(text: str) -> str:
    """The status code that ``text`` tells (RFC 3463), the most telling one: not 5.0.0 where
    another stands there as well; "" without one."""
    found = [match[0] for match in _ENHANCED.finditer(text) if match[1] != "2"]
    telling = [code for code in found if not code.endswith(".0.0")]
    return (telling or found or [""])[0]


def reply_class(text: str) -> str:
    """ "4" or "5" of an SMTP reply code that ``text`` tells (RFC 5321 §4.2.1); "" without one."""
    found = _NAMED_REPLY.search(text) or _REPLY.search(text)
    return found[1] if found else ""


def outcome(action: str, status: str, words: str) -> Reported:
    """What a report says of a recipient: its Action and Status fields, either of which may be
    missing, and the words about it."""
    if action.startswith("delayed"):
        return Reported.DELAYED
    kind = status[:1] or reply_class(words)
    if not action.startswith("failed") and kind != "5" and _is_tried_on(words):
        return Reported.DELAYED
    if kind == "4":
        return Reported.TRANSIENT
    if not kind and TIMED_OUT.search(words):
        return Reported.TRANSIENT
    return Reported.PERMANENT


def is_dead(reported: Reported, status: str, words: str) -> bool:
    """Whether nobody is at the address any more, as far as it is said: not where the mailbox is
    full, or the mail was refused for what it is or who sent it."""
    if reported is not Reported.PERMANENT:
        return False
    says_dead, refuses = bool(DEAD.search(words)), bool(POLICY.search(words))
    if status.partition(".")[2] in _DEAD_STATUSES:
        return says_dead or not refuses
    if status and not _VAGUE_STATUS.match(status):
        return False
    return says_dead and not refuses and not FULL.search(words)


def _is_tried_on(words: str) -> bool:
    return bool(STILL_TRYING.search(words)) and not GIVEN_UP.search(words)
