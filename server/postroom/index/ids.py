"""Ids that are handed out: short, random, and never authority (the desk checks whose they are)."""

import secrets

_LETTERS = (
    "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: nothing that looks like another
)

MESSAGE_LETTERS = 8
"""40 random bits; the column is unique, and a new one is drawn where it is taken."""

LONG_LETTERS = 10


def new_message_id() -> str:
    """A message's id: ``m_`` and 8 letters. Its attachments' ids derive from it."""
    return "m_" + _letters(MESSAGE_LETTERS)


def new_thread_id() -> str:
    """A thread's id: ``t_`` and 10 letters."""
    return "t_" + _letters(LONG_LETTERS)


def new_send_id() -> str:
    """A send's id: ``s_`` and 10 letters. The mail's Message-ID derives from it."""
    return "s_" + _letters(LONG_LETTERS)


def new_quarantine_id() -> str:
    """The id of a mail that is kept aside: ``q_`` and 10 letters."""
    return "q_" + _letters(LONG_LETTERS)


def new_token_id() -> str:
    """The id of a token, which is no secret: ``k_`` and 10 letters."""
    return "k_" + _letters(LONG_LETTERS)


def new_upload_id() -> str:
    """The id of a file that was brought before its mail: ``f_`` and 10 letters."""
    return "f_" + _letters(LONG_LETTERS)


BOUNCE_LETTERS = 16
"""80 random bits: it can be tried by mail alone, and whoever has it was on the mail's way."""


def new_bounce_tag() -> str:
    """What an envelope sender is marked with so that it names its send: 16 letters."""
    return _letters(BOUNCE_LETTERS)


def is_upload(id: str) -> bool:
    """Whether it looks like the id of such a file, and not of one that came in a mail."""
    return id.startswith("f_")


def new_webhook_id() -> str:
    """The id of an endpoint that events are posted to: ``w_`` and 10 letters."""
    return "w_" + _letters(LONG_LETTERS)


def is_send(id: str) -> bool:
    """Whether it looks like a send's id."""
    return id.startswith("s_") and len(id) == LONG_LETTERS + 2 and set(id[2:]) <= set(_LETTERS)


MOST_PARTS = 32 * 32
"""Attachments of a message, or links in it, that ids can name."""


def attachment_id(message: str, number: int) -> str:
    """The id of a message's attachment: stable over a rebuild, at most 12 letters."""
    return _part_id("a_", message, number)


def attachment_place(id: str) -> tuple[str, int] | None:
    """(message id, number) that an attachment's id stands for, or None where it is none."""
    return _part_place("a_", id)


def link_id(message: str, number: int) -> str:
    """The id of a long link in a message's text: at most 12 letters."""
    return _part_id("l_", message, number)


def link_place(id: str) -> tuple[str, int] | None:
    """(message id, number) that a link's id stands for, or None where it is none."""
    return _part_place("l_", id)


def _part_id(kind: str, message: str, number: int) -> str:
    return kind + message[2:] + _LETTERS[number // 32 % 32] * (number >= 32) + _LETTERS[number % 32]


def _part_place(kind: str, id: str) -> tuple[str, int] | None:
    body, known = id[2:], id.startswith(kind) and all(c in _LETTERS for c in id[2:])
    if not known or len(body) not in (MESSAGE_LETTERS + 1, MESSAGE_LETTERS + 2):
        return None
    number = 0
    for letter in body[MESSAGE_LETTERS:]:
        number = number * 32 + _LETTERS.index(letter)
    return "m_" + body[:MESSAGE_LETTERS], number


def _letters(count: int) -> str:
    # Drawn at once: 32 letters divide a byte evenly, and ids are drawn for every mail.
    return "".join(_LETTERS[byte % 32] for byte in secrets.token_bytes(count))
