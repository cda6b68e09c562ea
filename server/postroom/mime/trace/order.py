"""What servers wrote into a header section, in its order, and where the sender's own begins."""

from postroom.mime.header.fields import Fields
from postroom.mime.trace.handover import handover
from postroom.model.messages import TraceEntry

RECEIVED = "received"
RESULTS = "authentication-results"
STRUCK = "struck-authentication-results"
"""What the built-in server calls those that came under its own name, which is another's work."""
OWN = "own"

MAX_ENTRIES = 200
"""Of one mail. A server gives up at 50 to 100 Received fields (RFC 5321 §6.3)."""

_OWN = frozenset(
    {
        *("from", "to", "cc", "bcc", "subject", "date", "sender", "reply-to", "mime-version"),
        *("message-id", "in-reply-to", "references", "dkim-signature"),
    }
)
"""Fields that come with a mail: servers write theirs on top (RFC 5321 §4.4, RFC 8601 §4)."""


def trace_order(fields: Fields) -> tuple[TraceEntry, ...]:
    """The Received and Authentication-Results fields, struck ones too, topmost first, and one entry
    where the first field of the mail's own stands; nothing where no server claims to have checked
    anything."""
    if not fields.has(RESULTS):
        return ()
    values = {name: fields.every_raw(name) for name in (RECEIVED, RESULTS, STRUCK)}
    found: list[TraceEntry] = []
    own = False
    for name, _ in fields.items:
        if name == RECEIVED:
            found.append((RECEIVED, handover(values[RECEIVED].pop(0)).receiver))
        elif name in (RESULTS, STRUCK):
            found.append((name, values[name].pop(0)))
        elif not own and (name in _OWN or name.startswith("content-")):
            own = True
            found.append((OWN, ""))
        if len(found) >= MAX_ENTRIES:
            break
    return tuple(found)
