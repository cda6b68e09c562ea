"""postroom.toml with an account more: what was there stays to the letter, comments included.

tomlkit writes it; what it wrote is read again with the standard library, and must be what was there
and the new tables, nothing else.
"""

import tomllib
from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.items import InlineTable

from postroom.model.errors import Conflict
from postroom.settings import BUILTIN_DOMAIN

Entry = Mapping[str, Any]


def additions(
    known: Entry, name: str, account: Entry, domain: str, served: Entry
) -> dict[str, Any]:
    """What is to be added to a file that says ``known``: the account, its domain, and what keeps
    the rest as it was.

    A file that named no domains and called the built-in server's something else goes on to do so;
    one that named no default gets the new domain.
    """
    domains: dict[str, Any] = {domain: dict(served)}
    if "domain" in known and "domains" not in known and known["domain"] != domain:
        domains = {str(known["domain"]): {"provisioner": "builtin"}, **domains}
    more: dict[str, Any] = {"accounts": {name: dict(account)}, "domains": domains}
    return more if "domain" in known else {"domain": domain, **more}


def check_new(known: Entry, name: str, domain: str) -> None:
    """Conflict where the account or the domain is there already."""
    if name in known.get("accounts", {}):
        raise Conflict(
            "account_exists",
            "There is an account of this name in postroom.toml.",
            "Choose another --name, or take that one out first.",
        )
    served = {str(each).lower().rstrip(".") for each in known.get("domains", {})}
    if not known.get("domains") and known.get("domain", BUILTIN_DOMAIN) == domain:
        served.add(domain)
    if domain in served:
        raise Conflict(
            "domain_exists",
            f"postroom.toml says already where mailboxes of {domain} come from.",
            "Name another one with --domain, or take that one out first.",
        )


def with_additions(text: str, more: Mapping[str, Any]) -> str:
    """``text`` with ``more`` in it. Conflict where it is written in a way that cannot be added to:
    then a person has to."""
    before = tomllib.loads(text)
    try:
        written = _written(text, more)
        fits = tomllib.loads(written) == _together(before, more)
    except (TOMLKitError, tomllib.TOMLDecodeError, ValueError, TypeError, KeyError) as error:
        raise _by_hand() from error
    if not fits:
        raise _by_hand()
    return written


def shown(more: Mapping[str, Any]) -> str:
    """The additions, as they stand in the file."""
    return _written("", more).strip()


def _written(text: str, more: Mapping[str, Any]) -> str:
    document = tomlkit.parse(text)
    tables = tomlkit.parse("")
    if "domain" in more:
        document["domain"] = more["domain"]  # tomlkit puts it before the first table
    for key in ("accounts", "domains"):
        for name, values in more.get(key, {}).items():
            if key in document:
                document[key][name] = _table(values, then=_follows(text, key))
            else:
                tables.setdefault(key, tomlkit.table(is_super_table=True))[name] = _table(values)
    begun = tomlkit.dumps(document)
    added = tomlkit.dumps(tables)
    gap = "\n" if begun.strip() and added else ""
    return f"{begun}{'' if begun.endswith(chr(10)) or not begun else chr(10)}{gap}{added}"


def _follows(text: str, key: str) -> bool:
    """Whether another table stands in the file behind those of ``key``: a blank line parts them."""
    heads = [line.strip().lstrip("[").strip() for line in text.splitlines() if _is_head(line)]
    return bool(heads) and not heads[-1].startswith(key)


def _is_head(line: str) -> bool:
    return line.lstrip().startswith("[")


def _table(values: Mapping[str, Any], *, then: bool = False) -> Any:
    table = tomlkit.table()
    for key, value in values.items():
        table[key] = _inline(value) if isinstance(value, Mapping) else value
    if then:
        table.add(tomlkit.nl())
    return table


def _inline(values: Mapping[str, Any]) -> InlineTable:
    table = tomlkit.inline_table()
    for key, value in values.items():
        table[key] = value
    return table


def _together(before: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    whole = dict(before)
    for key, value in more.items():
        whole[key] = {**before.get(key, {}), **value} if isinstance(value, Mapping) else value
    return whole


def _by_hand() -> Conflict:
    return Conflict(
        "settings_not_added_to",
        "postroom.toml is written in a way that nothing can be added to it by itself.",
        "Nothing was changed: write the account as [accounts.NAME] and its domain as"
        ' [domains."example.com"] by hand.',
    )
