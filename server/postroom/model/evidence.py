"""Why a sender is believed or not: what was said, by whom, and what we found ourselves."""

from enum import StrEnum

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
    """Its key could not be had just then, or is of a kind that we cannot check."""


class Signature(Frozen):
    """One signature, as we found it."""

    result: SignatureResult
    domain: str = ""
    """Whose it says it is (``d=``), lower case, as the DNS writes it."""


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
    misplaced: tuple[str, ...] = ()
    """The trusted names that are claimed where only a sender can have written them."""
    struck: tuple[str, ...] = ()
    """The trusted names under which a sender wrote that it had been checked, until their server
    struck that out."""
    ignored: int = 0
    """Fields of servers that are not trusted."""
    why: str = ""
    """The reason, in a few words of ours."""
