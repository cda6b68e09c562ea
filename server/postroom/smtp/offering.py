"""What is known of each recipient just before a message leaves, told to whoever keeps it.

    RCPT ben   450      deferred   ┐
    RCPT cam   550      refused    ├─► noted ─► DATA, the message, the dot ─► accepted, refused …
    RCPT dan   250      unknown    ┘

A process that dies after the dot leaves no other word of ben and cam: whoever finds the copy in
Sent later must not believe that they have the mail.
"""

from collections.abc import Awaitable, Callable, Sequence

from postroom.model.sends import RecipientOutcome, RecipientReply

Offering = Callable[[tuple[RecipientReply, ...]], Awaitable[None]]
"""Called before the message leaves, with a reply of each recipient asked so far: ``unknown`` for
those whom it is about to be handed over for."""


async def nothing_noted(replies: tuple[RecipientReply, ...]) -> None:
    """For a mail of which nobody keeps anything."""


def offered(replies: Sequence[RecipientReply]) -> tuple[RecipientReply, ...]:
    """The answers to RCPT as they stand until the message itself is answered."""
    return tuple(
        each.model_copy(update={"outcome": RecipientOutcome.UNKNOWN})
        if each.outcome is RecipientOutcome.ACCEPTED
        else each
        for each in replies
    )


def following(first: Sequence[RecipientReply], offering: Offering) -> Offering:
    """``offering`` for a further transaction of the same mail, whose recipients are the last of
    ``first``: it is told of all."""

    async def told(replies: tuple[RecipientReply, ...]) -> None:
        await offering((*first[: len(first) - len(replies)], *replies))

    return told
