"""/.well-known/mta-sts.txt: the MTA-STS policy of the domain whose ``mta-sts.`` host is asked
(RFC 8461 §3.3). For anybody: it says which hosts take mail in, as the DNS does."""

from collections.abc import Mapping

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from postroom.accounts.host_names import split_host
from postroom.accounts.own_domain import OwnDomain
from postroom.dns.records.sts import PATH, host, policy
from postroom.web.scopes import field


def mta_sts(domains: Mapping[str, OwnDomain]) -> Starlette:
    """The application for that path."""
    at = host("")

    async def answer(request: Request) -> Response:
        name, _ = split_host(field(request.scope, b"host"))
        own = domains.get(name.removeprefix(at)) if name.startswith(at) else None
        text = policy(own) if own is not None else ""
        if not text:
            return PlainTextResponse("There is no policy for this host.\n", 404)
        # Not to be kept by caches in between: §3.3 says that senders bring their own patience.
        return PlainTextResponse(text, headers={"Cache-Control": "no-store"})

    return Starlette(routes=[Route(PATH, answer)])
