"""What a correspondent does with a mail that came. A script is a function: write your own where
none of these fits.

    def answers_orders(mail: Received, earlier: Sequence[Received]) -> list[Answer]:
        return [reply("It is 42.", after=hours(1))] if "order number" in mail.text else []
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

from postroom.testing.answers import Answer, bounce, note, reply
from postroom.testing.durations import AT_ONCE, days
from postroom.testing.injections import DEMAND, Injection, letter
from postroom.testing.letters import Quoting
from postroom.testing.received import Received

Script = Callable[[Received, Sequence[Received]], Iterable[Answer]]
"""The answers to a mail; the second is what came to the same correspondent before, oldest first."""

ONCE_IN = days(7)
"""How seldom one sender is told of an absence (RFC 3834 §2)."""


def replies(
    text: str, *, after: timedelta = AT_ONCE, quoting: Quoting = Quoting.INTERNET
) -> Script:
    """Answers each mail, as a person would."""
    answer = reply(text, after=after, quoting=quoting)
    return lambda mail, earlier: (answer,)


def never_answers() -> Script:
    """Takes the mail, and that is all."""
    return lambda mail, earlier: ()


def out_of_office(
    text: str = "I am out of the office this week and will answer when I am back.",
    *,
    after: timedelta = AT_ONCE,
    strict: bool = False,
) -> Script:
    """Tells each sender once a week that nobody is there. Many servers tell that to programs, too;
    one that is ``strict`` (RFC 3834 §2) answers no mail that says that a program wrote it, and
    every agent's mail says so."""

    def script(mail: Received, earlier: Sequence[Received]) -> Iterable[Answer]:
        since = mail.at - ONCE_IN.total_seconds()
        told = any(each.sender == mail.sender and each.at > since for each in earlier)
        return () if told or (strict and mail.is_automatic) else (note(text, after=after),)

    return script


def bounces(
    status: str = "5.1.1", said: str = "User unknown", *, after: timedelta = AT_ONCE
) -> Script:
    """Takes the mail at the door, and reports later that it could not be delivered."""
    answer = bounce(status, said, after=after)
    return lambda mail, earlier: (answer,)


def injects(
    demand: str = DEMAND,
    *,
    how: Injection = Injection.PLAIN,
    after: timedelta = AT_ONCE,
    quoting: Quoting = Quoting.INTERNET,
) -> Script:
    """Answers with a letter that tries to make the agent do what ``demand`` says."""
    text, page, subject = letter(how, demand)
    answer = reply(text, after=after, quoting=quoting, html=page, subject=subject)
    return lambda mail, earlier: (answer,)


def in_turn(*scripts: Script) -> Script:
    """The first script for the first mail, the next one for the next; the last one goes on."""
    if not scripts:
        raise ValueError("name at least one script")

    def script(mail: Received, earlier: Sequence[Received]) -> Iterable[Answer]:
        return scripts[min(len(earlier), len(scripts) - 1)](mail, earlier)

    return script


def together(*scripts: Script) -> Script:
    """All of them for each mail: away today, and a reply on Thursday."""
    return lambda mail, earlier: [answer for script in scripts for answer in script(mail, earlier)]
