"""Who is who in a thread: listed once, and named by short ids in each message."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from postroom.desk.threads.recipients import Addressed, addressed, goes_to_all, shared
from postroom.index.database import Row
from postroom.mime.senders.shown_addresses import UNUSUAL, shown_address
from postroom.model.answers import YOU, MessageView, PersonView
from postroom.model.mailboxes import goes_to
from postroom.model.messages import Direction, MessageKind

MAX_NAME_SHOWN = 80
"""Of a name, characters: a longer one is a text in disguise."""


@dataclass(frozen=True, slots=True)
class Told:
    """A message as a page tells it, and whom that brings onto the page."""

    view: MessageView
    named: tuple[str, ...]
    to_group: bool = False
    """Whether it leaves its recipients to the thread's ``to``."""


class People:
    """The people of a thread, numbered in the order in which they came into it."""

    def __init__(
        self, conversation: Row, rows: Sequence[Row], hidden: Mapping[int, Sequence[str]]
    ) -> None:
        """``rows``: the messages that may be shown, the newest first. ``hidden``: the addresses of
        blind copies of our own mail, by its row id."""
        self._own = str(conversation["address"])
        self._ids: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._known: set[str] = set()
        for address in json.loads(conversation["participants"]):
            self._number(address)
        by_row = [(row, addressed(row, hidden)) for row in rows]
        for row, named in reversed(by_row):
            self._meet(row, named)
        self._addressed = {row["mail_id"]: self._by_ids(named) for row, named in by_row}
        self._group = shared(self._addressed.values())

    def _meet(self, row: Row, named: Addressed) -> None:
        for address in (named.sender, *named.recipients):
            self._number(address)
        if row["direction"] == Direction.RECEIVED:
            if row["from_name"]:
                self._names[self._id(named.sender)] = str(_shown_name(row))
            if row["sender_known"]:
                self._known.add(self._id(named.sender))

    def _number(self, address: str) -> None:
        key = address.lower()
        if address and key not in self._ids and not goes_to(address, self._own):
            self._ids[key] = f"p{len(self._ids) + 1}"
            self._addresses[self._ids[key]] = address

    def _id(self, address: str) -> str:
        return self._ids.get(address.lower()) or (YOU if address else "")

    @property
    def group(self) -> tuple[str, ...]:
        """Whom a message that names nobody went to, its sender apart; empty where each names its
        own."""
        ids = (YOU, *self._addresses)
        return tuple(id for id in ids if id in self._group)

    def _by_ids(self, named: Addressed) -> Addressed:
        """Whom a message names, by their ids, each once in a field."""
        return Addressed(self._id(named.sender), *map(self._each, (named.to, named.cc, named.bcc)))

    def _each(self, addresses: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._id(address) for address in addresses if address))

    def _leaves_out(self, one: Addressed, most: int) -> bool:
        return len(self._group) <= most and goes_to_all(one, self._group)

    def beyond(self, row: Row, most: int) -> int:
        """How many of a message's recipients are not told with at most ``most`` in a field."""
        one = self._addressed[row["mail_id"]]
        if self._leaves_out(one, most):
            return 0
        return sum(len(field[most:]) for field in (one.to, one.cc, one.bcc))

    def from_its_sender(self, view: MessageView, row: Row) -> Told:
        """A message of which nobody but its sender is told here."""
        sender = self._id(row["from_address"])
        told = view.model_copy(update={"from_": sender or None})
        return Told(told, (sender,) if sender in self._addresses else ())

    def in_thread(self, view: MessageView, row: Row, most: int) -> Told:
        """``view`` with its people by their ids, at most ``most`` in a field, and without what goes
        without saying here."""
        one = self._addressed[row["mail_id"]]
        to_group = self._leaves_out(one, most)
        implied = Direction.SENT if one.sender == YOU else Direction.RECEIVED
        to, cc, bcc = (() if to_group else f[:most] for f in (one.to, one.cc, one.bcc))
        changed = view.model_copy(
            update={
                "from_": one.sender or None,
                "untrusted_from_name": None if one.sender else _shown_name(row),
                "to": (to or None) if one.recipients else (),
                "cc": cc or None,
                "bcc": bcc or None,
                "direction": None if row["direction"] == implied else view.direction,
                "kind": None if row["kind"] == MessageKind.MESSAGE else view.kind,
                "sender_known": None,  # the list of people says it
                "date": f"{view.date[:16]}Z"
                if view.date
                else None,  # here the order says more than seconds would
            }
        )
        named = (one.sender, *(self.group if to_group else (*to, *cc, *bcc)))
        return Told(changed, tuple(id for id in named if id in self._addresses), to_group)

    def listed(self, ids: Iterable[str], longest: int | None = None) -> tuple[PersonView, ...]:
        """The people of these ids, in their order. Of addresses of more than ``longest``
        characters, and of names, it is only told that they are there."""
        wanted = set(ids)
        return tuple(
            PersonView(
                id=id,
                address=shown_address(address) if _fits(address, longest) else UNUSUAL,
                untrusted_name=self._names.get(id) if longest is None else None,
                known=True if id in self._known else None,
            )
            for id, address in self._addresses.items()
            if id in wanted
        )


def _fits(address: str, longest: int | None) -> bool:
    return longest is None or len(address) <= longest


def _shown_name(row: Row) -> str | None:
    return row["from_name"][:MAX_NAME_SHOWN] or None
