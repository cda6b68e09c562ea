"""The mail that an account sends to itself. No I/O."""

from dataclasses import dataclass
from datetime import UTC, datetime

from postroom.accounts.domains import SEPARATORS
from postroom.mime.writing.compose import compose
from postroom.model.messages import Draft, Person, Writer
from postroom.model.sends import Envelope

TEXT = """Postroom sent this mail to find out what becomes of it on its way.

It can be deleted."""


@dataclass(frozen=True)
class Letter:
    """A mail from an address to itself, and the word by which it is known again."""

    address: str
    token: str
    at: float

    @property
    def message_id(self) -> str:
        """Without angle brackets."""
        return f"{self.token}@{self.address.rpartition('@')[2]}"

    def has_detail(self, name: str) -> bool:
        """Whether its address is ``…+name@…``, with whatever its server cuts addresses at."""
        local = self.address.partition("@")[0].casefold()
        before = local.removesuffix(name.casefold())
        return bool(name) and before != local and len(before) > 1 and before[-1] in SEPARATORS

    @property
    def envelope(self) -> Envelope:
        return Envelope(sender=self.address, recipients=(self.address,), id=self.token)

    @property
    def raw(self) -> bytes:
        """As a mailbox's mail is written: From and Reply-To are its address."""
        person = Person(address=self.address, name="Postroom")
        return compose(
            Draft(
                sender=person,
                to=(person,),
                reply_to=person,
                subject=f"Postroom checks this account ({self.token})",
                text=TEXT,
                message_id=self.message_id,
                date=datetime.fromtimestamp(self.at, UTC),
                writer=Writer.PROGRAM,
            )
        )
