"""Somebody outside with an address: what came there, and what they write."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from postroom.embedded.directory import Account
from postroom.testing import letters
from postroom.testing.agenda import Agenda
from postroom.testing.answers import reply
from postroom.testing.durations import AT_ONCE
from postroom.testing.letters import Letter, Quoting, Writing
from postroom.testing.received import Received
from postroom.testing.scripts import Script


class Surroundings(Protocol):
    """What a correspondent needs of the world."""

    @property
    def agenda(self) -> Agenda: ...

    def postmaster(self, address: str) -> Account:
        """Who reports of an address."""

    async def submit(self, login: Account, letter: Letter) -> None:
        """A letter is in the mailbox that it is for."""

    async def settle(self) -> None:
        """All that is due by now has happened."""


class Correspondent:
    """A person, or a program, with a mailbox outside of the room."""

    def __init__(
        self, account: Account, name: str, script: Script, surroundings: Surroundings
    ) -> None:
        self.address = account.address
        self.name = name
        self.script = script
        """What is done with the next mail; a test may put another one here."""
        self.received: list[Received] = []
        """What came, oldest first."""
        self._account = account
        self._surroundings = surroundings
        self._written = 0

    async def writes(
        self, to: str, subject: str, text: str, *, html: str = "", after: timedelta = AT_ONCE
    ) -> None:
        """A mail that answers nothing; ``after`` some time, or now: then it has arrived when this
        returns."""
        await self._post(lambda by: letters.first(by, to, subject, text, html), after)

    async def answers(
        self,
        text: str,
        *,
        to: Received | None = None,
        quoting: Quoting = Quoting.INTERNET,
        after: timedelta = AT_ONCE,
    ) -> None:
        """A reply to what came last, or ``to`` another mail of ``received``.

        Raises:
            LookupError: nothing came yet.
        """
        if to is None and not self.received:
            raise LookupError(f"{self.address} has got no mail to answer")
        mail, write = to or self.received[-1], reply(text, quoting=quoting).write
        await self._post(lambda by: write(by, mail), after)

    async def sends(self, raw: bytes, to: str, *, after: timedelta = AT_ONCE) -> None:
        """Bytes as they are, with CRLF line ends: for mail that nothing here writes. Its From may
        say whatever it likes; the envelope's sender is this address."""
        await self._post(lambda by: Letter(raw, self.address, to), after)

    def take(self, mail: Received) -> None:
        """What has come is among ``received``, and the script's answers are on their way."""
        earlier, self.received = self.received, [*self.received, mail]
        for answer in self.script(mail, earlier):
            write = partial(_of, answer.write, mail)
            self._surroundings.agenda.add(answer.after, partial(self._submit, write))

    async def _post(self, write: Callable[[Writing], Letter], after: timedelta) -> None:
        self._surroundings.agenda.add(after, partial(self._submit, write))
        if after == AT_ONCE:
            await self._surroundings.settle()

    async def _submit(self, write: Callable[[Writing], Letter]) -> None:
        letter = write(self._writing())
        login = self._account
        if not letter.sender and letter.is_report:
            login = self._surroundings.postmaster(self.address)
        await self._surroundings.submit(login, letter)

    def _writing(self) -> Writing:
        self._written += 1
        local, _, domain = self.address.partition("@")
        at = datetime.fromtimestamp(self._surroundings.agenda.now(), UTC)
        return Writing(self.name, self.address, at, f"<{local}-{self._written}@{domain}>")


def _of(write: Callable[[Writing, Received], Letter], mail: Received, by: Writing) -> Letter:
    return write(by, mail)
