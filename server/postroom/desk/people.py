"""Who is who in a thread: listed once, and named by short ids in each message."""

import json
from collections.abc import Iterable, Sequence

from postroom.desk.views import shown_address
from postroom.index.database import Row
from postroom.index.threads import people_of
from postroom.model.answers import YOU, MessageView, PersonView
from postroom.model.mailboxes import goes_to
from postroom.model.messages import Direction, MessageKind

UNUSUAL = "unusual-address"

MAX_NAME_SHOWN = 80
"""Of a name, characters: a longer one is a text in disguise."""


class People:
    """The people of a thread, numbered in the order in which they came into it."""

    def __init__(self, conversation: Row, rows: Sequence[Row]) -> None:
        """``rows``: the messages that may be shown, the newest first."""
        self._own = str(conversation["address"])
        self._ids: dict[str, str] = {}
        self._addresses: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for address in json.loads(conversation["participants"]):
            self._number(address)
        for row in reversed(rows):
            for address in _addresses_of(row):
                self._number(address)
            if row["from_name"] and row["direction"] == Direction.RECEIVED:
                self._names[self._id(row["from_address"])] = row["from_name"][:MAX_NAME_SHOWN]
        self._everybody = {YOU, *self._addresses}

    def _number(self, address: str) -> None:
        key = address.lower()
        if address and key not in self._ids and not goes_to(address, self._own):
            self._ids[key] = f"p{len(self._ids) + 1}"
            self._addresses[self._ids[key]] = address

    def _id(self, address: str) -> str:
        return self._ids.get(address.lower()) or (YOU if address else "")

    def in_thread(self, view: MessageView, row: Row) -> MessageView:
        """``view`` with its people by their ids, and without what goes without saying here."""
        sender = self._id(row["from_address"])
        to = list(dict.fromkeys(self._id(p.address) for p in people_of(row["to_people"])))
        cc = list(dict.fromkeys(self._id(p.address) for p in people_of(row["cc_people"])))
        to_all = {sender, *to, *cc} == self._everybody
        implied = Direction.SENT if sender == YOU else Direction.RECEIVED
        return view.model_copy(
            update={
                "from_": sender or None,
                "untrusted_from_name": None,
                "to": None if to_all else tuple(to[: len(view.to or ())]) or None,
                "cc": None if to_all else tuple(cc[: len(view.cc or ())]) or None,
                "direction": None if row["direction"] == implied else view.direction,
                "kind": None if row["kind"] == MessageKind.MESSAGE else view.kind,
                "date": f"{view.date[:16]}Z",  # here the order says more than seconds would
            }
        )

    def named_by(self, view: MessageView) -> list[str]:
        """The ids that a message in a thread names."""
        named = (view.from_, *(view.to or ()), *(view.cc or ()))
        return [id for id in named if id in self._addresses]

    def listed(self, ids: Iterable[str], longest: int | None = None) -> tuple[PersonView, ...]:
        """The people of these ids, in their order. Of addresses of more than ``longest``
        characters, and of names, it is only told that they are there."""
        wanted = set(ids)
        return tuple(
            PersonView(
                id=id,
                address=shown_address(address) if _fits(address, longest) else UNUSUAL,
                untrusted_name=self._names.get(id) if longest is None else None,
            )
            for id, address in self._addresses.items()
            if id in wanted
        )


def _fits(address: str, longest: int | None) -> bool:
    return longest is None or len(address) <= longest


def _addresses_of(row: Row) -> list[str]:
    others = (*people_of(row["to_people"]), *people_of(row["cc_people"]))
    return [row["from_address"], *(person.address for person in others)]
