"""How a DKIM key comes to sign, and goes again. Pure.

    made ──► visible ──► active ──► retiring ──► retired
     ▲  seen │      seen       another one        RETIRE_SECONDS later:
     └───────┘      still      is active          the private part goes
      not any more

A key signs once everybody who was asked finds its record; the one before it signs until that very
transaction, and its record stays for as long as mail with its signature may be looked at. So there
is no moment without a key, and none at which mail goes out whose key cannot be found.
"""

from postroom.model.domains import DkimKey, KeyState
from postroom.signing.signature import VALID_SECONDS

RETIRE_SECONDS = VALID_SECONDS + 86_400
"""From its last signature on: until that is good no more, and a day for clocks that are off."""

WAITING = frozenset({KeyState.MADE, KeyState.VISIBLE})
"""What is looked for."""


def next_state(key: DkimKey, changed_at: float, now: float, seen: bool) -> KeyState | None:
    """Where a key goes that came into its state at ``changed_at``; None where it stays. ``seen``:
    everybody finds its record."""
    if key.state is KeyState.MADE and seen:
        return KeyState.VISIBLE
    if key.state is KeyState.VISIBLE:
        return KeyState.ACTIVE if seen else KeyState.MADE
    if key.state is KeyState.RETIRING and now >= changed_at + RETIRE_SECONDS:
        return KeyState.RETIRED
    return None
