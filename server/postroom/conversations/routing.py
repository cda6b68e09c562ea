"""Which mailboxes a mail of a shared account is for.

One account may serve many mailboxes. What decides, the first that says anything:

    1  the last server: which of them it was delivered for (Delivered-To and the like, above its
       Received); it may name only the account, or nobody. Where it names an address that was a
       mailbox's, or could only be one's, the mail is for nobody
    2  an answer: which of them sent the mail that it follows (References, In-Reply-To); not where
       one of them wrote it, who may go on with a conversation of others
    3  the header: To, Cc

Who knows an id of ours got it from us or from whom we wrote to, and may still write to another one
of us. The header comes last because its sender chose it, and comes at all because many servers
write nothing else.
"""

from collections.abc import Callable, Collection, Iterable

from postroom.conversations.identifiers import message_ids, parents
from postroom.model.messages import MessageKind, ParsedMessage

_REPORTS = frozenset({MessageKind.BOUNCE, MessageKind.COMPLAINT, MessageKind.RECEIPT})

Senders = Callable[[Collection[str]], frozenset[int]]
"""The mailboxes that sent mail with one of these Message-IDs."""

Owners = Callable[[str], int | None]
"""The mailbox of a lower-case address; None where it is none of ours."""


def route(
    parsed: ParsedMessage, sent_by: Senders, mailbox_of: Owners, is_nobodys: Callable[[str], bool]
) -> frozenset[int]:
    """The mailboxes that a mail is for; empty where it is none of ours. ``is_nobodys`` says of a
    lower-case address without a mailbox whether it can be nothing but a mailbox's."""
    delivered = _mailboxes(parsed.delivered_to, mailbox_of)
    if delivered or any(is_nobodys(address) for address in parsed.delivered_to):
        return delivered
    answered = sent_by(followed_ids(parsed))
    named = _mailboxes(header_addresses(parsed), mailbox_of)
    writer = parsed.sender and mailbox_of(parsed.sender.address.lower())
    return (named or answered) if writer is not None else (answered or named)


def followed_ids(parsed: ParsedMessage) -> tuple[str, ...]:
    """The Message-IDs that a mail answers; of a report, that of the mail it tells of."""
    follows = parents(parsed.references, parsed.in_reply_to)
    if not follows and parsed.kind in _REPORTS:
        follows = message_ids(parsed.returned_message_id)[:1]
    return follows


def header_addresses(parsed: ParsedMessage) -> tuple[str, ...]:
    """The addresses in To and Cc, lower case, in order."""
    people = (*parsed.to, *parsed.cc)
    return tuple(dict.fromkeys(person.address.lower() for person in people))


def _mailboxes(addresses: Iterable[str], mailbox_of: Owners) -> frozenset[int]:
    found = (mailbox_of(address) for address in addresses)
    return frozenset(box for box in found if box is not None)
