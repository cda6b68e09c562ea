"""What the DNS says of the names that a domain's records are at: asked of the zone's own server, or
of a resolver (dnspython)."""

import asyncio
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from postroom.dns.records.found import Found, Question
from postroom.dns.server_faults import fault, silent
from postroom.model.domains import RecordType
from postroom.model.errors import PostroomError, Unavailable

if TYPE_CHECKING:
    from dns.message import Message
    from dns.rdata import Rdata
    from dns.rrset import RRset
    from dns.tsig import Key

PATIENCE_SECONDS = 5.0
"""For one question."""

MAX_AT_ONCE = 8
"""Questions under way."""

DNS_PORT = 53


@dataclass(frozen=True)
class Server:
    """Where a name server answers, and the key that signs what it is asked."""

    host: str
    """An address."""
    port: int = DNS_PORT
    key: "Key | None" = None

    @property
    def is_loopback(self) -> bool:
        return ipaddress.ip_address(self.host).is_loopback

    @property
    def told(self) -> str:
        """Which it is, in words."""
        return f"at {self.host}, port {self.port}"


@dataclass(frozen=True)
class Seen:
    """The sets that are there, by name and type, as they were read."""

    sets: "Mapping[Question, RRset]"
    unanswered: tuple[Question, ...] = ()
    """What nobody answered: there may be something."""

    @property
    def found(self) -> Found:
        """The same, as decisions are made on it."""
        return {at: tuple(map(value, each)) for at, each in self.sets.items()}


class Asking(Protocol):
    """Whoever can be asked."""

    async def answer(self, name: str, kind: str) -> "Message":
        """The answer to one question. Raises an error of ours."""


class NameServer:
    """One server, asked by TCP: the zone's own, where an answer counts; or, as a resolver is, by
    UDP, and by TCP where the answer is long."""

    def __init__(self, server: Server, by_udp: bool = False) -> None:
        self._server = server
        self._by_udp = by_udp

    async def answer(self, name: str, kind: str) -> "Message":
        import dns.exception
        from dns.message import make_query

        query = make_query(f"{name}.", kind, use_edns=0, payload=1232)
        key = self._server.key
        if key is None:
            return await self._answer(query)
        signed = make_query(f"{name}.", kind, use_edns=0, payload=1232)
        signed.use_tsig(key)  # a server may show other records to whoever has it
        try:
            return await self._answer(signed)
        except dns.exception.FormError:
            # Knot signs no REFUSED of a zone that it does not hold. What is read may be forged: an
            # update is made on the condition that it is true, and that one is signed.
            return await self._answer(query)

    async def _answer(self, query: "Message") -> "Message":
        from dns.exception import DNSException, FormError, Timeout

        try:
            return await self._asked(query)
        except Timeout:
            raise silent(self._server.told) from None
        except (DNSException, OSError, EOFError) as error:
            if isinstance(error, FormError) and query.keyring is not None:
                raise
            raise fault(error, self._server.told) from None

    async def _asked(self, query: "Message") -> "Message":
        from dns.asyncbackend import get_backend
        from dns.asyncquery import tcp, udp_with_fallback

        at, loop = self._server, get_backend("asyncio")
        if not self._by_udp:
            return await tcp(query, at.host, PATIENCE_SECONDS, at.port, backend=loop)
        answer, _ = await udp_with_fallback(query, at.host, PATIENCE_SECONDS, at.port, backend=loop)
        return answer


class SystemResolver:
    """The system's resolver, or the one at ``nameserver`` (address, port)."""

    def __init__(self, nameserver: tuple[str, int] | None = None) -> None:
        self._nameserver = nameserver
        self._servers: list[NameServer] | None = None
        self._ever_answered: bool | None = None
        """None before anything was asked. Where nobody answered once, nobody is asked again: a
        person would wait for every name."""

    async def answer(self, name: str, kind: str) -> "Message":
        if self._servers is None:
            self._servers = await asyncio.to_thread(self._made)  # it reads the system's settings
        last: PostroomError = silent("of this machine")
        if self._ever_answered is False:
            raise last
        for server in self._servers:
            try:
                answer = await server.answer(name, kind)
                self._ever_answered = True
                return answer
            except PostroomError as error:
                last = error
        self._ever_answered = self._ever_answered or False
        raise last

    def _made(self) -> list[NameServer]:
        if self._nameserver is not None:
            return [NameServer(Server(*self._nameserver), by_udp=True)]
        from dns.exception import DNSException
        from dns.resolver import Resolver

        try:
            system = Resolver()
        except (DNSException, OSError):
            return []
        return [
            NameServer(Server(str(each), system.port), by_udp=True) for each in system.nameservers
        ]


async def look(asking: Asking, questions: Iterable[Question]) -> Seen:
    """What is there at ``questions``; all are asked at once, a few at a time."""
    turns = asyncio.Semaphore(MAX_AT_ONCE)
    asked = tuple(questions)

    async def one(question: Question) -> "list[RRset] | None":
        async with turns:
            return await _sets(asking, question)

    answers = await asyncio.gather(*map(one, asked))
    sets = {
        (name, RecordType(_kind(each))): each
        for (name, _), found in zip(asked, answers, strict=True)
        for each in found or ()
    }
    silent = [question for question, found in zip(asked, answers, strict=True) if found is None]
    return Seen(sets, tuple(silent))


async def _sets(asking: Asking, question: Question) -> "list[RRset] | None":
    """The sets of the name itself: of the type, or the CNAME in its place."""
    import dns.rcode

    name, kind = question
    try:
        answer = await asking.answer(name, kind)
    except Unavailable:
        return None
    if answer.rcode() not in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return None
    return [
        each
        for each in answer.answer
        if each.name.to_text(omit_final_dot=True).lower() == name and _kind(each) in (kind, "CNAME")
    ]


def value(data: "Rdata") -> str:
    """One record's data, as ``WantedRecord.values`` has it."""
    strings = getattr(data, "strings", None)
    if strings is not None:
        return bytes(b"".join(strings)).decode("utf-8", "surrogateescape")
    return data.to_text().lower()


def _kind(found: "RRset") -> str:
    from dns.rdatatype import to_text

    return to_text(found.rdtype)
