"""What was said on the command line of a domain, as postroom.toml says it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from postroom.model.errors import InvalidRequest

PLAIN = ("mx", "spf", "dmarc", "reports", "mta_sts", "imap", "submission", "ttl")
"""Options that are keys as they stand; ``--address`` is the key ``addresses``."""


def said(given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of ``[dns."…"]`` for the options of `postroom domains add`."""
    keys = {name: given[name] for name in PLAIN if given.get(name) not in (None, ())}
    keys |= {"addresses": given["address"]} if given["address"] else {}
    keys |= {"publish": publish} if (publish := _publish(given)) else {}
    return {key: list(value) if isinstance(value, tuple) else value for key, value in keys.items()}


def _publish(given: Mapping[str, Any]) -> dict[str, Any]:
    secret = _secret(given["key_file"], given["key_env"])
    octodns = given["octodns"]
    told = {
        "server": given["server"],
        "zone": given["zone"],
        "key": given["key"],
        "algorithm": given["key_algorithm"],
        "secret": secret,
        "octodns": str(octodns.resolve()) if octodns is not None else None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _secret(file: Path | None, variable: str | None) -> dict[str, str] | None:
    if file is not None and variable is not None:
        raise InvalidRequest(
            "secret_named_twice",
            "The key's secret is in one place.",
            "Pass --key-file or --key-env.",
        )
    if file is not None:
        return {"file": str(file.resolve())}
    return {"env": variable} if variable is not None else None
