"""To whom a thread's messages went: said once for all that share it.

    message                 without its sender    fits everybody of {you, p1}
    p1 to you               you                   yes
    you to p1               p1                    yes
    p1 to you, copy to p2   you, p2               no: it says `to` and `cc` itself

So a message that names nobody went to all of the thread's ``to`` but its sender, and to nobody
else; one that was addressed to nobody says so with an empty list.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from postroom.index.database import Row
from postroom.index.threads import people_of


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whom one message names, as addresses or as ids."""

    sender: str
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    """Of our own mail alone: nobody else's header has them (RFC 5322 §3.6.3)."""

    @property
    def recipients(self) -> tuple[str, ...]:
        return (*self.to, *self.cc, *self.bcc)

    @property
    def others(self) -> frozenset[str]:
        """Who got it, but for whom it is from."""
        return frozenset(self.recipients) - {self.sender}


def addressed(row: Row, hidden: Mapping[int, Sequence[str]]) -> Addressed:
    """Whom a message's row names; ``hidden`` has the addresses of blind copies by mail row id."""
    return Addressed(
        row["from_address"],
        tuple(person.address for person in people_of(row["to_people"])),
        tuple(person.address for person in people_of(row["cc_people"])),
        tuple(hidden.get(row["mail_id"], ())),
    )


def shared(messages: Iterable[Addressed]) -> frozenset[str]:
    """Whom most messages, and two at least, went to, their senders apart; nobody where it paid to
    say it with each."""
    fitting: Counter[frozenset[str]] = Counter()
    for one in messages:
        if one.others and not one.bcc:
            fitting.update({one.others, one.others | {one.sender} - {""}})
    # The fewer people, the better; then the same ones each time.
    best = max(fitting, key=lambda g: (fitting[g], -len(g), sorted(g)), default=frozenset[str]())
    return best if fitting[best] > 1 else frozenset()


def goes_to_all(one: Addressed, group: frozenset[str]) -> bool:
    """Whether a message went to all of ``group`` but its sender, and to nobody else."""
    return bool(one.others) and not one.bcc and one.others == group - {one.sender}
