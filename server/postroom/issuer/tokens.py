"""Whose a token of the issuer is: its signature, for whom, by whom and until when it is."""

import hashlib
import logging
from dataclasses import dataclass
from typing import Any

import jwt
from jwt import PyJWK
from jwt.exceptions import (
    ExpiredSignatureError,
    ImmatureSignatureError,
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    MissingRequiredClaimError,
    PyJWTError,
)

from postroom.accounts.issuer import Algorithm, Issuer
from postroom.issuer.claims import Unfit, caller_of
from postroom.issuer.fetching import Fetching
from postroom.issuer.forms import MAX_CHARS
from postroom.issuer.keys import Keys
from postroom.model.callers import Caller

log = logging.getLogger("postroom.issuer")

LEEWAY_SECONDS = 10
"""By so much the issuer's clock may differ from ours."""

TYPES = (None, "jwt", "at+jwt", "application/at+jwt")
"""Of its header ``typ``, in lower case: an access token (RFC 9068 §4), or not said."""

MAX_TRIED = 4
"""Keys, where a token names none."""

_FAULTS: tuple[tuple[type[PyJWTError], str], ...] = (
    (ExpiredSignatureError, "it is expired (exp)"),
    (ImmatureSignatureError, "it is not good yet (nbf, iat)"),
    (InvalidAudienceError, "it is for another audience (aud)"),
    (InvalidIssuerError, "it is another issuer's (iss)"),
    (InvalidSignatureError, "its signature is by none of the issuer's keys"),
)
"""By what the library raises."""

OTHER_FAULT = "its claims have not the form of an access token's"


@dataclass(frozen=True)
class Verified:
    """A token that is good."""

    id: str
    """The same for all tokens of one subject that let it do the same: they are renewed every few
    minutes. Of one that lets it do less it is another: what goes on by the first ends with that."""
    caller: Caller
    expires_at: float


class IssuerTokens:
    """The tokens of one issuer."""

    def __init__(self, issuer: Issuer, keys: Keys | None = None) -> None:
        self.issuer = issuer
        self._keys = keys or Keys(issuer, Fetching(issuer.certificates).document)

    async def verified(self, token: str) -> Verified | None:
        """Whose it is; None where it is not good. Why stands in the log: whoever shows it is told
        nothing of that, and an operator has to mend it.

        Raises:
            Unavailable, PeerError: that cannot be told, as the issuer gave no keys yet.
        """
        try:
            return await self._judged(token)
        except Unfit as unfit:
            log.info("A token of the issuer is not taken: %s.", unfit)
            return None

    async def close(self) -> None:
        """Let a request that is under way go."""
        await self._keys.close()

    async def _judged(self, token: str) -> Verified:
        header = _header(token)
        algorithm = next((each for each in self.issuer.algorithms if each == header["alg"]), None)
        if algorithm is None:
            raise Unfit("its algorithm (alg) is none of those that are believed")
        why = Unfit("no key of the issuer is the one that it names (kid), and fits its algorithm")
        for key in (await self._keys.of(header.get("kid"), algorithm))[:MAX_TRIED]:
            try:
                return self._whose(self._claims(token, key, algorithm))
            except Unfit as unfit:
                why = unfit
        raise why

    def _claims(self, token: str, key: PyJWK, algorithm: Algorithm) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key,
                algorithms=[algorithm],
                audience=self.issuer.audience,
                issuer=self.issuer.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": ["iss", "aud", "exp", "sub"]},
            )
        except MissingRequiredClaimError as error:  # one of those that are required here
            raise Unfit(f"it has no claim {error.claim}") from None
        except (PyJWTError, ValueError, TypeError, OverflowError) as error:
            fault = next((says for kind, says in _FAULTS if isinstance(error, kind)), OTHER_FAULT)
            raise Unfit(fault) from None

    def _whose(self, claims: dict[str, Any]) -> Verified:
        caller = caller_of(claims, self.issuer)
        # RFC 7800: only good with a key that the bearer proves to have, which nobody asks for here.
        if "cnf" in claims:
            raise Unfit("it is bound to a key of its bearer's (cnf), which is not asked for here")
        may = (caller.tenant, caller.agent, *sorted(caller.scopes), "", *sorted(caller.mailboxes))
        renewed = "\0".join((claims["iss"], claims["sub"], *may)).encode()
        id = f"jwt_{hashlib.sha256(renewed).hexdigest()[:24]}"
        return Verified(id, caller, float(claims["exp"]))


def _header(token: str) -> dict[str, Any]:
    if len(token) > MAX_CHARS or not token.isascii():
        raise Unfit(f"it has more than {MAX_CHARS} characters, or some that no token has")
    try:
        header = jwt.get_unverified_header(token)
    except (PyJWTError, ValueError):
        raise Unfit("its header cannot be read") from None
    kind, key_id = header.get("typ"), header.get("kid")
    is_access_token = (kind.lower() if isinstance(kind, str) else kind) in TYPES
    is_plain = isinstance(header.get("alg"), str) and isinstance(key_id, str | None)
    # RFC 7515 §4.1.11: what must be understood, and is not, is no good.
    if not is_access_token:
        raise Unfit("its header says that it is no access token (typ)")
    if not is_plain or "crit" in header:
        raise Unfit("its header asks for what is not understood here (alg, kid, crit)")
    return header
