"""Whose mail it is, by its header: for whoever looks for all mail with somebody."""

from postroom.mime.parse import parse
from postroom.mime.senders.lookalikes import plain_address
from postroom.model.messages import ParsedMessage

HEADER_BYTES = 256_000


def is_with(address: str, mail: ParsedMessage) -> bool:
    """Whether a mail is from somebody, to them, to be answered to them, or tells of them (as a
    bounce does). ``address`` is as `plain_address` has it."""
    people = (*mail.to, *mail.cc, *mail.reply_to, *([mail.sender] if mail.sender else []))
    named = [*(person.address for person in people), *(one.address for one in mail.reported)]
    return any(plain_address(each) == address for each in named)


def header_is_with(address: str, mail: bytes) -> bool:
    """The same by the header alone of a raw mail, for a walk through many: most are told by one
    look for the longest word of the domain, in a header that is ASCII."""
    header = mail[:HEADER_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    word = max(address.rpartition("@")[2].split("."), key=len)
    if header.isascii() and word.encode() not in header.lower():
        return False
    return is_with(address, parse(header))
