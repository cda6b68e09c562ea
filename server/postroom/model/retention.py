"""How long mail is kept: what an operator set, and what is left of a mail of some age.

    WHOLE ──► WITHOUT_FILES ──► WITHOUT_BYTES ──► WITHOUT_WORDS ──► GONE
     as it came   (raw mail that     fields, words,      who, when, subject    its ids, in the
                  has files goes     names of files      and ids               journal and its
                  with them)                                                   own row

A mail's bytes hold its files and its words. So what holds something goes no later than what it
holds: bytes no later than words, words no later than all the rest.
"""

from enum import IntEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

DAY_SECONDS = 86_400.0

WORDS_REMOVED = "its words were removed, as their time is over"
"""What a message says of itself then."""

Days = Annotated[float, Field(ge=0)] | Literal["forever"]
"""How long something is kept, in days."""


class Stage(IntEnum):
    """What is left of a mail."""

    WHOLE = 0
    WITHOUT_FILES = 1
    """The time of files is over, and it had none: its bytes are kept."""
    WITHOUT_BYTES = 2
    WITHOUT_WORDS = 3
    GONE = 4


class Periods(BaseModel):
    """``[retention]``, or a mailbox's own part of it. What is not set is as it is for all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    raw_days: Days | None = None
    """The bytes as they came."""
    attachments_days: Days | None = None
    """Files. They lie in the bytes, which go with them where a mail has any."""
    bodies_days: Days | None = None
    """The words that were read from them."""
    metadata_days: Days | None = None
    """All the rest: who, when, subject, ids, what servers said."""


class Retention(Periods):
    """``[retention]`` in ``postroom.toml``: by itself nothing goes. What a mailbox does not say is
    as its tenant has it, and what that does not say as it is for all."""

    tenants: dict[str, Periods] = Field(default_factory=dict)
    """Tenants that differ, by name."""
    mailboxes: dict[str, Periods] = Field(default_factory=dict)
    """Mailboxes that differ, by address."""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The mailboxes that differ, in lower case."""
        return tuple(address.lower() for address in self.mailboxes)

    def of_tenant(self, tenant: str) -> "Keeping":
        """What holds for a tenant's mailboxes."""
        return keeping(self.tenants.get(tenant, Periods()), self)

    def of_mailbox(self, address: str, tenant: str) -> "Keeping":
        """What holds for a mailbox, whose address is in lower case."""
        own = next((p for name, p in self.mailboxes.items() if name.lower() == address), Periods())
        return keeping(own, self.tenants.get(tenant, Periods()), self)

    @property
    def is_forever(self) -> bool:
        """Whether nothing ever goes."""
        every = (self, *self.tenants.values(), *self.mailboxes.values())
        return all(keeping(one).is_forever for one in every)


class Keeping(BaseModel):
    """At what age, in seconds, a mail has come to each stage; None for never."""

    model_config = ConfigDict(frozen=True)

    until: tuple[float | None, float | None, float | None, float | None]
    """For WITHOUT_FILES, WITHOUT_BYTES, WITHOUT_WORDS and GONE, none later than the next."""

    @property
    def is_forever(self) -> bool:
        return all(one is None for one in self.until)

    def next_after(self, stage: Stage) -> float | None:
        """The age at which a mail that is at ``stage`` has come to another."""
        return next((one for one in self.until[stage:] if one is not None), None)

    def at(self, age: float) -> Stage:
        """What is left of a mail of this age."""
        reached = [n for n, one in enumerate(self.until, 1) if one is not None and age > one]
        return Stage(max(reached, default=0))


def keeping(*said: Periods) -> Keeping:
    """What holds where several say something: of each period, the first that says it."""
    names = ("metadata_days", "bodies_days", "raw_days", "attachments_days")
    found: list[float | None] = []
    for name in names:
        days = next((d for one in said if (d := getattr(one, name)) is not None), None)
        ends = [] if days in (None, "forever") else [days * DAY_SECONDS]
        ends += [found[-1]] if found and found[-1] is not None else []
        found.append(min(ends, default=None))
    gone, words, raw, files = found
    return Keeping(until=(files, raw, words, gone))
