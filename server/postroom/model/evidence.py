"""Why a sender is believed or not: what was said, by whom, and what we found ourselves."""

from enum import StrEnum

from postroom.model.domains import DmarcPolicy
from postroom.model.messages import Frozen


class SignatureResult(StrEnum):
    """What one DKIM signature came to when we checked it (RFC 6376 §3.9)."""

    PASS = "pass"
    """It is the domain's, and covers From and the whole of the mail."""
    PARTIAL = "partial"
    """It is the domain's, and covers only the beginning of the mail (``l=``, RFC 6376 §8.2): words
    may have been put behind it."""
    WEAK = "weak"
    """Of a kind that others can make: a key below 1,024 bits, SHA-1 (RFC 8301), or of a domain that
    only tries it out (``t=y``)."""
    FAIL = "fail"
    """It does not fit the mail, or is no signature that can be read."""
    UNKNOWN = "unknown"
    """Its key could not be had just then, or is larger than we check."""


class Signature(Frozen):
    """One signature, as we found it."""

    result: SignatureResult
    domain: str = ""
    """Whose it says it is (``d=``), lower case, as the DNS writes it."""


class SpfResult(StrEnum):
    """Whether the server that handed a mail over may do so for a domain (RFC 7208 §2.6)."""

    PASS = "pass"
    FAIL = "fail"
    SOFTFAIL = "softfail"
    """Probably not."""
    NEUTRAL = "neutral"
    """The domain does not say."""
    NONE = "none"
    """There is no record, or nothing to ask about."""
    TEMPERROR = "temperror"
    """Nobody could say just then."""
    PERMERROR = "permerror"
    """The record cannot be read, or asks for more than is allowed."""


class DmarcResult(StrEnum):
    """Whether the From domain vouches for a mail (RFC 9989 §5.3)."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"
    """It publishes no policy."""
    TEMPERROR = "temperror"
    """Not known: an answer is missing that could have made it pass."""


class ArcResult(StrEnum):
    """What a chain of forwarders comes to (RFC 8617 §5.2)."""

    PASS = "pass"
    FAIL = "fail"
    NONE = "none"
    """There is no chain, or none that anybody sealed who is trusted: it is not looked into."""
    TEMPERROR = "temperror"
    """A key could not be had just then, or there are too many to ask for."""


class Spf(Frozen):
    """SPF of one mail."""

    result: SpfResult = SpfResult.NONE
    domain: str = ""
    """The envelope sender's, or that of HELO for the null sender; as the DNS writes it."""
    helo: bool = False
    """Whether it is the latter."""


class Dmarc(Frozen):
    """DMARC of one mail."""

    result: DmarcResult = DmarcResult.NONE
    domain: str = ""
    """The From domain that was asked about, as the DNS writes it."""
    policy: DmarcPolicy | None = None
    """What the From domain asks to be done with mail that fails, as it counts for this domain."""
    published: str = ""
    """Where that stands: the From domain, or one above it."""
    by: tuple[str, ...] = ()
    """What passed and is the From domain's: ``spf``, ``dkim``."""
    partly: bool = False
    """A signature of the From domain fits, but covers a part only: no pass, and not forged."""


class Arc(Frozen):
    """The chain of forwarders of one mail."""

    result: ArcResult = ArcResult.NONE
    domain: str = ""
    """Who sealed it last."""
    trusted: str = ""
    """The first forwarder whose word counts: it is trusted, and so is everybody after it."""
    says: str = ""
    """What that one says of DMARC for this From domain, such as ``pass``."""
    partly: bool = False
    """The newest signature covers a part only: what that one says may be of another mail."""


class Checks(Frozen):
    """What we found ourselves of a mail, as those who take it from the internet."""

    client: str = ""
    """The address that handed it over; "" where that is not known, or is one of ours."""
    helo: str = ""
    """What that one called itself."""
    spf: Spf = Spf()
    dmarc: Dmarc = Dmarc()
    arc: Arc = Arc()


class SenderEvidence(Frozen):
    """What a sender's verdict rests on. Every string is safe to show: names and values were read
    from a header and hold nothing but the characters of such names."""

    by: str = ""
    """The authserv-id that is believed here, "" where nobody is."""
    said: tuple[str, ...] = ()
    """What that server says, such as ``dmarc=pass header.from=example.com``."""
    aligned: tuple[str, ...] = ()
    """What of it speaks for the From domain: ``spf``, ``dkim``."""
    signatures: tuple[Signature, ...] = ()
    """What we found ourselves."""
    checks: Checks | None = None
    """The rest of that, where everything is verified here."""
    misplaced: tuple[str, ...] = ()
    """The trusted names that are claimed where only a sender can have written them."""
    struck: tuple[str, ...] = ()
    """The trusted names under which a sender wrote that it had been checked, until their server
    struck that out."""
    ignored: int = 0
    """Fields of servers that are not trusted."""
    why: str = ""
    """The reason, in a few words of ours."""
