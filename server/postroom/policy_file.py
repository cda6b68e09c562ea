"""The policy that holds now: ``policy.toml``, read at start and whenever it has changed.

    the file means something     it holds
    it means nothing, or is gone  what held before goes on, and it is said loudly
    none ever was                the builtin rules

What was in force stands in the index, so that a process that starts meanwhile goes on with it, too.
Where nothing is known from before, all mail waits for a person: what goes out and what comes in.
Nobody falls back to the builtin rules by an accident: who wants them writes a file that says so.
"""

import asyncio
import logging
import os
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from postroom.index import policies
from postroom.index.index import Index
from postroom.model.errors import PostroomError, Unavailable
from postroom.policy.rules import Policy

log = logging.getLogger("postroom.policy")

BUILTIN = 'default = "allow"\n'
"""A file by which the builtin rules hold."""

BACK = f"A file that says only {BUILTIN.strip()} goes back to the builtin rules."

Mark = tuple[int, int, int] | None
"""What tells one state of a file from the next: time, size and inode; None where there is none."""


class CurrentPolicy:
    """The policy of one post room, as one process knows it."""

    def __init__(self, file: Path, index: Index, *, named: bool = False) -> None:
        """``named``: ``postroom.toml`` names the file, which has to be there then."""
        self.file = file
        self._index = index
        self._named = named
        self._policy: Policy | None = None
        self._good: Policy | None = None
        self._seen: Mark = None
        self._reading = asyncio.Lock()
        self.fault = ""
        """Why the file as it stands now does not hold, and what does; "" where it holds."""

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
        """The same, and None where there is no file and never was one: the builtin rules say
        nothing of mail that comes in, and need not be read for it."""
        if self._policy is None and _mark(self.file) is None and not await self._missed():
            return None
        return await self.now()

    async def _read(self) -> Policy:
        try:
            found = await asyncio.to_thread(_policy_at, self.file)
        except FileNotFoundError:
            missed = await self._missed()
            if missed:
                return await self._as_before(f"{self.file} {missed}. {BACK}")
            found = await asyncio.to_thread(_policy_of, None)
        except (PostroomError, OSError, UnicodeDecodeError) as error:
            return await self._as_before(_told(self.file, error))
        if self.fault or self._policy is not None:
            log.warning(
                "The policy is another one now: version %s of %s.", found.version, self.file
            )
        self.fault, self._good = "", found
        await self._keep(found)
        return found

    async def _missed(self) -> str:
        """Why a file that is not there should be; "" where the builtin rules hold rightly."""
        if self.file.is_symlink():
            return "is a link to what is not there"
        if self._named:
            return "is not there, and postroom.toml names it"
        text = await self._index.read(policies.newest)
        if not text:
            return ""
        known = await self._kept()
        if known is not None and await asyncio.to_thread(_is_builtin, known):
            return ""
        return "is not there any more"

    async def _as_before(self, fault: str) -> Policy:
        # What another process read last is newer than what this one knows.
        known = await self._kept() or self._good
        held = f"The rules before it go on (version {known.version})." if known else NOTHING_KNOWN
        self.fault = f"{fault} {held}"
        log.error("%s", self.fault)
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


def put(file: Path, text: str) -> None:
    """Write a policy into its file, all or nothing: who reads meanwhile sees the old or the new.

    Raises:
        Unavailable: it cannot be written.
    """
    target = file.resolve()  # where it is a link, what that points to
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            if target.exists():
                shutil.copymode(target, name)
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        why = error.strerror or "the disk refuses it"
        raise Unavailable(
            "policy_unwritten",
            f"{target} cannot be written: {why}.",
            "Make its folder one that this user can write.",
        ) from error


NOTHING_KNOWN = (
    "No rules are known from before: until it is corrected every mail that goes out waits for a"
    " person, and every mail that comes in is kept aside."
)


def _policy_at(file: Path) -> Policy:
    return _policy_of(file.read_text(encoding="utf-8"), str(file))


def _policy_of(text: str | None, name: str = "policy.toml") -> Policy:
    """The policy that a text means; without one, the built-in one."""
    # Not with the module: the schema of a policy is built as it is imported.
    from postroom.policy.reading import builtin, policy_of

    return builtin() if text is None else policy_of(text, name)


def _is_builtin(policy: Policy) -> bool:
    """Whether a policy decides as the builtin one does, whatever its text."""
    builtin = _policy_of(None)
    return replace(policy, version=builtin.version, text="") == builtin


def _mark(file: Path) -> Mark:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _told(file: Path, error: Exception) -> str:
    if isinstance(error, PostroomError):
        return error.message
    why = (error.strerror or "it cannot be opened") if isinstance(error, OSError) else "no UTF-8"
    return f"{file}: {why}."
