"""A denial of a token end point, as an error with what to do."""

from postroom.model.errors import PostroomError, Refused, Unavailable
from postroom.oauth.answers import Denied

_REASONS = {
    "invalid_grant": "does not take these credentials",
    "invalid_client": "does not know this client, or not with this secret",
    "unauthorized_client": "does not let this client use this grant",
    "unsupported_grant_type": "does not know this grant",
    "invalid_scope": "does not give this scope",
    "invalid_request": "does not take this request",
}


def consent_ended(account: str, host: str, place: str) -> Refused:
    """The refresh token is spent, taken back, or was another client's (RFC 6749 §5.2)."""
    return Refused(
        "oauth_consent_needed",
        f"The token end point at {host} no longer takes the refresh token of {account}.",
        f"Sign in as {account} and consent again with the same OAuth client, offline access"
        f" included; put the refresh token that this brings into {place}.",
    )


def denial(denied: Denied, account: str, host: str) -> PostroomError:
    """What a denial other than of the refresh token means."""
    if denied.code == "temporarily_unavailable":
        return Unavailable(
            "oauth_unavailable",
            f"The token end point at {host} gives no tokens at the moment.",
            "It is tried again by itself.",
        )
    reason = _REASONS.get(denied.code, "refused, for no reason that the standard knows")
    code = f" ({denied.code})" if denied.code else ""
    return Refused(
        "oauth_refused",
        f"The token end point at {host} {reason}{code}; asked for {account}.",
        "Check the oauth table of the account in postroom.toml: grant, client_id, client_secret,"
        " scope.",
    )
