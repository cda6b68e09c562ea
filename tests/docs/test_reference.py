"""The table of every key: none is absent, none is made up, and plain defaults are what is said."""

import json
import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from postroom.accounts.account import Account
from postroom.accounts.directory import Database, DirectoryDomain, Lmtp
from postroom.accounts.domains import AccountDomain
from postroom.accounts.oauth import OAuth
from postroom.accounts.servers import ImapServer, SmtpServer

TEXT = (Path(__file__).resolve().parents[2] / "docs/real-servers.md").read_text(encoding="utf-8")

SECTIONS: dict[str, tuple[dict[str, type[BaseModel]], ...]] = {
    "**`[accounts.NAME]`**": ({"": Account},),
    "**`imap = { … }`": ({"": ImapServer}, {"": SmtpServer}),
    "**`[accounts.NAME.oauth]`**": ({"": OAuth},),
    '**`[domains."…"]`** with `provisioner = "account"`': ({"": AccountDomain},),
    '**`[domains."…"]`** with `provisioner = "directory"`': (
        {"": DirectoryDomain, "database.": Database, "lmtp.": Lmtp},
    ),
}


def rows(heading: str) -> dict[str, str]:
    """What the table below a heading says of each key's default."""
    table = TEXT.partition(f"\n{heading}")[2].partition("| --- | --- | --- |\n")[2]
    cells = [line.split(" | ") for line in table.partition("\n\n")[0].splitlines()]
    return {key: row[1] for row in cells for key in re.findall(r"`([a-z_.]+)`", row[0])}


@pytest.mark.parametrize("heading", SECTIONS)
def test_every_key_is_told_and_no_other(heading: str) -> None:
    for models in SECTIONS[heading]:
        known = {prefix + name for prefix, model in models.items() for name in model.model_fields}
        assert rows(heading).keys() == known - {"provisioner"}


@pytest.mark.parametrize("heading", SECTIONS)
def test_a_default_is_the_one_that_holds(heading: str) -> None:
    told = rows(heading)
    for models in SECTIONS[heading]:
        for prefix, model in models.items():
            for name, field in model.model_fields.items():
                said = told.get(prefix + name, "")
                if field.is_required() or not said.startswith("`"):
                    continue
                value = json.loads(said.split("`")[1])
                assert value == field.default
