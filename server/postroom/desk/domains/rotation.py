"""Other keys in the place of those that sign, without a moment between them."""

from collections.abc import Iterable

from postroom.accounts.address import domain_name
from postroom.desk import door
from postroom.desk.domains.keys import DomainKeys
from postroom.desk.domains.unknown import not_added
from postroom.index import domains
from postroom.index.index import Index, wait_for_event
from postroom.model.callers import Caller
from postroom.model.domain_key_answers import RotatedKey, RotationView
from postroom.model.domains import DkimKey, KeyState
from postroom.settings import Settings
from postroom.signing.rotation import RETIRE_SECONDS, WAITING

LOOK_SECONDS = 1.0


class Rotation:
    """The operator's desk for keys of domains."""

    def __init__(self, index: Index, settings: Settings) -> None:
        self._index = index
        self._keys = DomainKeys(index, settings)

    async def rotate(
        self, caller: Caller, domain: str, now: bool = False, new_secret: bool = False
    ) -> RotationView:
        """Make new keys of a domain, unless some wait already; the worker lets them sign once
        their records are found. With ``now`` they sign at once, found or not. Where the secret of
        keys is gone, ``new_secret`` lets another one be made: it opens no key of before.

        Raises:
            NotFound: it was not added.
            Refused, InvalidRequest, Unavailable: what keys are sealed with cannot be had.
        """
        door.for_operators(caller)
        name = await self._added(domain)
        made = await self._keys.rotate(name, new_secret)
        if now:
            await self._keys.switch(name)
        return await self._view(name, made)

    async def switch(self, caller: Caller, domain: str) -> RotationView:
        """Let the keys sign at once that wait, found or not; none is made. NotFound as above."""
        door.for_operators(caller)
        name = await self._added(domain)
        await self._keys.switch(name)
        return await self._view(name, made=False)

    async def wait(self, caller: Caller, domain: str, seconds: float) -> RotationView:
        """How the keys stand once none waits any more, or ``seconds`` have passed. NotFound as
        above."""
        door.for_operators(caller)
        name, until = await self._added(domain), self._index.clock() + seconds
        while True:
            changed = self._index.next_change()
            view = await self._view(name, made=False)
            left = until - self._index.clock()
            if not view.waits or left <= 0:
                return view
            await wait_for_event(changed, min(left, LOOK_SECONDS))

    async def _added(self, domain: str) -> str:
        """The name as it is kept, of a domain that was added."""
        try:
            name = domain_name(domain)
        except ValueError:
            name = ""
        if not await self._index.read(lambda con: domains.is_here(con, name)):
            raise not_added(name or repr(domain))
        return name

    async def _view(self, domain: str, made: bool) -> RotationView:
        keys = await self._index.read(lambda con: domains.keys(con, domain))
        waits = _told(key for key in keys if key.state in WAITING)
        return RotationView(
            domain=domain,
            signs=_told(key for key in keys if key.state is KeyState.ACTIVE),
            waits=waits,
            retires=_told(key for key in keys if key.state is KeyState.RETIRING),
            made=made,
            next_step=_next_step(domain, bool(waits)),
        )


def _told(keys: Iterable[DkimKey]) -> tuple[RotatedKey, ...]:
    return tuple(
        RotatedKey(
            selector=key.selector,
            algorithm=key.algorithm,
            state=key.state,
            name=key.name,
            record=key.record,
        )
        for key in keys
    )


def _next_step(domain: str, waits: bool) -> str:
    if waits:
        return (
            "Publish the records of the keys that wait, and leave those of the others. A running"
            " Postroom process looks for them by itself and signs with the new keys once everybody"
            f" finds them; postroom domains rotate-dkim {domain} --wait 600 waits for that."
        )
    days = round(RETIRE_SECONDS / 86_400)
    return f"Leave the records of keys that retire where they are for {days} days."
