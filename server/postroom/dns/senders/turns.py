"""Whose question is asked next: so that no sender's names keep those of others from being asked.

Whoever writes a mail chooses names of which nobody ever answers, dozens for each mail. So few
questions about one owner's names are on their way at a time, an owner whose name servers did not
answer lately is not asked for a while, and keys of strangers (a mail may bear anybody's signature)
leave most of the room to what decides about a mail: SPF, DMARC, the From domain's own keys.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from postroom.mime.senders.domains import organisation

MAX_AT_ONCE = 64
"""Questions on their way."""

MAX_OTHERS = 24
"""Of them, that decide about no mail alone: keys of strangers."""

MAX_OF_ONE = 4
"""Of them, about names of one owner. A mail's own four are answered at once mostly."""

MAX_FAILURES = 4
"""One after the other of one owner's names, before it is silent."""

SILENT_SECONDS = 60.0
"""How long it is not asked then."""

MAX_SILENT = 5_000
"""Owners of whom it is known that a question had no answer."""

_NETWORKS = ((".in-addr.arpa", 5), (".ip6.arpa", 14))
"""Whose an address is: a name of so many labels, a /24 and a /48."""


def owner(name: str) -> str:
    """Whose a name is that is asked for (lower case, without its last dot)."""
    for suffix, labels in _NETWORKS:
        if name.endswith(suffix):
            return ".".join(name.split(".")[-labels:])
    return organisation(name)


@dataclass(eq=False)
class Turn:
    """The turn of one question, which is about an owner's names."""

    owner: str
    first: bool
    """Whether it goes before others."""
    came: "asyncio.Future[bool]"
    """Whether it may be asked, once that is known."""


class Turns:
    """Gives them, those that go first before the others, each in the order in which they came."""

    def __init__(self) -> None:
        self._first: dict[Turn, None] = {}
        self._others: dict[Turn, None] = {}
        self._under_way: dict[Turn, None] = {}
        self._of_owner: Counter[str] = Counter()

    def ask(self, owner: str, *, first: bool) -> Turn:
        turn = Turn(owner, first, asyncio.get_running_loop().create_future())
        (self._first if first else self._others)[turn] = None
        self._go_on()
        return turn

    def hurry(self, turn: Turn) -> None:
        """From now on it goes first: somebody asks who needs it."""
        if not turn.first:
            turn.first = True
            if turn in self._others:
                del self._others[turn]
                self._first[turn] = None
            self._go_on()

    def end(self, turn: Turn) -> None:
        """It was asked, or nobody asks any more."""
        self._first.pop(turn, None)
        self._others.pop(turn, None)
        if turn in self._under_way:
            del self._under_way[turn]
            self._of_owner -= Counter([turn.owner])  # which forgets what is at none
        self._go_on()

    def dismiss(self, owner: str) -> None:
        """Nothing that waits about an owner's names is asked."""
        for line in (self._first, self._others):
            for turn in [each for each in line if each.owner == owner]:
                del line[turn]
                turn.came.set_result(False)

    def _go_on(self) -> None:
        others = sum(not each.first for each in self._under_way)
        for turn in [*self._first, *self._others]:
            if len(self._under_way) >= MAX_AT_ONCE or (not turn.first and others >= MAX_OTHERS):
                return
            if self._of_owner[turn.owner] < MAX_OF_ONE:
                others += not turn.first
                self._begin(turn)

    def _begin(self, turn: Turn) -> None:
        del (self._first if turn.first else self._others)[turn]
        self._under_way[turn] = None
        self._of_owner[turn.owner] += 1
        turn.came.set_result(True)


class Silences:
    """Owners whose name servers did not answer lately."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._known: OrderedDict[str, tuple[int, float]] = OrderedDict()
        """How many questions in a row had no answer, and when the last one."""

    def of(self, owner: str) -> bool:
        """Whether one is not to be asked now."""
        failures, at = self._known.get(owner, (0, 0.0))
        return failures >= MAX_FAILURES and self._clock() < at + SILENT_SECONDS

    def heard(self, owner: str) -> None:
        self._known.pop(owner, None)

    def failed(self, owner: str) -> None:
        failures, _ = self._known.pop(owner, (0, 0.0))
        self._known[owner] = failures + 1, self._clock()
        if len(self._known) > MAX_SILENT:
            self._known.popitem(last=False)
