"""``[approvals]``: what becomes of mail that a person must look at first."""

from pydantic import Field

from postroom.accounts.table import Table


class Approvals(Table):
    """The table of ``postroom.toml``."""

    expire_hours: float = Field(default=72, gt=0)
    """How long a person may take to decide, hours: a long weekend. Then it has expired."""
