"""Who has got a mail and who has not, as far as it is known, and in words."""

from postroom.index import carrying, sends
from postroom.index.database import Connection, Row
from postroom.mime.senders.shown_addresses import shown_address
from postroom.model.sends import RecipientOutcome

Groups = dict[str, tuple[str, ...]]

_OF_OUTCOME = {
    RecipientOutcome.ACCEPTED: "accepted",
    RecipientOutcome.REFUSED: "refused",
    RecipientOutcome.UNKNOWN: "unknown",
}
"""Whoever was put off, or never tried, is ``waiting``."""

_WORDS = (
    ("accepted", "Already delivered to"),
    ("refused", "Refused by the server for"),
    ("waiting", "Not delivered to"),
    ("unknown", "Nobody knows whether it was delivered to"),
)


def groups(con: Connection, send: Row) -> Groups:
    """A send's recipients by what is known of each: accepted, refused, unknown, waiting. Where a
    worker died in its first try, nothing was written down, and all are unknown."""
    found: dict[str, list[str]] = {name: [] for name in (*_OF_OUTCOME.values(), "waiting")}
    doubtful = carrying.in_doubt(con, send["id"], send["attempts"])
    for row in sends.recipients(con, send["id"]):
        known = _OF_OUTCOME.get(row["outcome"], "waiting")
        name = "unknown" if row["address"] in doubtful else known
        found[name].append(shown_address(row["address"]))
    return {name: tuple(each) for name, each in found.items()}


def told(known: Groups, first: str) -> str:
    """The sentence ``first``, and who has it where that is not simply nobody."""
    if not any(known[name] for name in ("accepted", "refused", "unknown")):
        return first
    who = [f"{words} {', '.join(known[name])}." for name, words in _WORDS if known[name]]
    return " ".join([first, *who])
