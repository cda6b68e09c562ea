"""Mail that a provider's worker at the edge hands in, where there is no IMAP to read it by."""

import re
from collections import defaultdict
from collections.abc import Sequence

from postroom.clock import Clock
from postroom.desk import door
from postroom.index import handed_in
from postroom.index.database import Connection
from postroom.index.index import Index
from postroom.mime.trace.final_delivery import delivery_fields, set_apart
from postroom.model.arrivals import Arrival, client_address, client_name, is_address
from postroom.model.callers import Caller
from postroom.model.errors import InvalidRequest, TooLarge
from postroom.model.inbound_answers import HandedIn
from postroom.model.limits import MAX_MESSAGE_BYTES

MAX_RECIPIENTS = 100
"""Of one mail: what every server takes (RFC 5321 §4.5.3.1.8)."""

_ADDRESS = re.compile(r"[^\s\x00-\x1f\x7f<>]{1,900}")
"""Whatever a server before us takes for one, without what would end a header field."""


class Inbound:
    """What is asked about mail that is handed in."""

    def __init__(self, index: Index, clock: Clock) -> None:
        self._index = index
        self._clock = clock

    async def take(
        self,
        caller: Caller,
        sender: str,
        recipients: Sequence[str],
        raw: bytes,
        *,
        client: str = "",
        helo: str = "",
    ) -> HandedIn:
        """Keep a mail for all its recipients, or for none. On disk when it returns; a worker
        indexes it as any other mail. The same mail handed in again is one mail. ``client`` is the
        address of the server that handed it to the caller, ``helo`` what that one called itself.

        Raises:
            InvalidRequest: the envelope is malformed, ``client`` is no address, or the mail empty.
            TooLarge: it is larger than any mail that is taken.
            NotFound: ``recipient_unknown``: no mailbox takes mail for one of them, or it is none
                for which the caller may hand mail in.
        """
        door.require_inbound(caller)
        _check(sender, recipients, raw)
        arrival = _arrival(sender, client, helo)

        def keep(con: Connection) -> HandedIn:
            now = self._clock()
            named = defaultdict[int, list[str]](list)
            for recipient in recipients:
                named[door.recipient(con, caller, recipient, now).id].append(recipient)
            for id, addresses in named.items():  # one mail, by however many names
                fields = delivery_fields(sender, addresses)
                head = "".join(f"{field}\r\n" for field in fields).encode()
                handed_in.add(con, now, id, head + set_apart(raw), arrival)
            return HandedIn(stored=tuple(recipients))

        return await self._index.write(keep)


def _arrival(sender: str, client: str, helo: str) -> Arrival:
    """Who handed it over; an address of one's own network is nobody's to know it by."""
    if client and not is_address(client):
        raise InvalidRequest(
            "client_malformed",
            "client_ip is no IP address.",
            "Pass the address of the server that handed the mail over, or leave it out.",
        )
    return Arrival(client=client_address(client), helo=client_name(helo), sender=sender)


def _check(sender: str, recipients: Sequence[str], raw: bytes) -> None:
    if not 1 <= len(recipients) <= MAX_RECIPIENTS or not all(map(_ADDRESS.fullmatch, recipients)):
        raise InvalidRequest(
            "recipients_malformed",
            f"A mail is for 1 to {MAX_RECIPIENTS} addresses.",
            "Name each of the envelope's recipients as `to`.",
        )
    if sender and not _ADDRESS.fullmatch(sender):
        raise InvalidRequest(
            "sender_malformed",
            "That is no envelope sender.",
            "Pass the envelope's sender as `from`; leave it empty for a bounce.",
        )
    if not raw.strip():
        raise InvalidRequest(
            "mail_empty", "The mail is empty.", "Send the raw message as the request's body."
        )
    if len(raw) > MAX_MESSAGE_BYTES:
        raise too_large()


def too_large() -> TooLarge:
    """What is said of a mail that is larger than any that is taken."""
    return TooLarge(
        "message_too_large",
        f"A mail has at most {MAX_MESSAGE_BYTES // 2**20} MB.",
        "Answer its sender with a bounce.",
    )
