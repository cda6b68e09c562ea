"""The message ids that a header field names."""

import re

from postroom.model.limits import MAX_THREAD_REFERENCES

MAX_ID_CHARS = 512
"""Longer than any id that a program makes (RFC 5322 §2.1.1 bounds the line)."""

_BRACKETED = re.compile(r"<([^<>\s\x00-\x20\x7f-\x9f]{1,512})>")
# Linear: one class, no nesting. Comments and phrases around the ids are skipped (RFC 5322 §3.6.4
# allows CFWS there, and old programs write "Your message of … <id>").


def message_ids(field: str) -> tuple[str, ...]:
    """The ids in ``field`` without angle brackets, in order, each once.

    At most `MAX_THREAD_REFERENCES` are kept: the first one and the newest, because the root and the
    parent say most. A field without brackets is one id when it is a single ``left@right`` word.
    """
    found = list(dict.fromkeys(match.group(1) for match in _BRACKETED.finditer(field)))
    if not found:
        word = field.strip()
        bare = "@" in word and word.isprintable() and not any(c in "<> " for c in word)
        found = [word] if bare and len(word) <= MAX_ID_CHARS else []
    if len(found) > MAX_THREAD_REFERENCES:
        found = [found[0], *found[-(MAX_THREAD_REFERENCES - 1) :]]
    return tuple(found)


def own_id(field: str) -> str:
    """The id of a message from its Message-ID field, or "" where it names none."""
    ids = message_ids(field)
    return ids[0] if ids else ""


def parents(references: str, in_reply_to: str) -> tuple[str, ...]:
    """The ids that a message says it follows: References, else the first id of In-Reply-To.

    Only the first, because some programs put unrelated ids into In-Reply-To: on a messy archive
    taking them all joins conversations that have nothing to do with each other.
    """
    return message_ids(references) or message_ids(in_reply_to)[:1]
