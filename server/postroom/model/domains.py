"""Domains of one's own: their keys, the records that they need, and how the DNS stands to them."""

from enum import StrEnum

from postroom.model.messages import Frozen


class DmarcPolicy(StrEnum):
    """What a domain asks receivers to do with mail that fails (RFC 7489 §6.3)."""

    NONE = "none"
    QUARANTINE = "quarantine"
    REJECT = "reject"


class KeyAlgorithm(StrEnum):
    """Of a DKIM key, as its record names it (RFC 6376 §3.6.1, RFC 8463 §4)."""

    RSA = "rsa"
    ED25519 = "ed25519"


class KeyState(StrEnum):
    """Where a DKIM key stands. It signs in one state alone, so that nobody is shown a signature
    whose key cannot be found."""

    MADE = "made"
    """It is here; whether its record can be found is not known."""
    VISIBLE = "visible"
    """Its record is found everywhere that was asked."""
    ACTIVE = "active"
    """Mail is signed with it."""
    RETIRING = "retiring"
    """It signs no more; mail that it signed is still on its way, so its record stays."""
    RETIRED = "retired"
    """Its private part is gone, and its record may go."""


class DkimKey(Frozen):
    """One key of a domain, without its private part."""

    domain: str
    selector: str
    algorithm: KeyAlgorithm
    public: str
    """``p=``: Base64 (RFC 6376 §3.6.1; of Ed25519 the 32 bytes themselves, RFC 8463 §4.2)."""
    state: KeyState
    made_at: float

    @property
    def name(self) -> str:
        """Where its record is."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """Its record's text."""
        return f"v=DKIM1; k={self.algorithm}; p={self.public}"


class RecordType(StrEnum):
    """As the DNS has them."""

    A = "A"
    AAAA = "AAAA"
    CNAME = "CNAME"
    MX = "MX"
    SRV = "SRV"
    TXT = "TXT"


class Purpose(StrEnum):
    """What a record is for."""

    ADDRESS = "address"
    MX = "mx"
    SPF = "spf"
    DKIM = "dkim"
    DMARC = "dmarc"
    MTA_STS = "mta_sts"
    TLS_RPT = "tls_rpt"
    SERVICE = "service"


class WantedRecord(Frozen):
    """A record that a domain needs."""

    name: str
    """The whole name, lower case, without a final dot."""
    type: RecordType
    values: tuple[str, ...]
    """As a zone file writes them, all of this name and type that are ours to say; of TXT the text
    itself, whole and without quotes. Names in them are whole and end in a dot."""
    ttl: int
    purpose: Purpose


class RecordState(StrEnum):
    """How the DNS stands to a record that a domain needs."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"
    PROPAGATING = "propagating"
    """The authoritative servers have it, and not everybody sees it yet."""
    UNKNOWN = "unknown"
    """Nobody answered."""
    NOT_ASKED = "not_asked"
    """Nothing there is to be asked about: it is not set up, or not in use yet."""
