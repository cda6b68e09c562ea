"""``[serve.issuer]``: somebody else's access tokens that are good here (JWT, RFC 9068)."""

from enum import StrEnum
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, field_validator, model_validator

from postroom.accounts.servers import is_loopback
from postroom.accounts.table import FilePath, Table
from postroom.model.agent_names import OPERATORS_TENANT, is_name, is_part


class Algorithm(StrEnum):
    """Signatures that are believed (RFC 7518 §3.1, RFC 8037 §3.1): by two keys, of which the
    issuer alone has the one. "none" and HMAC, whose one key is known to whoever verifies, are no
    choice."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    EDDSA = "EdDSA"


def _url(text: str) -> str:
    parts = urlsplit(text)
    plain = text.isascii() and text.isprintable() and " " not in text
    host = parts.hostname or ""
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not plain or not host or not secure or "@" in parts.netloc:
        raise ValueError("begins with https://, or with http:// on this machine; no login")
    if parts.query or parts.fragment:
        raise ValueError("has neither ? nor #")
    return text


IssuerUrl = Annotated[str, AfterValidator(_url)]


class Issuer(Table):
    """The table of ``postroom.toml``."""

    issuer: IssuerUrl
    """As it stands in its tokens (``iss``), letter by letter."""
    audience: tuple[str, ...] = Field(min_length=1, max_length=20)
    """For whom its tokens are that are good here (``aud``): one of these must be named."""
    jwks_url: IssuerUrl | None = None
    """Where its keys are; found at the issuer (RFC 8414, OpenID Connect) where it is left out."""
    algorithms: tuple[Algorithm, ...] = Field(
        default=(Algorithm.RS256, Algorithm.PS256, Algorithm.ES256, Algorithm.EDDSA), min_length=1
    )
    certificates: FilePath | None = None
    """A file of certificates to trust in the place of the system's."""
    scope_claim: str = Field(default="scope", min_length=1, max_length=200)
    """Where the scopes stand: words in a text (RFC 8693 §4.2), or a list."""
    scope_prefix: str = Field(default="postroom:", max_length=200)
    """What our scopes begin with there: ``postroom:read``."""
    agent_claim: str = Field(default="sub", min_length=1, max_length=200)
    """Which claim names the agent."""
    agents: dict[str, str] = Field(default_factory=dict, max_length=10_000)
    """Which agent is meant by what that claim says; where there are any, nobody else comes in."""
    tenant: str = ""
    """Of which tenant all of its agents are; where it is left out, the claim may name one."""
    mailboxes_claim: str = Field(default="", max_length=200)
    """Which claim holds the patterns of mailboxes (``support-*``): a token without it is not
    good. Where it is left out, an agent has all of its own."""
    allow_operator: bool = False
    """Whether the issuer may make operators, who approve and see everybody's mail."""

    @field_validator("audience", mode="before")
    @classmethod
    def _several(cls, value: object) -> object:
        return (value,) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.tenant and (not is_part(self.tenant) or self.tenant == OPERATORS_TENANT):
            raise ValueError("tenant: letters, digits, - and _, and not operator")
        fits = is_part if self.tenant else is_name
        if not all(map(fits, self.agents.values())):
            raise ValueError(
                "agents: an agent's name is letters, digits, - and _, with TENANT/ before it only"
                " where tenant is left out"
            )
        return self
