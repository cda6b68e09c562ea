"""Which mailboxes a mail of a shared account is for.

One account may serve many mailboxes. What decides, the first that says anything:

    1  an answer: it follows a mail that one of them sent (References, In-Reply-To); but where the
       last server delivered it for another of them, and whom it answers stands in the header too,
       it went to both, and this is the other one's copy
    2  the last server: whom it was delivered for (Delivered-To and the like, above its Received)
    3  the header: To, Cc

Who knows an id of ours got it from us or from whom we wrote to. The header comes last because its
sender chose it, and comes at all because many servers write nothing else.
"""

from collections.abc import Callable, Collection, Iterable

from postroom.conversations.identifiers import message_ids, parents
from postroom.model.messages import MessageKind, ParsedMessage

Senders = Callable[[Collection[str]], frozenset[int]]
"""The mailboxes that sent mail with one of these Message-IDs."""

Owners = Callable[[str], int | None]
"""The mailbox of a lower-case address; None where it is none of ours."""


def route(parsed: ParsedMessage, sent_by: Senders, mailbox_of: Owners) -> frozenset[int]:
    """The mailboxes that a mail is for; empty where it is none of ours."""
    answered = sent_by(followed_ids(parsed))
    delivered = _mailboxes(parsed.delivered_to, mailbox_of)
    named = _mailboxes(header_addresses(parsed), mailbox_of)
    if answered and delivered and not answered & delivered and answered <= named:
        return delivered
    return answered or delivered or named


def followed_ids(parsed: ParsedMessage) -> tuple[str, ...]:
    """The Message-IDs that a mail answers; of a report, that of the mail it tells of."""
    follows = parents(parsed.references, parsed.in_reply_to)
    if not follows and parsed.kind is MessageKind.BOUNCE:
        follows = message_ids(parsed.returned_message_id)[:1]
    return follows


def header_addresses(parsed: ParsedMessage) -> tuple[str, ...]:
    """The addresses in To and Cc, lower case, in order."""
    people = (*parsed.to, *parsed.cc)
    return tuple(dict.fromkeys(person.address.lower() for person in people))


def _mailboxes(addresses: Iterable[str], mailbox_of: Owners) -> frozenset[int]:
    found = (mailbox_of(address) for address in addresses)
    return frozenset(box for box in found if box is not None)
