"""What became of a mail on its way: compared with how it was sent. No I/O."""

from postroom.conversations.identifiers import message_ids
from postroom.mime.senders.authentication import read_results
from postroom.model.messages import ParsedMessage
from postroom.probe.findings import Learned, RoundTrip
from postroom.probe.letter import Letter


def compared(
    letter: Letter, arrived: ParsedMessage, copy: ParsedMessage | None, told: str | None
) -> RoundTrip:
    """What the mail's fields say; where and when it arrived is added by whoever knows.

    ``copy`` is the one in Sent, ``told`` the Message-ID that the server's answer named.
    """
    address = letter.address.lower()
    sender = arrived.sender.address if arrived.sender else ""
    kept = letter.message_id in message_ids(arrived.message_id)
    return RoundTrip.model_validate(
        {
            "address": letter.address,
            "accepted": True,
            "from": sender,
            "from_kept": sender.lower() == address,
            "reply_to_kept": [each.address.lower() for each in arrived.reply_to] == [address],
            "message_id_kept": kept,
            "message_id_learned": None if kept else _learned(letter, arrived, copy, told),
            "delivered_to": address in arrived.delivered_to,
            "authserv_id": _authserv_id(arrived),
        }
    )


def _learned(
    letter: Letter, arrived: ParsedMessage, copy: ParsedMessage | None, told: str | None
) -> Learned | None:
    ids = message_ids(arrived.message_id)
    if told is not None and told in ids:
        return "reply"
    if copy is not None and set(message_ids(copy.message_id)) & set(ids):
        return "sent copy"
    originals = (one for field in arrived.original_ids for one in message_ids(field))
    return "original id" if letter.message_id in originals else None


def _authserv_id(arrived: ParsedMessage) -> str | None:
    """The mail left us without such a field: the topmost is the provider's own."""
    for field in arrived.authentication_results[:1]:
        name, _ = read_results(field)
        return name or None  # Microsoft writes none: its preset says whose field to believe
    return None
