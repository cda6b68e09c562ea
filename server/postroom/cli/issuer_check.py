"""Whether the keys of an issuer elsewhere can be had, for `postroom doctor`: asked now, by the
program that an operator runs, so that nobody has to wait for the first token to know.
"""

from typing import TYPE_CHECKING

from postroom.model.answers import Check
from postroom.model.errors import PeerError, Unavailable

if TYPE_CHECKING:
    from postroom.accounts.issuer import Issuer


async def check(issuer: "Issuer | None") -> tuple[Check, ...]:
    """One line, where an issuer is set."""
    if issuer is None:
        return ()
    from postroom.issuer.keys import found

    try:
        count = len(await found(issuer))
    except (Unavailable, PeerError) as error:
        says, next_step = error.message.rstrip("."), error.next_step
        return (Check(name="issuer", ok=False, says=says, next_step=next_step),)
    keys = f"{count} key{'' if count == 1 else 's'}"
    says = f"{issuer.issuer} gives {keys} that can be used, for {', '.join(issuer.audience)}"
    return (Check(name="issuer", ok=True, says=says),)
