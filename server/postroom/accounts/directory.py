"""A domain whose addresses are rows in a SQL table that its mail server reads."""

from typing import Literal

from postroom.accounts.table import Table


class DirectoryDomain(Table):
    """``[domains."…"]`` with ``provisioner = "directory"``."""

    provisioner: Literal["directory"] = "directory"
