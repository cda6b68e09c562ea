"""The policy that holds now: ``policy.toml``, read at start and whenever it has changed.

A file that means nothing changes nothing: the rules that held go on holding, also in a process that
starts meanwhile (the index keeps the text of what was in force), and it is said loudly. Where none
are known, everything waits for a person.
"""

import asyncio
import logging
from pathlib import Path

from postroom.index import policies
from postroom.index.index import Index
from postroom.model.errors import PostroomError
from postroom.policy.rules import Policy

log = logging.getLogger("postroom.policy")

Mark = tuple[int, int, int] | None
"""What tells one state of a file from the next: time, size and inode; None where there is none."""


class CurrentPolicy:
    """The policy of one post room, as one process knows it."""

    def __init__(self, file: Path, index: Index) -> None:
        self.file = file
        self._index = index
        self._policy: Policy | None = None
        self._seen: Mark = None
        self._reading = asyncio.Lock()
        self.fault = ""
        """Why the file as it stands now does not hold; "" where it does."""

    async def now(self) -> Policy:
        """The policy to judge by. Whoever judges asks each time: it costs one look at the file's
        date."""
        if self._policy is not None and self._seen == _mark(self.file):
            return self._policy
        async with self._reading:
            seen = _mark(self.file)
            if self._policy is None or self._seen != seen:
                self._policy, self._seen = await self._read(), seen
        return self._policy

    async def of_a_file(self) -> Policy | None:
        """The same, and None where there is no file and never was one while this process ran: the
        builtin rules say nothing of mail that comes in, and need not be read for it."""
        return None if self._policy is None and _mark(self.file) is None else await self.now()

    async def _read(self) -> Policy:
        try:
            found = await asyncio.to_thread(_policy_at, self.file)
        except (PostroomError, OSError, UnicodeDecodeError) as error:
            return await self._as_before(error)
        if self.fault or self._policy is not None:
            log.warning(
                "The policy is another one now: version %s of %s.", found.version, self.file
            )
        self.fault = ""
        await self._keep(found)
        return found

    async def _as_before(self, error: Exception) -> Policy:
        self.fault = error.message if isinstance(error, PostroomError) else _told(self.file, error)
        known = self._policy or await self._kept()
        held = "the rules before it go on" if known else "every mail waits for a person"
        log.error("%s Until it is corrected %s.", self.fault, held)
        if known is not None:
            return known
        from postroom.policy.reading import all_held

        return await asyncio.to_thread(all_held)

    async def _kept(self) -> Policy | None:
        """The policy that was in force when a process last read one, if it still means anything."""
        text = await self._index.read(policies.newest)
        if text is None:
            return None
        try:
            return await asyncio.to_thread(_policy_of, text or None)
        except PostroomError:
            return None

    async def _keep(self, policy: Policy) -> None:
        if await self._index.read(policies.newest_version) == policy.version:
            return
        now = self._index.clock()
        try:
            await self._index.write(
                lambda con: policies.keep(con, now, policy.version, policy.text)
            )
        except PostroomError as error:
            log.warning("The policy in force could not be noted: %s", error)


def _policy_at(file: Path) -> Policy:
    try:
        return _policy_of(file.read_text(encoding="utf-8"), str(file))
    except FileNotFoundError:
        return _policy_of(None)


def _policy_of(text: str | None, name: str = "policy.toml") -> Policy:
    """The policy that a text means; without one, the built-in one."""
    # Not with the module: the schema of a policy is built as it is imported.
    from postroom.policy.reading import builtin, policy_of

    return builtin() if text is None else policy_of(text, name)


def _mark(file: Path) -> Mark:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _told(file: Path, error: Exception) -> str:
    why = (error.strerror or "it cannot be opened") if isinstance(error, OSError) else "no UTF-8"
    return f"{file}: {why}."
