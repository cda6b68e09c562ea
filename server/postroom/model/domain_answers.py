"""What the desk answers about domains of one's own."""

from typing import Annotated

from pydantic import PlainSerializer

from postroom.model.policy_answers import Told


class DkimKeyView(Told):
    """A key that mail is signed with, without its private part."""

    selector: str
    algorithm: str
    state: str
    """``made``, ``visible``, ``active``, ``retiring`` or ``retired``."""
    made_at: str
    waits_for: str | None = None
    """What is missing for its next state."""


class DomainView(Told):
    """A domain."""

    domain: str
    name: str | None = None
    """As people write it, where that is another form (RFC 5890)."""
    added_at: str
    served: bool
    """Whether mailboxes can be made in it."""
    paused: bool = False
    """Whether sending from it to people outside is paused."""
    dkim_keys: tuple[DkimKeyView, ...]
    state: str | None = None
    """The worst of what the last check found: ``right``, ``wrong``, ``missing``, ``propagating``,
    ``unknown``; absent where it was never checked."""


class DomainList(Told):
    domains: tuple[DomainView, ...]


def printable(text: str) -> str:
    r"""A record's text as it can be told: an octet that is no UTF-8 is ``\255``, as in a zone."""
    return "".join(f"\\{ord(c) - 0xDC00:03d}" if "\udc80" <= c <= "\udcff" else c for c in text)


RecordText = Annotated[str, PlainSerializer(printable, return_type=str, when_used="json")]
"""What a record says, which others may have written."""


class RecordView(Told):
    """A record that a domain needs."""

    name: str
    """Whole, without a final dot."""
    type: str
    values: tuple[RecordText, ...]
    """Of TXT the text, whole and without quotes; names in others are whole and end in a dot."""
    ttl: int
    purpose: str
    """``mx``, ``address``, ``spf``, ``dkim``, ``dmarc``, ``mta_sts``, ``tls_rpt``, ``service``."""
    state: str | None = None
    """``right``, ``wrong``, ``missing`` or ``unknown``; None where nobody looked."""
    there: tuple[RecordText, ...] | None = None
    """What is there in its place, where that is wrong."""


class RemarkView(Told):
    """Something to know about a domain, and what to do about it."""

    says: RecordText
    then: str


class DmarcPlanView(Told):
    """How DMARC goes from looking on to refusing what only claims to be from here."""

    stage: str
    """``none``, ``quarantine`` or ``reject``."""
    next: str | None = None
    """The stage after it."""
    before: str | None = None
    """What has to be seen before that."""


class DomainRecords(Told):
    """All records that a domain needs, in the order in which people are told of them."""

    domain: str
    name: str | None = None
    """As people write it, where that is another form."""
    records: tuple[RecordView, ...]
    remarks: tuple[RemarkView, ...]
    dmarc: DmarcPlanView
    spf_lookups: int | None = None
    """What the SPF record costs a receiver, of ten; None where nobody counted."""
    mta_sts_policy: str | None = None
    """The file that ``/.well-known/mta-sts.txt`` of ``mta-sts.`` the domain has to be."""
    next_step: str


class DomainRemoved(Told):
    """A domain that is one no more."""

    domain: str
    may_go: tuple[RecordView, ...]
    """Records that were only for it."""
    next_step: str
