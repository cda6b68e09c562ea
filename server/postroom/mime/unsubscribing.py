"""How a mail of ours says where to unsubscribe, and how a mail that does so is known.

    List-Unsubscribe: <https://post.example.com/unsubscribe/s_…-SIGNATURE>,             (RFC 2369)
        <mailto:news@example.com?subject=unsubscribe%20s_…-SIGNATURE>
    List-Unsubscribe-Post: List-Unsubscribe=One-Click                                   (RFC 8058)

The first where anybody can reach this post room by https.

The signature is of the mailbox, the recipient and the send: whoever has it was sent that mail. A
mail to several, which all get the same bytes, has none: there the sender must be verified.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import quote

FIELD = "List-Unsubscribe"

ONE_CLICK = "List-Unsubscribe=One-Click"
"""What a mail program posts to the link (RFC 8058 §3.2)."""

PATH = "/unsubscribe/"
"""Of the link, behind where this post room is reached."""

_SIGNATURE_HEX = 24
"""96 bits: it can be tried by mail alone."""

_OFFERS = re.compile(r"(?:/unsubscribe/|unsubscribe(?:%20| ))(s_[0-9a-z]{10})(?![0-9a-z])")

_ASKS = re.compile(
    rf"unsubscribe (s_[0-9a-z]{{10}})(?:-([0-9a-f]{{{_SIGNATURE_HEX}}}))?", re.IGNORECASE
)


@dataclass(frozen=True)
class Asks:
    """What a mail that unsubscribes names."""

    send_id: str
    signature: str
    """"" where it bears none."""


def asks(subject: str) -> Asks | None:
    """What a mail with this subject unsubscribes from; None where it is another mail."""
    found = _ASKS.fullmatch(subject.strip())
    return Asks(found[1].lower(), (found[2] or "").lower()) if found else None


def offering(field: str) -> str:
    """The id of the send whose mail bears this List-Unsubscribe field; "" where it is another's."""
    found = _OFFERS.search(field[:2_000])
    return found[1] if found else ""


def asks_by_link(name: str) -> Asks | None:
    """The same for the last part of a link, which is always signed."""
    found = asks(f"unsubscribe {name}")
    return found if found is not None and found.signature else None


def signature(key: bytes, mailbox: str, recipient: str, send_id: str) -> str:
    """What only whoever was sent a mail can name; addresses as they are compared."""
    said = "\n".join((mailbox, recipient, send_id)).encode()
    return hmac.new(key, said, hashlib.sha256).hexdigest()[:_SIGNATURE_HEX]


def is_signature(named: str, key: bytes, mailbox: str, recipient: str, send_id: str) -> bool:
    """Whether it is the one."""
    return hmac.compare_digest(named, signature(key, mailbox, recipient, send_id))


def with_field(raw: bytes, mailbox: str, send_id: str, signed: str, public_url: str) -> bytes:
    """A mail that `compose` made, with the field; ``signed`` is "" for one to several, and
    ``public_url`` where nobody reaches this post room by https."""
    name = f"{send_id}-{signed}" if signed else send_id
    mailto = f"<mailto:{quote(mailbox, safe='@+')}?subject={quote(f'unsubscribe {name}')}>"
    fields = f"{FIELD}: {mailto}"
    if signed and public_url:
        link = f"<{public_url.rstrip('/')}{PATH}{name}>"
        fields = f"{FIELD}: {link},\r\n {mailto}\r\n{FIELD}-Post: {ONE_CLICK}"
    head, _, body = raw.partition(b"\r\n\r\n")
    return head + f"\r\n{fields}\r\n\r\n".encode() + body
