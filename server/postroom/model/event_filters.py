"""Who may hear of an event, and who wants to. Pure, so that streams and webhooks ask the same."""

from collections.abc import Collection
from dataclasses import dataclass

from pydantic import field_validator

from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest
from postroom.model.messages import Frozen
from postroom.model.operator_event_answers import OF_OPERATORS, TYPES

MAX_TYPES = 50

_FOR_OPERATORS = frozenset(each.model_fields["type"].default for each in OF_OPERATORS)


@dataclass(frozen=True, slots=True)
class About:
    """What an event is about, as far as it matters for who hears of it."""

    type: str
    tenant: str = ""
    agent: str = ""
    """Whose the mailbox is; "" for none."""
    mailbox: str = ""
    is_deleted: bool = False
    """Its mailbox was taken away: that alone is told of it."""
    thread_ids: Collection[str] = ()
    """Every id of its thread."""


def may_hear(caller: Caller, about: About) -> bool:
    """Whether an event is for whoever asks: an agent hears of its own mailboxes, as far as it
    reaches, and operators of everything."""
    if caller.is_operator:
        return True
    if about.type in _FOR_OPERATORS or (about.tenant, about.agent) != (caller.tenant, caller.agent):
        return False
    if about.is_deleted and not about.type.startswith("mailbox."):
        return False
    if caller.thread is not None:
        return caller.thread in about.thread_ids
    return caller.reaches(about.mailbox)


class Wanted(Frozen):
    """Which of the events that one may hear; by default all."""

    mailbox: str | None = None
    """An address, in lower case."""
    thread: str | None = None
    """Any id of a thread."""
    types: tuple[str, ...] = ()
    """Names, or beginnings of names such as ``message.*``."""

    @field_validator("mailbox")
    @classmethod
    def _as_addresses_are(cls, address: str | None) -> str | None:
        return address.strip().lower() if address else None

    def takes(self, about: About) -> bool:
        if self.mailbox is not None and about.mailbox != self.mailbox:
            return False
        if self.thread is not None and self.thread not in about.thread_ids:
            return False
        return self.takes_type(about.type)

    def takes_type(self, type: str) -> bool:
        """Whether events of a type are wanted at all."""
        return not self.types or any(_fits(type, pattern) for pattern in self.types)


def _fits(type: str, pattern: str) -> bool:
    return type == pattern or (pattern.endswith("*") and type.startswith(pattern[:-1]))


def wanted(
    mailbox: str | None = None, thread: str | None = None, types: Collection[str] = ()
) -> Wanted:
    """A filter as somebody wrote it; types may stand in one word with commas between them.

    Raises:
        InvalidRequest: there is no type of such a name.
    """
    named = tuple(one.strip() for each in types for one in each.split(",") if one.strip())
    unknown = [each for each in named if not any(_fits(type, each) for type in TYPES)]
    if unknown or len(named) > MAX_TYPES:
        raise InvalidRequest(
            "event_type_unknown",
            f"A type is one of: {', '.join(sorted(TYPES))}.",
            "Or the beginning of some, such as message.*.",
        )
    return Wanted(mailbox=mailbox, thread=thread, types=named)
