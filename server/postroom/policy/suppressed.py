"""What is said where a mail is for an address that nothing more goes to."""

import time
from collections.abc import Sequence

from postroom.model.suppressions import Cause

RULE = "suppressed"
"""The name in a verdict, in the place of a rule's: it is asked before any of them."""

REASON = "Nothing more is to be sent to one of its recipients."

_WHY = {
    Cause.BOUNCE: "there is no such mailbox",
    Cause.COMPLAINT: "they called our mail unwanted",
    Cause.UNSUBSCRIBE: "they unsubscribed",
    Cause.AGENT: "they asked that nothing more is sent",
    Cause.OPERATOR: "the operator set it so",
}

MOST_NAMED = 10


def told(suppressed: Sequence[tuple[str, str, float]]) -> str:
    """One sentence that names each (address, cause, since when)."""
    named = [
        f"{address} ({_WHY[Cause(cause)]}, {time.strftime('%Y-%m-%d', time.gmtime(at))})"
        for address, cause, at in suppressed[:MOST_NAMED]
    ]
    if len(suppressed) > MOST_NAMED:
        named.append(f"{len(suppressed) - MOST_NAMED} more")
    return f"Nothing more is sent to {', '.join(named)}. Only the operator can lift that."
