"""One answer of a script: after how long, and what is written when that time has come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from postroom.testing import letters
from postroom.testing.durations import AT_ONCE
from postroom.testing.letters import Letter, Quoting, Writing
from postroom.testing.received import Received


@dataclass(frozen=True)
class Answer:
    """What follows a mail."""

    after: timedelta
    write: Callable[[Writing, Received], Letter]


def reply(
    text: str,
    *,
    after: timedelta = AT_ONCE,
    quoting: Quoting = Quoting.INTERNET,
    html: str = "",
    subject: str = "",
) -> Answer:
    """A person's reply in the thread. ``html``: their words as HTML, where it says something else
    than ``text``; ``subject``: another one than "Re: …"."""
    return Answer(
        after,
        lambda by, mail: letters.answer(
            by, mail, text, quoting=quoting, page=html, subject=subject
        ),
    )


def note(text: str, *, after: timedelta = AT_ONCE) -> Answer:
    """What a program writes for who is away: Auto-Submitted, from the null sender."""
    return Answer(after, lambda by, mail: letters.absence(by, mail, text))


def bounce(
    status: str = "5.1.1", said: str = "User unknown", *, after: timedelta = AT_ONCE
) -> Answer:
    """A delivery report (RFC 3464): 5.x.x for good, 4.x.x for a delay."""
    if not status.startswith(("4.", "5.")):
        raise ValueError("a status is 5.x.x (for good) or 4.x.x (for now): RFC 3463")
    return Answer(after, lambda by, mail: letters.report(by, mail, status, said))
