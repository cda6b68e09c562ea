"""When a mail may go by the limits: at once, or when windows have moved on far enough."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from postroom.model.verdicts import RecipientFacts
from postroom.policy.rates import Limits, Rate

NEVER = float("inf")


@dataclass(frozen=True)
class Turn:
    """When a mail may go, and the limit that says so."""

    at: float
    limit: str
    """The key of the limit: ``mailbox``, ``domain`` …"""
    rate: Rate


class History(Protocol):
    """When the mails went out, or are to, that count beside one more of the same mailbox.

    Each answers the time of the ``nth`` newest one (from 1), seconds since 1970; None where there
    are fewer, or where that one is not later than ``since``.
    """

    def of_mailbox(self, nth: int, since: float) -> float | None: ...

    def of_agent(self, nth: int, since: float) -> float | None: ...

    def to_address(self, address: str, nth: int, since: float) -> float | None: ...

    def to_domain(self, domain: str, nth: int, since: float) -> float | None: ...

    def first_contacts(self, since: float) -> Iterator[tuple[float, int]]:
        """(time, how many were met for the first time) of the agent's mails, newest first."""
        ...


def turn(
    history: History, now: float, limits: Limits, recipients: tuple[RecipientFacts, ...]
) -> Turn | None:
    """The latest of the turns that the limits give a mail; None where it may go at once."""
    late = [one for one in _turns(history, now, limits, recipients) if one.at > now]
    return max(late, key=lambda one: one.at, default=None)


def _turns(
    history: History, now: float, limits: Limits, recipients: tuple[RecipientFacts, ...]
) -> Iterator[Turn]:
    for rate in limits.mailbox:
        yield _after(history.of_mailbox(rate.count, now - rate.window), "mailbox", rate)
    for rate in limits.agent:
        yield _after(history.of_agent(rate.count, now - rate.window), "agent", rate)
    for rate in limits.recipient:
        for address in {one.address for one in recipients}:
            last = history.to_address(address, rate.count, now - rate.window)
            yield _after(last, "recipient", rate)
    for rate in limits.domain:
        for domain in {one.domain for one in recipients}:
            last = history.to_domain(domain, rate.count, now - rate.window)
            yield _after(last, "domain", rate)
    new = sum(one.first_contact for one in recipients)
    for rate in limits.first_contacts if new else ():
        yield _of_first_contacts(history, now, new, rate)


def _after(last: float | None, limit: str, rate: Rate) -> Turn:
    """The turn of a mail when the last but ``count`` mail has left the window."""
    return Turn(0.0 if last is None else last + rate.window, limit, rate)


def _of_first_contacts(history: History, now: float, new: int, rate: Rate) -> Turn:
    """The turn of a mail to ``new`` people never met before."""
    left = rate.count - new
    if left < 0:
        return Turn(NEVER, "first_contacts", rate)
    for at, count in history.first_contacts(now - rate.window):
        left -= count
        if left < 0:
            return _after(at, "first_contacts", rate)
    return _after(None, "first_contacts", rate)
