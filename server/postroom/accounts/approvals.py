"""``[approvals]``: what becomes of mail that a person must look at first."""

from typing import Self

from pydantic import Field, model_validator

from postroom.accounts.address import Address
from postroom.accounts.table import Table


class Approvals(Table):
    """The table of ``postroom.toml``."""

    expire_hours: float = Field(default=72, gt=0)
    """How long a person may take to decide, hours: a long weekend. Then it has expired."""
    approver: Address | None = None
    """Who is asked by mail, and decides by answering; their mail must be verified."""
    mailbox: Address | None = None
    """From where they are asked, and where they answer: a mailbox of the post room's own, which no
    agent has."""

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.approver is None) != (self.mailbox is None):
            raise ValueError("approver and mailbox belong together: name both or neither")
        if self.approver is not None and self.approver == self.mailbox:
            raise ValueError("approver: is the mailbox itself; name the address of a person")
        return self
