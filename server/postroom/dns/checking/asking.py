"""One question to one server: by UDP, then by UDP and TCP, bounded in time."""

import asyncio
import errno
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from postroom.dns.checking.servers import SILENT, Outcome, Reply, Server

if TYPE_CHECKING:
    from dns.message import Message, QueryMessage
    from dns.rdata import Rdata
    from dns.rrset import RRset

PATIENCE_SECONDS = 2.0
"""For one try. A server that takes longer is one that others give up on, too."""

SILENT_AT_ALL, SILENT_SINCE = 2, 4
"""Questions without an answer, one after another, after which a server is asked no more: one that
never answered, and one that did. Else whoever waits for a check waits for a dead server again and
again."""

MAX_RECORDS_READ = 100
"""Of one answer."""

MAX_ASKED_AT_ONCE = 30
"""Questions under way: enough not to wait, and few enough not to look like an attack."""

_PAYLOAD = 1232
"""Octets of a UDP answer that no network cuts (DNS flag day 2020)."""

NO_AUTHORITY = "no authority"
"""What is told of a server that answers for a zone that it does not hold."""

_NO_WAY = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
)


Progress = Callable[[int, int], None]
"""Is told how many questions are done, of how many."""


@dataclass
class _Heard:
    """What came from one server."""

    ever: bool = False
    silent: int = 0
    """Questions without an answer since the last one that had one."""

    @property
    def is_given_up(self) -> bool:
        return self.silent >= (SILENT_SINCE if self.ever else SILENT_AT_ALL)

    def add(self, reply: Reply) -> None:
        if reply.outcome is Outcome.SILENT:
            self.silent += 1
        else:
            self.ever, self.silent = True, 0


class Asker:
    """Asks name servers; each only as long as it answers. ``told`` is told how far it is."""

    def __init__(self, patience: float = PATIENCE_SECONDS, told: Progress | None = None) -> None:
        self._patience = patience
        self._told = told
        self._turns = asyncio.Semaphore(MAX_ASKED_AT_ONCE)
        self._heard: dict[Server, _Heard] = {}
        self._done = self._asked = 0

    def anew(self) -> "Asker":
        """One that takes turns with this one, and has given up nobody yet."""
        other = Asker(self._patience, self._told)
        other._turns = self._turns
        return other

    async def ask(self, server: Server, name: str, kind: str) -> Reply:
        """What ``server`` says of a name (ASCII, with or without a last dot) and a type such as
        ``TXT``. Never raises but when cancelled."""
        self._tell(asked=1)
        heard = self._heard.setdefault(server, _Heard())
        try:
            async with self._turns:
                if heard.is_given_up:
                    return SILENT
                reply = await self._reply(server, name, kind)
                heard.add(reply)
                return reply
        finally:
            self._tell(done=1)

    def _tell(self, asked: int = 0, done: int = 0) -> None:
        self._asked, self._done = self._asked + asked, self._done + done
        if self._told is not None:
            self._told(self._done, self._asked)

    async def _reply(self, server: Server, name: str, kind: str) -> Reply:
        from dns.exception import DNSException

        try:
            answer = await self._answer(server, name, kind)
        except OSError as error:
            return Reply(Outcome.UNREACHABLE) if error.errno in _NO_WAY else SILENT
        except (DNSException, EOFError, ValueError):
            return SILENT
        return _read(server, answer) if answer is not None else SILENT

    async def _answer(self, server: Server, name: str, kind: str) -> "Message | None":
        from dns.flags import RD
        from dns.message import make_query

        query = make_query(f"{name.rstrip('.')}.", kind, use_edns=0, payload=_PAYLOAD)
        if not server.resolver:
            query.flags &= ~RD
        answer = await self._try(server, query, by_tcp=False)
        if answer is not None or self._heard[server].is_given_up:
            return answer
        return await self._again(server, query)

    async def _again(self, server: Server, query: "QueryMessage") -> "Message | None":
        """By UDP, of which a packet may be lost, and by TCP at once."""
        from dns.exception import DNSException

        tries = [
            asyncio.create_task(self._try(server, query, by_tcp=by_tcp)) for by_tcp in (False, True)
        ]
        try:
            for each in asyncio.as_completed(tries):
                with suppress(OSError, DNSException, EOFError, ValueError):
                    answer = await each
                    if answer is not None:
                        return answer
            return None
        finally:
            for task in tries:
                task.cancel()
            await asyncio.gather(*tries, return_exceptions=True)

    async def _try(
        self, server: Server, query: "QueryMessage", *, by_tcp: bool
    ) -> "Message | None":
        """None where nothing came in time."""
        from dns.asyncbackend import get_backend
        from dns.asyncquery import tcp, udp_with_fallback
        from dns.exception import Timeout

        backend = get_backend("asyncio")
        where, port, patience = server.address, server.port, self._patience
        try:
            # dnspython's bound is one for each step; a server may send an octet a second.
            async with asyncio.timeout(2 * patience):
                if by_tcp:
                    return await tcp(query, where, patience, port, backend=backend)
                answer, _ = await udp_with_fallback(
                    query,
                    where,
                    patience,
                    port,
                    backend=backend,
                    ignore_unexpected=True,
                    ignore_errors=True,
                )
                return answer
        except (Timeout, TimeoutError):
            return None


def _read(server: Server, answer: "Message") -> Reply:
    from dns.exception import DNSException
    from dns.flags import AA
    from dns.message import ChainTooLong, QueryMessage
    from dns.rcode import NOERROR, NXDOMAIN
    from dns.rcode import to_text as code_text

    if answer.rcode() not in (NOERROR, NXDOMAIN):
        return Reply(Outcome.REFUSED, code=code_text(answer.rcode()))
    if not isinstance(answer, QueryMessage):
        return SILENT
    if not server.resolver and not answer.flags & AA:
        is_referral = bool(_of_type(answer, "NS")) and not answer.answer
        return Reply(Outcome.ELSEWHERE if is_referral else Outcome.REFUSED, code=NO_AUTHORITY)
    try:
        chain = answer.resolve_chaining()
    except ChainTooLong:
        return Reply(Outcome.REFUSED, code="aliases in a circle")
    except DNSException:
        return SILENT
    if chain.answer is not None:
        values = dict.fromkeys(_value(each) for each in list(chain.answer)[:MAX_RECORDS_READ])
        return Reply(Outcome.FOUND, tuple(values), chain.minimum_ttl)
    if chain.cnames and not server.resolver and not _of_type(answer, "SOA"):
        return Reply(Outcome.ELSEWHERE, (str(chain.canonical_name).lower(),), chain.minimum_ttl)
    return Reply(Outcome.NOTHING, seconds=chain.minimum_ttl)


def _of_type(answer: "Message", kind: str) -> "list[RRset]":
    from dns.rdatatype import from_text

    return [each for each in answer.authority if each.rdtype == from_text(kind)]


def _value(record: "Rdata") -> str:
    from dns.rdtypes.ANY.TXT import TXT

    if isinstance(record, TXT):
        return b"".join(record.strings).decode("utf-8", "replace")
    return record.to_text().lower()
