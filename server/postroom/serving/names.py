"""Under which names we are asked, and by whose pages (the headers Host and Origin).

A page of somebody else's site can make a browser ask us, with a name of its own that it lets lead
to this machine (DNS rebinding): the browser takes us for that site then, and shows it our answers.
Its name stands in Host, which a page cannot choose. So Host is one of ours, on loopback too.
"""

from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from postroom.accounts.host_names import join_host, split_host
from postroom.dns.records.sts import PATH as MTA_STS
from postroom.mime.unsubscribing import PATH as UNSUBSCRIBE
from postroom.serving.refusals import is_below, refusal
from postroom.web.scopes import field

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from postroom.accounts.serve import Serve

HERE = ("localhost", "127.0.0.1", "[::1]")
"""Nobody else's page can have these names."""

ANY = ("0.0.0.0", "::")
"""Addresses to listen on that are nobody's name."""

PROBES = ("/healthz", "/readyz")
"""Asked by number, from wherever a process is watched; they tell of no mail."""

UNDER_ANY_NAME = (*PROBES, MTA_STS)
"""The last one looks at the name itself: it is that of a domain's policy, for anybody to read."""

FROM_ANY_PAGE = (UNSUBSCRIBE,)
"""No sign-in is behind these: who asks has the link. Its page tells browsers to say nothing of
where it is, so that Origin is "null" there."""

_USUAL_PORT = {"http": "80", "https": "443"}


@dataclass(frozen=True)
class Names:
    """Which names are ours, and which pages may ask besides our own."""

    hosts: frozenset[str]
    """As they stand in Host; one without a port is good with any."""
    origins: frozenset[str]

    def is_ours(self, host: str) -> bool:
        """Whether a header Host names us."""
        return any(each in self.hosts for each in _spellings(host))

    def may_ask(self, origin: str, host: str, scheme: str, fetch_site: str) -> bool:
        """Whether a page of ``origin`` may ask at ``host``: our own, or one that was listed."""
        if origin == "null":  # RFC 6454 §7.3: the page hides where it is from
            return fetch_site == "same-origin"
        return origin in self.origins or _same(origin, f"{scheme}://{host}")


def names_of(serve: "Serve", public_url: str) -> Names:
    """What the operator says, and what is ours in any case."""
    public = join_host(*split_host(urlsplit(public_url).netloc)) if public_url else ""
    bound = "" if serve.host in ANY else join_host(serve.host, "")
    ours = frozenset({*HERE, *serve.hosts, public, bound}) - {""}
    return Names(ours, frozenset(serve.origins))


def _same(origin: str, asked: str) -> bool:
    """The scheme may differ: a proxy of the operator's may speak TLS in our place."""
    page, here = urlsplit(origin), urlsplit(asked)
    if page.scheme not in _USUAL_PORT:
        return False
    name, port = split_host(page.netloc)
    own, own_port = split_host(here.netloc)
    usual = _USUAL_PORT[page.scheme]
    return name == own and (port or usual) == (own_port or usual)


class CheckNames:
    """An ASGI application that lets through what names us, and no other site's page."""

    def __init__(self, app: "ASGIApp", names: Names) -> None:
        self._app = app
        self._names = names

    async def __call__(self, scope: "Scope", receive: "Receive", send: "Send") -> None:
        if scope["type"] != "http" or scope["path"] in UNDER_ANY_NAME:
            return await self._app(scope, receive, send)
        host = _in_one_spelling(field(scope, b"host"))
        if not self._names.is_ours(host):
            return await refusal(
                scope,
                HTTPStatus.MISDIRECTED_REQUEST,
                "host_unknown",
                "This post room is not known by the name in the header Host.",
                "The operator lists names in hosts = [ … ] below [serve] of postroom.toml.",
            )(scope, receive, send)
        if not self._may_ask(scope, host):
            return await refusal(
                scope,
                HTTPStatus.FORBIDDEN,
                "origin_unknown",
                "Pages of that site may not ask this post room.",
                "The operator lists sites in origins = [ … ] below [serve] of postroom.toml.",
            )(scope, receive, send)
        # In one spelling from here on: whoever compares it again finds the same.
        named = [(b"host", host.encode("latin-1"))]
        others = [each for each in scope["headers"] if each[0] != b"host"]
        scope["headers"] = named + others
        return await self._app(scope, receive, send)

    def _may_ask(self, scope: "Scope", host: str) -> bool:
        if not any(name == b"origin" for name, _ in scope["headers"]):
            return True
        if any(is_below(scope["path"], each) for each in FROM_ANY_PAGE):
            return True
        origin, site = field(scope, b"origin").lower(), field(scope, b"sec-fetch-site")
        return self._names.may_ask(origin, host, scope["scheme"], site)


@lru_cache(maxsize=256)
def _spellings(host: str) -> tuple[str, str]:
    """A name without its port, and with it."""
    name, port = split_host(host)
    return join_host(name, ""), join_host(name, port)


@lru_cache(maxsize=256)
def _in_one_spelling(host: str) -> str:
    return join_host(*split_host(host))
