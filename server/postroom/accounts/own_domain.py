"""``[dns."example.com"]``: a domain of one's own, and what the DNS is to say of it."""

import ipaddress
import re
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from postroom.accounts.address import Address, DomainName
from postroom.accounts.sources import SecretPlace, SecretSource
from postroom.accounts.table import FilePath, Table
from postroom.model.domains import DmarcPolicy

REPORTS = "reports"
"""The local part at which reports about a domain arrive, where nothing else is said."""

_MECHANISM = re.compile(
    r"(?:include|exists):[!-~]{1,250}"
    r"|(?:a|mx)(?::[!-.0-~]{1,250})?(?:/[0-9]{1,2})?(?://[0-9]{1,3})?"
    r"|ip[46]:[0-9a-fA-F.:/]{1,50}"
)
"""With what has to stand behind each of them (RFC 7208 §5)."""

_DOCUMENTED = tuple(
    map(
        ipaddress.ip_network,
        ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"),
    )
)
"""For examples (RFC 5737, RFC 3849, RFC 9637)."""

_SERVER = re.compile(r"(\[[0-9a-fA-F:]+\]|[0-9a-zA-Z._-]+)(?::([0-9]{1,5}))?")


def _ip_address(value: str) -> str:
    try:
        found = ipaddress.ip_address(value.strip())
    except ValueError:
        raise ValueError('is no IP address, such as "203.0.113.5"') from None
    is_example = any(found in each for each in _DOCUMENTED if each.version == found.version)
    if not is_example and (not found.is_global or found.is_multicast):
        raise ValueError(
            f"has {found}, which is private or of this machine alone: nobody elsewhere sees mail"
            " come from there; name the address that they see"
        )
    return str(found)


def _mail_host(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        return value
    raise ValueError('is a name, such as "mail.example.com": an MX record holds no address')


def _is_mechanism(value: str) -> bool:
    if not _MECHANISM.fullmatch(value):
        return False
    name, _, behind = value.partition(":")
    if name not in ("ip4", "ip6"):
        return True
    try:
        return ipaddress.ip_network(behind, strict=False).version == int(name[2])
    except ValueError:
        return False


def _mechanism(value: str) -> str:
    if not _is_mechanism(value):
        raise ValueError(
            'is one mechanism of SPF (RFC 7208 §5) without a sign before it, such as "include:'
            '_spf.example.net"; what is not listed is closed by `all`'
        )
    return value


def _endpoint(value: str) -> str:
    found = _SERVER.fullmatch(value.strip())
    if not found or (found[2] and not 0 < int(found[2]) < 65536):
        raise ValueError('is a host or an address, and a port where it is not the usual one: "h:p"')
    return value.strip().lower()


def _by_name(value: str) -> str:
    try:
        ipaddress.ip_address(value.partition(":")[0])
    except ValueError:
        if not value.startswith("["):
            return value
    raise ValueError('is a name, such as "mail.example.com": SRV records hold no addresses')


IpAddress = Annotated[str, AfterValidator(_ip_address)]
"""One that others see, or one for examples."""
MailHost = Annotated[DomainName, AfterValidator(_mail_host)]
Mechanism = Annotated[str, AfterValidator(_mechanism)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
"""``host`` or ``host:port``."""
NamedEndpoint = Annotated[Endpoint, AfterValidator(_by_name)]
"""The same, and never an address."""


class MtaSts(StrEnum):
    """How servers elsewhere are to insist on TLS (RFC 8461 §3.2)."""

    OFF = "off"
    TESTING = "testing"
    ENFORCE = "enforce"


class BounceAddresses(StrEnum):
    """Where reports of what did not arrive go: the envelope sender (RFC 5321 §3.6.2)."""

    VERP = "verp"
    """An address of each send's own, by which a report finds its send in any case."""
    PLAIN = "plain"
    """The mailbox's own address."""


class TsigAlgorithm(StrEnum):
    """RFC 8945 §6, what is still fit."""

    SHA256 = "hmac-sha256"
    SHA384 = "hmac-sha384"
    SHA512 = "hmac-sha512"


class Publishing(Table):
    """How records get into the zone: by an update (RFC 2136) or through OctoDNS."""

    server: Endpoint | None = None
    """The zone's primary server."""
    zone: DomainName | None = None
    """The zone that holds the domain; found by its SOA record where it is left out."""
    key: str = Field(default="", max_length=255)
    """The name of the TSIG key (RFC 8945); an update without one is for loopback alone."""
    algorithm: TsigAlgorithm = TsigAlgorithm.SHA256
    secret: SecretSource | None = None
    """Where the key's secret is, in Base64 as servers write it."""
    octodns: FilePath | None = None
    """An OctoDNS configuration; of it the provider of the zone is taken, never its sources."""
    program: FilePath | None = None
    """`octodns-sync`, where it is not found on the path."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.server is None) == (self.octodns is None):
            raise ValueError(
                'names one way: server = "ns1.example.com" (RFC 2136), or octodns = "/path.yaml"'
            )
        if self.octodns is not None and (self.key or self.secret):
            raise ValueError("has a key and OctoDNS: OctoDNS has its own; take the key out")
        if bool(self.key) != (self.secret is not None):
            raise ValueError("has a key and its secret, or neither")
        return self

    def secret_of(self, domain: str) -> SecretPlace | None:
        """Where the secret of the TSIG key is."""
        return SecretPlace(self.secret, f"{domain}/dns.publish.secret") if self.secret else None


class OwnDomain(Table):
    """What is said of one domain. All of it has a default; what mail needs and nobody said is told
    by ``postroom domains``."""

    mx: tuple[MailHost, ...] = Field(default=(), max_length=10)
    """The hosts that take mail in, the first one first."""
    addresses: tuple[IpAddress, ...] = Field(default=(), max_length=50)
    """From where mail goes out, as servers elsewhere see it."""
    spf: tuple[Mechanism, ...] = Field(default=(), max_length=20)
    """Who else sends for this domain."""
    dmarc: DmarcPolicy = DmarcPolicy.NONE
    """The stage: what others are asked to do with mail that only claims to be from here."""
    reports: Address | None = None
    """Where reports about the domain arrive; ``reports@`` it where it is left out."""
    bounce_addresses: BounceAddresses | None = None
    """What mail goes out from: an address of each send's own, or the mailbox's. By itself the first
    where the mailboxes are rows of a mail host's table, else the second."""
    mta_sts: MtaSts = MtaSts.OFF
    imap: NamedEndpoint | None = None
    """Where people's mail programs read (RFC 6186)."""
    submission: NamedEndpoint | None = None
    """Where people's mail programs send."""
    ttl: int = Field(default=3600, ge=30, le=86_400)
    """Of the records, seconds."""
    resolvers: tuple[Endpoint, ...] = Field(default=(), max_length=10)
    """Which resolvers ``postroom domains check`` asks beside the authoritative servers; the
    system's own where none is named."""
    publish: Publishing | None = None

    def reports_at(self, domain: str) -> str:
        """The address at which reports about ``domain`` arrive."""
        return self.reports or f"{REPORTS}@{domain}"
