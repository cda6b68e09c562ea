"""Which Authentication-Results stand where a trusted server writes them (RFC 8601 §5).

    Received: … by imap.example.org              servers behind it may have handed it on
    Authentication-Results: mx.example.org …     above its own Received, or
    Received: … by mx.example.org
    Authentication-Results: mx.example.org …     right below it: servers do one or the other
    Received: … by elsewhere.example.net         whoever handed the mail in: from here on,
    DKIM-Signature, From, To, Subject …          and from the mail's own fields on, all of it
    Authentication-Results: mx.example.org …     may be the sender's work

The topmost one in that place is believed. Others of that server beside it are believed only above
the topmost Received, where no sender can write: behind one milter of a host another may write its
own field. A server that is trusted writes one into each mail, and takes out those that came with
it; what the place adds is that a mail which went around it is not believed for what it claims.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from postroom.mime.senders.authentication import Result, read_results
from postroom.mime.senders.domains import aligned, is_within
from postroom.mime.trace.order import RECEIVED, RESULTS, STRUCK
from postroom.model.messages import TraceEntry
from postroom.model.servers import MICROSOFT

MAX_FIELDS_READ = 50
"""Authentication-Results of one mail. Real ones have a handful; each may be 10,000 characters."""

MICROSOFT_HOSTS = "outlook.com"
"""What Microsoft's servers call themselves in Received: `….prod.outlook.com` inside, and
`….mail.protection.outlook.com` where mail comes in (seen until 2026-11)."""

_NEAR = ("localhost", "localdomain", "local", "internal", "lan")
"""Names that a host has for itself: content filters beside a server use them."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What was found: what is believed, and what is not."""

    by: str = ""
    results: tuple[Result, ...] = ()
    misplaced: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()
    """The trusted names that are claimed in fields which their server, by their name, struck."""
    ignored: int = 0


def standing(trace: Iterable[TraceEntry], trusted: frozenset[str]) -> Standing:
    """What the servers of ``trusted`` say, where they say it in their own place."""
    walk = _Walk(tuple(trace), trusted)
    for place, (kind, value) in enumerate(walk.trace):
        if kind == RECEIVED:
            walk.pass_server(value)
        elif kind == RESULTS:
            walk.take(place, value)
        elif kind == STRUCK:
            walk.note_struck(value)
        else:
            walk.open = False
    misplaced, struck = (tuple(dict.fromkeys(names)) for names in (walk.misplaced, walk.struck))
    return Standing(walk.by, tuple(walk.results), misplaced, struck, walk.others)


class _Walk:
    """One way down a header section."""

    def __init__(self, trace: tuple[TraceEntry, ...], trusted: frozenset[str]) -> None:
        self.trace = trace
        known = {name.casefold() for name in trusted}
        self._microsoft = MICROSOFT in known
        self._names = known - {MICROSOFT}
        self._hosts: list[str] = []
        self._entered = False
        self._read = 0
        self._passes = any(kind == RECEIVED for kind, _ in trace)
        self.open = True
        """Whether a trusted server may have written here."""
        self.by = ""
        self.results: list[Result] = []
        self.misplaced: list[str] = []
        self.struck: list[str] = []
        self.others = 0

    def pass_server(self, host: str) -> None:
        self._hosts.append(host)
        if self._is_trusted(host):
            self._entered = True
        elif self._entered and not _is_near(host):
            self.open = False

    def take(self, place: int, field: str) -> None:
        if self._read >= MAX_FIELDS_READ:
            self.others += 1
            return
        self._read += 1
        name, said = read_results(field)
        if not name and said and self._microsoft:
            name = MICROSOFT
        elif name not in self._names:
            self.others += 1
            return
        if not self.by and self.open and (name != MICROSOFT or self._is_microsofts(place)):
            self.by, self.results = name, list(said)
        elif name == self.by and self._passes and not self._hosts:
            known = {one.method for one in self.results}
            self.results += [one for one in said if one.method not in known]
        else:
            self.misplaced.append(name)

    def note_struck(self, field: str) -> None:
        if len(self.struck) < MAX_FIELDS_READ and (name := read_results(field)[0]) in self._names:
            self.struck.append(name)

    def _is_trusted(self, host: str) -> bool:
        if self._microsoft and is_within(host, MICROSOFT_HOSTS):
            return True
        return host in self._names or any(aligned(host, name) for name in self._names)

    def _is_microsofts(self, place: int) -> bool:
        """Whether a field stands between the servers of Microsoft: as it bears no name, there must
        be one that took the mail in, and nobody else above."""
        below = next((host for kind, host in self.trace[place:] if kind == RECEIVED), "")
        return all(is_within(host, MICROSOFT_HOSTS) for host in (*self._hosts, below))


def _is_near(host: str) -> bool:
    return "." not in host or host.rpartition(".")[2] in _NEAR or host.startswith("127.")
