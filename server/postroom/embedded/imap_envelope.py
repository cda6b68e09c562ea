"""ENVELOPE as RFC 3501 §7.4.2 has it.

pymap 0.36.7 (looked at in November 2026) answers otherwise: its date is the Date field read and
written anew as an INTERNALDATE, and none at all where that cannot be read; an absent display name
is an empty string; a field without an address in it is an empty list, and several have spaces
between them, neither of which the grammar knows.
"""

import re
from collections.abc import Sequence
from email.headerregistry import Address, AddressHeader

from pymap.bytes import Writeable
from pymap.mime import MessageContent
from pymap.parsing.primitives import List, LiteralString, Nil, QuotedString, String
from pymap.parsing.response.fetch import EnvelopeStructure

_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_QUOTABLE = re.compile(rb"[\x01-\x09\x0b\x0c\x0e-\x7f]*")
"""What may stand in a quoted string: 7-bit letters, no line end (RFC 3501 §9)."""


class Envelope(EnvelopeStructure):
    """The envelope of a message, or of one inside of it."""

    def __init__(self, content: MessageContent) -> None:
        fields = content.header.parsed
        super().__init__(
            fields.date,
            fields.subject,
            fields.from_,
            fields.sender,
            fields.reply_to,
            fields.to,
            fields.cc,
            fields.bcc,
            fields.in_reply_to,
            fields.message_id,
        )
        self._date_text = _as_it_stands(content, b"date")

    @property
    def _value(self) -> Writeable:
        senders = _addresses(self.from_)
        return List(
            [
                self._date_text,
                String.build(self.subject),
                _listed(senders),
                # Absent or empty, these two are the From (RFC 3501 §7.4.2).
                _listed(_addresses(self.sender) or senders),
                _listed(_addresses(self.reply_to) or senders),
                _listed(_addresses(self.to)),
                _listed(_addresses(self.cc)),
                _listed(_addresses(self.bcc)),
                String.build(self.in_reply_to),
                String.build(self.message_id),
            ]
        )


def _as_it_stands(content: MessageContent, name: bytes) -> Writeable:
    """The text of the first field of this lower-case name, unfolded; NIL where there is none."""
    for field, whole in content.header.folded:
        if field == name:
            text = _FOLD.sub(b"", bytes(whole).partition(b":")[2]).strip()
            return _string(text.replace(b"\0", b""))
    return Nil()


def _string(text: bytes) -> Writeable:
    return QuotedString(text) if _QUOTABLE.fullmatch(text) else LiteralString(text)


def _addresses(fields: Sequence[AddressHeader] | None) -> list[Address]:
    return [address for field in fields or () for address in field.addresses]


def _listed(addresses: list[Address]) -> Writeable:
    # One after the other, with no space between them (RFC 3501 §9: env-from and its like).
    people = b"".join(bytes(_address(one)) for one in addresses)
    return Writeable.wrap(b"(%b)" % people) if addresses else Nil()


def _address(address: Address) -> List:
    name = String.build(address.display_name or None)
    return List([name, Nil(), String.build(address.username), String.build(address.domain)])
