"""/v1/inbound: mail from a worker at the edge."""

from collections.abc import Sequence

from postroom.client.asking import Subject, W, asks
from postroom.client.calls import Call
from postroom.client.question import Question
from postroom.model.inbound_answers import HandedIn

RFC822 = "message/rfc822"


class Inbound(Subject[W]):
    """Mail that came to another's door."""

    @asks
    def hand_in(
        self,
        raw: bytes,
        *,
        to: str | Sequence[str],
        sender: str = "",
        client_ip: str | None = None,
        helo: str | None = None,
    ) -> Call[HandedIn]:
        """Hand a raw message in, with its envelope. An answer means that it is on disk for all whom
        it is ``to``; handed in again it is one mail. ``client_ip`` and ``helo`` are of the server
        that handed it to you: they let SPF be checked."""
        query = {"to": to, "from": sender, "client_ip": client_ip, "helo": helo}
        headers = {"Content-Type": RFC822}
        asked = Question("POST", "/inbound", query, raw, headers, repeats=True)
        return Call(asked, HandedIn)
