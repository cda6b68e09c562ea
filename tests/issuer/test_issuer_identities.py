"""How long whoever came in by an issuer's token may be answered."""

from pathlib import Path

from rooms import TestClock
from servers.issuer import AUDIENCE, issuer_server

from postroom import settings as configuration
from postroom.accounts.issuer import Issuer
from postroom.build import open_room
from postroom.issuer.tokens import IssuerTokens
from postroom.model.callers import Caller
from postroom.web.identities import Identities


async def test_a_token_that_lets_its_subject_do_less_keeps_nothing_going(tmp_path: Path) -> None:
    settings = configuration.load(tmp_path)
    async with issuer_server() as server, open_room(settings, program="test") as room:
        server.add("ES256", "one")
        issued = IssuerTokens(Issuer(issuer=server.url, audience=(AUDIENCE,)))
        clock = TestClock()
        known = Identities("own", Caller(), room.desk.tokens, issued, clock)
        whole = await known.bearer(server.token("one"))
        assert whole is not None
        assert whole.expires_at is not None
        end = int(whole.expires_at) + 600
        part = await known.bearer(server.token("one", scope="postroom:read", exp=end))
        assert part is not None
        clock.jump(120)
        assert not await known.is_good(whole.token_id)
        assert await known.is_good(part.token_id)


async def test_it_is_as_long_as_any_token_of_the_subject_is_good(tmp_path: Path) -> None:
    settings = configuration.load(tmp_path)
    async with issuer_server() as server, open_room(settings, program="test") as room:
        server.add("ES256", "one")
        issued = IssuerTokens(Issuer(issuer=server.url, audience=(AUDIENCE,)))
        clock = TestClock()
        known = Identities("own", Caller(), room.desk.tokens, issued, clock)
        token = server.token("one")
        came = await known.bearer(token)
        assert came is not None
        assert came.expires_at is not None
        assert await known.is_good(came.token_id)
        clock.jump(120)
        assert not await known.is_good(came.token_id)
        later = await known.bearer(server.token("one", exp=int(came.expires_at) + 600))
        assert later is not None
        assert later.token_id == came.token_id
        assert await known.is_good(came.token_id)
        assert not await known.is_good("jwt_nobody")
