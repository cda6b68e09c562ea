"""The access tokens of one account: kept while they are good, renewed once for all who ask.

    good ──(60 s before its end, or a server refused it)──► renewing ──► good
                                                               └──► an error for all who waited

A renewal is a task of its own. Whoever waits for it may give up; the renewal goes on, because the
provider may have replaced the refresh token in the very answer, and the old one is worthless then.
"""

import asyncio
from dataclasses import dataclass, field

from postroom.accounts.oauth import OAuth
from postroom.clock import Clock
from postroom.model.errors import PostroomError
from postroom.model.secrets import Secret
from postroom.oauth.answers import Denied, Granted, read_answer
from postroom.oauth.denials import consent_ended, denial
from postroom.oauth.endpoint import Endpoint
from postroom.oauth.successor import RefreshToken

MARGIN_SECONDS = 60.0
"""A token is renewed this long before its end, so that none ends between here and a server."""

MARGIN_SHARE = 0.2
"""Of a life so short that the margin would eat it."""


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    got: float
    until: float


class OAuthTokens:
    """The ``TokenSource`` of one account."""

    def __init__(
        self,
        oauth: OAuth,
        account: str,
        clock: Clock,
        *,
        client_secret: Secret | None = None,
        refresh_token: Secret | None = None,
        endpoint: Endpoint | None = None,
    ) -> None:
        self._oauth = oauth
        self._account = account
        self._clock = clock
        self._client_secret = client_secret
        self._refresh_token = RefreshToken(refresh_token, account) if refresh_token else None
        self._endpoint = endpoint or Endpoint(oauth.token_url, certificates=oauth.certificates)
        self._held: _Held | None = None
        self._renewal: asyncio.Task[_Held] | None = None

    async def __call__(self, *, refused: str = "") -> str:
        """An access token that is good by the clock, and not the one that a server ``refused``.

        Raises:
            Unavailable: the end point cannot be reached or gives none now; a secret is not there.
            Refused: consent must be given again, or the client is not taken.
            PeerError: the end point does not speak OAuth 2.
        """
        if self._held is not None and self._serves(self._held, refused):
            return self._held.token
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew())
            self._renewal.add_done_callback(self._ended)
        try:
            return (await asyncio.shield(self._renewal)).token
        except PostroomError as error:
            # Each who waited gets an error of its own: one that is raised twice grows a traceback.
            raise type(error)(error.code, error.message, error.next_step) from None

    async def close(self) -> None:
        """Wait for a renewal that is under way, so that no refresh token is lost with it."""
        if self._renewal is not None:
            await asyncio.wait({self._renewal})

    def _serves(self, held: _Held, refused: str) -> bool:
        in_time = held.got <= self._clock() < held.until  # not after the clock was put back
        return in_time and held.token != refused

    def _ended(self, renewal: asyncio.Task[_Held]) -> None:
        self._renewal = None
        if not renewal.cancelled():
            renewal.exception()  # those who waited have it; nobody may have waited

    async def _renew(self) -> _Held:
        begun = self._clock()
        granted = await self._granted()
        margin = min(MARGIN_SECONDS, granted.lifetime * MARGIN_SHARE)
        self._held = _Held(granted.token, begun, begun + granted.lifetime - margin)
        return self._held

    async def _granted(self) -> Granted:
        if self._refresh_token is None:
            answer = await self._ask({})
        else:
            answer = await self._by_refresh_token(self._refresh_token)
        if isinstance(answer, Denied):
            raise denial(answer, self._account, self._endpoint.host)
        return answer

    async def _by_refresh_token(self, token: RefreshToken) -> Granted | Denied:
        used = await token.current()
        answer = await self._ask({"refresh_token": used.get_secret_value()})
        if answer == Denied("invalid_grant"):
            # Another process may have renewed it since, or a person put another one there.
            newer = await token.current()
            if newer == used:
                raise consent_ended(self._account, self._endpoint.host, token.place)
            used, answer = newer, await self._ask({"refresh_token": newer.get_secret_value()})
            if answer == Denied("invalid_grant"):
                raise consent_ended(self._account, self._endpoint.host, token.place)
        if isinstance(answer, Granted):
            await token.succeed(used, answer.refresh_token)
        return answer

    async def _ask(self, grant: dict[str, str]) -> Granted | Denied:
        form = {"grant_type": self._oauth.grant.value, "client_id": self._oauth.client_id, **grant}
        if self._oauth.scope:
            form["scope"] = self._oauth.scope
        if self._client_secret is not None:
            # In the body: §2.3.1 prefers Basic, but every provider documents this form.
            secret = await self._client_secret.read()
            form["client_secret"] = secret.get_secret_value()
        return read_answer(*await self._endpoint.ask(form))
