"""What the DNS says of a domain now: the zone's own server where it is named, else a resolver.

A resolver that is asked for a name before anything is there remembers that there is nothing, for as
long as the zone says (RFC 2308 §5). So none is asked for the record of a key that was just made,
which somebody is about to publish: the servers of its zone are, which remember nothing.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from postroom.cli.domains.publishing import server_of
from postroom.desk.domains.records import Look, Needs
from postroom.dns.records.found import Question
from postroom.dns.records.lookups import costs_or_none
from postroom.dns.records.reading import Asking, NameServer, Seen, Server, SystemResolver, look
from postroom.dns.resolver import Resolver
from postroom.dns.visibility import Visibility
from postroom.model.domains import KeyState, RecordType
from postroom.model.errors import PostroomError, Unavailable

if TYPE_CHECKING:
    from dns.message import Message

COUNTING_SECONDS = 20.0
"""For all that an SPF record leads to: somebody sits before the terminal."""


async def looked(needs: Needs, nameserver: tuple[str, int] | None) -> Look:
    """What is there: by the zone's server where it is named, then as the system's resolver sees it;
    or by the one at ``nameserver`` alone."""
    seen = Seen({}, needs.questions)
    if nameserver is None and (own := await _own_server(needs)) is not None:
        seen = await look(own, needs.questions)
    seen = await _resolved(needs, seen, nameserver)
    return await counted(needs, Look(seen.found, seen.unanswered), nameserver)


async def counted(needs: Needs, at: Look, nameserver: tuple[str, int] | None) -> Look:
    """The same, with what its SPF record costs."""
    costs = await costs_or_none(
        needs.spf(at.found), needs.domain, Resolver(nameserver), COUNTING_SECONDS
    )
    return Look(at.found, at.unanswered, costs)


class _Authority:
    """A zone's server, where it answers for the zone: what it says of others counts for nothing."""

    def __init__(self, server: Server) -> None:
        self._server = NameServer(server)

    async def answer(self, name: str, kind: str) -> "Message":
        from dns.flags import AA

        answer = await self._server.answer(name, kind)
        if not answer.flags & AA:
            raise Unavailable("dns_unavailable", f"{name} is in another zone.", "")
        return answer


async def _own_server(needs: Needs) -> Asking | None:
    """The server of the zone, where it is named and can be asked."""
    way = needs.own.publish
    if way is None or way.server is None:
        return None
    try:
        return _Authority(await server_of(needs.domain, way.server, way))
    except PostroomError:
        return None  # `publish` says why; whoever only looks asks a resolver


async def _resolved(needs: Needs, seen: Seen, nameserver: tuple[str, int] | None) -> Seen:
    """The same, and what the resolver says of what is unanswered."""
    made = {(k.name, RecordType.TXT) for k in needs.keys if k.state is KeyState.MADE}
    fresh = [each for each in seen.unanswered if each in made]
    asked = [each for each in seen.unanswered if each not in made]
    resolver = SystemResolver(nameserver)
    rest = await look(resolver, asked)
    if fresh and len(rest.unanswered) < len(asked):
        keys = await _fresh(needs, fresh, resolver, nameserver)
    else:
        keys = Seen({}, tuple(fresh))
    return Seen({**seen.sets, **rest.sets, **keys.sets}, (*rest.unanswered, *keys.unanswered))


async def _fresh(
    needs: Needs,
    questions: Sequence[Question],
    resolver: SystemResolver,
    nameserver: tuple[str, int] | None,
) -> Seen:
    """What is there of keys that were just made."""
    if await _is_authority(resolver, needs.domain):
        return await look(resolver, questions)
    by = Visibility([nameserver] if nameserver is not None else [])
    for host, port in await by.servers_of(needs.domain):
        seen = await look(_Authority(Server(host, port)), questions)
        if not seen.unanswered:
            return seen
    return Seen({}, tuple(questions))


async def _is_authority(asking: Asking, domain: str) -> bool:
    """Whether somebody answers for the domain itself and asks nobody else: it remembers nothing."""
    from dns.flags import RA

    try:
        return not (await asking.answer(domain, "SOA")).flags & RA
    except PostroomError:
        return False
